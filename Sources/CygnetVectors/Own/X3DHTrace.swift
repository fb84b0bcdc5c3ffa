internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// X3DH with every intermediate value, from the private keys to the first message.
///
/// The values are computed step by step from primitives, and the message by a whole session: both
/// must agree.
enum X3DHTrace {
  static let suite = OwnVectorSuite(
    name: "x3dh/agreement", kind: .trace, subject: "x3dh", spec: "X3DH §2, §3; Cygnet suite 1",
    notes: [
      .init(
        flag: "OneTimePreKey", description: "four agreements",
        effect: "sessions fail with every bundle that holds a one-time prekey"),
      .init(
        flag: "NoOneTimePreKey", description: "three agreements",
        effect: "sessions fail once a device has run out of one-time prekeys"),
      .init(
        flag: "Authenticating", description: "application data bound to the message",
        effect: "the data is not authenticated"),
    ],
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var tests: [OwnVectorWriter.Test] = []
    tests.append(try test("with a one-time prekey", &writer.random, oneTime: true))
    tests.append(try test("without a one-time prekey", &writer.random, oneTime: false))
    tests.append(
      try test(
        "longest user name, empty plaintext", &writer.random, oneTime: true,
        user: [UInt8](repeating: 0x61, count: 255), plaintext: []))
    tests.append(
      try test(
        "with data of the application", &writer.random, oneTime: false,
        authenticating: Array("room 7".utf8)))
    try writer.group(.x3dh, ["suite": 1], tests)
  }

  private static func test(
    _ comment: String, _ random: inout SeededRandomSource, oneTime: Bool,
    user: [UInt8] = Array("alice".utf8), plaintext: [UInt8] = Array("salam, bob".utf8),
    authenticating: [UInt8] = []
  ) throws(CygnetError) -> OwnVectorWriter.Test {
    var flags = [oneTime ? "OneTimePreKey" : "NoOneTimePreKey"]
    if !authenticating.isEmpty { flags.append("Authenticating") }
    return OwnVectorWriter.Test(
      comment, flags: flags,
      [
        "initiator_address": try DeviceAddress(user: user, device: 1).json,
        "responder_address": try DeviceAddress.named("bob", device: 2).json,
        "created_at": .counting(OwnVectorSuite.now - 86_400),
        "initiator_identity_seed": .hex(random.bytes(32)),
        "responder_identity_seed": .hex(random.bytes(32)),
        "signed_pre_key_private": .hex(random.bytes(32)),
        "one_time_pre_key_private": oneTime ? .hex(random.bytes(32)) : .null,
        "ephemeral_private": .hex(random.bytes(32)),
        "ratchet_private": .hex(random.bytes(32)),
        "header_nonce": .hex(random.bytes(16)),
        "plaintext": .hex(plaintext),
        "authenticating": .hex(authenticating),
      ])
  }

  /// Everything a test begins with.
  private struct Inputs {
    let initiatorAddress: DeviceAddress
    let responderAddress: DeviceAddress
    let createdAt: Timestamp
    let initiator: IdentityKeyPair
    let responder: IdentityKeyPair
    let signedPreKey: X25519.KeyPair
    let oneTimePreKey: X25519.KeyPair?
    let ephemeral: X25519.KeyPair
    let ratchet: [UInt8]
    let nonce: [UInt8]
    let plaintext: [UInt8]
    let authenticating: [UInt8]

    init(_ test: inout VectorLedger) throws(CygnetError) {
      initiatorAddress = try test.address("initiator_address")
      responderAddress = try test.address("responder_address")
      createdAt = Timestamp(seconds: try test.integer("created_at"))
      initiator = try IdentityKeyPair(seed: try test.secret("initiator_identity_seed"))
      responder = try IdentityKeyPair(seed: try test.secret("responder_identity_seed"))
      signedPreKey = try test.keyPair("signed_pre_key_private")
      let hasOneTime = try test.optionalBytes("one_time_pre_key_private") != nil
      oneTimePreKey = hasOneTime ? try test.keyPair("one_time_pre_key_private") : nil
      ephemeral = try test.keyPair("ephemeral_private")
      ratchet = try test.bytes("ratchet_private")
      nonce = try test.bytes("header_nonce")
      plaintext = try test.bytes("plaintext")
      authenticating = try test.bytes("authenticating")
    }
  }

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    guard try group.integer("suite") == UInt64(Suite.x3dh.rawValue) else {
      throw group.failure("unknown suite")
    }
    return run
  }

  private static func run(_ test: inout VectorLedger) throws(CygnetError) {
    let inputs = try Inputs(&test)
    let bundle = try expectBundle(inputs, &test)
    let shared = try expectAgreement(inputs, &test)
    let digest = try expectAssociatedData(inputs, &test)
    let handshake = Handshake(
      suite: .x3dh, identity: inputs.initiator.publicKey.ed25519,
      ephemeral: inputs.ephemeral.publicKey, signedPreKeyID: SignedPreKeyID(1),
      oneTimePreKeyID: inputs.oneTimePreKey == nil ? nil : OneTimePreKeyID(1))
    try test.expect("handshake", bytes: try handshake.wireEncoded())
    try test.expect("handshake_id", bytes: try handshake.id().bytes)

    var random = ReplayRandomSource(inputs.ratchet, inputs.nonce)
    var ratchet = try DoubleRatchet.initiator(
      RootKey.Start(shared, suite: .x3dh), peerRatchetKey: inputs.signedPreKey.publicKey,
      suite: .x3dh, using: &random)
    let body = try ratchet.encrypt(
      inputs.plaintext, sessionData: digest, authenticating: inputs.authenticating,
      using: &random)
    guard random.isUsedUpExactly else { throw test.failure("other draws than documented") }
    let message = PairwiseMessage.initial(InitialMessage(handshake: handshake, body: body))
    try test.expect("message", bytes: try message.encoded())
    try checkSessions(inputs, bundle, message, &test)
  }

  // MARK: - Steps

  private static func expectBundle(
    _ inputs: Inputs, _ test: inout VectorLedger
  ) throws(CygnetError) -> PreKeyBundle {
    let keys = PublishedKeys(
      suite: .x3dh, initiator: inputs.initiator, responder: inputs.responder,
      responderAddress: inputs.responderAddress, createdAt: inputs.createdAt,
      signedPreKey: inputs.signedPreKey, oneTimePreKey: inputs.oneTimePreKey,
      ephemeral: inputs.ephemeral)
    return try keys.expectBundle(&test)
  }

  private static func expectAgreement(
    _ inputs: Inputs, _ test: inout VectorLedger
  ) throws(CygnetError) -> X3DH.SharedSecret {
    var agreements = [
      try X25519.agreement(inputs.initiator.agreementKey, inputs.signedPreKey.publicKey),
      try X25519.agreement(inputs.ephemeral.privateKey, inputs.responder.publicKey.x25519),
      try X25519.agreement(inputs.ephemeral.privateKey, inputs.signedPreKey.publicKey),
    ]
    if let oneTimePreKey = inputs.oneTimePreKey {
      agreements.append(
        try X25519.agreement(inputs.ephemeral.privateKey, oneTimePreKey.publicKey))
    }
    for (index, agreement) in agreements.enumerated() {
      try test.expect("dh\(index + 1)", secret: agreement)
    }
    if agreements.count == 3 { try test.expect("dh4", .null) }
    let separator = SecretBytes(copying: [UInt8](repeating: 0xff, count: 32))
    try test.expect(
      "input_key_material", secret: SecretBytes(concatenating: [separator] + agreements))
    let info = Suite.x3dh.info("Cygnet_X3DH_CURVE25519_SHA-256")
    try test.expect("info", bytes: info)
    let shared = try X3DH.kdf(agreements, info: info)
    try test.expect("shared_secret", secret: shared.secret)
    return shared
  }

  private static func expectAssociatedData(
    _ inputs: Inputs, _ test: inout VectorLedger
  ) throws(CygnetError) -> [UInt8] {
    let data = AssociatedData(
      suite: .x3dh, initiator: inputs.initiator.publicKey.ed25519,
      responder: inputs.responder.publicKey.ed25519,
      initiatorAddress: inputs.initiatorAddress, responderAddress: inputs.responderAddress)
    try test.expect("associated_data", bytes: try data.wireEncoded())
    let digest = try data.digest()
    try test.expect("associated_data_digest", bytes: digest)
    return digest
  }

  /// Both sides' sessions, from the same draws, give the same message and its plaintext.
  private static func checkSessions(
    _ inputs: Inputs, _ bundle: PreKeyBundle, _ message: PairwiseMessage,
    _ test: inout VectorLedger
  ) throws(CygnetError) {
    let verified = try PreKeyBundle(decoding: try bundle.encoded()).verified(
      now: vectorTime, policy: .classicalAllowed)
    var random = ReplayRandomSource(
      inputs.ephemeral.privateKey.secret.exposed(), inputs.ratchet, inputs.nonce)
    var session = try PairwiseSession.initiate(
      to: verified, as: inputs.initiator, at: inputs.initiatorAddress, using: &random)
    let sent = try session.encrypt(
      inputs.plaintext, authenticating: inputs.authenticating, using: &random)
    guard sent == message, random.isUsedUpExactly else {
      throw test.failure("a session sends another message")
    }
    var draws = ReplayRandomSource(
      inputs.signedPreKey.privateKey.secret.exposed(),
      inputs.oneTimePreKey?.privateKey.secret.exposed() ?? [])
    var preKeys = try PreKeys.generate(
      for: inputs.responder, at: inputs.responderAddress, now: inputs.createdAt,
      oneTimeCount: inputs.oneTimePreKey == nil ? 0 : 1, suite: .x3dh, using: &draws)
    guard case .initial(let initial) = try PairwiseMessage(decoding: try message.encoded()) else {
      throw test.failure("not an initial message")
    }
    let accepted = try PairwiseSession.accept(
      initial, as: inputs.responder, at: inputs.responderAddress, from: inputs.initiatorAddress,
      using: &preKeys, authenticating: inputs.authenticating)
    guard accepted.plaintext == inputs.plaintext else {
      throw test.failure("the responder reads another plaintext")
    }
  }
}

extension VectorLedger {
  /// A key pair from its private half.
  mutating func keyPair(_ key: String) throws(CygnetError) -> X25519.KeyPair {
    try X25519.KeyPair(X25519.PrivateKey(try secret(key)))
  }
}
