internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Groups that break a rule, as they come in a Welcome and as they are published: each fault once in
/// both ways.
enum JoinRefusals {
  static let suites = [inWelcomes, published]

  private static let ofBoth = [
    "C1", "C3", "J4", "K6", "L1", "L2", "L3", "L4", "L5", "L6", "P7", "S1", "S2", "S5",
    "S6", "S9", "S10", "S11", "T8", "T9", "T10", "T11", "T12",
  ]

  private static let inWelcomes = OwnVectorSuite(
    name: "mls/refusals/joined-groups", kind: .check, subject: "mls",
    spec: "RFC 9420 §7, §12.4.3; Cygnet Specification: MLS",
    notes: MLSRules.notes(ofBoth), write: writeWelcomes)

  private static let published = OwnVectorSuite(
    name: "mls/refusals/group-infos", kind: .check, subject: "mls",
    spec: "RFC 9420 §7, §12.4.3, §12.4.3.2; Cygnet Specification: MLS",
    notes: MLSRules.notes(ofBoth + ["X5", "X9"]), write: writeGroupInfos)

  @Sendable
  private static func writeWelcomes(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let scene = try JoinScene(using: &writer.random)
    let sound = try scene.otherWelcome(using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    for fault in JoinFault.trees + JoinFault.groups {
      try cases.refuse(
        fault.rule, fault.comment, fault.error, about: fault.flags,
        inputs: { (bench) throws(CygnetError) in
          [
            ("welcome", .hex(try fault.welcome(scene, &bench))), ("ratchet_tree", .null),
          ]
        })
    }
    try writer.group(
      .mlsWelcome,
      ["client": scene.client(), "known": [], "origin": .null, "sound_welcome": .hex(sound)],
      cases.tests)
    try writeUnknownExtension(&writer)
  }

  @Sendable
  private static func writeGroupInfos(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let scene = try JoinScene(using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    try honest(scene, &cases)
    for fault in JoinFault.trees + JoinFault.groups {
      let flags = fault.flags ?? [fault.rule]
      try cases.refuse(
        fault.rule, fault.comment, fault.error,
        about: fault.rule == "J4" && !flags.contains("T8") ? flags + ["X5"] : flags,
        inputs: { (bench) throws(CygnetError) in
          inputs(try fault.groupInfo(scene, &bench))
        })
    }
    try suites(scene, &cases)
    try externalKeys(scene, &cases)
    try writer.group(.mlsGroupInfo, cases.tests)
  }

  private static func inputs(_ info: [UInt8], tree: [UInt8]? = nil) -> [(String, JSON)] {
    [("group_info", .hex(info)), ("ratchet_tree", tree.map { .hex($0) } ?? .null)]
  }

  private static func honest(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    for path in [false, true] {
      let comment = path ? "a path has just set" : "unmerged leaves in both halves"
      try cases.accept(
        "T10", "a published group whose tree \(path ? comment : "has \(comment)")",
        inputs: { (bench) throws(CygnetError) in
          let forged = try scene.adding(&bench, path: path)
          return inputs(try ForgedGroupInfo.published(forged.next, by: 2).message())
        })
    }
    try cases.accept(
      "J4", "a published group whose tree comes apart",
      inputs: {
        (bench) throws(CygnetError) in
        var info = try ForgedGroupInfo.published(bench.forge)
        info.setTree(nil)
        return inputs(try info.message(), tree: try TreeNodes(bench.forge.tree).wireEncoded())
      })
    try cases.accept(
      "J4", "a published group with extensions that nobody knows",
      inputs: {
        (bench) throws(CygnetError) in
        var info = try ForgedGroupInfo.published(bench.forge)
        info.extensions.append(MLS.Extension(type: MLS.ExtensionType(0xf0f9), data: [1, 2, 3]))
        info.extensions.append(MLS.Extension(type: MLS.ExtensionType(0x0a0a), data: []))
        return inputs(try info.message())
      })
  }

  private static func suites(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    for suite: UInt16 in [0, 1, 0xf0f0] {
      try cases.refuse(
        "J4", "a published group of suite \(suite)", .unsupported, about: ["J4", "X5"],
        inputs: { (bench) throws(CygnetError) in
          var info = try ForgedGroupInfo.published(bench.forge)
          info.context = try bench.forge.context.with(cipherSuite: MLS.CipherSuite(suite))
            .wireEncoded()
          return inputs(try info.message())
        })
    }
  }

  /// The key for external commits, which servers have no use for.
  private static func externalKeys(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    func refuse(
      _ rule: String, _ comment: String, _ error: CygnetError.Code, _ key: [UInt8]?
    ) throws(CygnetError) {
      try cases.refuse(
        rule, comment, error, about: rule == "X9" ? ["X9"] : ["X9", rule],
        inputs: { (bench) throws(CygnetError) in
          var info = try ForgedGroupInfo.published(bench.forge)
          info.extensions.removeAll { $0.type == .externalPub }
          if let key { info.extensions.append(MLS.Extension(type: .externalPub, data: key)) }
          return inputs(try info.message())
        })
    }
    let key = try Opaque(bytes: scene.forge.externalKey().bytes).wireEncoded()
    try refuse("X9", "no key for external commits", .notFound, nil)
    try refuse("S5", "a key for external commits with a byte behind", .malformed, key + [0])
    try refuse("S5", "a key for external commits cut short", .malformed, key.dropLast())
    try refuse(
      "C3", "a key for external commits of 31 bytes", .malformed, [31] + key.dropFirst(2))
    try refuse(
      "C3", "a key for external commits of low order", .malformed,
      [32, 1] + [UInt8](repeating: 0, count: 31))
  }

  /// A group all of whose members list an extension that the application does not know, the newcomer
  /// too.
  private static func writeUnknownExtension(
    _ writer: inout OwnVectorWriter
  ) throws(CygnetError) {
    let suite = try Algorithms(.x25519ChaCha20SHA256Ed25519)
    let type = MLS.ExtensionType(0xf0f9)
    var alice = try ForgedClient("alice", suite, using: &writer.random)
    var zoe = try ForgedClient("zoe", suite, using: &writer.random)
    alice.leaf.capabilities.extensions.append(type)
    zoe.leaf.capabilities.extensions.append(type)
    let keyPackage = try zoe.keyPackage(suite)
    var welcomes: [[UInt8]] = []
    for extensions in [[MLS.Extension(type: type, data: [])], []] {
      let group = try MLSForge(
        alice, extensions: MLS.Extensions(extensions), using: &writer.random)
      let forged = try ForgedCommit(group, by: 0, [.proposal(.add(keyPackage))]).finish()
      welcomes.append(
        try MLS.Message(ForgedWelcome(forged).sealed(using: &writer.random)).encoded())
    }
    try writer.group(
      .mlsWelcome,
      [
        "client": zoe.joining(keyPackage), "known": [], "origin": .null,
        "sound_welcome": .hex(welcomes[1]),
      ],
      [
        OwnVectorWriter.Test(
          "a group with an extension that the newcomer lists and does not know", flags: ["J4"],
          members: [
            ("welcome", .hex(welcomes[0])), ("ratchet_tree", .null), ("result", "invalid"),
            ("error", .string(CygnetError.Code.unsupported.name)), ("rule", "J4"),
          ])
      ])
  }
}
