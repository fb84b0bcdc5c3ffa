internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Files of the MLS working group, and of mls-rs, on message keys and on messages.
enum MLSFramingFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "MLS", "MLS secret tree",
      recognises: { $0.firstCase(has: "encryption_secret", "sender_data", "leaves") },
      run: runSecretTree),
    VectorFormat(
      "MLS", "MLS message protection",
      recognises: { $0.firstCase(has: "proposal_priv", "commit_pub") }, run: runProtection),
    VectorFormat(
      "MLS", "MLS Welcome", recognises: { $0.firstCase(has: "init_priv", "signer_pub", "welcome") },
      run: runWelcome),
    VectorFormat(
      "mls-rs", "MLS sender data",
      recognises: { $0.firstCase(has: "expected_key", "sender_data_aad") }, run: runSenderData),
    VectorFormat(
      "mls-rs", "MLS reuse guard", recognises: { $0.firstCase(has: "guard", "nonce", "result") },
      run: runReuseGuard),
  ]

  @Sendable
  private static func runSecretTree(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    try MLSSuite.run(test, options) { (suite, checks) throws(CygnetError) in
      let data = try test.fields.member("sender_data")
      let (key, nonce) = try SenderData.keyAndNonce(
        secret: data.secret("sender_data_secret"), ciphertext: data.bytes("ciphertext"),
        suite: suite.algorithms)
      checks.equal("sender_data.key", key, try data.bytes("key"))
      checks.equal("sender_data.nonce", nonce, try data.bytes("nonce"))
      let leaves = try test.fields.list("leaves")
      guard let width = UInt32(exactly: leaves.count), width.nonzeroBitCount == 1 else {
        throw CygnetError(.malformed, "no width of a tree")
      }
      var tree = SecretTree(
        encryptionSecret: try test.secret("encryption_secret"), leafCount: LeafCount(width))
      for (index, rows) in leaves.enumerated() {
        for row in rows.array ?? [] {
          try checkKeys(row, LeafIndex(UInt32(index)), &tree, suite.algorithms, &checks)
        }
      }
    }
  }

  private static func checkKeys(
    _ row: JSON, _ leaf: LeafIndex, _ tree: inout SecretTree, _ suite: Algorithms,
    _ checks: inout VectorChecks
  ) throws(CygnetError) {
    let kinds: [(SecretTree.Kind, String)] = [
      (.handshake, "handshake"), (.application, "application"),
    ]
    for (kind, name) in kinds {
      let key = try tree.receivingKey(
        leaf: leaf, kind: kind, generation: row.generation("generation"), suite: suite)
      checks.equal("\(name)_key", key.key, try row.bytes("\(name)_key"))
      checks.equal("\(name)_nonce", key.nonce, try row.bytes("\(name)_nonce"))
      try tree.consume(key)
    }
  }

  @Sendable
  private static func runProtection(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    try MLSSuite.runSealed(test, options) { (suite, checks) throws(CygnetError) in
      let scene = try MLSProtectionScene(test, suite.algorithms)
      for kind in ["proposal", "commit"] {
        try scene.checkPublic(kind, &checks)
      }
      try scene.checkApplicationIsNotPublic(&checks)
      guard suite.hasAEAD else { return }
      for kind in ["proposal", "commit", "application"] {
        try scene.checkPrivate(kind, &checks)
      }
    }
  }

  /// The group's secrets, the state of the group, its signature and its confirmation tag; the tree
  /// is not looked at.
  @Sendable
  private static func runWelcome(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    try MLSSuite.runSealed(test, options) { (suite, checks) throws(CygnetError) in
      let algorithms = suite.algorithms
      guard let keyPackage = try MLS.Message(decoding: test.bytes("key_package")).keyPackage,
        let welcome = try MLS.Message(decoding: test.bytes("welcome")).welcome
      else { throw CygnetError(.malformed, "not the messages that the file states") }
      let reference = try algorithms.keyPackageRef(keyPackage)
      guard let entry = welcome.secrets.first(where: { $0.newMember == reference }) else {
        return checks.that(false, "the Welcome has an entry for the key package")
      }
      guard suite.hasAEAD else { return }
      let secrets = try GroupSecrets(
        wire: algorithms.decryptWithLabel(
          entry.encryptedGroupSecrets,
          with: HPKE.PrivateKey(kem: algorithms.hpke.kem, secret: test.secret("init_priv")),
          label: "Welcome", context: welcome.encryptedGroupInfo))
      checks.that(secrets.psks.isEmpty, "there are no pre-shared keys")
      let pskSecret = try PSKSecret.combine([], suite: algorithms)
      let (key, nonce) = try KeySchedule.welcomeKeyAndNonce(
        welcomeSecret: KeySchedule.welcomeSecret(
          joinerSecret: secrets.joinerSecret, pskSecret: pskSecret, suite: algorithms),
        suite: algorithms)
      let info = try MLS.GroupInfo(
        wire: algorithms.aead.open(
          welcome.encryptedGroupInfo, key: key, nonce: nonce.exposed(),
          authenticating: []))
      try algorithms.verify(
        signature: info.signature, of: GroupInfoTBS(info).wireEncoded(), label: GroupInfoTBS.label,
        by: MLS.SignaturePublicKey(test.bytes("signer_pub")))
      let epoch = try KeySchedule.epochSecrets(
        joinerSecret: secrets.joinerSecret, pskSecret: pskSecret,
        context: info.groupContext.wireEncoded(), suite: algorithms)
      try ConfirmationTag.verify(
        info.confirmationTag, confirmedTranscriptHash: info.groupContext.confirmedTranscriptHash,
        key: epoch.confirmationKey, suite: algorithms)
    }
  }

  @Sendable
  private static func runSenderData(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    try MLSSuite.runSealed(test, options) { (suite, checks) throws(CygnetError) in
      let (secret, ciphertext) = (try test.secret("secret"), try test.bytes("ciphertext_bytes"))
      let (key, nonce) = try SenderData.keyAndNonce(
        secret: secret, ciphertext: ciphertext, suite: suite.algorithms)
      checks.equal("expected_key", key, try test.bytes("expected_key"))
      checks.equal("expected_nonce", nonce, try test.bytes("expected_nonce"))
      guard suite.hasAEAD else { return }
      let (data, place) = (
        try test.fields.member("sender_data"), try test.fields.member("sender_data_aad")
      )
      guard let leaf = UInt32(exactly: try data.int("sender")),
        let epoch = UInt64(exactly: try place.int("epoch"))
      else { throw CygnetError(.malformed, "a number is out of range") }
      let senderData = SenderData(
        leafIndex: LeafIndex(leaf), generation: try data.generation("generation"),
        reuseGuard: try data.bytes("reuse_guard"))
      let associated = SenderDataAAD(
        groupID: MLS.GroupID(try place.bytes("group_id")), epoch: MLS.Epoch(epoch),
        contentType: .application)
      let stated = try test.bytes("expected_ciphertext")
      checks.equal(
        "expected_ciphertext",
        try senderData.sealed(
          secret: secret, ciphertext: ciphertext, authenticating: associated,
          suite: suite.algorithms), stated)
      let opened = try SenderData.open(
        stated, secret: secret, ciphertext: ciphertext, authenticating: associated,
        suite: suite.algorithms)
      checks.that(opened == senderData, "the sender data open to what was sealed")
    }
  }

  @Sendable
  private static func runReuseGuard(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let nonce = SecretBytes(copying: try test.fields.byteList("nonce"))
    var checks = VectorChecks()
    checks.equal(
      "result", try nonce.withGuarded(by: test.fields.byteList("guard")) { $0 },
      try test.fields.byteList("result"))
    return checks.outcome
  }
}

extension JSON {
  /// Bytes as an array of numbers.
  fileprivate func byteList(_ key: String) throws(CygnetError) -> [UInt8] {
    var bytes: [UInt8] = []
    for item in try list(key) {
      guard let number = item.int, let byte = UInt8(exactly: number) else {
        throw CygnetError(.malformed, "not a list of bytes")
      }
      bytes.append(byte)
    }
    return bytes
  }
}
