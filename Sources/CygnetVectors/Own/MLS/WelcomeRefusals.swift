internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Welcomes against the rules of RFC 9420 §12.4.3.1.
enum WelcomeRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/welcomes", kind: .check, subject: "mls",
    spec: "RFC 9420 §12.4.3; Cygnet Specification: MLS",
    notes: MLSRules.notes(
      "C1", "C6", "C8", "I5", "J1", "J2", "J3", "J4", "J6", "J7", "M5", "M10", "P4", "S1", "S2",
      "S3", "S4",
      "S11", "T15", "T16", "V7", "L5"),
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let scene = try JoinScene(using: &writer.random)
    let sound = try scene.otherWelcome(using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    try honest(scene, &cases)
    try addresses(scene, &cases)
    try secrets(scene, &cases)
    try preSharedKeys(scene, &cases)
    try groups(scene, &cases)
    try pathSecrets(scene, &cases)
    try ownLeaves(scene, &cases)
    try writer.group(
      .mlsWelcome,
      ["client": scene.client(), "known": [], "origin": .null, "sound_welcome": .hex(sound)],
      cases.tests)
    var again = MLSCases(scene.forge, using: &writer.random)
    try refuse(
      scene, &again, "J4", "a group of whose name one was joined before", .duplicate, about: ["I5"])
    try writer.group(
      .mlsWelcome,
      [
        "client": scene.client(), "known": [.hex(scene.forge.groupID.bytes)], "origin": .null,
        "sound_welcome": .hex(sound),
      ],
      again.tests)
  }

  // MARK: - Making

  typealias Change = (inout ForgedWelcome, inout MLSWorkbench) throws(CygnetError) -> Void

  private static func welcome(
    _ scene: JoinScene, _ bench: inout MLSWorkbench, path: Bool = true,
    with proposals: [MLS.Proposal] = [], _ change: Change? = nil,
    commit: JoinScene.Change? = nil
  ) throws(CygnetError) -> [UInt8] {
    let forged = try scene.adding(&bench, path: path, proposals) {
      (made, bench) throws(CygnetError) in try commit?(&made, &bench)
    }
    var welcome = try ForgedWelcome(forged)
    try change?(&welcome, &bench)
    return try MLS.Message(welcome.sealed(using: &bench.random)).encoded()
  }

  private static func inputs(_ welcome: [UInt8], tree: [UInt8]? = nil) -> [(String, JSON)] {
    [("welcome", .hex(welcome)), ("ratchet_tree", tree.map { .hex($0) } ?? .null)]
  }

  /// Refuses a Welcome that is changed before it is sealed.
  private static func refuse(
    _ scene: JoinScene, _ cases: inout MLSCases, _ rule: String, _ comment: String,
    _ error: CygnetError.Code = .ruleViolation, about flags: [String]? = nil, path: Bool = true,
    with proposals: [MLS.Proposal] = [], _ change: Change? = nil,
    commit: JoinScene.Change? = nil
  ) throws(CygnetError) {
    try cases.refuse(
      rule, comment, error, about: flags,
      inputs: { (bench) throws(CygnetError) in
        inputs(try welcome(scene, &bench, path: path, with: proposals, change, commit: commit))
      })
  }

  /// Refuses a sound Welcome that is changed after it was made.
  private static func spoil(
    _ scene: JoinScene, _ cases: inout MLSCases, _ rule: String, _ comment: String,
    _ error: CygnetError.Code = .malformed, about flags: [String]? = nil,
    _ change: (MLS.Welcome) throws(CygnetError) -> MLS.Welcome
  ) throws(CygnetError) {
    try cases.refuse(
      rule, comment, error, about: flags,
      inputs: { (bench) throws(CygnetError) in
        let bytes = try welcome(scene, &bench)
        guard let sound = try MLS.Message(decoding: bytes).welcome else { return [] }
        return inputs(try MLS.Message(change(sound)).encoded())
      })
  }

  private static func honest(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try cases.accept(
      "J4", "a Welcome of a commit with a path",
      inputs: { (bench) throws(CygnetError) in
        inputs(try welcome(scene, &bench))
      })
    try cases.accept(
      "J4", "a Welcome of a commit without a path",
      inputs: {
        (bench) throws(CygnetError) in inputs(try welcome(scene, &bench, path: false))
      })
    try cases.accept(
      "J4", "a Welcome whose tree comes apart",
      inputs: {
        (bench) throws(CygnetError) in
        let forged = try scene.adding(&bench, path: true)
        var welcome = try ForgedWelcome(forged)
        welcome.info.setTree(nil)
        return inputs(
          try MLS.Message(welcome.sealed(using: &bench.random)).encoded(),
          tree: try TreeNodes(forged.next.tree).wireEncoded())
      })
    try cases.accept(
      "J3", "a Welcome with two pre-shared keys",
      inputs: {
        (bench) throws(CygnetError) in
        inputs(
          try welcome(
            scene, &bench, path: false, with: [bench.preSharedKey(), bench.preSharedKey()]))
      })
    try cases.accept(
      "J1", "a Welcome that names others too",
      inputs: {
        (bench) throws(CygnetError) in
        let yves = try bench.keyPackage("yves")
        return inputs(
          try welcome(scene, &bench, with: [.add(yves)]) { (welcome, _) throws(CygnetError) in
            welcome.recipients.reverse()
          })
      })
    try cases.accept(
      "L5", "a Welcome into a group with a leaf whose lifetime is over",
      inputs: {
        (bench) throws(CygnetError) in
        inputs(
          try welcome(
            scene, &bench, path: false,
            commit: { (commit, _) throws(CygnetError) in
              try commit.changeLeaf(3) { (leaf) throws(CygnetError) in
                leaf.source = .keyPackage(
                  MLS.Lifetime(
                    notBefore: Timestamp(seconds: OwnVectorSuite.now - 60),
                    notAfter: Timestamp(seconds: OwnVectorSuite.now - 1)))
              }
            }))
      })
  }

  // MARK: - For whom it is

  private static func addresses(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try refuse(scene, &cases, "J1", "a Welcome for another key package", .notFound) {
      (welcome, bench) throws(CygnetError) in
      let yves = try bench.keyPackage("yves")
      welcome.recipients[0].reference = try bench.suite.keyPackageRef(yves)
    }
    try refuse(scene, &cases, "J1", "a Welcome for nobody", .notFound) {
      (welcome, _) throws(CygnetError) in welcome.recipients = []
    }
    try refuse(
      scene, &cases, "J1", "a Welcome that names the key package by a hash of its message",
      .notFound, about: ["C6"]
    ) { (welcome, bench) throws(CygnetError) in
      welcome.recipients[0].reference = MLS.KeyPackageRef(
        try bench.suite.refHash(
          label: "MLS 1.0 KeyPackage Reference",
          value: try MLS.Message(scene.keyPackage).encoded()))
    }
    try refuse(
      scene, &cases, "J1", "a Welcome that names the key package with the label of a proposal",
      .notFound, about: ["C6"]
    ) { (welcome, bench) throws(CygnetError) in
      welcome.recipients[0].reference = MLS.KeyPackageRef(
        try bench.suite.refHash(
          label: "MLS 1.0 Proposal Reference", value: try scene.keyPackage.wireEncoded()))
    }
    try refuse(scene, &cases, "J1", "a Welcome of suite 1") { (welcome, _) throws(CygnetError) in
      welcome.cipherSuite = MLS.CipherSuite(1)
    }
  }

  // MARK: - Its secrets

  private static func secrets(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try refuse(
      scene, &cases, "J2", "group secrets sealed without the GroupInfo", .authenticationFailed
    ) { (welcome, _) throws(CygnetError) in welcome.sealingContext = [] }
    try refuse(
      scene, &cases, "J2", "group secrets sealed with the GroupInfo in the clear",
      .authenticationFailed
    ) { (welcome, _) throws(CygnetError) in
      welcome.sealingContext = try welcome.info.encoded()
    }
    try refuse(
      scene, &cases, "J2", "group secrets sealed under another label", .authenticationFailed,
      about: ["C1"]
    ) { (welcome, _) throws(CygnetError) in welcome.sealingLabel = "UpdatePathNode" }
    try refuse(
      scene, &cases, "J2", "group secrets sealed to the leaf's key", .authenticationFailed
    ) { (welcome, _) throws(CygnetError) in
      welcome.recipients[0].initKey = scene.keyPackage.leafNode.encryptionKey
    }
    try spoil(
      scene, &cases, "J2", "another Welcome's GroupInfo", .authenticationFailed
    ) { (welcome) throws(CygnetError) in
      var info = welcome.encryptedGroupInfo
      info[0] ^= 1
      return MLS.Welcome(
        cipherSuite: welcome.cipherSuite, secrets: welcome.secrets, encryptedGroupInfo: info)
    }
    for (comment, kemOutput) in [
      ("of 31 bytes", [UInt8](repeating: 9, count: 31)),
      ("of low order", [1] + [UInt8](repeating: 0, count: 31)),
    ] {
      let code: CygnetError.Code = kemOutput.count == 32 ? .authenticationFailed : .malformed
      try spoil(scene, &cases, "J2", "an encapsulated key \(comment)", code) {
        (welcome) throws(CygnetError) in
        let entry = welcome.secrets[0]
        return MLS.Welcome(
          cipherSuite: welcome.cipherSuite,
          secrets: [
            MLS.EncryptedGroupSecrets(
              newMember: entry.newMember,
              encryptedGroupSecrets: MLS.HPKECiphertext(
                kemOutput: kemOutput, ciphertext: entry.encryptedGroupSecrets.ciphertext))
          ], encryptedGroupInfo: welcome.encryptedGroupInfo)
      }
    }
    try refuse(
      scene, &cases, "J3", "another joiner secret than the GroupInfo's", .authenticationFailed
    ) { (welcome, bench) throws(CygnetError) in
      let other = bench.random.bytes(32)
      welcome.editSecrets = { [$0[0]] + other + $0.dropFirst(33) }
    }
    try forms(scene, &cases)
  }

  /// The encodings of GroupSecrets and GroupInfo.
  private static func forms(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    let ofSecrets: [(String, String, [String]?, @Sendable ([UInt8]) -> [UInt8])] = [
      ("S1", "a presence byte of 2 before the path secret", nil, { $0.with(2, at: 33) }),
      ("S3", "no list of pre-shared keys", ["J7"], { Array($0.dropLast()) }),
      ("S3", "no path secret and no list", ["J7"], { Array($0.prefix(33)) }),
      ("S4", "a byte behind the list of pre-shared keys", nil, { $0 + [0] }),
      ("S2", "a joiner secret whose length takes two bytes", nil, { [0x40] + $0 }),
    ]
    for (rule, comment, flags, change) in ofSecrets {
      try refuse(scene, &cases, rule, "group secrets with \(comment)", .malformed, about: flags) {
        (welcome, _) throws(CygnetError) in welcome.editSecrets = change
      }
    }
    let kinds: [(String, [UInt8])] = [
      ("of kind 0", [0]), ("of kind 3", [3]), ("for use 0", [2, 0]), ("for use 4", [2, 4]),
    ]
    for (comment, start) in kinds {
      try refuse(
        scene, &cases, "S11", "group secrets with a pre-shared key \(comment)", .malformed
      ) { (welcome, _) throws(CygnetError) in
        // An empty name, or group and epoch 0, and a nonce.
        let key =
          start + (start.count == 1 ? [0] : [UInt8](repeating: 0, count: 9))
          + [32] + [UInt8](repeating: 7, count: 32)
        welcome.editSecrets = { $0.dropLast() + [UInt8(key.count)] + key }
      }
    }
    try refuse(scene, &cases, "S4", "a GroupInfo with a byte behind", .malformed) {
      (welcome, _) throws(CygnetError) in welcome.editInfo = { $0 + [0] }
    }
    try refuse(scene, &cases, "S3", "a GroupInfo without its last byte", .malformed) {
      (welcome, _) throws(CygnetError) in welcome.editInfo = { Array($0.dropLast()) }
    }
  }

  // MARK: - Pre-shared keys

  private static func preSharedKeys(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    func refuse(
      _ rule: String, _ comment: String, _ error: CygnetError.Code = .ruleViolation,
      about flags: [String]? = nil, keys: (inout MLSWorkbench) -> [MLS.Proposal],
      _ change: Change? = nil
    ) throws(CygnetError) {
      try cases.refuse(
        rule, comment, error, about: flags,
        inputs: { (bench) throws(CygnetError) in
          let keys = keys(&bench)
          return inputs(try welcome(scene, &bench, path: false, with: keys, change))
        })
    }
    try refuse(
      "J3", "a pre-shared key that is not held", .notFound,
      keys: { [$0.preSharedKey(Array("no key".utf8))] })
    try refuse(
      "J3", "a resumption secret of a group that is not known", .notFound,
      keys: { [resumption(.application, &$0)] })
    try refuse(
      "J3", "a Welcome that ties the group to two others",
      keys: { [resumption(.reInit, &$0), resumption(.branch, &$0)] })
    try refuse(
      "J3", "a Welcome that ties the group to another one twice",
      keys: { [resumption(.branch, &$0), resumption(.branch, &$0)] })
    try refuse(
      "J3", "a subgroup of a group that is not known", .notFound, about: ["J6"],
      keys: { [resumption(.branch, &$0)] })
    try refuse(
      "J3", "a successor of a group that is not known", .notFound, about: ["M10"],
      keys: { [resumption(.reInit, &$0)] })
    for count in [0, 31, 33] {
      try refuse(
        "P4", "a pre-shared key with a nonce of \(count) bytes",
        keys: { [$0.preSharedKey(nonceByteCount: count)] })
    }
    try refuse(
      "V7", "a pre-shared key twice, nonce and all",
      keys: { (bench) in
        let key = bench.preSharedKey()
        return [key, key]
      })
    try refuse(
      "J3", "pre-shared keys in the reverse of their order", .authenticationFailed, about: ["C8"],
      keys: { [$0.preSharedKey(), $0.preSharedKey()] },
      { (welcome, _) throws(CygnetError) in welcome.psks.reverse() })
    try refuse(
      "J3", "a pre-shared key that the Welcome leaves out", .authenticationFailed,
      keys: { [$0.preSharedKey()] }, { (welcome, _) throws(CygnetError) in welcome.psks = [] })
    try refuse(
      "J3", "a pre-shared key that was not mixed in", .authenticationFailed,
      keys: { _ in [] },
      { (welcome, bench) throws(CygnetError) in
        if case .preSharedKey(let id) = bench.preSharedKey() { welcome.psks = [id] }
      })
  }

  private static func resumption(
    _ usage: MLS.ResumptionUsage, _ bench: inout MLSWorkbench
  ) -> MLS.Proposal {
    let group = MLS.GroupID(bench.random.bytes(32))
    return .preSharedKey(
      MLS.PreSharedKeyID(
        kind: .resumption(usage, group: group, epoch: MLS.Epoch(3)),
        nonce: bench.random.bytes(32)))
  }

  // MARK: - The group

  private static func groups(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try refuse(
      scene, &cases, "J4", "a group of suite 1 in a Welcome of suite 3",
      commit: { (commit, _) throws(CygnetError) in
        commit.editContext = { $0.with(cipherSuite: MLS.CipherSuite(1)) }
      })
    for (comment, change) in [
      ("with one bit changed", { [$0[0] ^ 1] + $0.dropFirst() }),
      ("of 16 bytes", { Array($0.prefix(16)) }), ("of no bytes", { _ in [] }),
    ] as [(String, ([UInt8]) -> [UInt8])] {
      try refuse(
        scene, &cases, "M5", "a GroupInfo with a confirmation tag \(comment)",
        .authenticationFailed
      ) { (welcome, _) throws(CygnetError) in
        welcome.info.confirmationTag = change(welcome.info.confirmationTag)
      }
    }
    try refuse(
      scene, &cases, "M5", "a GroupInfo with the confirmation tag of the epoch before",
      .authenticationFailed
    ) { (welcome, bench) throws(CygnetError) in
      welcome.info.confirmationTag = bench.forge.confirmationTag
    }
    try refuse(
      scene, &cases, "M5", "a GroupInfo with another transcript than the secrets'",
      .authenticationFailed, about: ["M5", "J4"]
    ) { (welcome, bench) throws(CygnetError) in
      welcome.info.context = try welcome.info.decodedContext().with(
        confirmedTranscriptHash: bench.random.bytes(32)
      ).wireEncoded()
    }
    try refuse(
      scene, &cases, "M5", "a GroupInfo of the epoch after the secrets'", .authenticationFailed,
      about: ["M5", "J4"]
    ) { (welcome, _) throws(CygnetError) in
      let context = try welcome.info.decodedContext()
      welcome.info.context = try context.with(epoch: context.epoch.next()).wireEncoded()
    }
  }

  // MARK: - Path secret and own leaf

  private static func pathSecrets(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try refuse(scene, &cases, "T15", "a path secret of another node") {
      (welcome, bench) throws(CygnetError) in
      welcome.recipients[0].pathSecret = bench.random.secret(32)
    }
    try refuse(scene, &cases, "T15", "the path secret of the node above") {
      (welcome, bench) throws(CygnetError) in
      guard let secret = welcome.recipients[0].pathSecret else { return }
      welcome.recipients[0].pathSecret = try bench.suite.deriveSecret(secret, label: "path")
    }
    for count in [0, 31, 33] {
      try refuse(scene, &cases, "T15", "a path secret of \(count) bytes") {
        (welcome, bench) throws(CygnetError) in
        welcome.recipients[0].pathSecret = bench.random.secret(count)
      }
    }
    try refuse(
      scene, &cases, "T15", "a path secret whose node has another key",
      commit: { (commit, bench) throws(CygnetError) in
        let key = try bench.suite.generateKeyPair(using: &bench.random)
        try commit.setKey(MLS.HPKEPublicKey(key.publicKey.bytes), at: 2)
      })
    try refuse(
      scene, &cases, "T15", "a path secret that leads to another key above",
      commit: { (commit, bench) throws(CygnetError) in
        // Grace sees carol's path from node 7 only; the newcomer took her neighbour's place.
        let key = try bench.suite.generateKeyPair(using: &bench.random)
        try commit.setKey(MLS.HPKEPublicKey(key.publicKey.bytes), at: 2)
      })
    try refuse(
      scene, &cases, "T15", "a path secret for a blank node", with: [.remove(LeafIndex(6))]
    ) {
      (welcome, bench) throws(CygnetError) in
      // Frank and zoe meet at node 11, which the Remove has left blank.
      welcome.info.signerIndex = LeafIndex(5)
      welcome.info.signer = try bench.forge.signer(5)
    }
    try refuse(scene, &cases, "T15", "a path secret in a GroupInfo that another member signed") {
      (welcome, bench) throws(CygnetError) in
      welcome.info.signerIndex = LeafIndex(5)
      welcome.info.signer = try bench.forge.signer(5)
    }
    try refuse(scene, &cases, "T15", "a path secret in a GroupInfo that the newcomer signed") {
      (welcome, _) throws(CygnetError) in
      welcome.info.signerIndex = LeafIndex(7)
      welcome.info.signer = scene.zoe.signer
    }
  }

  private static func ownLeaves(
    _ scene: JoinScene, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try refuse(
      scene, &cases, "T16", "a tree without the newcomer", path: false,
      commit: { (commit, bench) throws(CygnetError) in
        let yves = try bench.keyPackage("yves").leafNode
        try commit.changeNodes { (nodes) throws(CygnetError) in nodes[leaf: 7] = yves }
      })
    try refuse(
      scene, &cases, "T16", "the newcomer's leaf with another lifetime", path: false,
      commit: { (commit, _) throws(CygnetError) in
        try commit.changeLeaf(7) { (leaf) throws(CygnetError) in
          leaf.source = .keyPackage(
            MLS.Lifetime(
              notBefore: MLSApplication.lifetime.notBefore,
              notAfter: Timestamp(seconds: OwnVectorSuite.now + 60)))
        }
      })
    try refuse(
      scene, &cases, "T16", "the newcomer's leaf with another encryption key", path: false,
      commit: { (commit, bench) throws(CygnetError) in
        let key = try bench.suite.generateKeyPair(using: &bench.random).publicKey.bytes
        try commit.changeLeaf(7) { (leaf) throws(CygnetError) in
          leaf.encryptionKey = MLS.HPKEPublicKey(key)
        }
      })
    try refuse(
      scene, &cases, "T16", "the newcomer's leaf with another name", path: false,
      commit: { (commit, _) throws(CygnetError) in
        try commit.changeLeaf(7) { (leaf) throws(CygnetError) in
          leaf.credential = .basic(identity: Array("yves".utf8))
        }
      })
  }
}
