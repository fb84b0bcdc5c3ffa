package import CygnetPrimitives
package import CygnetWire

/// What an identity key signs: the content behind a label that says what it is for, so that a
/// signature made for one purpose never serves another. Specification: Identity-and-bundles
///
///     struct {
///       opaque label<V>;     // "Cygnet 1.0 " + Label
///       opaque content<V>;
///     } SignedContent;
package enum SignedContent {
  package enum Label: String, Sendable, CaseIterable {
    case signedPreKey = "SignedPreKey"
    case kemPreKey = "KEMPreKey"
    case contactCard = "ContactCard"
  }

  package static func bytes(
    _ label: Label, _ content: some WireEncodable
  ) throws(CygnetError) -> [UInt8] {
    try Form(label: Array("Cygnet 1.0 \(label.rawValue)".utf8), content: content.wireEncoded())
      .wireEncoded()
  }

  private struct Form: WireEncodable {
    let label: [UInt8]
    let content: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(opaque: label)
      try writer.write(opaque: content)
    }
  }
}
