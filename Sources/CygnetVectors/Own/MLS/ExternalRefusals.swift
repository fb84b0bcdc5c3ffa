internal import CygnetMLS
internal import CygnetPrimitives

/// Commits by which a client joins from outside, against the rules of RFC 9420 §12.4.3.2.
enum ExternalRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/external-commits", kind: .check, subject: "mls",
    spec: "RFC 9420 §8.3, §12.2, §12.4.3.2; Cygnet Specification: MLS",
    notes: MLSRules.notes(
      "C3", "L1", "L6", "L7", "L8", "M4", "P3", "P4", "P6", "P8", "S7", "T12", "X1", "X2", "X3",
      "X4",
      "X6", "X7", "X8"),
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let scene = try MLSScene.eight(using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    try joins(&cases)
    try lists(&cases)
    try senders(&cases)
    try leaves(&cases)
    try secrets(&cases)
    try writer.group(
      .mlsMember, ["client": scene.client(), "group_info": .hex(scene.groupInfo())], cases.tests)
  }

  /// Joins as `name` with an ExternalInit and these proposals.
  private static func joining(
    _ bench: inout MLSWorkbench, as name: String = "zoe", _ proposals: [MLS.Proposal] = [],
    _ change: (inout ForgedCommit, ForgedClient, inout MLSWorkbench) throws(CygnetError) -> Void
  ) throws(CygnetError) -> [UInt8] {
    let client = try bench.client(name)
    let (externalInit, secret) = try bench.externalInit()
    var commit = try ForgedCommit(
      bench.forge, joining: client, initSecret: secret,
      [externalInit] + proposals.map { .proposal($0) })
    try change(&commit, client, &bench)
    return try commit.finish().sent()
  }

  private static func honestly(
    _ bench: inout MLSWorkbench, as name: String = "zoe", _ proposals: [MLS.Proposal] = []
  ) throws(CygnetError) -> [UInt8] {
    try joining(&bench, as: name, proposals) { (commit, client, bench) throws(CygnetError) in
      try commit.addPath(client.leaf, using: &bench.random)
    }
  }

  private static func joins(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("X1", "a client joins") { (bench) throws(CygnetError) in
      try honestly(&bench)
    }
    try cases.accept("X6", "a client comes back into its old place") {
      (bench) throws(CygnetError) in
      // Heidi's place lies left of the blank one.
      try honestly(&bench, as: "heidi2", [.remove(LeafIndex(3))])
    }
    try cases.accept("X1", "a client joins with two pre-shared keys") {
      (bench) throws(CygnetError) in
      try honestly(&bench, [bench.preSharedKey(), bench.preSharedKey()])
    }
    try cases.accept("X6", "a client joins a group that is full, which doubles the tree") {
      (bench) throws(CygnetError) in
      try bench.merge(bench.commit([.add(bench.keyPackage("yves"))], path: false))
      return try honestly(&bench)
    }
  }

  // MARK: - Proposals

  private static func lists(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("X1", "an external commit without ExternalInit") {
      (bench) throws(CygnetError) in
      let client = try bench.client("zoe")
      let (_, secret) = try bench.externalInit()
      var commit = try ForgedCommit(
        bench.forge, joining: client, initSecret: secret, [.proposal(bench.preSharedKey())])
      try commit.addPath(client.leaf, using: &bench.random)
      return try commit.finish().sent()
    }
    try cases.refuse("X1", "two ExternalInits") { (bench) throws(CygnetError) in
      guard case .proposal(let second) = try bench.externalInit().0 else { return [] }
      return try honestly(&bench, [second])
    }
    try cases.refuse("X1", "two Removes") { (bench) throws(CygnetError) in
      try honestly(&bench, as: "erin2", [.remove(LeafIndex(4)), .remove(LeafIndex(5))])
    }
    let others: [(String, (inout MLSWorkbench) throws(CygnetError) -> MLS.Proposal)] = [
      ("an Add", { (bench) throws(CygnetError) in .add(try bench.keyPackage("yves")) }),
      ("new extensions", { (_) throws(CygnetError) in .groupContextExtensions(.none) }),
      (
        "a registered type",
        { (_) throws(CygnetError) in .custom(MLSApplication.proposalType, data: []) }
      ),
    ]
    for (comment, making) in others {
      try cases.refuse("X1", "an external commit with \(comment)") { (bench) throws(CygnetError) in
        let proposal = try making(&bench)
        return try honestly(&bench, [proposal])
      }
    }
    try cases.refuse("P3", "an external commit that removes a blank leaf") {
      (bench) throws(CygnetError) in
      try joining(&bench) { (commit, client, bench) throws(CygnetError) in
        commit.proposals.append(.proposal(.remove(LeafIndex(7))))
        try commit.addPath(client.leaf, using: &bench.random)
      }
    }
    try cases.refuse("P4", "an external commit with a nonce of 31 bytes") {
      (bench) throws(CygnetError) in
      try honestly(&bench, [bench.preSharedKey(nonceByteCount: 31)])
    }
    try cases.refuse("M4", "an external commit with a pre-shared key that is not held", .notFound) {
      (bench) throws(CygnetError) in
      try honestly(&bench, [bench.preSharedKey(Array("no key".utf8))])
    }
    try cases.refuse("X2", "an external commit that refers to a Remove") {
      (bench) throws(CygnetError) in
      let remove = try bench.propose(.remove(LeafIndex(4)), by: 4)
      let client = try bench.client("erin2")
      let (externalInit, secret) = try bench.externalInit()
      var commit = try ForgedCommit(
        bench.forge, joining: client, initSecret: secret, [externalInit, remove])
      try commit.addPath(client.leaf, using: &bench.random)
      return try commit.finish().sent()
    }
    try cases.refuse("X3", "an external commit without a path") { (bench) throws(CygnetError) in
      try joining(&bench) { (_, _, _) throws(CygnetError) in }
    }
  }

  // MARK: - Senders

  private static func senders(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("X4", "an external commit that another key signed", .authenticationFailed) {
      (bench) throws(CygnetError) in
      try joining(&bench) { (commit, client, bench) throws(CygnetError) in
        try commit.addPath(client.leaf, using: &bench.random)
        commit.signer = try bench.forge.signer(2)
      }
    }
    try cases.refuse(
      "X4", "an external commit signed without the group's context", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      try joining(&bench) { (commit, client, bench) throws(CygnetError) in
        try commit.addPath(client.leaf, using: &bench.random)
        commit.signedContext = []
      }
    }
    try cases.refuse("X4", "a proposal by a client that joins") {
      (bench) throws(CygnetError) in
      let client = try bench.client("zoe")
      return try ForgedMessage(
        bench.forge, from: .newMemberCommit, .proposal(bench.preSharedKey()),
        signer: client.signer
      ).sent()
    }
    try cases.refuse("P8", "a commit by an external sender") {
      (bench) throws(CygnetError) in
      let client = try bench.client("zoe")
      var message = try bench.commit([MLS.Proposal]()).message.with(sender: .external(0))
      message.signer = client.signer
      return try message.sent()
    }
    try cases.refuse("P8", "a commit by a client that asks to be added") {
      (bench) throws(CygnetError) in
      let client = try bench.client("zoe")
      var message = try bench.commit([MLS.Proposal]()).message.with(sender: .newMemberProposal)
      message.signer = client.signer
      return try message.sent()
    }
    try cases.refuse("S4", "an external commit with a membership tag", .malformed, about: ["S7"]) {
      (bench) throws(CygnetError) in
      let bytes = try honestly(&bench)
      return bytes + [32] + bench.random.bytes(32)
    }
    try cases.refuse("V10", "a member's commit in the form of an external one", about: ["X1"]) {
      (bench) throws(CygnetError) in
      let (externalInit, secret) = try bench.externalInit()
      var commit = try ForgedCommit(bench.forge, by: 4, [externalInit])
      commit.initSecret = secret
      try commit.addPath(using: &bench.random)
      return try commit.finish().sent()
    }
  }

  // MARK: - Leaves

  private static func leaves(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("X8", "a client joins that is in the group already") {
      (bench) throws(CygnetError) in try honestly(&bench, as: "erin2")
    }
    try cases.refuse("L1", "a client takes another one's place") { (bench) throws(CygnetError) in
      try honestly(&bench, as: "zoe", [.remove(LeafIndex(4))])
    }
    try cases.refuse("L1", "a client joins whose credential the application refuses") {
      (bench) throws(CygnetError) in try honestly(&bench, as: "mallory")
    }
    try cases.refuse("L6", "a client joins that does not list its credential's type") {
      (bench) throws(CygnetError) in
      try joining(&bench) { (commit, client, bench) throws(CygnetError) in
        try commit.addPath(client.leaf, using: &bench.random) { (leaf) throws(CygnetError) in
          leaf.capabilities.credentials = []
        }
      }
    }
    try cases.refuse("L7", "a client joins with the leaf of a key package") {
      (bench) throws(CygnetError) in
      try joining(&bench) { (commit, client, bench) throws(CygnetError) in
        try commit.addPath(client.leaf, using: &bench.random) { (leaf) throws(CygnetError) in
          leaf.source = .keyPackage(MLSApplication.lifetime)
        }
      }
    }
    try cases.refuse("T12", "a client joins with the signature key of a member") {
      (bench) throws(CygnetError) in
      try joining(&bench) { (commit, client, bench) throws(CygnetError) in
        let erin = try bench.forge.signer(4)
        try commit.addPath(client.leaf, signer: erin, using: &bench.random)
        commit.signer = erin
      }
    }
    try cases.accept("L8", "a client comes back with its old signature key") {
      (bench) throws(CygnetError) in
      try joining(&bench, as: "erin", [.remove(LeafIndex(4))]) {
        (commit, client, bench) throws(CygnetError) in
        let erin = try bench.forge.signer(4)
        try commit.addPath(client.leaf, signer: erin, using: &bench.random)
        commit.signer = erin
      }
    }
    try cases.refuse(
      "L2", "a leaf signed for the blank place, though a Remove frees one before it",
      .authenticationFailed, about: ["X6"]
    ) { (bench) throws(CygnetError) in
      try joining(&bench, as: "heidi2", [.remove(LeafIndex(3))]) {
        (commit, client, bench) throws(CygnetError) in
        commit.signers[commit.index] = nil
        commit.index = LeafIndex(7)
        try commit.addPath(client.leaf, using: &bench.random)
      }
    }
  }

  // MARK: - Secrets

  private static func secrets(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse(
      "M5", "an init secret that is the group's own", .authenticationFailed, about: ["X7"]
    ) { (bench) throws(CygnetError) in
      try joining(&bench) { (commit, client, bench) throws(CygnetError) in
        commit.initSecret = bench.forge.secrets.initSecret
        try commit.addPath(client.leaf, using: &bench.random)
      }
    }
    for count in [0, 31, 33] {
      try cases.refuse("P6", "a KEM output of \(count) bytes", .malformed) {
        (bench) throws(CygnetError) in try agreeing(&bench, on: bench.random.bytes(count))
      }
    }
    for (comment, first) in [("zero", UInt8(0)), ("one", 1)] {
      try cases.refuse("C3", "a KEM output of low order, \(comment)", .authenticationFailed) {
        (bench) throws(CygnetError) in
        try agreeing(&bench, on: [first] + [UInt8](repeating: 0, count: 31))
      }
    }
  }

  private static func agreeing(
    _ bench: inout MLSWorkbench, on kemOutput: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    let client = try bench.client("zoe")
    var commit = try ForgedCommit(
      bench.forge, joining: client, initSecret: bench.suite.zeroSecret,
      [.proposal(.externalInit(kemOutput: kemOutput))])
    try commit.addPath(client.leaf, using: &bench.random)
    return try commit.finish().sent()
  }
}
