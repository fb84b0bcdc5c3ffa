internal import CygnetHPKE
internal import CygnetPrimitives

/// HPKE contexts with every intermediate value, in every mode and suite.
enum HPKETrace {
  static let suite = OwnVectorSuite(
    name: "hpke/contexts", kind: .trace, subject: "hpke",
    spec: "RFC 9180 §4, §5; draft-ietf-hpke-pq §4",
    notes: [
      .init(
        flag: "PSK", description: "a pre-shared key",
        effect: "the key does not count, or peers never agree"),
      .init(
        flag: "Auth", description: "the sender's key takes part",
        effect: "anyone passes for the sender"),
      .init(
        flag: "ExportOnly", description: "a context without a cipher",
        effect: "a suite for exports alone is not served"),
    ],
    write: write)

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    let suite = try group.hpkeSuite()
    return { (test: inout VectorLedger) throws(CygnetError) in try run(suite, &test) }
  }

  /// The parties' keys, from the material that they are derived from.
  private struct Parties {
    let recipient: HPKE.PrivateKey
    let sender: HPKE.PrivateKey?
    let ephemeral: [UInt8]

    init(_ suite: HPKE.CipherSuite, _ test: inout VectorLedger) throws(CygnetError) {
      recipient = try suite.kem.deriveKeyPair(
        inputKeyMaterial: test.secret("recipient_key_material"))
      sender =
        if let material = try test.optionalBytes("sender_key_material") {
          try suite.kem.deriveKeyPair(inputKeyMaterial: SecretBytes(copying: material))
        } else {
          nil
        }
      ephemeral = try test.bytes("ephemeral_private")
      try test.expect("recipient_private", secret: recipient.secret)
      try test.expect("recipient_public", bytes: recipient.publicKey.bytes)
      try test.expect("sender_private", bytes: sender?.secret.exposed())
      try test.expect("sender_public", bytes: sender?.publicKey.bytes)
    }
  }

  private static func run(
    _ suite: HPKE.CipherSuite, _ test: inout VectorLedger
  ) throws(CygnetError) {
    let info = try test.bytes("info")
    let parties = try Parties(suite, &test)
    let senderMode = try test.hpkeMode(parties.sender).get()
    let recipientMode = try test.hpkeMode(parties.sender?.publicKey).get()
    let schedule = try expectSchedule(suite, parties, senderMode, info, &test)

    var random = ReplayRandomSource(parties.ephemeral)
    var sender = try HPKE.Sender(
      to: parties.recipient.publicKey, suite: suite, info: info, mode: senderMode, using: &random)
    guard random.isUsedUpExactly else { throw test.failure("other draws than documented") }
    var recipient = try HPKE.Recipient(
      sender.encapsulatedKey, for: parties.recipient, suite: suite, info: info,
      mode: recipientMode)
    try test.each("messages") { (message) throws(CygnetError) in
      let plaintext = try message.bytes("plaintext")
      let associated = try message.bytes("authenticating")
      let nonce = try HPKE.Context.nonce(
        base: schedule.baseNonce(), sequenceNumber: sender.sequenceNumber)
      try message.expect("nonce", bytes: nonce)
      let ciphertext = try sender.seal(plaintext, authenticating: associated)
      try message.expect("ciphertext", bytes: ciphertext)
      guard try recipient.open(ciphertext, authenticating: associated) == plaintext else {
        throw message.failure("the recipient reads another plaintext")
      }
    }
    try test.each("exports") { (export) throws(CygnetError) in
      let context = try export.bytes("context")
      guard let count = Int(exactly: try export.integer("count")) else {
        throw export.failure("\"count\" is too large")
      }
      let value = try sender.export(context: context, count: count)
      try export.expect("value", secret: value)
      guard try recipient.export(context: context, count: count) == value else {
        throw export.failure("the recipient derives another secret")
      }
    }
  }

  private static func expectSchedule(
    _ suite: HPKE.CipherSuite, _ parties: Parties, _ mode: HPKE.Mode<HPKE.PrivateKey>,
    _ info: [UInt8], _ test: inout VectorLedger
  ) throws(CygnetError) -> HPKE.KeySchedule {
    var random = ReplayRandomSource(parties.ephemeral)
    let encapsulation = try suite.kem.encapsulate(
      to: parties.recipient.publicKey, authenticatedBy: parties.sender, using: &random)
    try test.expect("enc", bytes: encapsulation.encapsulatedKey)
    try test.expect("shared_secret", secret: encapsulation.sharedSecret)
    let schedule = try HPKE.KeySchedule(
      suite: suite, role: mode.role, sharedSecret: encapsulation.sharedSecret, info: info)
    try test.expect("key_schedule_context", bytes: schedule.context)
    try test.expect("secret", secret: schedule.secret)
    let seals = suite.aead != .exportOnly
    try test.expect("key", bytes: seals ? schedule.key().exposed() : nil)
    try test.expect("base_nonce", bytes: seals ? schedule.baseNonce().exposed() : nil)
    try test.expect("exporter_secret", secret: try schedule.exporterSecret())
    return schedule
  }

  // MARK: - Writing

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    for suite in [
      HPKE.CipherSuite.x25519SHA256ChaCha20Poly1305, .x25519SHA512ChaCha20Poly1305,
      .x25519SHA256ExportOnly, .x25519SHA512ExportOnly,
    ] {
      var tests: [OwnVectorWriter.Test] = []
      for (mode, name) in ["base", "PSK", "auth", "auth and PSK"].enumerated() {
        tests.append(try test(name, mode, suite, &writer.random))
      }
      try writer.group(.hpke, suite.groupParameters, tests)
    }
    let suite = HPKE.CipherSuite.xWingSHA256ChaCha20Poly1305
    let tests = [
      try test("base", 0, suite, &writer.random), try test("PSK", 1, suite, &writer.random),
    ]
    try writer.group(.hpke, suite.groupParameters, tests)
  }

  private static func test(
    _ comment: String, _ mode: Int, _ suite: HPKE.CipherSuite, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> OwnVectorWriter.Test {
    let (hasKey, hasSender) = (mode & 1 != 0, mode & 2 != 0)
    let seals = suite.aead != .exportOnly
    var flags: [String] = []
    if hasKey { flags.append("PSK") }
    if hasSender { flags.append("Auth") }
    if !seals { flags.append("ExportOnly") }
    let messages: [JSON] = [
      ["plaintext": "", "authenticating": ""],
      ["plaintext": .hex(random.bytes(32)), "authenticating": ""],
      ["plaintext": .hex(random.bytes(100)), "authenticating": .hex(random.bytes(20))],
    ]
    let exports: [JSON] = [
      ["context": "", "count": 16], ["context": "", "count": 32],
      ["context": .hex(random.bytes(12)), "count": 100],
    ]
    return OwnVectorWriter.Test(
      comment, flags: flags,
      [
        "mode": .integer(mode),
        "info": .hex(random.bytes(24)),
        "psk": hasKey ? .hex(random.bytes(32 + mode)) : .null,
        "psk_id": hasKey ? .hex(random.bytes(8)) : .null,
        "recipient_key_material": .hex(random.bytes(32)),
        "sender_key_material": hasSender ? .hex(random.bytes(32)) : .null,
        "ephemeral_private": .hex(random.bytes(suite.kem.encapsulationRandomByteCount)),
        "messages": .array(seals ? messages : []),
        "exports": .array(exports),
      ])
  }
}
