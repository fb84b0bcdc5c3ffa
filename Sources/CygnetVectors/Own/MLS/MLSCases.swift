internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives

/// What one case is made with.
struct MLSWorkbench {
  /// The group as it is when the case begins.
  var forge: MLSForge
  var random: SeededRandomSource
  /// What is sent before the message that is judged.
  fileprivate(set) var before: [[UInt8]] = []

  var suite: Algorithms { forge.suite }

  /// Sends a member's proposal.
  mutating func propose(
    _ proposal: MLS.Proposal, by member: UInt32
  ) throws(CygnetError) -> MLS.ProposalOrRef {
    try propose(
      ForgedMessage(forge, from: .member(LeafIndex(member)), .proposal(proposal)))
  }

  /// Sends a proposal.
  mutating func propose(_ message: ForgedMessage) throws(CygnetError) -> MLS.ProposalOrRef {
    try send(message.sent())
    return try forge.hold(message.signed(as: .publicMessage))
  }

  /// Sends anything.
  mutating func send(_ message: [UInt8]) { before.append(message) }

  mutating func client(
    _ name: String, signer: MLS.SignatureKeyPair? = nil
  ) throws(CygnetError) -> ForgedClient {
    try ForgedClient(name, signer: signer, suite, using: &random)
  }

  /// A key package of a client, changed before it is signed.
  mutating func keyPackage(
    _ name: String = "zoe",
    _ edit: (inout ForgedClient) throws(CygnetError) -> Void = {
      (_: inout ForgedClient) throws(CygnetError) in
    }
  ) throws(CygnetError) -> MLS.KeyPackage {
    var client = try client(name)
    try edit(&client)
    return try client.keyPackage(suite)
  }

  /// Sends a commit, which all take, and goes on from there.
  mutating func merge(_ forged: Forged) throws(CygnetError) {
    send(try forged.sent())
    forge = forged.next
  }

  /// A message of a member, to be spoilt.
  func message(
    by member: UInt32 = 2, _ content: FramedContent.Content
  ) throws(CygnetError) -> ForgedMessage {
    try ForgedMessage(forge, from: .member(LeafIndex(member)), content)
  }

  mutating func preSharedKey(
    _ id: [UInt8] = MLSScene.externalKeyID, nonceByteCount: Int = 32
  ) -> MLS.Proposal {
    .preSharedKey(
      MLS.PreSharedKeyID(kind: .external(id: id), nonce: random.bytes(nonceByteCount)))
  }

  /// An external commit's ExternalInit and the secret that it agrees on.
  mutating func externalInit() throws(CygnetError) -> (MLS.ProposalOrRef, SecretBytes) {
    let (kemOutput, secret) = try ExternalInit.seal(
      to: forge.externalKey(), suite: suite, using: &random)
    return (.proposal(.externalInit(kemOutput: kemOutput)), secret)
  }

  /// A leaf as the member would make it for an Update, to be changed and signed.
  mutating func update(
    of member: UInt32, signer: MLS.SignatureKeyPair? = nil, signedFor place: UInt32? = nil,
    _ edit: ForgedCommit.LeafEdit = { (_: inout ForgedLeaf) throws(CygnetError) in }
  ) throws(CygnetError) -> MLS.Proposal {
    var leaf = ForgedLeaf(try forge.leaf(member))
    leaf.encryptionKey = MLS.HPKEPublicKey(
      try suite.generateKeyPair(using: &random).publicKey.bytes)
    leaf.source = .update
    try edit(&leaf)
    let own = try forge.signer(member)
    return .update(
      try leaf.signed(
        by: signer ?? own, in: (forge.groupID, LeafIndex(place ?? member)), suite))
  }

  /// A commit with a path of whatever is proposed by value.
  mutating func commit(
    by member: UInt32 = 2, _ proposals: [MLS.Proposal], path: Bool = true
  ) throws(CygnetError) -> Forged {
    try commit(by: member, proposals.map { .proposal($0) }, path: path)
  }

  mutating func commit(
    by member: UInt32 = 2, _ proposals: [MLS.ProposalOrRef], path: Bool = true
  ) throws(CygnetError) -> Forged {
    var commit = try ForgedCommit(forge, by: member, proposals)
    if path { try commit.addPath(using: &random) }
    return try commit.finish()
  }
}

/// Collects the cases of one group of tests, each made from the same state.
struct MLSCases {
  typealias Making = (inout MLSWorkbench) throws(CygnetError) -> [UInt8]

  private let forge: MLSForge
  private var random: SeededRandomSource
  private(set) var tests: [OwnVectorWriter.Test] = []

  /// - Parameters:
  ///   - forge: The state.
  ///   - random: Draws the seed of the cases' own streams, so that one more case changes no other.
  init(_ forge: MLSForge, using random: inout SeededRandomSource) {
    self.forge = forge
    self.random = SeededRandomSource(seed: random.bytes(32))
  }

  /// Adds a message that must be refused.
  /// - Parameters:
  ///   - rule: The rule that must refuse it.
  ///   - comment: What is wrong.
  ///   - error: The error's code.
  ///   - flags: The rules that it is about, when that is not the one that refuses it.
  ///   - make: Makes the message.
  mutating func refuse(
    _ rule: String, _ comment: String, _ error: CygnetError.Code = .ruleViolation,
    about flags: [String]? = nil, _ make: Making
  ) throws(CygnetError) {
    try add(
      comment, flags ?? [rule],
      [("result", "invalid"), ("error", .string(error.name)), ("rule", .string(rule))], make)
  }

  /// Adds a message that must be taken, at the bound of a rule.
  mutating func accept(_ rule: String, _ comment: String, _ make: Making) throws(CygnetError) {
    try add(comment, [rule], [("result", "valid")], make)
  }

  private mutating func add(
    _ comment: String, _ flags: [String], _ verdict: [(String, JSON)], _ make: Making
  ) throws(CygnetError) {
    try add(comment, flags, verdict) { (bench) throws(CygnetError) in
      let message = try make(&bench)
      return [("before", .array(bench.before.map { .hex($0) })), ("message", .hex(message))]
    }
  }

  /// The inputs of a test that is no message of a group.
  typealias MakingInputs = (inout MLSWorkbench) throws(CygnetError) -> [(String, JSON)]

  /// As ``refuse(_:_:_:about:_:)``, with inputs of any kind.
  mutating func refuse(
    _ rule: String, _ comment: String, _ error: CygnetError.Code = .ruleViolation,
    about flags: [String]? = nil, inputs make: MakingInputs
  ) throws(CygnetError) {
    try add(
      comment, flags ?? [rule],
      [("result", "invalid"), ("error", .string(error.name)), ("rule", .string(rule))], make)
  }

  /// As ``accept(_:_:_:)``, with inputs of any kind.
  mutating func accept(
    _ rule: String, _ comment: String, inputs make: MakingInputs
  ) throws(CygnetError) {
    try add(comment, [rule], [("result", "valid")], make)
  }

  private mutating func add(
    _ comment: String, _ flags: [String], _ verdict: [(String, JSON)], _ make: MakingInputs
  ) throws(CygnetError) {
    var bench = MLSWorkbench(
      forge: forge, random: SeededRandomSource(seed: random.bytes(32), label: comment))
    let inputs: [(String, JSON)]
    do throws(CygnetError) { inputs = try make(&bench) } catch {
      throw CygnetError(error.code, error.reason, underlying: MLSCaseError(comment: comment))
    }
    tests.append(
      OwnVectorWriter.Test(comment, flags: flags, members: inputs + verdict))
  }
}

/// Which case could not be made.
struct MLSCaseError: Error { let comment: String }
