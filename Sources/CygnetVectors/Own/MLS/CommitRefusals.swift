internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Commits against the rules of RFC 9420 §12.4.
enum CommitRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/commits", kind: .check, subject: "mls",
    spec: "RFC 9420 §8, §12.4; Cygnet Specification: MLS",
    notes: MLSRules.notes(
      "C7", "C8", "C10", "C12", "M1", "M3", "M4", "M5", "M8", "M10", "M11", "M12", "P9", "C6", "L7",
      "T7", "T13", "V13"),
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let scene = try MLSScene.eight(using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    try addresses(&cases)
    try paths(&cases)
    try freshKeys(&cases)
    try schedule(&cases)
    try tags(&cases)
    try references(&cases)
    try ownCommits(&cases)
    try writer.group(
      .mlsMember, ["client": scene.client(), "group_info": .hex(scene.groupInfo())], cases.tests)
  }

  // MARK: - Where it belongs

  private static func addresses(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("M4", "an empty commit with a path") { (bench) throws(CygnetError) in
      try bench.commit([MLS.Proposal]()).sent()
    }
    for (comment, epoch) in [("the epoch before", UInt64(5)), ("the next epoch", 7)] {
      try cases.refuse("M1", "a commit of \(comment)", .wrongEpoch) { (bench) throws(CygnetError) in
        try bench.commit([MLS.Proposal]()).message.with(epoch: MLS.Epoch(epoch)).sent()
      }
    }
    try cases.refuse("M1", "a second commit of an epoch, after the first", .wrongEpoch) {
      (bench) throws(CygnetError) in
      let second = try bench.commit(by: 2, [MLS.Proposal]()).sent()
      try bench.merge(bench.commit(by: 4, [MLS.Proposal]()))
      return second
    }
    try cases.refuse("M1", "a commit that comes twice", .wrongEpoch) {
      (bench) throws(CygnetError) in
      let commit = try bench.commit([MLS.Proposal]())
      let bytes = try commit.sent()
      try bench.merge(commit)
      return bytes
    }
    try cases.refuse("M1", "a commit of another group", .notFound) { (bench) throws(CygnetError) in
      let other = MLS.GroupID(bench.random.bytes(32))
      return try bench.commit([MLS.Proposal]()).message.with(groupID: other).sent()
    }
    for (comment, index) in [("blank leaf", UInt32(7)), ("place outside the tree", 8)] {
      try cases.refuse("M3", "a commit in the name of a \(comment)") {
        (bench) throws(CygnetError) in
        try bench.commit([bench.preSharedKey()], path: false).message
          .with(sender: .member(LeafIndex(index))).sent()
      }
    }
    try cases.refuse(
      "M3", "a commit that another member signed", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 2, [.proposal(bench.preSharedKey())])
      commit.signer = try bench.forge.signer(4)
      return try commit.finish().sent()
    }
    try cases.accept("M12", "a path with a new signature key, signed by the old one") {
      (bench) throws(CygnetError) in try rotation(&bench, signsByNew: false)
    }
    try cases.refuse(
      "M3", "a path with a new signature key, signed by the new one", .authenticationFailed,
      about: ["M12"]
    ) { (bench) throws(CygnetError) in try rotation(&bench, signsByNew: true) }
  }

  private static func rotation(
    _ bench: inout MLSWorkbench, signsByNew: Bool
  ) throws(CygnetError) -> [UInt8] {
    let new = try MLS.SignatureKeyPair.generate(using: &bench.random)
    var commit = try ForgedCommit(bench.forge, by: 2, [])
    try commit.addPath(signer: new, using: &bench.random)
    if signsByNew { commit.signer = new }
    return try commit.finish().sent()
  }

  // MARK: - Its path

  private static func paths(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("M4", "an Add without a path") { (bench) throws(CygnetError) in
      try bench.commit([.add(bench.keyPackage())], path: false).sent()
    }
    try cases.accept("M4", "a ReInit without a path") { (bench) throws(CygnetError) in
      try bench.commit([reInit(&bench)], path: false).sent()
    }
    try cases.accept("M4", "a registered type without a path") { (bench) throws(CygnetError) in
      try bench.commit([.custom(MLSApplication.proposalType, data: [1])], path: false).sent()
    }
    try cases.refuse("M4", "no proposal and no path") { (bench) throws(CygnetError) in
      try bench.commit([MLS.Proposal](), path: false).sent()
    }
    try cases.refuse("M4", "a Remove without a path") { (bench) throws(CygnetError) in
      try bench.commit([.remove(LeafIndex(4))], path: false).sent()
    }
    try cases.refuse("M4", "an Add and a Remove without a path") { (bench) throws(CygnetError) in
      try bench.commit([.add(bench.keyPackage()), .remove(LeafIndex(4))], path: false).sent()
    }
    try cases.refuse("M4", "new extensions without a path") { (bench) throws(CygnetError) in
      try bench.commit([.groupContextExtensions(.none)], path: false).sent()
    }
    try cases.refuse("M4", "an Update without a path") { (bench) throws(CygnetError) in
      let update = try bench.propose(bench.update(of: 4), by: 4)
      return try bench.commit([update], path: false).sent()
    }
    for (comment, source) in [
      ("an Update", MLS.LeafNode.Source.update),
      ("a key package", .keyPackage(MLSApplication.lifetime)),
    ] {
      try cases.refuse("L7", "a path whose leaf is of \(comment)") { (bench) throws(CygnetError) in
        var commit = try ForgedCommit(bench.forge, by: 2, [])
        try commit.addPath(using: &bench.random) { (leaf) throws(CygnetError) in
          leaf.source = source
        }
        return try commit.finish().sent()
      }
    }
    try cases.refuse("M4", "a pre-shared key that is not held", .notFound) {
      (bench) throws(CygnetError) in
      try bench.commit([bench.preSharedKey(Array("no key".utf8))], path: false).sent()
    }
    try cases.refuse("M4", "a resumption secret that is not held", .notFound) {
      (bench) throws(CygnetError) in
      try bench.commit([resumption(&bench, epoch: 0)], path: false).sent()
    }
    try cases.accept("M4", "the resumption secret of the epoch that was joined") {
      (bench) throws(CygnetError) in
      try bench.commit([resumption(&bench, epoch: 1)], path: false).sent()
    }
  }

  static func reInit(_ bench: inout MLSWorkbench) -> MLS.Proposal {
    .reInit(
      MLS.ReInit(
        groupID: MLS.GroupID(bench.random.bytes(32)), cipherSuite: bench.suite.suite,
        extensions: .none))
  }

  private static func resumption(
    _ bench: inout MLSWorkbench, epoch: UInt64
  ) -> MLS.Proposal {
    .preSharedKey(
      MLS.PreSharedKeyID(
        kind: .resumption(.application, group: bench.forge.groupID, epoch: MLS.Epoch(epoch)),
        nonce: bench.random.bytes(32)))
  }

  /// Two commits by one member, of which the second draws what `draws` says.
  private static func twice(
    _ bench: inout MLSWorkbench, _ draws: (_ leaf: [UInt8], _ path: [UInt8]) -> ReplayRandomSource
  ) throws(CygnetError) -> [UInt8] {
    let (leaf, path) = (bench.random.bytes(32), bench.random.bytes(32))
    var first = try ForgedCommit(bench.forge, by: 2, [])
    var source = ReplayRandomSource(leaf, path)
    try first.makePath(using: &source)
    try first.sealPath(using: &bench.random)
    try bench.merge(first.finish())
    var second = try ForgedCommit(bench.forge, by: 2, [])
    source = draws(leaf, path)
    try second.makePath(using: &source)
    try second.sealPath(using: &bench.random)
    return try second.finish().sent()
  }

  private static func freshKeys(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("M4", "a path that keeps the leaf's key") { (bench) throws(CygnetError) in
      let new = bench.random.bytes(32)
      return try twice(&bench) { leaf, _ in ReplayRandomSource(leaf, new) }
    }
    try cases.refuse("M4", "a path with the keys of the one before") {
      (bench) throws(CygnetError) in
      let new = bench.random.bytes(32)
      return try twice(&bench) { _, path in ReplayRandomSource(new, path) }
    }
    try cases.refuse("M4", "a path with one key for the leaf and the node above") {
      (bench) throws(CygnetError) in
      let path = SecretBytes(copying: bench.random.bytes(32))
      let leaf = try bench.suite.deriveSecret(path, label: "node")
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      var source = ReplayRandomSource(leaf.exposed(), path.exposed())
      try commit.makePath(using: &source)
      try commit.sealPath(using: &bench.random)
      return try commit.finish().sent()
    }
  }

  // MARK: - Its secrets

  private static func schedule(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse(
      "C12", "a path sealed with the tree hash of the epoch before", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      try sealed(&bench) { new, old in new.with(treeHash: old.treeHash) }
    }
    try cases.refuse(
      "C12", "a path sealed with the number of the epoch before", .authenticationFailed
    ) { (bench) throws(CygnetError) in try sealed(&bench) { new, old in new.with(epoch: old.epoch) }
    }
    try cases.refuse(
      "M5", "a commit secret that is the last path secret", .authenticationFailed, about: ["T7"]
    ) { (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      try commit.addPath(using: &bench.random)
      commit.commitSecret = commit.ownPath?.steps.last?.secret
      return try commit.finish().sent()
    }
    try cases.refuse(
      "M5", "pre-shared keys in the reverse of their order", .authenticationFailed, about: ["C8"]
    ) { (bench) throws(CygnetError) in
      let keys = [bench.preSharedKey(), bench.preSharedKey()]
      var commit = try ForgedCommit(bench.forge, by: 2, keys.map { .proposal($0) })
      commit.preSharedKeys.reverse()
      return try commit.finish().sent()
    }
    try cases.accept("C8", "three pre-shared keys, one by reference") {
      (bench) throws(CygnetError) in
      let first = MLS.ProposalOrRef.proposal(bench.preSharedKey())
      let second = try bench.propose(bench.preSharedKey(), by: 4)
      let third = MLS.ProposalOrRef.proposal(resumption(&bench, epoch: 4))
      return try bench.commit([first, second, third], path: false).sent()
    }
    try cases.refuse(
      "M5", "an Add that doubled the tree although a leaf was blank", .authenticationFailed,
      about: ["T13"]
    ) { (bench) throws(CygnetError) in
      let keyPackage = try bench.keyPackage()
      var commit = try ForgedCommit(bench.forge, by: 2, [.proposal(.add(keyPackage))])
      var nodes = TreeNodes(bench.forge.tree)
      nodes.extend(to: LeafCount(16))
      nodes[leaf: 8] = keyPackage.leafNode
      commit.tree = try nodes.tree()
      return try commit.finish().sent()
    }
    try cases.refuse("T6", "an Add that was applied before a Remove", about: ["V13"]) {
      (bench) throws(CygnetError) in
      let keyPackage = try bench.keyPackage()
      let proposals: [MLS.ProposalOrRef] = [
        .proposal(.add(keyPackage)), .proposal(.remove(LeafIndex(4))),
      ]
      var commit = try ForgedCommit(bench.forge, by: 2, proposals)
      commit.tree = bench.forge.tree
      let place = try commit.tree.add(keyPackage.leafNode)
      commit.tree.remove(LeafIndex(4))
      try commit.makePath(using: &bench.random)
      try commit.sealPath(excluding: [place], using: &bench.random)
      return try commit.finish().sent()
    }
    try cases.accept("V13", "an Add that takes the place of a Remove") {
      (bench) throws(CygnetError) in
      try bench.commit(by: 5, [.add(bench.keyPackage()), .remove(LeafIndex(4))]).sent()
    }
  }

  private static func sealed(
    _ bench: inout MLSWorkbench,
    _ context: (_ new: MLS.GroupContext, _ old: MLS.GroupContext) -> MLS.GroupContext
  ) throws(CygnetError) -> [UInt8] {
    var commit = try ForgedCommit(bench.forge, by: 2, [])
    try commit.makePath(using: &bench.random)
    let other = context(try commit.pathContext(), bench.forge.context)
    try commit.sealPath(context: other, using: &bench.random)
    return try commit.finish().sent()
  }

  // MARK: - Its tag

  private static func tags(_ cases: inout MLSCases) throws(CygnetError) {
    let changes: [(comment: String, change: @Sendable ([UInt8]) -> [UInt8])] = [
      ("with one bit changed", { [$0[0] ^ 1] + $0.dropFirst() }),
      ("of 16 bytes", { Array($0.prefix(16)) }),
      ("of 33 bytes", { $0 + [0] }),
      ("of no bytes", { _ in [] }),
    ]
    for (comment, change) in changes {
      try cases.refuse("M5", "a confirmation tag \(comment)", .authenticationFailed) {
        (bench) throws(CygnetError) in
        var message = try bench.commit([MLS.Proposal]()).message
        message.confirmationTag = message.confirmationTag.map(change)
        return try message.sent()
      }
    }
    try cases.refuse(
      "M5", "the confirmation tag of the epoch before", .authenticationFailed, about: ["C10"]
    ) { (bench) throws(CygnetError) in
      var message = try bench.commit([MLS.Proposal]()).message
      message.confirmationTag = bench.forge.confirmationTag
      return try message.sent()
    }
    try cases.refuse(
      "M5", "an epoch whose secrets are derived with the context before", .authenticationFailed,
      about: ["C7"]
    ) { (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      try commit.addPath(using: &bench.random)
      commit.nextEpoch = bench.forge.context.epoch
      return try commit.finish().sent()
    }
  }

  // MARK: - What it refers to

  private static func references(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("P9", "a Remove by reference") { (bench) throws(CygnetError) in
      let remove = try bench.propose(.remove(LeafIndex(4)), by: 5)
      return try bench.commit([remove]).sent()
    }
    try cases.refuse("P9", "a reference to nothing", .notFound) { (bench) throws(CygnetError) in
      let nothing = MLS.ProposalRef(bench.random.bytes(32))
      return try bench.commit([.reference(nothing)]).sent()
    }
    try cases.refuse("P9", "two references to one proposal") { (bench) throws(CygnetError) in
      let key = try bench.propose(bench.preSharedKey(), by: 4)
      return try bench.commit([key, key]).sent()
    }
    try cases.refuse("P9", "a reference to a proposal of the epoch before", .notFound) {
      (bench) throws(CygnetError) in
      let remove = try bench.propose(.remove(LeafIndex(4)), by: 5)
      try bench.merge(bench.commit(by: 0, [MLS.Proposal]()))
      return try bench.commit([remove]).sent()
    }
    try cases.refuse(
      "P9", "a reference that hashes the proposal as if it were encrypted", .notFound,
      about: ["C6"]
    ) { (bench) throws(CygnetError) in
      let message = try bench.message(by: 4, .proposal(.remove(LeafIndex(5))))
      _ = try bench.propose(message)
      let other = try bench.forge.hold(message.signed(as: .privateMessage))
      return try bench.commit([other]).sent()
    }
    try cases.refuse("P9", "a proposal that is sent twice", .duplicate) {
      (bench) throws(CygnetError) in
      let message = try bench.message(by: 4, .proposal(.remove(LeafIndex(5))))
      _ = try bench.propose(message)
      return try message.sent()
    }
  }

  // MARK: - The member itself

  private static func ownCommits(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("M8", "a commit that removes the member") { (bench) throws(CygnetError) in
      try bench.commit([.remove(LeafIndex(1))]).sent()
    }
    try cases.refuse("M11", "the member's own commit with a path, which it has lost", .wrongState) {
      (bench) throws(CygnetError) in try bench.commit(by: 1, [MLS.Proposal]()).sent()
    }
    try cases.accept("M11", "the member's own commit without a path, which it has lost") {
      (bench) throws(CygnetError) in
      try bench.commit(by: 1, [bench.preSharedKey()], path: false).sent()
    }
    try cases.refuse("M10", "a commit after the group was closed", .wrongState) {
      (bench) throws(CygnetError) in
      try bench.merge(bench.commit([reInit(&bench)], path: false))
      return try bench.commit([MLS.Proposal]()).sent()
    }
    try cases.refuse("M10", "a proposal after the group was closed", .wrongState) {
      (bench) throws(CygnetError) in
      try bench.merge(bench.commit([reInit(&bench)], path: false))
      return try bench.message(by: 4, .proposal(.remove(LeafIndex(5)))).sent()
    }
  }
}
