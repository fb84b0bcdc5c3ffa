internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// PQXDH with every intermediate value, from the private keys to the first message.
///
/// The values are computed step by step from primitives, and the message by a whole session: both
/// must agree.
enum PQXDHTrace {
  static let suite = OwnVectorSuite(
    name: "pqxdh/agreement", kind: .trace, subject: "pqxdh",
    spec: "PQXDH revision 3 §2, §3; Cygnet suite 2",
    notes: [
      .init(
        flag: "OneTimePreKey", description: "four agreements",
        effect: "sessions fail with every bundle that holds a one-time prekey"),
      .init(
        flag: "NoOneTimePreKey", description: "three agreements",
        effect: "sessions fail once a device has run out of one-time prekeys"),
      .init(
        flag: "OneTimeKEMPreKey", description: "a KEM prekey that serves once",
        effect: "sessions fail with every bundle that holds one"),
      .init(
        flag: "LastResort", description: "the KEM prekey of last resort",
        effect: "sessions fail once a device has run out of one-time KEM prekeys"),
      .init(
        flag: "Authenticating", description: "application data bound to the message",
        effect: "the data is not authenticated"),
    ],
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let tests = [
      try test("both kinds of one-time prekeys", &writer.random, curve: true, kem: .oneTime),
      try test("last resort alone", &writer.random, curve: false, kem: .lastResort),
      try test("a one-time curve prekey alone", &writer.random, curve: true, kem: .lastResort),
      try test(
        "a one-time KEM prekey alone, with data of the application", &writer.random, curve: false,
        kem: .oneTime, authenticating: Array("room 7".utf8)),
      try test(
        "longest user name, empty plaintext", &writer.random, curve: true, kem: .oneTime,
        user: [UInt8](repeating: 0x61, count: 255), plaintext: []),
    ]
    try writer.group(.pqxdh, ["suite": 2], tests)
  }

  private static func test(
    _ comment: String, _ random: inout SeededRandomSource, curve: Bool, kem: KEMPreKeyKind,
    user: [UInt8] = Array("alice".utf8), plaintext: [UInt8] = Array("salam, bob".utf8),
    authenticating: [UInt8] = []
  ) throws(CygnetError) -> OwnVectorWriter.Test {
    var flags = [curve ? "OneTimePreKey" : "NoOneTimePreKey"]
    flags.append(kem == .oneTime ? "OneTimeKEMPreKey" : "LastResort")
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
        "last_resort_seed": .hex(random.bytes(64)),
        "one_time_pre_key_private": curve ? .hex(random.bytes(32)) : .null,
        "one_time_kem_seed": kem == .oneTime ? .hex(random.bytes(64)) : .null,
        "ephemeral_private": .hex(random.bytes(32)),
        "encapsulation_message": .hex(random.bytes(32)),
        "ratchet_private": .hex(random.bytes(32)),
        "ratchet_kem_seed": .hex(random.bytes(64)),
        "header_nonce": .hex(random.bytes(16)),
        "plaintext": .hex(plaintext),
        "authenticating": .hex(authenticating),
      ])
  }

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    guard try group.integer("suite") == UInt64(Suite.pqxdh.rawValue) else {
      throw group.failure("unknown suite")
    }
    return run
  }

  private static func run(_ test: inout VectorLedger) throws(CygnetError) {
    let inputs = try PQXDHInputs(&test)
    let bundle = try expectBundle(inputs, &test)
    guard let kem = bundle.kemPreKey else { throw test.failure("no KEM prekey") }
    let sent = try kem.key.encapsulate(message: SecretBytes(copying: inputs.message))
    try test.expect("kem_ciphertext", bytes: sent.ciphertext.bytes)
    try test.expect("kem_shared_secret", secret: sent.sharedSecret)
    let shared = try expectAgreement(inputs, sent.sharedSecret, &test)
    let handshake = Handshake(
      suite: .pqxdh, identity: inputs.initiator.publicKey.ed25519,
      ephemeral: inputs.ephemeral.publicKey, signedPreKeyID: SignedPreKeyID(1),
      oneTimePreKeyID: bundle.oneTimePreKey?.id,
      kem: KEMHandshake(id: kem.id, kind: kem.kind, ciphertext: sent.ciphertext))
    try test.expect("handshake", bytes: try handshake.wireEncoded())
    try test.expect("handshake_digest", bytes: try handshake.digest())
    try test.expect("handshake_id", bytes: try handshake.id().bytes)
    try test.expect("base_key_use", bytes: try handshake.replayName()?.bytes)
    let digest = try expectAssociatedData(inputs, kem, handshake, &test)
    let body = try expectBody(inputs, shared, digest, &test)
    let message = PairwiseMessage.initial(InitialMessage(handshake: handshake, body: body))
    try test.expect("message", bytes: try message.encoded())
    try checkSessions(inputs, bundle, message, &test)
  }

  // MARK: - Steps

  private static func expectBundle(
    _ inputs: PQXDHInputs, _ test: inout VectorLedger
  ) throws(CygnetError) -> PreKeyBundle {
    let keys = PublishedKeys(
      suite: .pqxdh, initiator: inputs.initiator, responder: inputs.responder,
      responderAddress: inputs.responderAddress, createdAt: inputs.createdAt,
      signedPreKey: inputs.signedPreKey, oneTimePreKey: inputs.oneTimePreKey,
      ephemeral: inputs.ephemeral)
    return try keys.expectBundle(&test) { (test) throws(CygnetError) in
      try expectKEMPreKey(inputs, &test)
    }
  }

  /// The KEM prekey that the bundle holds: number 1 of last resort, or number 2, which serves once.
  private static func expectKEMPreKey(
    _ inputs: PQXDHInputs, _ test: inout VectorLedger
  ) throws(CygnetError) -> KEMPreKey {
    let key = try MLKEM768.DecapsulationKey(
      seed: SecretBytes(copying: inputs.oneTimeKEMSeed ?? inputs.lastResortSeed)
    ).encapsulationKey
    let kind: KEMPreKeyKind = inputs.oneTimeKEMSeed == nil ? .lastResort : .oneTime
    let id = KEMPreKeyID(kind == .oneTime ? 2 : 1)
    try test.expect("kem_pre_key", bytes: key.bytes)
    let content = KEMPreKeyContent(
      suite: .pqxdh, address: inputs.responderAddress, id: id, kind: kind,
      createdAt: inputs.createdAt, key: key)
    try test.expect("kem_signed_content", bytes: try SignedContent.bytes(.kemPreKey, content))
    let signature = try inputs.responder.signature(of: content, label: .kemPreKey)
    try test.expect("kem_signature", bytes: signature)
    return KEMPreKey(
      id: id, kind: kind, createdAt: inputs.createdAt, key: key, signature: signature)
  }

  private static func expectAgreement(
    _ inputs: PQXDHInputs, _ kemSecret: SecretBytes, _ test: inout VectorLedger
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
    let material = SecretBytes(concatenating: [separator] + agreements + [kemSecret])
    try test.expect("input_key_material", secret: material)
    let info = Array("Cygnet_PQXDH_CURVE25519_SHA-256_ML-KEM-768".utf8)
    try test.expect("info", bytes: info)
    let salt = [UInt8](repeating: 0, count: 32)
    let secret = try material.withBytes { (material) throws(CygnetError) in
      try unsafe HKDFSHA256.derive(
        salt: salt.span.bytes, inputKeyMaterial: material, info: info, count: 32)
    }
    try test.expect("shared_secret", secret: secret)
    return X3DH.SharedSecret(secret)
  }

  private static func expectAssociatedData(
    _ inputs: PQXDHInputs, _ kem: KEMPreKey, _ handshake: Handshake, _ test: inout VectorLedger
  ) throws(CygnetError) -> [UInt8] {
    let data = AssociatedData(
      suite: .pqxdh, initiator: inputs.initiator.publicKey.ed25519,
      responder: inputs.responder.publicKey.ed25519,
      initiatorAddress: inputs.initiatorAddress, responderAddress: inputs.responderAddress,
      kem: KEMBinding(key: kem.key, handshakeDigest: try handshake.digest()))
    try test.expect("associated_data", bytes: try data.wireEncoded())
    let digest = try data.digest()
    try test.expect("associated_data_digest", bytes: digest)
    return digest
  }

  /// The ratchets' first keys and the body that they seal.
  private static func expectBody(
    _ inputs: PQXDHInputs, _ shared: X3DH.SharedSecret, _ digest: [UInt8],
    _ test: inout VectorLedger
  ) throws(CygnetError) -> RatchetMessage {
    let start = try RootKey.Start(shared, suite: .pqxdh)
    try test.expect("root_key", secret: start.rootKey.secret)
    try test.expect("initiator_header_key", secret: start.initiatorHeaderKey.secret)
    try test.expect("responder_header_key", secret: start.responderHeaderKey.secret)
    guard let seed = start.sparseSeed else {
      throw test.failure("no secret for the sparse ratchet")
    }
    try test.expect("sparse_seed", secret: seed)
    var draws = ReplayRandomSource(inputs.ratchetKEMSeed)
    var sparse = try SparseRatchet(seed, role: .initiator)
    let sparseSent = try sparse.send(using: &draws)
    let pair = try X25519.KeyPair(X25519.PrivateKey(SecretBytes(copying: inputs.ratchet)))
    let header = try TripleRatchetHeader(
      double: RatchetHeader(ratchetKey: pair.publicKey, previousChainLength: 0, n: 0),
      sparse: sparseSent.message
    ).encoded()
    try test.expect("header", bytes: header)
    let step = try start.rootKey.step(
      X25519.agreement(pair.privateKey, inputs.signedPreKey.publicKey), suite: .pqxdh)
    let ownKey = step.chainKey.step().messageKey
    try test.expect("double_ratchet_message_key", secret: ownKey.secret)
    try test.expect("sparse_ratchet_message_key", secret: sparseSent.messageKey.secret)
    let messageKey = try MessageKey.hybrid(
      doubleRatchet: ownKey, sparse: sparseSent.messageKey)
    try test.expect("message_key", secret: messageKey.secret)
    var random = ReplayRandomSource(inputs.nonce)
    let sealed = try start.initiatorHeaderKey.seal(header, using: &random)
    try test.expect("sealed_header", bytes: sealed)
    let ciphertext = try messageKey.seal(
      inputs.plaintext, authenticating: digest + sealed + inputs.authenticating)
    return RatchetMessage(sealedHeader: sealed, ciphertext: ciphertext)
  }

  /// Both sides' sessions, from the same draws, give the same message and its plaintext.
  private static func checkSessions(
    _ inputs: PQXDHInputs, _ bundle: PreKeyBundle, _ message: PairwiseMessage,
    _ test: inout VectorLedger
  ) throws(CygnetError) {
    let verified = try PreKeyBundle(decoding: try bundle.encoded()).verified(now: vectorTime)
    var random = ReplayRandomSource(
      inputs.ephemeral.privateKey.secret.exposed(), inputs.message, inputs.ratchet,
      inputs.ratchetKEMSeed, inputs.nonce)
    var session = try PairwiseSession.initiate(
      to: verified, as: inputs.initiator, at: inputs.initiatorAddress, using: &random)
    let sent = try session.encrypt(
      inputs.plaintext, authenticating: inputs.authenticating, using: &random)
    guard sent == message, random.isUsedUpExactly else {
      throw test.failure("a session sends another message")
    }
    var preKeys = try inputs.preKeys()
    guard
      try preKeys.takeBundle(for: inputs.responder.publicKey, at: inputs.responderAddress)
        == bundle
    else { throw test.failure("the responder publishes another bundle") }
    guard case .initial(let initial) = try PairwiseMessage(decoding: try message.encoded()) else {
      throw test.failure("not an initial message")
    }
    let accepted = try PairwiseSession.accept(
      initial, as: inputs.responder, at: inputs.responderAddress, from: inputs.initiatorAddress,
      using: &preKeys, authenticating: inputs.authenticating)
    guard accepted.plaintext == inputs.plaintext else {
      throw test.failure("the responder reads another plaintext")
    }
    try test.expect("responder_state", secret: try accepted.session.state())
    try test.expect("pre_keys_after", secret: try preKeys.state())
  }
}
