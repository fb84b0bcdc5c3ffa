internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Proposals and lists of them against the rules of RFC 9420 §12.1 and §12.2.
enum ProposalRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/proposals", kind: .check, subject: "mls",
    spec: "RFC 9420 §12.1, §12.2; Cygnet Specification: MLS",
    notes: MLSRules.notes(
      "P3", "P4", "P5", "P6", "P7", "S11", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9",
      "V10",
      "V11", "V12", "V13", "K6", "S5", "S9"),
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let scene = try MLSScene.eight(using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    try removes(&cases)
    try preSharedKeys(&cases)
    try reInits(&cases)
    try extensions(&cases)
    try custom(&cases)
    try committer(&cases)
    try pairs(&cases)
    try clients(&cases)
    try writer.group(
      .mlsMember, ["client": scene.client(), "group_info": .hex(scene.groupInfo())], cases.tests)
  }

  // MARK: - One by one

  private static func removes(_ cases: inout MLSCases) throws(CygnetError) {
    for (comment, index) in [
      ("a blank leaf", UInt32(7)), ("the place behind the tree", 8),
      ("place 2^31", 1 << 31), ("place 2^32 - 1", .max),
    ] {
      try cases.refuse("P3", "a proposed Remove of \(comment)") { (bench) throws(CygnetError) in
        try bench.message(by: 4, .proposal(.remove(LeafIndex(index)))).sent()
      }
      try cases.refuse("P3", "a commit with a Remove of \(comment)", about: ["P3", "V1"]) {
        (bench) throws(CygnetError) in
        try bench.commit([.remove(LeafIndex(index))]).sent()
      }
    }
    try cases.accept("P3", "a member proposes its own removal") { (bench) throws(CygnetError) in
      try bench.message(by: 4, .proposal(.remove(LeafIndex(4)))).sent()
    }
    try cases.accept("P3", "a member proposes the reader's removal") {
      (bench) throws(CygnetError) in
      try bench.message(by: 4, .proposal(.remove(LeafIndex(1)))).sent()
    }
  }

  private static func preSharedKeys(_ cases: inout MLSCases) throws(CygnetError) {
    for count in [0, 31, 33] {
      try cases.refuse("P4", "a proposed pre-shared key with a nonce of \(count) bytes") {
        (bench) throws(CygnetError) in
        try bench.message(
          by: 4, .proposal(bench.preSharedKey(nonceByteCount: count))
        ).sent()
      }
    }
    try cases.refuse(
      "P4", "a commit with a pre-shared key with a nonce of 31 bytes", about: ["P4", "V1"]
    ) {
      (bench) throws(CygnetError) in
      try bench.commit([bench.preSharedKey(nonceByteCount: 31)], path: false).sent()
    }
    for (comment, usage) in [
      ("a ReInit", MLS.ResumptionUsage.reInit), ("branching", .branch),
    ] {
      try cases.refuse("P4", "a resumption secret for \(comment) in an ordinary commit") {
        (bench) throws(CygnetError) in
        try bench.commit([resumption(&bench, usage)], path: false).sent()
      }
      try cases.refuse("P4", "a proposed resumption secret for \(comment)") {
        (bench) throws(CygnetError) in
        try bench.message(by: 4, .proposal(resumption(&bench, usage))).sent()
      }
    }
    try cases.accept("P4", "a resumption secret for the application") {
      (bench) throws(CygnetError) in
      try bench.commit([resumption(&bench, .application)], path: false).sent()
    }
  }

  private static func resumption(
    _ bench: inout MLSWorkbench, _ usage: MLS.ResumptionUsage
  ) -> MLS.Proposal {
    .preSharedKey(
      MLS.PreSharedKeyID(
        kind: .resumption(usage, group: bench.forge.groupID, epoch: MLS.Epoch(3)),
        nonce: bench.random.bytes(32)))
  }

  private static func reInits(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("P5", "a ReInit to version 0") { (bench) throws(CygnetError) in
      try bench.message(by: 4, .proposal(reInit(&bench, version: 0))).sent()
    }
    try cases.accept("P5", "a ReInit to a version to come, and another suite") {
      (bench) throws(CygnetError) in
      try bench.message(
        by: 4, .proposal(reInit(&bench, version: 2, suite: 1))
      ).sent()
    }
    try cases.refuse("P6", "an ExternalInit that a member proposes") {
      (bench) throws(CygnetError) in
      guard case .proposal(let proposal) = try bench.externalInit().0 else { return [] }
      return try bench.message(by: 4, .proposal(proposal)).sent()
    }
  }

  private static func reInit(
    _ bench: inout MLSWorkbench, version: UInt16 = 1, suite: UInt16 = 3
  ) -> MLS.Proposal {
    .reInit(
      MLS.ReInit(
        groupID: MLS.GroupID(bench.random.bytes(32)), version: MLS.ProtocolVersion(version),
        cipherSuite: MLS.CipherSuite(suite), extensions: .none))
  }

  // MARK: - Extensions

  private static func extensions(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("P7", "an extension that all members support") { (bench) throws(CygnetError) in
      try bench.commit([adopting(MLSApplication.extensionType)]).sent()
    }
    try cases.refuse("P7", "an extension that nobody supports") { (bench) throws(CygnetError) in
      try bench.commit([adopting(MLS.ExtensionType(0xf0f9))]).sent()
    }
    let misplaced: [(String, MLS.ExtensionType)] = [
      ("an application_id", .applicationID), ("a ratchet_tree", .ratchetTree),
      ("an external_pub", .externalPub), ("a last_resort mark", .lastResort),
      ("GREASE", MLS.ExtensionType(0x0a0a)),
    ]
    for (comment, type) in misplaced {
      try cases.refuse("K6", "extensions of the group with \(comment)") {
        (bench) throws(CygnetError) in
        try bench.message(by: 4, .proposal(adopting(type))).sent()
      }
    }
    for (comment, type, data) in [
      (
        "required capabilities with a byte behind", MLS.ExtensionType.requiredCapabilities,
        [0, 0, 0, 0] as [UInt8]
      ),
      ("required capabilities cut short", .requiredCapabilities, [0, 0]),
      ("external senders with a byte behind", .externalSenders, [0, 0]),
      ("external senders without bytes", .externalSenders, []),
    ] {
      try cases.refuse("S5", comment, .malformed) { (bench) throws(CygnetError) in
        try bench.message(by: 4, .proposal(adopting(type, data))).sent()
      }
    }
    try cases.refuse("S9", "an extension of the group twice", .malformed) {
      (bench) throws(CygnetError) in
      let own = MLS.Extension(type: MLSApplication.extensionType, data: [1])
      let twice = MLS.Extensions(unchecked: [own, own])
      return try bench.message(by: 4, .proposal(.groupContextExtensions(twice))).sent()
    }
    try cases.refuse("P7", "an Add of a client that does not support the new extensions") {
      (bench) throws(CygnetError) in
      let zoe = try unable(&bench)
      return try bench.commit([adopting(MLSApplication.extensionType), .add(zoe)]).sent()
    }
    try cases.accept("P7", "a Remove of the only member that does not support the new extensions") {
      (bench) throws(CygnetError) in
      try bench.merge(bench.commit([.add(unable(&bench))], path: false))
      return try bench.commit(
        [adopting(MLSApplication.extensionType), .remove(LeafIndex(7))]
      ).sent()
    }
    try cases.refuse("P7", "new extensions that one member does not support") {
      (bench) throws(CygnetError) in
      try bench.merge(bench.commit([.add(unable(&bench))], path: false))
      return try bench.commit([adopting(MLSApplication.extensionType)]).sent()
    }
    try cases.refuse("P7", "an Update that gives up a new extension", about: ["V12", "V13"]) {
      (bench) throws(CygnetError) in
      let update = try bench.update(of: 4) { (leaf) throws(CygnetError) in
        leaf.capabilities.extensions = []
      }
      let adopting: MLS.ProposalOrRef = .proposal(try adopting(MLSApplication.extensionType))
      return try bench.commit([bench.propose(update, by: 4), adopting]).sent()
    }
  }

  static func adopting(
    _ type: MLS.ExtensionType, _ data: [UInt8] = [1]
  ) throws(CygnetError) -> MLS.Proposal {
    .groupContextExtensions(try MLS.Extensions([MLS.Extension(type: type, data: data)]))
  }

  /// A client that supports nothing beyond the protocol.
  private static func unable(_ bench: inout MLSWorkbench) throws(CygnetError) -> MLS.KeyPackage {
    try bench.keyPackage { (client) throws(CygnetError) in
      client.leaf.capabilities.extensions = []
      client.leaf.capabilities.proposals = []
    }
  }

  // MARK: - Types of the application's

  private static func custom(_ cases: inout MLSCases) throws(CygnetError) {
    let type = MLSApplication.proposalType
    try cases.accept("V11", "a registered type that all support") { (bench) throws(CygnetError) in
      try bench.commit([.custom(type, data: [])], path: false).sent()
    }
    try cases.refuse("S11", "a proposed type that is not registered", .unsupported) {
      (bench) throws(CygnetError) in
      try bench.message(
        by: 4, .proposal(.custom(MLS.ProposalType(0xf0f9), data: []))
      ).sent()
    }
    try cases.refuse("S11", "a commit with a type that is not registered", .unsupported) {
      (bench) throws(CygnetError) in
      try bench.commit([.custom(MLS.ProposalType(0xf0f9), data: [])]).sent()
    }
    try cases.refuse("S11", "a commit with a GREASE type", .unsupported) {
      (bench) throws(CygnetError) in
      try bench.commit([.custom(MLS.ProposalType(0x0a0a), data: [])]).sent()
    }
    try cases.refuse("V11", "a registered type that one member does not support") {
      (bench) throws(CygnetError) in
      try bench.merge(bench.commit([.add(unable(&bench))], path: false))
      return try bench.commit([.custom(type, data: [])], path: false).sent()
    }
    try cases.accept("V11", "a registered type, and a Remove of who does not support it") {
      (bench) throws(CygnetError) in
      try bench.merge(bench.commit([.add(unable(&bench))], path: false))
      return try bench.commit([.custom(type, data: []), .remove(LeafIndex(7))]).sent()
    }
    try cases.accept("V11", "a registered type, and an Add of who does not support it") {
      (bench) throws(CygnetError) in
      try bench.commit([.custom(type, data: []), .add(unable(&bench))], path: false).sent()
    }
  }

  // MARK: - The committer

  private static func committer(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("V2", "the committer's Update by value") { (bench) throws(CygnetError) in
      try bench.commit([bench.update(of: 2)]).sent()
    }
    try cases.refuse("V2", "the committer's Update by reference") { (bench) throws(CygnetError) in
      try bench.commit([bench.propose(bench.update(of: 2), by: 2)]).sent()
    }
    try cases.refuse("V3", "the committer's Remove by value") { (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      commit.proposals = [.proposal(.remove(LeafIndex(2)))]
      try commit.addPath(using: &bench.random)
      return try commit.finish().sent()
    }
    try cases.refuse("V3", "the committer's Remove by reference") { (bench) throws(CygnetError) in
      let remove = try bench.propose(.remove(LeafIndex(2)), by: 4)
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      commit.proposals = [remove]
      try commit.addPath(using: &bench.random)
      return try commit.finish().sent()
    }
    try cases.refuse("V10", "an ExternalInit in a member's commit") {
      (bench) throws(CygnetError) in
      let (proposal, secret) = try bench.externalInit()
      var commit = try ForgedCommit(bench.forge, by: 2, [proposal])
      commit.initSecret = secret
      try commit.addPath(using: &bench.random)
      return try commit.finish().sent()
    }
  }

  // MARK: - Two that exclude each other

  private static func pairs(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("V4", "two Removes of one member") { (bench) throws(CygnetError) in
      try bench.commit([.remove(LeafIndex(4)), .remove(LeafIndex(4))]).sent()
    }
    try cases.refuse("V4", "a Remove by value and one by reference") {
      (bench) throws(CygnetError) in
      let remove = try bench.propose(.remove(LeafIndex(4)), by: 5)
      return try bench.commit([remove, .proposal(.remove(LeafIndex(4)))]).sent()
    }
    try cases.refuse("V4", "an Update and a Remove of one member") { (bench) throws(CygnetError) in
      let update = try bench.propose(bench.update(of: 4), by: 4)
      return try bench.commit([update, .proposal(.remove(LeafIndex(4)))]).sent()
    }
    try cases.refuse("V4", "two Updates of one member") { (bench) throws(CygnetError) in
      let first = try bench.propose(bench.update(of: 4), by: 4)
      let second = try bench.propose(bench.update(of: 4), by: 4)
      return try bench.commit([first, second]).sent()
    }
    try cases.accept("V4", "Updates of two members and a Remove of a third") {
      (bench) throws(CygnetError) in
      let first = try bench.propose(bench.update(of: 4), by: 4)
      let second = try bench.propose(bench.update(of: 5), by: 5)
      return try bench.commit([second, .proposal(.remove(LeafIndex(6))), first]).sent()
    }
    try cases.refuse("V7", "a pre-shared key twice, nonce and all") { (bench) throws(CygnetError) in
      let key = bench.preSharedKey()
      return try bench.commit([key, key], path: false).sent()
    }
    try cases.accept("V7", "a pre-shared key twice, with two nonces") {
      (bench) throws(CygnetError) in
      try bench.commit([bench.preSharedKey(), bench.preSharedKey()], path: false).sent()
    }
    try cases.refuse("V8", "extensions replaced twice") { (bench) throws(CygnetError) in
      let first = try adopting(MLSApplication.extensionType)
      return try bench.commit([first, .groupContextExtensions(.none)]).sent()
    }
    try cases.refuse("V8", "extensions replaced twice by the same ones") {
      (bench) throws(CygnetError) in
      try bench.commit([.groupContextExtensions(.none), .groupContextExtensions(.none)]).sent()
    }
    try cases.refuse("V9", "a ReInit and a pre-shared key") { (bench) throws(CygnetError) in
      try bench.commit([reInit(&bench), bench.preSharedKey()], path: false).sent()
    }
    try cases.refuse("V9", "a ReInit and an Add") { (bench) throws(CygnetError) in
      try bench.commit([.add(bench.keyPackage()), reInit(&bench)], path: false).sent()
    }
    try cases.refuse("V9", "two ReInits") { (bench) throws(CygnetError) in
      try bench.commit([reInit(&bench), reInit(&bench)], path: false).sent()
    }
  }

  // MARK: - Clients

  private static func clients(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("V5", "two Adds of one client") { (bench) throws(CygnetError) in
      let first = try bench.keyPackage("zoe1")
      let second = try bench.keyPackage("zoe2")
      return try bench.commit([.add(first), .add(second)], path: false).sent()
    }
    try cases.refuse("V5", "two Adds of one client, by reference") { (bench) throws(CygnetError) in
      let first = try bench.propose(.add(bench.keyPackage("zoe1")), by: 4)
      let second = try bench.propose(.add(bench.keyPackage("zoe2")), by: 5)
      return try bench.commit([first, second], path: false).sent()
    }
    try cases.refuse("V6", "an Add of a client that is in the group") {
      (bench) throws(CygnetError) in
      try bench.commit([.add(bench.keyPackage("erin2"))], path: false).sent()
    }
    try cases.refuse("V6", "an Add of the committer") { (bench) throws(CygnetError) in
      try bench.commit([.add(bench.keyPackage("carol2"))], path: false).sent()
    }
    try cases.accept("V6", "an Add of a client, and a Remove of its old leaf") {
      (bench) throws(CygnetError) in
      try bench.commit([.add(bench.keyPackage("erin2")), .remove(LeafIndex(4))]).sent()
    }
    try cases.refuse("V6", "an Add of a client, and a Remove of another one") {
      (bench) throws(CygnetError) in
      try bench.commit([.add(bench.keyPackage("erin2")), .remove(LeafIndex(5))]).sent()
    }
  }
}
