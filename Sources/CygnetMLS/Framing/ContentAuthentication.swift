package import CygnetPrimitives
internal import CygnetWire

///     struct {
///       ProtocolVersion version = mls10;
///       WireFormat wire_format;
///       FramedContent content;
///       select (FramedContentTBS.content.sender.sender_type) {
///         case member, new_member_commit:     GroupContext context;
///         case external, new_member_proposal: struct{};
///       };
///     } FramedContentTBS;
///
/// What the signature of a message covers (RFC 9420 §6.1).
struct FramedContentTBS: WireEncodable {
  static let label: Label = "FramedContentTBS"

  let wireFormat: MLS.WireFormat
  let content: FramedContent
  /// The encoded GroupContext, for the senders who know it.
  private let context: [UInt8]

  /// - Throws: `internalFault` where the sender knows the group's context and none is given.
  init(
    wireFormat: MLS.WireFormat, content: FramedContent, context: [UInt8]?
  ) throws(CygnetError) {
    self.wireFormat = wireFormat
    self.content = content
    guard content.sender.signsContext else {
      self.context = []
      return
    }
    guard let context else {
      throw CygnetError(.internalFault, "a member's message is signed with the group's context")
    }
    self.context = context
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    try MLS.ProtocolVersion.mls10.encode(into: &writer)
    try wireFormat.encode(into: &writer)
    try content.encode(into: &writer)
    writer.write(fixed: context)
  }
}

extension MLS.Sender {
  /// Whether the sender's signature covers the group's context: members and those who join by their
  /// own commit. The struct decides, not the prose (rule E5).
  var signsContext: Bool {
    switch self {
    case .member, .newMemberCommit: true
    case .external, .newMemberProposal: false
    }
  }
}

extension AuthenticatedContent {
  /// Signs a message. A commit's confirmation tag comes later: see ``confirmed(by:)``.
  /// - Parameters:
  ///   - content: the message.
  ///   - wireFormat: how it is going to travel, which the signature covers.
  ///   - context: the encoded GroupContext of the epoch in which it is sent; not looked at for
  ///     external senders and for those who ask to be added.
  ///   - key: of the sender, as the tree or the message itself names it.
  ///   - suite: the group's.
  package static func sign(
    _ content: FramedContent, as wireFormat: MLS.WireFormat, context: [UInt8]?,
    by key: MLS.SignatureKeyPair, suite: Algorithms
  ) throws(CygnetError) -> AuthenticatedContent {
    let signed = try FramedContentTBS(wireFormat: wireFormat, content: content, context: context)
    let signature = try suite.signature(
      ofEncoded: signed, label: FramedContentTBS.label, by: key)
    return AuthenticatedContent(
      wireFormat: wireFormat, content: content,
      auth: FramedContentAuthData(signature: signature, confirmationTag: nil))
  }

  /// The same commit with its confirmation tag.
  package func confirmed(by confirmationTag: [UInt8]) -> AuthenticatedContent {
    AuthenticatedContent(
      wireFormat: wireFormat, content: content,
      auth: FramedContentAuthData(
        signature: auth.signature, confirmationTag: confirmationTag))
  }

  /// - Throws: `internalFault` for a commit without its tag, or anything else with one.
  func demandTags() throws(CygnetError) {
    guard (auth.confirmationTag != nil) == (content.content.type == .commit) else {
      throw CygnetError(.internalFault, "S7: commits have a confirmation tag, others have none")
    }
  }
}

/// A message whose tag or encryption was verified, which any member could have made: the signature,
/// which its sender alone could make, is still to be verified.
package struct UnverifiedContent: Sendable {
  private let message: AuthenticatedContent

  init(_ message: AuthenticatedContent) { self.message = message }

  /// Who claims to have sent it: says which key to verify with.
  package var sender: MLS.Sender { message.content.sender }

  /// What is claimed: an external commit and a client's own Add bring the key to verify with.
  package var unverifiedContent: FramedContent { message.content }

  /// The message, once its signature is verified.
  /// - Parameters:
  ///   - key: of the sender in the epoch of the message.
  ///   - context: the encoded GroupContext of that epoch.
  ///   - suite: the group's.
  /// - Throws: `authenticationFailed`.
  package func verified(
    by key: MLS.SignaturePublicKey, context: [UInt8], suite: Algorithms
  ) throws(CygnetError) -> AuthenticatedContent {
    let signed = try FramedContentTBS(
      wireFormat: message.wireFormat, content: message.content, context: context)
    do throws(CygnetError) {
      try suite.verify(
        signature: message.auth.signature, ofEncoded: signed, label: FramedContentTBS.label, by: key
      )
    } catch { throw Self.unsigned(by: sender) }
    return message
  }

  private static func unsigned(by sender: MLS.Sender) -> CygnetError {
    switch sender {
    case .member:
      CygnetError(
        .authenticationFailed, "M3: a member's signature does not verify (RFC 9420 §6.1)")
    case .external, .newMemberProposal:
      CygnetError(
        .authenticationFailed, "P8: a proposer's signature does not verify (RFC 9420 §12.1.8)")
    case .newMemberCommit:
      CygnetError(
        .authenticationFailed, "X4: a joiner's signature does not verify (RFC 9420 §12.4.3.2)")
    }
  }
}

/// The tag that confirms a new epoch (RFC 9420 §6.1, rule C11).
package enum ConfirmationTag {
  /// Over the new epoch's transcript, under its confirmation key.
  package static func make(
    confirmedTranscriptHash: [UInt8], key: SecretBytes, suite: Algorithms
  ) -> [UInt8] {
    suite.mac(confirmedTranscriptHash, key: key)
  }

  /// - Throws: `authenticationFailed` (rule M5).
  package static func verify(
    _ tag: [UInt8], confirmedTranscriptHash: [UInt8], key: SecretBytes, suite: Algorithms
  ) throws(CygnetError) {
    guard suite.isMAC(tag, of: confirmedTranscriptHash, key: key) else {
      throw CygnetError(
        .authenticationFailed, "M5: a confirmation tag does not verify (RFC 9420 §12.4.2)")
    }
  }
}
