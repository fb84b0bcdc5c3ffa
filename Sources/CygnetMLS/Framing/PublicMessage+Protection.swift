package import CygnetPrimitives
internal import CygnetWire

///     struct {
///       FramedContentTBS content_tbs;
///       FramedContentAuthData auth;
///     } AuthenticatedContentTBM;
private struct AuthenticatedContentTBM: WireEncodable {
  let signed: FramedContentTBS
  let auth: FramedContentAuthData

  func encode(into writer: inout Writer) throws(CygnetError) {
    try signed.encode(into: &writer)
    try auth.encode(into: &writer)
  }
}

extension PublicMessage {
  /// A signed message in the clear; a member's gets the tag that proves membership, which covers
  /// the signature and a commit's confirmation tag (RFC 9420 §6.2, rule C11).
  /// - Parameters:
  ///   - message: signed for this wire format, a commit with its confirmation tag.
  ///   - membershipKey: of the epoch in which it is sent; only members have and need it.
  ///   - context: the encoded GroupContext of that epoch; only members need it.
  ///   - suite: the group's.
  /// - Throws: `ruleViolation` for what must not travel in the clear (rules S7, P8).
  package static func protect(
    _ message: AuthenticatedContent, membershipKey: SecretBytes?, context: [UInt8]?,
    suite: Algorithms
  ) throws(CygnetError) -> PublicMessage {
    try demandPublic(message.content)
    try message.demandTags()
    guard message.wireFormat == .publicMessage else {
      throw CygnetError(.internalFault, "signed for another wire format")
    }
    var tag: [UInt8]?
    if case .member = message.content.sender {
      guard let membershipKey else {
        throw CygnetError(.internalFault, "a member's message needs the membership key")
      }
      tag = suite.mac(try tagged(message, context: context), key: membershipKey)
    }
    return PublicMessage(content: message.content, auth: message.auth, membershipTag: tag)
  }

  /// The message, if a member's membership tag verifies; for the signature see
  /// ``UnverifiedContent``.
  /// - Parameters:
  ///   - membershipKey: of the message's epoch.
  ///   - context: the encoded GroupContext of that epoch.
  ///   - suite: the group's.
  /// - Throws: `authenticationFailed`; `ruleViolation` for what must not travel in the clear.
  package func unprotect(
    membershipKey: SecretBytes, context: [UInt8], suite: Algorithms
  ) throws(CygnetError) -> UnverifiedContent {
    try Self.demandPublic(content)
    let message = AuthenticatedContent(wireFormat: .publicMessage, content: content, auth: auth)
    if case .member = content.sender {
      guard let membershipTag,
        suite.isMAC(
          membershipTag, of: try Self.tagged(message, context: context), key: membershipKey)
      else {
        throw CygnetError(
          .authenticationFailed, "C11: a membership tag does not verify (RFC 9420 §6.2)")
      }
    }
    return UnverifiedContent(message)
  }

  /// The message as somebody sees it who cannot verify membership; for the signature see
  /// ``UnverifiedContent``.
  /// - Throws: `ruleViolation` for what must not travel in the clear.
  package func withoutMembershipTag() throws(CygnetError) -> UnverifiedContent {
    try Self.demandPublic(content)
    return UnverifiedContent(
      AuthenticatedContent(wireFormat: .publicMessage, content: content, auth: auth))
  }

  private static func tagged(
    _ message: AuthenticatedContent, context: [UInt8]?
  ) throws(CygnetError) -> [UInt8] {
    let signed = try FramedContentTBS(
      wireFormat: .publicMessage, content: message.content, context: context)
    return try AuthenticatedContentTBM(signed: signed, auth: message.auth).wireEncoded()
  }

  /// What may travel in the clear, and from whom (RFC 9420 §6, §6.1).
  private static func demandPublic(_ content: FramedContent) throws(CygnetError) {
    let type = content.content.type
    if type == .application {
      throw CygnetError(
        .ruleViolation, "S7: application data travels encrypted only (RFC 9420 §6)")
    }
    switch content.sender {
    case .member: return
    case .external, .newMemberProposal:
      if type == .proposal { return }
      throw CygnetError(
        .ruleViolation, "P8: who is not a member sends proposals only (RFC 9420 §6.1)")
    case .newMemberCommit:
      if type == .commit { return }
      throw CygnetError(
        .ruleViolation, "X4: who joins by a commit sends that commit only (RFC 9420 §6.1)")
    }
  }
}
