internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// One row of message-protection.json: the secrets of an epoch of a group of two, where leaf 1
/// sends.
struct MLSProtectionScene {
  private let test: VectorCase
  private let suite: Algorithms
  private let groupContext: MLS.GroupContext
  private let context: [UInt8]
  private let signatureKey: MLS.SignatureKeyPair
  private let publicKey: MLS.SignaturePublicKey
  private let membershipKey: SecretBytes
  private let senderDataSecret: SecretBytes
  private let sender = LeafIndex(1)

  init(_ test: VectorCase, _ suite: Algorithms) throws(CygnetError) {
    self.test = test
    self.suite = suite
    guard let epoch = UInt64(exactly: try test.int("epoch")) else {
      throw CygnetError(.malformed, "an epoch is out of range")
    }
    groupContext = MLS.GroupContext(
      cipherSuite: suite.suite, groupID: MLS.GroupID(try test.bytes("group_id")),
      epoch: MLS.Epoch(epoch), treeHash: try test.bytes("tree_hash"),
      confirmedTranscriptHash: try test.bytes("confirmed_transcript_hash"), extensions: .none)
    context = try groupContext.wireEncoded()
    signatureKey = try MLS.SignatureKeyPair(seed: test.secret("signature_priv"))
    publicKey = MLS.SignaturePublicKey(try test.bytes("signature_pub"))
    membershipKey = try test.secret("membership_key")
    senderDataSecret = try test.secret("sender_data_secret")
  }

  private func secretTree() throws(CygnetError) -> SecretTree {
    SecretTree(encryptionSecret: try test.secret("encryption_secret"), leafCount: LeafCount(2))
  }

  /// The message stated is opened, and one of ours for the same content.
  func checkPublic(_ kind: String, _ checks: inout VectorChecks) throws(CygnetError) {
    guard case .publicMessage(let stated) = try MLS.Message(wire: test.bytes("\(kind)_pub")).body
    else { return checks.that(false, "\(kind)_pub is a public message") }
    let own = try PublicMessage.protect(
      signed(kind, as: .publicMessage), membershipKey: membershipKey, context: context,
      suite: suite)
    for message in [stated, own] {
      let opened = try message.unprotect(
        membershipKey: membershipKey, context: context, suite: suite
      ).verified(by: publicKey, context: context, suite: suite)
      try check(opened, kind, "public", &checks)
    }
    checks.refused("another membership key", .authenticationFailed) { () throws(CygnetError) in
      try stated.unprotect(membershipKey: senderDataSecret, context: context, suite: suite)
    }
  }

  func checkPrivate(_ kind: String, _ checks: inout VectorChecks) throws(CygnetError) {
    guard case .privateMessage(let stated) = try MLS.Message(wire: test.bytes("\(kind)_priv")).body
    else { return checks.that(false, "\(kind)_priv is a private message") }
    var random = SystemRandomSource()
    var sending = try secretTree()
    let own = try PrivateMessage.protect(
      signed(kind, as: .privateMessage), senderDataSecret: senderDataSecret, secretTree: &sending,
      padding: .step(64), suite: suite, using: &random)
    for message in [stated, own] {
      var tree = try secretTree()
      let senderData = try message.senderData(secret: senderDataSecret, suite: suite)
      checks.that(senderData.leafIndex == sender, "\(kind): the sender is leaf 1")
      let opened = try message.unprotect(senderData, secretTree: &tree, suite: suite)
        .verified(by: publicKey, context: context, suite: suite)
      try check(opened, kind, "private", &checks)
      checks.refused("\(kind) a second time", .duplicate) { () throws(CygnetError) in
        try message.unprotect(senderData, secretTree: &tree, suite: suite)
      }
    }
  }

  func checkApplicationIsNotPublic(_ checks: inout VectorChecks) throws(CygnetError) {
    let message = try signed("application", as: .publicMessage)
    checks.refused("an application message in the clear", .ruleViolation) {
      () throws(CygnetError) in
      try PublicMessage.protect(
        message, membershipKey: membershipKey, context: context, suite: suite)
    }
  }

  private func check(
    _ message: AuthenticatedContent, _ kind: String, _ how: String, _ checks: inout VectorChecks
  ) throws(CygnetError) {
    checks.equal(
      "\(kind), \(how)", try Body(content: message.content.content).wireEncoded(),
      try Body(content: content(kind)).wireEncoded())
    checks.that(message.content.sender == .member(sender), "\(kind), \(how): the sender is leaf 1")
  }

  private func content(_ kind: String) throws(CygnetError) -> FramedContent.Content {
    let bytes = try test.bytes(kind)
    switch kind {
    case "proposal": return .proposal(try MLS.Proposal(wire: bytes))
    case "commit": return .commit(try MLS.Commit(wire: bytes))
    default: return .application(bytes)
    }
  }

  /// Commits get any confirmation tag: it is not part of what is tested.
  private func signed(
    _ kind: String, as wireFormat: MLS.WireFormat
  ) throws(CygnetError) -> AuthenticatedContent {
    let content = try content(kind)
    let framed = FramedContent(
      groupID: groupContext.groupID, epoch: groupContext.epoch, sender: .member(sender),
      authenticatedData: [1, 2, 3], content: content)
    let message = try AuthenticatedContent.sign(
      framed, as: wireFormat, context: context, by: signatureKey, suite: suite)
    return content.type == .commit ? message.confirmed(by: suite.hash([])) : message
  }

  private struct Body: WireEncodable {
    let content: FramedContent.Content

    func encode(into writer: inout Writer) throws(CygnetError) {
      try content.encodeBody(into: &writer)
    }
  }
}
