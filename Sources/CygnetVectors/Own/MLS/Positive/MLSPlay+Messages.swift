internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

extension MLSPlay {
  /// An application message, to be delivered now or later.
  mutating func say(
    _ data: [UInt8], by member: UInt32, authenticating authenticatedData: [UInt8] = [],
    padding: MLS.PaddingPolicy? = nil
  ) throws(CygnetError) -> JSON {
    let message = try ForgedMessage(
      forge, from: .member(LeafIndex(member)), .application(data),
      authenticating: authenticatedData)
    let usual = style.padding
    style.padding = padding ?? usual
    let encoded = try encoded(message, .privateMessage)
    style.padding = usual
    return [
      "message": .hex(encoded), "sender": .integer(Int(member)),
      "authenticated_data": .hex(authenticatedData), "plaintext": .hex(data),
    ]
  }

  /// So many messages of random bytes.
  mutating func chat(_ count: Int, by member: UInt32) throws(CygnetError) -> [JSON] {
    var messages: [JSON] = []
    for _ in 0..<count {
      let (data, aad) = (
        random.bytes(random.number(below: 80)), random.bytes(random.number(below: 9))
      )
      messages.append(try say(data, by: member, authenticating: aad))
    }
    return messages
  }

  /// The listener receives these, in this order, after the last commit.
  mutating func deliver(_ messages: [JSON]) throws(CygnetError) {
    try note("application_messages", .array(messages))
  }

  /// What the epoch exports.
  mutating func export(_ count: Int = 32) throws(CygnetError) {
    let context = random.bytes(count)
    let secret = try forge.secrets.export(
      label: "test", context: context, count: count, suite: suite)
    try note(
      "exporter",
      [
        "label": "test", "context": .hex(context), "length": .integer(count),
        "secret": .hex(secret.exposed()),
      ])
  }

  /// A member publishes what strangers need to join by an own commit.
  mutating func publish(by member: UInt32) throws(CygnetError) {
    let unsigned = MLS.GroupInfo(
      groupContext: forge.context,
      extensions: try MLS.Extensions([
        MLS.Extension(type: .ratchetTree, data: try TreeNodes(forge.tree).wireEncoded()),
        MLS.Extension(type: .externalPub, data: try forge.externalKey().wireEncoded()),
      ]),
      confirmationTag: forge.confirmationTag, signer: LeafIndex(member), signature: [])
    let signed = unsigned.signed(
      try suite.signature(
        of: GroupInfoTBS(unsigned).wireEncoded(), label: GroupInfoTBS.label,
        by: forge.signer(member)))
    try note("group_info", .hex(try MLS.Message(signed).encoded()))
  }

  // MARK: - Chance

  /// Goes through one epoch in which members propose and commit what they like, within the rules.
  mutating func wander(upTo most: Int, keys: [String]) throws(CygnetError) {
    guard let committer = random.pick(speakers) else {
      throw CygnetError(.internalFault, "nobody is left to commit")
    }
    var list: [MLS.ProposalOrRef] = []
    var step = WanderStep(committer: committer, memberCount: places.count, most: most, keys: keys)
    for _ in 0..<random.number(below: 5) {
      guard let (proposal, proposer) = try step.next(&self) else { continue }
      let isOwn = proposer == committer && random.number(below: 2) == 0
      list.append(isOwn ? .proposal(proposal) : try propose(proposal, by: proposer))
    }
    let hasPath = step.needsPath || list.isEmpty || random.number(below: 3) > 0
    try commit(by: committer, list, path: hasPath)
  }
}

/// What the proposals of one commit may still be.
private struct WanderStep {
  let committer: UInt32
  var memberCount: Int
  let most: Int
  let keys: [String]
  /// Whether the list so far needs a path.
  private(set) var needsPath = false
  private var touched: Set<UInt32> = []
  private var hasExtensions = false

  init(committer: UInt32, memberCount: Int, most: Int, keys: [String]) {
    (self.committer, self.memberCount, self.most, self.keys) = (
      committer, memberCount, most, keys
    )
  }

  /// A proposal and who makes it; nil where chance chose what the rules forbid.
  mutating func next(
    _ play: inout MLSPlay
  ) throws(CygnetError) -> (MLS.Proposal, by: UInt32)? {
    guard let proposer = play.random.pick(play.speakers),
      let target = play.random.pick(play.speakers)
    else { return nil }
    let isFree = target != committer && !touched.contains(target)
    switch play.random.number(below: 9) {
    case 0..<3 where memberCount < most:
      memberCount += 1
      return (try play.add(play.client("client")), proposer)
    case 3, 4:
      guard isFree, memberCount > 3 else { return nil }
      memberCount -= 1
      touched.insert(target)
      needsPath = true
      return (.remove(LeafIndex(target)), proposer)
    case 5, 6:
      guard isFree else { return nil }
      touched.insert(target)
      needsPath = true
      let signer = play.random.number(below: 3) == 0 ? try play.signer() : nil
      return (try play.update(of: target, signer: signer), target)
    case 7:
      guard let key = play.random.pick(keys) else { return nil }
      return (play.externalKey(key), proposer)
    default:
      guard !hasExtensions else { return nil }
      hasExtensions = true
      needsPath = true
      let data = play.random.bytes(play.random.number(below: 20))
      return (
        .groupContextExtensions(
          try MLS.Extensions([MLS.Extension(type: MLSApplication.extensionType, data: data)])),
        proposer
      )
    }
  }
}
