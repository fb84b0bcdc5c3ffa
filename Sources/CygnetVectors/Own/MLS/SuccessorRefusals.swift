internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Groups that say they replace or branch off another one, against the rules of RFC 9420 §11.2 and
/// §11.3.
enum SuccessorRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/founded-groups", kind: .check, subject: "mls",
    spec: "RFC 9420 §11.2, §11.3, §12.4.3.1; Cygnet Specification: MLS",
    notes: MLSRules.notes("J6", "M10"), write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let old = try OldGroup(using: &writer.random)
    var cases = MLSCases(old.closed.forge, using: &writer.random)
    try successors(old, &cases)
    try writer.group(.mlsWelcome, old.parameters(old.closed), cases.tests)
    cases = MLSCases(old.open.forge, using: &writer.random)
    try subgroups(old, &cases)
    try writer.group(.mlsWelcome, old.parameters(old.open), cases.tests)
  }

  /// The group of alice, bob, carol and dave, still open and closed by a ReInit, and everybody's key
  /// packages for the new one.
  private struct OldGroup {
    let open: MLSScene
    let closed: MLSScene
    let promise: MLS.ReInit
    let alice: ForgedClient
    let bob: ForgedClient
    let others: [ForgedClient]
    let sound: [UInt8]

    init(using random: inout SeededRandomSource) throws(CygnetError) {
      var scene = try MLSScene.founded(["alice", "bob", "carol", "dave"], using: &random)
      var commit = try ForgedCommit(scene.forge, by: 2, [])
      try commit.addPath(using: &random)
      try scene.merge(commit.finish())
      open = scene
      promise = MLS.ReInit(
        groupID: MLS.GroupID(random.bytes(32)), cipherSuite: scene.forge.suite.suite,
        extensions: try MLS.Extensions([
          MLS.Extension(type: MLSApplication.extensionType, data: [1, 2, 3])
        ]))
      try scene.merge(
        ForgedCommit(scene.forge, by: 3, [.proposal(.reInit(promise))]).finish())
      closed = scene
      let suite = scene.forge.suite
      alice = try ForgedClient("alice", suite, using: &random)
      bob = try ForgedClient("bob", suite, using: &random)
      others = [
        try ForgedClient("carol", suite, using: &random),
        try ForgedClient("dave", suite, using: &random),
      ]
      let group = try MLSForge(alice, using: &random)
      let adding = try ForgedCommit(
        group, by: 0, [.proposal(.add(bob.keyPackage(suite)))]
      ).finish()
      sound = try MLS.Message(ForgedWelcome(adding).sealed(using: &random)).encoded()
    }

    func parameters(
      _ scene: MLSScene
    ) throws(CygnetError) -> KeyValuePairs<String, JSON> {
      let client = try bob.joining(bob.keyPackage(scene.forge.suite))
      let origin = try scene.client()
      return [
        "client": client, "known": [], "origin": origin, "sound_welcome": .hex(sound),
      ]
    }
  }

  /// What a new group is founded with.
  private struct Founding {
    var usage: MLS.ResumptionUsage
    var groupID: MLS.GroupID
    var extensions: MLS.Extensions
    /// The old group's epoch whose secret ties the new one to it.
    var epoch: MLS.Epoch
    var members: [ForgedClient]
    /// Empty commits before the members are added.
    var epochsBefore = 0

    /// bob's invitation.
    func welcome(
      _ old: OldGroup, _ bench: inout MLSWorkbench
    ) throws(CygnetError) -> [UInt8] {
      let (forge, suite) = (bench.forge, bench.suite)
      var keys = forge.preSharedKeys
      keys[.resumption(.application, group: forge.groupID, epoch: forge.context.epoch)] =
        forge.secrets.resumptionPSK
      var group = try MLSForge(
        old.alice, groupID: groupID, extensions: extensions, preSharedKeys: keys,
        using: &bench.random)
      for _ in 0..<epochsBefore {
        var commit = try ForgedCommit(group, by: 0, [])
        try commit.addPath(using: &bench.random)
        group = try commit.finish().next
      }
      let id = MLS.PreSharedKeyID(
        kind: .resumption(usage, group: forge.groupID, epoch: epoch),
        nonce: bench.random.bytes(32))
      var proposals: [MLS.ProposalOrRef] = [.proposal(.preSharedKey(id))]
      for member in [old.bob] + members {
        proposals.append(.proposal(.add(try member.keyPackage(suite))))
      }
      let forged = try ForgedCommit(group, by: 0, proposals).finish()
      return try MLS.Message(ForgedWelcome(forged).sealed(using: &bench.random)).encoded()
    }
  }

  private static func inputs(
    _ old: OldGroup, _ founding: Founding, _ bench: inout MLSWorkbench,
    _ change: (inout Founding, inout MLSWorkbench) throws(CygnetError) -> Void
  ) throws(CygnetError) -> [(String, JSON)] {
    var founding = founding
    try change(&founding, &bench)
    return [
      ("welcome", .hex(try founding.welcome(old, &bench))), ("ratchet_tree", .null),
    ]
  }

  // MARK: - Successors

  private static func successors(
    _ old: OldGroup, _ cases: inout MLSCases
  ) throws(CygnetError) {
    let sound = Founding(
      usage: .reInit, groupID: old.promise.groupID, extensions: old.promise.extensions,
      epoch: old.closed.forge.context.epoch, members: old.others)
    func refuse(
      _ rule: String, _ comment: String, _ error: CygnetError.Code = .ruleViolation,
      about flags: [String]? = nil,
      _ change: (inout Founding, inout MLSWorkbench) throws(CygnetError) -> Void
    ) throws(CygnetError) {
      try cases.refuse(
        rule, comment, error, about: flags,
        inputs: { (bench) throws(CygnetError) in try inputs(old, sound, &bench, change) })
    }
    try cases.accept(
      "M10", "the group that was promised",
      inputs: { (bench) throws(CygnetError) in
        try inputs(old, sound, &bench) { (_, _) throws(CygnetError) in }
      })
    try cases.accept(
      "M10", "the group that was promised, with somebody new",
      inputs: {
        (bench) throws(CygnetError) in
        try inputs(old, sound, &bench) { (founding, bench) throws(CygnetError) in
          founding.members.append(try bench.client("zoe"))
        }
      })
    try refuse("M10", "a successor of another name") { (founding, bench) throws(CygnetError) in
      founding.groupID = MLS.GroupID(bench.random.bytes(32))
    }
    try refuse("M10", "a successor without the extensions that were promised") {
      (founding, _) throws(CygnetError) in founding.extensions = .none
    }
    try refuse("M10", "a successor with another content of an extension") {
      (founding, _) throws(CygnetError) in
      founding.extensions = try MLS.Extensions([
        MLS.Extension(type: MLSApplication.extensionType, data: [1, 2, 4])
      ])
    }
    try refuse("M10", "a successor with one more extension") {
      (founding, _) throws(CygnetError) in
      founding.extensions = try MLS.Extensions(
        founding.extensions.list + [
          MLS.Extension(type: .requiredCapabilities, data: [0, 0, 0])
        ])
    }
    try refuse("M10", "a successor that leaves out a member") {
      (founding, _) throws(CygnetError) in founding.members.removeLast()
    }
    try refuse("M10", "a successor with somebody else in a member's place") {
      (founding, bench) throws(CygnetError) in
      founding.members[0] = try bench.client("zoe")
    }
    try refuse("M10", "a successor tied to the epoch before the ReInit") {
      (founding, _) throws(CygnetError) in founding.epoch = old.open.forge.context.epoch
    }
    try refuse(
      "J3", "a successor tied to an epoch that never was", .notFound, about: ["M10"]
    ) { (founding, _) throws(CygnetError) in
      founding.epoch = try old.closed.forge.context.epoch.next()
    }
    try refuse("J6", "a successor that is in its second epoch", about: ["J6", "M10"]) {
      (founding, _) throws(CygnetError) in founding.epochsBefore = 1
    }
  }

  // MARK: - Subgroups

  private static func subgroups(
    _ old: OldGroup, _ cases: inout MLSCases
  ) throws(CygnetError) {
    let sound = Founding(
      usage: .branch, groupID: old.promise.groupID, extensions: .none,
      epoch: old.open.forge.context.epoch, members: [old.others[0]])
    func refuse(
      _ rule: String, _ comment: String, _ error: CygnetError.Code = .ruleViolation,
      about flags: [String]? = nil,
      _ change: (inout Founding, inout MLSWorkbench) throws(CygnetError) -> Void
    ) throws(CygnetError) {
      try cases.refuse(
        rule, comment, error, about: flags,
        inputs: { (bench) throws(CygnetError) in try inputs(old, sound, &bench, change) })
    }
    try cases.accept(
      "J6", "a subgroup of some members",
      inputs: { (bench) throws(CygnetError) in
        try inputs(old, sound, &bench) { (_, _) throws(CygnetError) in }
      })
    try cases.accept(
      "J6", "a subgroup tied to an epoch before",
      inputs: {
        (bench) throws(CygnetError) in
        try inputs(old, sound, &bench) { (founding, _) throws(CygnetError) in
          founding.epoch = MLS.Epoch(1)
        }
      })
    try cases.accept(
      "J6", "a group that only shares a secret with the old one",
      inputs: {
        (bench) throws(CygnetError) in
        try inputs(old, sound, &bench) { (founding, bench) throws(CygnetError) in
          founding.usage = .application
          founding.members = [try bench.client("zoe")]
        }
      })
    try refuse("J6", "a subgroup with somebody from outside") {
      (founding, bench) throws(CygnetError) in
      founding.members.append(try bench.client("zoe"))
    }
    try refuse("J6", "a subgroup that is in its second epoch") {
      (founding, _) throws(CygnetError) in founding.epochsBefore = 1
    }
    try refuse("J3", "a subgroup tied to an epoch that never was", .notFound, about: ["J6"]) {
      (founding, _) throws(CygnetError) in
      founding.epoch = try old.open.forge.context.epoch.next()
    }
    try refuse("M10", "a successor of a group that was not closed") {
      (founding, _) throws(CygnetError) in
      founding.usage = .reInit
      founding.members = old.others
    }
  }
}
