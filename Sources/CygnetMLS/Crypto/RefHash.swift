package import CygnetPrimitives
internal import CygnetWire

///     struct {
///       opaque label<V>;
///       opaque value<V>;
///     } RefHashInput;
private struct RefHashInput: WireEncodable {
  let label: [UInt8]
  let value: [UInt8]

  func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: label)
    try writer.write(opaque: value)
  }
}

extension Algorithms {
  /// `RefHash` (RFC 9420 §5.2). The label is taken as it is, without the protocol's prefix (rule
  /// C1).
  package func refHash(label: String, value: [UInt8]) throws(CygnetError) -> [UInt8] {
    hash(try RefHashInput(label: Array(label.utf8), value: value).wireEncoded())
  }

  /// The name of a key package: over its encoding without the envelope (rule C6).
  package func keyPackageRef(
    _ keyPackage: MLS.KeyPackage
  ) throws(CygnetError) -> MLS.KeyPackageRef {
    MLS.KeyPackageRef(
      try refHash(label: "MLS 1.0 KeyPackage Reference", value: keyPackage.wireEncoded()))
  }

  /// The name of a proposal: over the message that carried it, wire format included, so that the
  /// same proposal has two names when it is sent both ways (rule C6).
  package func proposalRef(
    _ message: AuthenticatedContent
  ) throws(CygnetError) -> MLS.ProposalRef {
    MLS.ProposalRef(
      try refHash(label: "MLS 1.0 Proposal Reference", value: message.wireEncoded()))
  }
}
