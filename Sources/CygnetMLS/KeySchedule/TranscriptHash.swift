package import CygnetPrimitives
internal import CygnetWire

///     struct {
///       WireFormat wire_format;
///       FramedContent content;
///       opaque signature<V>;
///     } ConfirmedTranscriptHashInput;
private struct ConfirmedTranscriptHashInput: WireEncodable {
  let interimBefore: [UInt8]
  let message: AuthenticatedContent

  /// The hash of the epoch before stands in front, without a length.
  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(fixed: interimBefore)
    try message.wireFormat.encode(into: &writer)
    try message.content.encode(into: &writer)
    try writer.write(opaque: message.auth.signature)
  }
}

///     struct {
///       MAC confirmation_tag;
///     } InterimTranscriptHashInput;
private struct InterimTranscriptHashInput: WireEncodable {
  let confirmed: [UInt8]
  let confirmationTag: [UInt8]

  /// The hash of this epoch stands in front, without a length.
  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(fixed: confirmed)
    try writer.write(opaque: confirmationTag)
  }
}

/// The running hashes over all commits (RFC 9420 §8.2, rule C10).
package enum TranscriptHash {
  /// Up to a commit and its signature, without its confirmation tag.
  /// - Throws: `internalFault` for what is no commit.
  package static func confirmed(
    interimBefore: [UInt8], content message: AuthenticatedContent, suite: Algorithms
  ) throws(CygnetError) -> [UInt8] {
    guard message.content.content.type == .commit else {
      throw CygnetError(.internalFault, "C10: only commits enter the transcript (RFC 9420 §8.2)")
    }
    let input = ConfirmedTranscriptHashInput(interimBefore: interimBefore, message: message)
    return suite.hash(try input.wireEncoded())
  }

  /// Up to a commit's confirmation tag; in epoch 0, to the tag of the creator over no transcript
  /// (rule E1).
  package static func interim(
    confirmed: [UInt8], confirmationTag: [UInt8], suite: Algorithms
  ) throws(CygnetError) -> [UInt8] {
    let input = InterimTranscriptHashInput(
      confirmed: confirmed, confirmationTag: confirmationTag)
    return suite.hash(try input.wireEncoded())
  }
}
