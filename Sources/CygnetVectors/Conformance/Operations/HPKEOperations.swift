internal import CygnetHPKE
internal import CygnetPrimitives

/// HPKE without objects: a sender's random bytes and a message's number make the context anew each
/// time, so that every part of it can be asked for.
enum HPKEOperations {
  static let all: [Operation] = [
    Operation(
      "hpke.derive_key_pair", "Derives a key pair from material",
      takes: [kem, Field("input_key_material", .hex)],
      gives: [Field("private", .hex), Field("public", .hex)], deriveKeyPair),
    Operation(
      "hpke.encapsulate", "Makes a shared secret for a public key",
      takes: [kem, Field("recipient_public", .hex), senderPrivate, ephemeral],
      gives: [Field("enc", .hex), Field("shared_secret", .hex(32))], encapsulate),
    Operation(
      "hpke.decapsulate", "Finds the shared secret",
      takes: [kem, Field("recipient_private", .hex), senderPublic, Field("enc", .hex)],
      gives: [Field("shared_secret", .hex(32))], decapsulate),
    Operation(
      "hpke.schedule", "Runs the key schedule",
      takes: suite + [
        Field("shared_secret", .hex(32)), Field("info", .hex),
        Field("authenticated", .bool, "the sender's key took part"),
      ] + preSharedKey,
      gives: [
        Field("key_schedule_context", .hex), Field("secret", .hex), Field("key", .nullable(.hex)),
        Field("base_nonce", .nullable(.hex)), Field("exporter_secret", .hex),
      ], schedule),
    Operation(
      "hpke.seal", "Seals the message with this number",
      takes: suite + [Field("recipient_public", .hex), Field("info", .hex), senderPrivate]
        + preSharedKey + [number, Field("plaintext", .hex), .authenticating, ephemeral],
      gives: [Field("enc", .hex), Field("ciphertext", .hex)], seal),
    Operation(
      "hpke.open", "Opens the message with this number",
      takes: receiving + [number, Field("ciphertext", .hex), .authenticating],
      gives: [Field("plaintext", .hex)], open),
    Operation(
      "hpke.export", "Exports a secret from a recipient's context",
      takes: receiving + [Field("context", .hex), Field("length", .uint32)],
      gives: [Field("output", .hex)], export),
  ]

  private static let kem = Field("kem", .choice(["X25519", "X-Wing"]))
  private static let suite = [
    kem, Field("kdf", .choice(["HKDF-SHA256", "HKDF-SHA512"])),
    Field("aead", .choice(["ChaCha20Poly1305", "export-only"])),
  ]
  private static let senderPrivate = Field(
    "sender_private", .nullable(.hex), "in the modes auth and auth_psk, which X-Wing has not")
  private static let senderPublic = Field(
    "sender_public", .nullable(.hex), "in the modes auth and auth_psk")
  private static let preSharedKey = [
    Field("psk", .nullable(.hex), "in the modes psk and auth_psk"),
    Field("psk_id", .nullable(.hex), "with psk"),
  ]
  private static let number = Field("sequence_number", .uint64)
  private static let ephemeral = Field.random(
    "32 bytes of ephemeral private key; with X-Wing 64, m and that key")
  private static let receiving =
    suite + [
      Field("recipient_private", .hex), Field("info", .hex), senderPublic,
    ] + preSharedKey + [Field("enc", .hex)]
}

// MARK: - Running

extension HPKEOperations {
  private static func deriveKeyPair(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let key = try call.arguments.kem().deriveKeyPair(
      inputKeyMaterial: call.arguments.secret("input_key_material"))
    return .of(["private": .hex(key.secret), "public": .hex(key.publicKey.bytes)])
  }

  private static func encapsulate(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let kem = try call.arguments.kem()
    let made = try kem.encapsulate(
      to: HPKE.PublicKey(kem: kem, bytes: call.arguments.bytes("recipient_public")),
      authenticatedBy: call.arguments.optionalPrivateKey("sender_private", kem),
      using: &call.random)
    return .of(["enc": .hex(made.encapsulatedKey), "shared_secret": .hex(made.sharedSecret)])
  }

  private static func decapsulate(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let kem = try call.arguments.kem()
    let secret = try kem.decapsulate(
      call.arguments.bytes("enc"),
      with: HPKE.PrivateKey(kem: kem, secret: call.arguments.secret("recipient_private")),
      authenticatedBy: call.arguments.optionalPublicKey("sender_public", kem))
    return .of(["shared_secret": .hex(secret)])
  }

  private static func schedule(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let suite = try call.arguments.hpkeSuite()
    let authenticated: Void? = try call.arguments.bool("authenticated") ? () : nil
    let schedule = try HPKE.KeySchedule(
      suite: suite, role: call.arguments.hpkeMode(authenticated).role,
      sharedSecret: call.arguments.secret("shared_secret"), info: call.arguments.bytes("info"))
    let seals = suite.aead != .exportOnly
    return .of([
      "key_schedule_context": .hex(schedule.context), "secret": .hex(schedule.secret),
      "key": seals ? .hex(try schedule.key()) : .null,
      "base_nonce": seals ? .hex(try schedule.baseNonce()) : .null,
      "exporter_secret": .hex(try schedule.exporterSecret()),
    ])
  }

  private static func seal(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let suite = try call.arguments.hpkeSuite()
    let own = try call.arguments.optionalPrivateKey("sender_private", suite.kem)
    var sender = try HPKE.Sender(
      to: HPKE.PublicKey(kem: suite.kem, bytes: call.arguments.bytes("recipient_public")),
      suite: suite, info: call.arguments.bytes("info"), mode: call.arguments.hpkeMode(own),
      sequenceNumber: call.arguments.uint64("sequence_number"), using: &call.random)
    let ciphertext = try sender.seal(
      call.arguments.bytes("plaintext"), authenticating: call.arguments.authenticating())
    return .of(["enc": .hex(sender.encapsulatedKey), "ciphertext": .hex(ciphertext)])
  }

  private static func open(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var recipient = try recipient(
      call.arguments, number: call.arguments.uint64("sequence_number"))
    let plaintext = try recipient.open(
      call.arguments.bytes("ciphertext"), authenticating: call.arguments.authenticating())
    return .of(["plaintext": .hex(plaintext)])
  }

  private static func export(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let output = try recipient(call.arguments, number: 0).export(
      context: call.arguments.bytes("context"), count: call.arguments.int("length"))
    return .of(["output": .hex(output)])
  }

  private static func recipient(
    _ arguments: Arguments, number: UInt64
  ) throws(CygnetError) -> HPKE.Recipient {
    let suite = try arguments.hpkeSuite()
    let sender = try arguments.optionalPublicKey("sender_public", suite.kem)
    return try HPKE.Recipient(
      arguments.bytes("enc"),
      for: HPKE.PrivateKey(kem: suite.kem, secret: arguments.secret("recipient_private")),
      suite: suite, info: arguments.bytes("info"), mode: arguments.hpkeMode(sender),
      sequenceNumber: number)
  }
}

extension Arguments {
  fileprivate func kem() throws(CygnetError) -> HPKE.KEM {
    switch try text("kem") {
    case "X25519": return .x25519
    case "X-Wing": return .xWing
    default: throw Call.slip
    }
  }

  fileprivate func hpkeSuite() throws(CygnetError) -> HPKE.CipherSuite {
    HPKE.CipherSuite(
      kem: try kem(), kdf: try text("kdf") == "HKDF-SHA512" ? .hkdfSHA512 : .hkdfSHA256,
      aead: try text("aead") == "export-only" ? .exportOnly : .chaCha20Poly1305)
  }

  fileprivate func optionalPrivateKey(
    _ name: String, _ kem: HPKE.KEM
  ) throws(CygnetError) -> HPKE.PrivateKey? {
    has(name) ? try HPKE.PrivateKey(kem: kem, secret: secret(name)) : nil
  }

  fileprivate func optionalPublicKey(
    _ name: String, _ kem: HPKE.KEM
  ) throws(CygnetError) -> HPKE.PublicKey? {
    has(name) ? try HPKE.PublicKey(kem: kem, bytes: bytes(name)) : nil
  }

  /// The mode that follows from what was given.
  fileprivate func hpkeMode<SenderKey>(
    _ senderKey: SenderKey?
  ) throws(CygnetError) -> HPKE.Mode<SenderKey> {
    guard has("psk") || has("psk_id") else { return senderKey.map { .auth($0) } ?? .base }
    let key = try HPKE.PreSharedKey(
      id: optionalBytes("psk_id") ?? [],
      secret: SecretBytes(copying: optionalBytes("psk") ?? []))
    return senderKey.map { .authPSK($0, key) } ?? .psk(key)
  }
}
