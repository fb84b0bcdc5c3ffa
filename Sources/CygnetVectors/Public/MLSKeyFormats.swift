internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Files of the MLS working group, and of mls-rs, on how keys are derived.
enum MLSKeyFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "MLS", "MLS labels", recognises: { $0.firstCase(has: "ref_hash", "expand_with_label") },
      run: runLabels),
    VectorFormat(
      "MLS", "MLS key schedule", recognises: { $0.firstCase(has: "initial_init_secret", "epochs") },
      run: runKeySchedule),
    VectorFormat(
      "MLS", "MLS pre-shared keys", recognises: { $0.firstCase(has: "psks", "psk_secret") },
      run: runPreSharedKeys),
    VectorFormat(
      "MLS", "MLS transcript hashes",
      recognises: { $0.firstCase(has: "interim_transcript_hash_before", "authenticated_content") },
      run: runTranscript),
    VectorFormat(
      "mls-rs", "MLS path secrets",
      recognises: { $0.firstCase(has: "cipher_suite", "generations") }, run: runPathSecrets),
  ]

  @Sendable
  private static func runLabels(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    try MLSSuite.runSealed(test, options) { (suite, checks) throws(CygnetError) in
      try checkDerivations(test, suite.algorithms, &checks)
      try checkSignature(test.fields.member("sign_with_label"), suite.algorithms, &checks)
      guard suite.hasAEAD else { return }
      try checkEncryption(test.fields.member("encrypt_with_label"), suite.algorithms, &checks)
    }
  }

  private static func checkDerivations(
    _ test: VectorCase, _ suite: Algorithms, _ checks: inout VectorChecks
  ) throws(CygnetError) {
    let hash = try test.fields.member("ref_hash")
    checks.equal(
      "ref_hash", try suite.refHash(label: hash.text("label"), value: hash.bytes("value")),
      try hash.bytes("out"))
    let expand = try test.fields.member("expand_with_label")
    checks.equal(
      "expand_with_label",
      try suite.expandWithLabel(
        expand.secret("secret"), label: Label(expand.text("label")),
        context: expand.bytes("context"), count: expand.int("length")),
      try expand.bytes("out"))
    let derive = try test.fields.member("derive_secret")
    checks.equal(
      "derive_secret",
      try suite.deriveSecret(derive.secret("secret"), label: Label(derive.text("label"))),
      try derive.bytes("out"))
    let tree = try test.fields.member("derive_tree_secret")
    checks.equal(
      "derive_tree_secret",
      try suite.deriveTreeSecret(
        tree.secret("secret"), label: Label(tree.text("label")),
        generation: tree.generation("generation"), count: tree.int("length")),
      try tree.bytes("out"))
  }

  private static func checkSignature(
    _ test: JSON, _ suite: Algorithms, _ checks: inout VectorChecks
  ) throws(CygnetError) {
    let key = try MLS.SignatureKeyPair(seed: test.secret("priv"))
    let (content, label) = (try test.bytes("content"), Label(try test.text("label")))
    let stated = try test.bytes("signature")
    checks.equal("public key", key.publicKey.bytes, try test.bytes("pub"))
    checks.equal(
      "signature", try suite.signature(of: content, label: label, by: key), stated)
    try suite.verify(signature: stated, of: content, label: label, by: key.publicKey)
    checks.refused("a signature under another label", .authenticationFailed) {
      () throws(CygnetError) in
      try suite.verify(signature: stated, of: content, label: "Other", by: key.publicKey)
    }
  }

  private static func checkEncryption(
    _ test: JSON, _ suite: Algorithms, _ checks: inout VectorChecks
  ) throws(CygnetError) {
    let key = try HPKE.PrivateKey(kem: suite.hpke.kem, secret: test.secret("priv"))
    let label = Label(try test.text("label"))
    let context = try test.bytes("context")
    let (plaintext, publicKey) = (
      try test.bytes("plaintext"), MLS.HPKEPublicKey(try test.bytes("pub"))
    )
    let stated = MLS.HPKECiphertext(
      kemOutput: try test.bytes("kem_output"), ciphertext: try test.bytes("ciphertext"))
    checks.equal("public key", key.publicKey.bytes, publicKey.bytes)
    checks.equal(
      "plaintext",
      try suite.decryptWithLabel(stated, with: key, label: label, context: context), plaintext)
    var random = SystemRandomSource()
    let own = try suite.encryptWithLabel(
      SecretBytes(copying: plaintext), to: publicKey, label: label, context: context,
      using: &random)
    checks.equal(
      "plaintext, sealed here",
      try suite.decryptWithLabel(own, with: key, label: label, context: context), plaintext)
    checks.refused("a ciphertext for another context", .authenticationFailed) {
      () throws(CygnetError) in
      try suite.decryptWithLabel(own, with: key, label: label, context: context + [0])
    }
  }

  @Sendable
  private static func runKeySchedule(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    try MLSSuite.run(test, options) { (suite, checks) throws(CygnetError) in
      let groupID = MLS.GroupID(try test.bytes("group_id"))
      var initSecret = try test.secret("initial_init_secret")
      for (number, epoch) in try test.fields.list("epochs").enumerated() {
        initSecret = try checkEpoch(
          epoch, initSecret,
          MLS.GroupContext(
            cipherSuite: suite.algorithms.suite, groupID: groupID,
            epoch: MLS.Epoch(UInt64(number)), treeHash: epoch.bytes("tree_hash"),
            confirmedTranscriptHash: epoch.bytes("confirmed_transcript_hash"), extensions: .none),
          suite.algorithms, &checks)
      }
    }
  }

  /// Gives the init secret for the next epoch.
  private static func checkEpoch(
    _ test: JSON, _ initSecret: SecretBytes, _ context: MLS.GroupContext, _ suite: Algorithms,
    _ checks: inout VectorChecks
  ) throws(CygnetError) -> SecretBytes {
    let encoded = try context.wireEncoded()
    checks.equal("group_context", encoded, try test.bytes("group_context"))
    let joiner = try KeySchedule.joinerSecret(
      initSecret: initSecret, commitSecret: test.secret("commit_secret"), context: encoded,
      suite: suite)
    checks.equal("joiner_secret", joiner, try test.bytes("joiner_secret"))
    let psk = try test.secret("psk_secret")
    checks.equal(
      "welcome_secret",
      try KeySchedule.welcomeSecret(joinerSecret: joiner, pskSecret: psk, suite: suite),
      try test.bytes("welcome_secret"))
    let secrets = try KeySchedule.epochSecrets(
      joinerSecret: joiner, pskSecret: psk, context: encoded, suite: suite)
    for (name, secret) in [
      ("sender_data_secret", secrets.senderDataSecret),
      ("encryption_secret", secrets.encryptionSecret ?? SecretBytes(copying: [])),
      ("exporter_secret", secrets.exporterSecret), ("external_secret", secrets.externalSecret),
      ("confirmation_key", secrets.confirmationKey), ("membership_key", secrets.membershipKey),
      ("resumption_psk", secrets.resumptionPSK),
      ("epoch_authenticator", secrets.epochAuthenticator), ("init_secret", secrets.initSecret),
    ] { checks.equal(name, secret, try test.bytes(name)) }
    checks.equal(
      "external_pub", try secrets.externalKeyPair(suite: suite).publicKey.bytes,
      try test.bytes("external_pub"))
    let exporter = try test.member("exporter")
    checks.equal(
      "exporter",
      try secrets.export(
        label: exporter.text("label"), context: exporter.bytes("context"),
        count: exporter.int("length"), suite: suite),
      try exporter.bytes("secret"))
    return secrets.initSecret
  }

  @Sendable
  private static func runPreSharedKeys(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    try MLSSuite.run(test, options) { (suite, checks) throws(CygnetError) in
      var keys: [(id: MLS.PreSharedKeyID, secret: SecretBytes)] = []
      for row in try test.fields.list("psks") {
        let id = MLS.PreSharedKeyID(kind: try kind(of: row), nonce: try row.bytes("psk_nonce"))
        keys.append((id: id, secret: try row.secret("psk")))
      }
      checks.equal(
        "psk_secret", try PSKSecret.combine(keys, suite: suite.algorithms),
        try test.bytes("psk_secret"))
    }
  }

  /// The working group's rows are external keys; ours say so when they are not (`Vectors/README.md`).
  private static func kind(of row: JSON) throws(CygnetError) -> MLS.PreSharedKeyID.Kind {
    guard row["psk_usage"] != nil else { return .external(id: try row.bytes("psk_id")) }
    guard let number = UInt8(exactly: try row.int("psk_usage")),
      let usage = MLS.ResumptionUsage(rawValue: number),
      let epoch = try row.member("psk_epoch").uint64
    else { throw CygnetError(.malformed, "not a resumption key") }
    return .resumption(
      usage, group: MLS.GroupID(try row.bytes("psk_group_id")), epoch: MLS.Epoch(epoch))
  }

  @Sendable
  private static func runTranscript(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    try MLSSuite.run(test, options) { (suite, checks) throws(CygnetError) in
      let encoded = try test.bytes("authenticated_content")
      let message = try AuthenticatedContent(wire: encoded)
      checks.equal("authenticated_content", try message.wireEncoded(), encoded)
      let confirmed = try TranscriptHash.confirmed(
        interimBefore: test.bytes("interim_transcript_hash_before"), content: message,
        suite: suite.algorithms)
      checks.equal(
        "confirmed_transcript_hash_after", confirmed,
        try test.bytes("confirmed_transcript_hash_after"))
      let tag = message.auth.confirmationTag ?? []
      try ConfirmationTag.verify(
        tag, confirmedTranscriptHash: confirmed, key: test.secret("confirmation_key"),
        suite: suite.algorithms)
      checks.equal(
        "interim_transcript_hash_after",
        try TranscriptHash.interim(
          confirmed: confirmed, confirmationTag: tag, suite: suite.algorithms),
        try test.bytes("interim_transcript_hash_after"))
    }
  }

  /// Each secret is derived from the one before.
  @Sendable
  private static func runPathSecrets(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    try MLSSuite.run(test, options) { (suite, checks) throws(CygnetError) in
      var secrets: [[UInt8]] = []
      for row in try test.fields.list("generations") {
        guard let bytes = row.hexBytes else {
          throw CygnetError(.malformed, "a path secret is not hex")
        }
        secrets.append(bytes)
      }
      checks.that(secrets.count > 1, "there are path secrets")
      for (secret, next) in zip(secrets, secrets.dropFirst()) {
        checks.equal(
          "path secret",
          try suite.algorithms.deriveSecret(SecretBytes(copying: secret), label: "path"), next)
      }
    }
  }
}

extension JSON {
  func generation(_ key: String) throws(CygnetError) -> Generation {
    guard let number = UInt32(exactly: try int(key)) else {
      throw CygnetError(.malformed, "a generation is out of range")
    }
    return Generation(number)
  }
}
