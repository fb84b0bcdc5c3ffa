internal import CygnetMLS
internal import CygnetPrimitives

/// What can be wrong with a group that somebody joins or begins to follow (RFC 9420 §12.4.3.1),
/// whether it comes in a Welcome or in a published GroupInfo. All hashes, signatures and tags of the
/// epoch follow what is wrong.
struct JoinFault {
  typealias InfoChange = (inout ForgedGroupInfo, Forged) throws(CygnetError) -> Void

  let rule: String
  let comment: String
  var error = CygnetError.Code.ruleViolation
  var flags: [String]?
  /// Whether the commit that adds zoe has a path.
  var path = true
  var proposals: [MLS.Proposal] = []
  /// What is done to the commit.
  var commit: JoinScene.Change?
  /// What is done to the GroupInfo before it is signed.
  var info: InfoChange?

  /// With the commit changed that adds zoe.
  init(
    _ rule: String, _ comment: String, _ error: CygnetError.Code = .ruleViolation,
    about flags: [String]? = nil, path: Bool = true, with proposals: [MLS.Proposal] = [],
    commit: @escaping JoinScene.Change
  ) {
    self.rule = rule
    self.comment = comment
    self.error = error
    self.flags = flags
    self.path = path
    self.proposals = proposals
    self.commit = commit
  }

  /// With the GroupInfo changed before it is signed.
  static func info(
    _ rule: String, _ comment: String, _ error: CygnetError.Code = .ruleViolation,
    about flags: [String]? = nil, path: Bool = true, with proposals: [MLS.Proposal] = [],
    _ change: @escaping InfoChange
  ) -> JoinFault {
    var fault = JoinFault(rule, comment, error, about: flags, path: path, with: proposals) {
      (_: inout ForgedCommit, _: inout MLSWorkbench) throws(CygnetError) in
    }
    fault.info = change
    return fault
  }

  /// With nodes of the tree changed.
  static func nodes(
    _ rule: String, _ comment: String, about flags: [String]? = nil, path: Bool = true,
    with proposals: [MLS.Proposal] = [],
    _ change: @escaping (inout TreeNodes) throws(CygnetError) -> Void
  ) -> JoinFault {
    JoinFault(rule, comment, about: flags, path: path, with: proposals) {
      (commit, _) throws(CygnetError) in try commit.changeNodes(change)
    }
  }

  /// With another list of unmerged leaves.
  static func unmerged(
    _ rule: String, _ comment: String, at node: UInt32, _ leaves: [UInt32],
    about flags: [String]? = nil
  ) -> JoinFault {
    .nodes(rule, comment, about: flags, path: false) { (nodes) throws(CygnetError) in
      nodes[parent: node] = nodes[parent: node]?.with(unmergedLeaves: leaves)
    }
  }

  /// With ivan's leaf changed, which no parent hash covers.
  static func leaf(
    _ rule: String, _ comment: String, _ error: CygnetError.Code = .ruleViolation,
    _ change: @escaping (inout ForgedLeaf, MLSWorkbench) throws(CygnetError) -> Void
  ) -> JoinFault {
    JoinFault(rule, comment, error, path: false) { (commit, bench) throws(CygnetError) in
      let bench = bench
      try commit.changeLeaf(3) { (leaf) throws(CygnetError) in try change(&leaf, bench) }
    }
  }

  func forged(
    _ scene: JoinScene, _ bench: inout MLSWorkbench
  ) throws(CygnetError) -> Forged {
    try scene.adding(&bench, path: path, proposals) { (made, bench) throws(CygnetError) in
      try commit?(&made, &bench)
    }
  }

  /// zoe's invitation.
  func welcome(
    _ scene: JoinScene, _ bench: inout MLSWorkbench
  ) throws(CygnetError) -> [UInt8] {
    let forged = try forged(scene, &bench)
    var welcome = try ForgedWelcome(forged)
    try info?(&welcome.info, forged)
    return try MLS.Message(welcome.sealed(using: &bench.random)).encoded()
  }

  /// The group as a member publishes it.
  func groupInfo(
    _ scene: JoinScene, _ bench: inout MLSWorkbench
  ) throws(CygnetError) -> [UInt8] {
    let forged = try forged(scene, &bench)
    var published = try ForgedGroupInfo.published(forged.next, by: 2)
    if let tree = forged.commit.encodedTree { published.setTree(tree) }
    try info?(&published, forged)
    return try published.message()
  }
}
