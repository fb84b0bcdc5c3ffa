internal import CygnetMLS
internal import CygnetPrimitives

/// Groups that do what the working group's files never show, in their form for passive clients with
/// the members that `Vectors/README.md` adds.
enum MLSScenarios {
  /// What a row is about.
  enum Scenario: Sendable {
    case externalJoins, resyncs, overtaken
    case privateHandshakes, mixedHandshakes
    case externalSenders, newMembers
    case unmergedMember, unmergedAmongOthers
    case rotation, customProposals, padding, applicationMessages
    case removal, resyncOfListener
    case resumptionKeys, longSession
    case reInit, reInitByReference, reInitFromOutside
    case branch, severalBranches
  }

  private static let files: [(name: String, scenarios: [Scenario])] = [
    ("external-commits", [.externalJoins, .resyncs, .overtaken]),
    ("private-handshakes", [.privateHandshakes, .mixedHandshakes]),
    ("external-senders", [.externalSenders]), ("new-member-proposals", [.newMembers]),
    ("unmerged-member", [.unmergedMember, .unmergedAmongOthers]),
    ("key-rotation", [.rotation]), ("custom-proposals", [.customProposals]),
    ("padding", [.padding]), ("application-messages", [.applicationMessages]),
    ("removal", [.removal, .resyncOfListener]), ("resumption-psks", [.resumptionKeys]),
    ("reinit", [.reInit, .reInitByReference, .reInitFromOutside]),
    ("branching", [.branch, .severalBranches]), ("long-session", [.longSession]),
  ]

  /// Each row is one group, begun as ``MLSPassiveVectors/room(_:_:)``.
  static let suites: [MLSVectorSuite] =
    files.map { file in
      MLSVectorSuite("scenarios/" + file.name, "passive client") { (writer) throws(CygnetError) in
        let suite = writer.suite
        for scenario in file.scenarios {
          try writer.add { (random) throws(CygnetError) in
            var play = try MLSPassiveVectors.room(suite, random)
            try act(scenario, &play)
            return try play.row()
          }
        }
      }
    } + [MLSVectorSuite("scenarios/psk-kinds", "pre-shared keys", write: writePreSharedKeys)]

  private static func act(
    _ scenario: Scenario, _ play: inout MLSPlay
  ) throws(CygnetError) {
    switch scenario {
    case .externalJoins: try externalJoins(&play)
    case .resyncs: try resyncs(&play)
    case .overtaken: try overtaken(&play)
    case .privateHandshakes: try privateHandshakes(&play)
    case .mixedHandshakes: try mixedHandshakes(&play)
    case .externalSenders: try externalSenders(&play)
    case .newMembers: try newMembers(&play)
    case .unmergedMember: try unmergedMember(&play)
    case .unmergedAmongOthers: try unmergedAmongOthers(&play)
    case .rotation: try rotation(&play)
    case .customProposals: try customProposals(&play)
    case .padding: try padding(&play)
    case .applicationMessages: try applicationMessages(&play)
    case .removal: try removal(&play)
    case .resyncOfListener: try resyncOfListener(&play)
    case .resumptionKeys: try resumptionKeys(&play)
    case .longSession: try longSession(&play)
    case .reInit: try MLSDerivedGroups.byValue(&play)
    case .reInitByReference: try MLSDerivedGroups.byReference(&play)
    case .reInitFromOutside: try MLSDerivedGroups.fromOutside(&play)
    case .branch: try MLSDerivedGroups.branch(&play)
    case .severalBranches: try MLSDerivedGroups.severalBranches(&play)
    }
  }

  // MARK: - External commits

  private static func externalJoins(_ play: inout MLSPlay) throws(CygnetError) {
    // Into the blank leaf, then into a tree that doubles for it.
    for name in ["heidi", "ivan"] {
      try play.commit(by: 2)
      try play.publish(by: 2)
      try play.joinExternally(play.client(name))
    }
    // Who joined commits, and adds somebody.
    try play.commit(by: 8, values: [play.add(play.client("judy"))])
    try play.joinExternally(play.client("mike"), [play.externalKey("first")])
    try play.commit(by: 10)
    // After the right half has gone, into what is left.
    try play.commit(
      by: 0, values: [8, 9, 10].map { .remove(LeafIndex($0)) })
    try play.publish(by: 0)
    play.style.authenticatedData = play.random.bytes(40)
    try play.joinExternally(
      play.client("niaj"), [play.externalKey("second"), play.externalKey("first")])
    try play.deliver(play.chat(2, by: 8))
  }

  private static func resyncs(_ play: inout MLSPlay) throws(CygnetError) {
    // With the key that the group knows, and back into the same leaf, which is the leftmost blank.
    try play.joinExternally(play.client("carol", signer: play.forge.signer(2)), replacing: 2)
    try play.commit(by: 2)
    // Into a leaf further left than the old one.
    try play.commit(by: 2, values: [.remove(LeafIndex(1))])
    try play.joinExternally(play.client("grace", signer: play.forge.signer(6)), replacing: 6)
    try play.publish(by: 1)
    // With another signature key, mixing in secrets.
    let joined = play.forge.context.epoch.rawValue - 1
    try play.joinExternally(
      play.client("erin2"), replacing: 4, [play.resumptionKey(joined), play.externalKey("first")])
    try play.commit(by: 4)
    // The listener's sibling again, then the only member of the right half, which goes first.
    try play.joinExternally(play.client("erin3"), replacing: 4)
    var guests: [MLS.Proposal] = []
    for _ in 0..<3 { guests.append(try play.add(play.client("guest"))) }
    try play.commit(by: 0, values: guests)
    try play.joinExternally(play.client("guest2"), replacing: 8)
    try play.deliver(play.chat(1, by: 8))
  }

  /// An external commit clears what waited: proposals of the epoch are void.
  private static func overtaken(
    _ play: inout MLSPlay
  ) throws(CygnetError) {
    _ = try play.propose(.remove(LeafIndex(0)), by: 3)
    _ = try play.propose(play.update(of: 1), by: 1)
    try play.joinExternally(play.client("heidi"))
    try play.commit(by: 0)
    play.style = .init(format: .privateMessage, padding: .padme)
    _ = try play.propose(play.externalKey("first"), by: 7)
    try play.joinExternally(play.client("ivan"))
    try play.commit(by: 7)
  }

  // MARK: - Handshakes

  private static func privateHandshakes(_ play: inout MLSPlay) throws(CygnetError) {
    play.style = .init(format: .privateMessage, padding: .step(256), authenticatedData: [1, 2, 3])
    for _ in 0..<25 { try play.wander(upTo: 12, keys: ["first", "second"]) }
  }

  /// Commits in one form refer to proposals in the other, and a handshake is one of many of its
  /// sender in the epoch.
  private static func mixedHandshakes(_ play: inout MLSPlay) throws(CygnetError) {
    for committer: UInt32 in [0, 3, 6] {
      play.style.format = .privateMessage
      var list: [MLS.ProposalOrRef] = []
      for _ in 0..<3 { list.append(try play.propose(play.externalKey("first"), by: 2)) }
      play.style.format = .publicMessage
      list.append(try play.propose(play.update(of: 1), by: 1))
      play.style.format = committer == 3 ? .publicMessage : .privateMessage
      try play.commit(by: committer, list)
      try play.deliver(play.chat(2, by: committer))
    }
  }

  // MARK: - Proposals from outside

  private static func externalSenders(_ play: inout MLSPlay) throws(CygnetError) {
    let server = try play.signer()
    let other = try play.signer()
    let senders = [server, other].map {
      MLS.ExternalSender(
        signatureKey: $0.publicKey, credential: .basic(identity: Array("server".utf8)))
    }
    let extensions = try MLS.Extensions(externalSenders: senders)
    try play.commit(by: 0, values: [.groupContextExtensions(extensions)])
    func message(
      _ proposal: MLS.Proposal, _ index: UInt32, _ play: MLSPlay
    ) throws(CygnetError) -> ForgedMessage {
      try ForgedMessage(
        play.forge, from: .external(index), .proposal(proposal),
        authenticating: index == 0 ? [] : [9, 9], signer: index == 0 ? server : other)
    }
    let added = try play.propose(message(play.add(play.client("heidi")), 0, play))
    try play.commit(by: 3, [added], path: false)
    let removed = try play.propose(message(.remove(LeafIndex(6)), 1, play))
    let key = try play.propose(message(play.externalKey("second"), 0, play))
    try play.commit(by: 7, [removed, key])
    // The senders themselves change the list of senders; the other is the first now.
    let fewer = try MLS.Extensions(externalSenders: [senders[1]])
    let changed = try play.propose(message(.groupContextExtensions(fewer), 0, play))
    try play.commit(by: 1, [changed])
    let last = try play.propose(
      ForgedMessage(
        play.forge, from: .external(0), .proposal(.remove(LeafIndex(0))), signer: other))
    play.style = .init(format: .privateMessage)
    try play.commit(by: 2, [last, .proposal(play.add(play.client("ivan")))])
    try play.commit(by: 0)
  }

  private static func newMembers(_ play: inout MLSPlay) throws(CygnetError) {
    func request(
      _ client: ForgedClient, _ play: MLSPlay
    ) throws(CygnetError) -> ForgedMessage {
      try ForgedMessage(
        play.forge, from: .newMemberProposal, .proposal(play.add(client)), signer: client.signer)
    }
    let heidi = try play.propose(request(play.client("heidi"), play))
    try play.commit(by: 1, [heidi], path: false)
    // Two at once beside a member's Add, of whom one is not taken.
    let ivan = try play.propose(request(play.client("ivan"), play))
    _ = try play.propose(request(play.client("judy"), play))
    try play.commit(by: 7, [.proposal(play.add(play.client("mike"))), ivan])
    play.style = .init(format: .privateMessage, padding: .padme)
    let niaj = try play.propose(request(play.client("niaj"), play))
    try play.commit(by: 9, [niaj, .proposal(.remove(LeafIndex(0)))])
    try play.commit(by: 0)
  }

  // MARK: - Unmerged leaves

  /// The listener joins without any secret below three nodes with keys.
  private static func unmergedMember(_ play: inout MLSPlay) throws(CygnetError) {
    play = try unmerged(play.random)
    // Its sibling, the other quarter, the other half: each has another place for it.
    for place: UInt32 in [0, 6, 4, 1] { try play.commit(by: place) }
  }

  /// Others become unmerged beside it, and the nodes above it change around it.
  private static func unmergedAmongOthers(_ play: inout MLSPlay) throws(CygnetError) {
    play = try unmerged(play.random)
    try play.commit(by: 6)
    try play.commit(by: 1, values: [.remove(LeafIndex(3)), .remove(LeafIndex(4))])
    try play.invite(play.clients("judy", "mike"), by: 6, .init(hasPath: false))
    try play.commit(by: 7)
    try play.commit(by: 3)
    let update = try play.propose(play.update(of: 2), by: 2)
    try play.commit(by: 0, [update])
    try play.commit(by: 4)
  }

  /// Eight members, who all committed; the listener takes place 1 of one of them without a path.
  private static func unmerged(_ random: SeededRandomSource) throws(CygnetError) -> MLSPlay {
    var play = try MLSPlay("alice", externalKeys: ["first"], random: random)
    try play.invite(play.clients("bob", "carol", "dave", "erin", "frank", "grace", "heidi"))
    for place: UInt32 in 0...7 { try play.commit(by: place) }
    try play.commit(by: 0, values: [.remove(LeafIndex(5))])
    try play.commit(by: 4)
    try play.commit(by: 0)
    try play.invite([play.client("listener")], by: 2, listening: 0, .init(hasPath: false))
    return play
  }
}
