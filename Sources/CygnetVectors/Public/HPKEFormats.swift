internal import CygnetHPKE
internal import CygnetPrimitives

/// Files of HPKE's contexts, in the format of the CFRG's own vectors.
enum HPKEFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "HPKE", "HPKE contexts",
      recognises: { $0.firstCase(has: "mode", "kem_id", "kdf_id", "aead_id", "enc") }, run: run),
    VectorFormat(
      "peers and age", "HPKE single messages, X-Wing",
      recognises: { $0.isNamed("HPKE base mode, X-Wing") && $0.firstCase(has: "sk_seed", "enc") },
      run: runXWing),
  ]

  @Sendable
  private static func run(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let suite: HPKE.CipherSuite
    do throws(CygnetError) {
      suite = try HPKE.CipherSuite(
        kem: HPKE.KEM(id: number("kem_id", of: test.fields)),
        kdf: HPKE.KDF(id: number("kdf_id", of: test.fields)),
        aead: HPKE.AEAD(id: number("aead_id", of: test.fields)))
    } catch {
      guard error.code == .unsupported else { throw error }
      return .skipped("\(error.reason)")
    }
    let setup = try HPKESetup(test, suite: suite)
    var checks = VectorChecks()
    try setup.checkKeys(&checks)
    try setup.checkSchedule(&checks)
    try setup.checkMessages(&checks)
    try setup.checkOneShot(&checks)
    return checks.outcome
  }

  /// A message in base mode that another implementation sealed.
  @Sendable
  private static func runXWing(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let suite = HPKE.CipherSuite(
      kem: try HPKE.KEM(id: number("kem_id", of: test.group)),
      kdf: try HPKE.KDF(id: number("kdf_id", of: test.group)),
      aead: try HPKE.AEAD(id: number("aead_id", of: test.group)))
    let key = try HPKE.PrivateKey(kem: suite.kem, secret: test.secret("sk_seed"))
    var checks = VectorChecks()
    if test.has("pk") { checks.equal("pk", key.publicKey.bytes, try test.bytes("pk")) }
    let (info, enc, ct) = (try test.bytes("info"), try test.bytes("enc"), try test.bytes("ct"))
    let aad = try test.bytes("aad")
    if test.has("shared_secret") {
      checks.equal(
        "shared_secret", try suite.kem.decapsulate(enc, with: key, authenticatedBy: nil),
        try test.bytes("shared_secret"))
    }
    let open = { () throws(CygnetError) in
      try HPKE.open(
        ct, encapsulatedKey: enc, with: key, suite: suite, info: info, authenticating: aad)
    }
    if try test.isValid() {
      checks.equal("pt", try open(), try test.bytes("pt"))
    } else {
      checks.refused("the message", .authenticationFailed, open)
    }
    return checks.outcome
  }

  private static func number(
    _ name: String, of fields: JSON
  ) throws(CygnetError) -> UInt16 {
    guard let number = UInt16(exactly: try fields.int(name)) else {
      throw CygnetError(.malformed, "an algorithm's number is out of range")
    }
    return number
  }
}

/// One row: both sides of a context.
private struct HPKESetup {
  private let test: VectorCase
  private let suite: HPKE.CipherSuite
  private let info: [UInt8]
  /// What the sender draws, all of it.
  private let drawn: [UInt8]
  private let recipientKey: HPKE.PrivateKey
  private let senderMode: HPKE.Mode<HPKE.PrivateKey>
  private let recipientMode: HPKE.Mode<HPKE.PublicKey>

  init(_ test: VectorCase, suite: HPKE.CipherSuite) throws(CygnetError) {
    self.test = test
    self.suite = suite
    info = try test.bytes("info")
    // X-Wing has no ephemeral private key: the seed of its encapsulation stands in its material.
    drawn = try test.bytes(suite.kem == .xWing ? "ikmE" : "skEm")
    recipientKey = try HPKE.PrivateKey(kem: suite.kem, secret: test.secret("skRm"))
    switch try test.int("mode") {
    case 0: (senderMode, recipientMode) = (.base, .base)
    case 1:
      let psk = try Self.preSharedKey(of: test)
      (senderMode, recipientMode) = (.psk(psk), .psk(psk))
    case 2:
      let own = try HPKE.PrivateKey(kem: suite.kem, secret: test.secret("skSm"))
      (senderMode, recipientMode) = (.auth(own), .auth(own.publicKey))
    case 3:
      let psk = try Self.preSharedKey(of: test)
      let own = try HPKE.PrivateKey(kem: suite.kem, secret: test.secret("skSm"))
      (senderMode, recipientMode) = (.authPSK(own, psk), .authPSK(own.publicKey, psk))
    default: throw CygnetError(.malformed, "a mode is 0, 1, 2 or 3")
    }
  }

  private static func preSharedKey(of test: VectorCase) throws(CygnetError) -> HPKE.PreSharedKey {
    try HPKE.PreSharedKey(id: test.bytes("psk_id"), secret: test.secret("psk"))
  }

  /// DeriveKeyPair gives the keys of each party that the row names.
  func checkKeys(_ checks: inout VectorChecks) throws(CygnetError) {
    for party in ["R", "E", "S"] where test.has("ikm\(party)") && test.has("sk\(party)m") {
      let key = try suite.kem.deriveKeyPair(inputKeyMaterial: test.secret("ikm\(party)"))
      checks.equal("sk\(party)m", key.secret, try test.bytes("sk\(party)m"))
      checks.equal("pk\(party)m", key.publicKey.bytes, try test.bytes("pk\(party)m"))
    }
  }

  /// The shared secret from both sides, and all that comes of it.
  func checkSchedule(_ checks: inout VectorChecks) throws(CygnetError) {
    var random = ReplayRandomSource(drawn)
    let encapsulation = try suite.kem.encapsulate(
      to: recipientKey.publicKey, authenticatedBy: senderMode.senderKey, using: &random)
    checks.that(
      random.isUsedUpExactly, "the encapsulation draws something else than its ephemeral key")
    checks.equal("enc", encapsulation.encapsulatedKey, try test.bytes("enc"))
    let stated = try test.bytes("shared_secret")
    checks.equal("shared_secret of the sender", encapsulation.sharedSecret, stated)
    let received = try suite.kem.decapsulate(
      test.bytes("enc"), with: recipientKey, authenticatedBy: recipientMode.senderKey)
    checks.equal("shared_secret of the recipient", received, stated)
    let schedule = try HPKE.KeySchedule(
      suite: suite, role: senderMode.role, sharedSecret: received, info: info)
    if test.has("key_schedule_context") {
      checks.equal(
        "key_schedule_context", schedule.context, try test.bytes("key_schedule_context"))
    }
    if test.has("secret") { checks.equal("secret", schedule.secret, try test.bytes("secret")) }
    if suite.aead != .exportOnly {
      checks.equal("key", try schedule.key(), try test.bytes("key"))
      checks.equal("base_nonce", try schedule.baseNonce(), try test.bytes("base_nonce"))
      for (index, message) in try test.fields.list("encryptions").enumerated()
      where message["nonce"] != nil {
        let nonce = try HPKE.Context.nonce(
          base: schedule.baseNonce(), sequenceNumber: sequenceNumber(of: message, at: index))
        checks.equal("nonce of message \(index)", nonce, try message.bytes("nonce"))
      }
    }
    checks.equal(
      "exporter_secret", try schedule.exporterSecret(), try test.bytes("exporter_secret"))
  }

  /// Each message sealed and opened in turn, and each secret exported on both sides.
  func checkMessages(_ checks: inout VectorChecks) throws(CygnetError) {
    var random = ReplayRandomSource(drawn)
    var sender = try HPKE.Sender(
      to: recipientKey.publicKey, suite: suite, info: info, mode: senderMode, using: &random)
    var recipient = try HPKE.Recipient(
      test.bytes("enc"), for: recipientKey, suite: suite, info: info, mode: recipientMode)
    for (index, message) in try test.fields.list("encryptions").enumerated() {
      let (plaintext, associated) = (try message.bytes("pt"), try message.bytes("aad"))
      let number = try sequenceNumber(of: message, at: index)
      checks.that(number == sender.sequenceNumber, "message \(index) is out of turn")
      checks.equal(
        "ct of message \(index)", try sender.seal(plaintext, authenticating: associated),
        try message.bytes("ct"))
      checks.equal(
        "pt of message \(index)",
        try recipient.open(message.bytes("ct"), authenticating: associated), plaintext)
    }
    for (index, export) in try test.fields.list("exports").enumerated() {
      let (context, count) = (try export.bytes("exporter_context"), try export.int("L"))
      let stated = try export.bytes("exported_value")
      checks.equal(
        "export \(index) of the sender", try sender.export(context: context, count: count), stated)
      checks.equal(
        "export \(index) of the recipient", try recipient.export(context: context, count: count),
        stated)
    }
    if suite.aead == .exportOnly {
      checks.refused("opening with an export-only suite", .wrongState) {
        () throws(CygnetError) in try recipient.open([], authenticating: [])
      }
    }
  }

  /// In base mode the first message is also one of the single-message form.
  func checkOneShot(_ checks: inout VectorChecks) throws(CygnetError) {
    guard case .base = senderMode, let first = try test.fields.list("encryptions").first else {
      return
    }
    var random = ReplayRandomSource(drawn)
    let sealed = try HPKE.seal(
      first.secret("pt"), to: recipientKey.publicKey, suite: suite, info: info,
      authenticating: first.bytes("aad"), using: &random)
    checks.equal("enc of the single message", sealed.encapsulatedKey, try test.bytes("enc"))
    checks.equal("ct of the single message", sealed.ciphertext, try first.bytes("ct"))
    let opened = try HPKE.open(
      first.bytes("ct"), encapsulatedKey: test.bytes("enc"), with: recipientKey, suite: suite,
      info: info, authenticating: first.bytes("aad"))
    checks.equal("pt of the single message", opened, try first.bytes("pt"))
  }

  /// Its `seq`, or its place.
  private func sequenceNumber(of message: JSON, at index: Int) throws(CygnetError) -> UInt64 {
    guard message["seq"] != nil else { return UInt64(index) }
    guard let number = UInt64(exactly: try message.int("seq")) else {
      throw CygnetError(.malformed, "a sequence number is out of range")
    }
    return number
  }
}
