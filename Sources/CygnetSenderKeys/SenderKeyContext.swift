package import CygnetPrimitives
internal import CygnetWire

/// What every message of a sender in a distribution is bound to, as a digest: a chain that a member
/// passes on as its own opens nothing. Specification: SenderKeys
package struct SenderKeyContext: Equatable, Sendable {
  static let digestByteCount = SHA256.byteCount
  private static let contextLabel = Array("Cygnet 1.0 SenderKey".utf8)
  private static let messageLabel = Array("Cygnet 1.0 SenderKeyMessage".utf8)

  /// 32 bytes.
  package let digest: [UInt8]

  /// - Throws: `malformed` unless `sender` has 1 to 1024 bytes.
  package init(
    _ distributionID: DistributionID, sender: [UInt8], suite: SenderKeySuite = .first
  ) throws(CygnetError) {
    guard SenderKeyLimits.senderByteCount.contains(sender.count) else {
      throw CygnetError(.malformed, "a sender is named by 1 to 1024 bytes")
    }
    digest = SHA256.hash(
      try Form(suite: suite, distributionID: distributionID, sender: sender).wireEncoded())
  }

  /// From stored state.
  init(from reader: inout Reader) throws(CygnetError) {
    digest = try reader.readFixed(Self.digestByteCount)
  }

  ///     struct {
  ///       opaque label<V>;            // "Cygnet 1.0 SenderKey"
  ///       SenderKeySuite suite;
  ///       DistributionID distribution_id;
  ///       opaque sender<1..1024>;
  ///     } SenderKeyContext;
  private struct Form: WireEncodable {
    let suite: SenderKeySuite
    let distributionID: DistributionID
    let sender: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(opaque: contextLabel)
      try suite.encode(into: &writer)
      try distributionID.encode(into: &writer)
      try writer.write(opaque: sender)
    }
  }

  /// The associated data of a message's seal: the digest and the header, of fixed lengths, then
  /// what the application binds.
  package func associatedData(
    _ header: SenderKeyHeader, _ authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    var data = digest
    data.reserveCapacity(digest.count + SenderKeyHeader.byteCount + authenticating.count)
    data += try header.wireEncoded()
    data += authenticating
    return data
  }

  /// What the signature of a message covers.
  ///
  ///     struct {
  ///       opaque label<V>;            // "Cygnet 1.0 SenderKeyMessage"
  ///       opaque context[32];
  ///       opaque message<V>;          // the message up to its signature
  ///       opaque authenticating<V>;   // what the application binds
  ///     } SignedSenderKeyMessage;
  package func signedContent(
    _ header: SenderKeyHeader, _ ciphertext: [UInt8], _ authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    try Signed(
      context: digest, header: header, ciphertext: ciphertext, authenticating: authenticating
    ).wireEncoded()
  }

  private struct Signed: WireEncodable {
    let context: [UInt8]
    let header: SenderKeyHeader
    let ciphertext: [UInt8]
    let authenticating: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(opaque: messageLabel)
      writer.write(fixed: context)
      try writer.vector { (writer) throws(CygnetError) in
        try header.encode(into: &writer)
        try writer.write(opaque: ciphertext)
      }
      try writer.write(opaque: authenticating)
    }
  }
}
