internal import CygnetPairwise
internal import CygnetPrimitives

/// Everything a trace of PQXDH begins with.
struct PQXDHInputs {
  let initiatorAddress: DeviceAddress
  let responderAddress: DeviceAddress
  let createdAt: Timestamp
  let initiator: IdentityKeyPair
  let responder: IdentityKeyPair
  let signedPreKey: X25519.KeyPair
  let lastResortSeed: [UInt8]
  let oneTimePreKey: X25519.KeyPair?
  let oneTimeKEMSeed: [UInt8]?
  let ephemeral: X25519.KeyPair
  let message: [UInt8]
  let ratchet: [UInt8]
  let ratchetKEMSeed: [UInt8]
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
    lastResortSeed = try test.bytes("last_resort_seed")
    let hasOneTime = try test.optionalBytes("one_time_pre_key_private") != nil
    oneTimePreKey = hasOneTime ? try test.keyPair("one_time_pre_key_private") : nil
    oneTimeKEMSeed = try test.optionalBytes("one_time_kem_seed")
    ephemeral = try test.keyPair("ephemeral_private")
    message = try test.bytes("encapsulation_message")
    ratchet = try test.bytes("ratchet_private")
    ratchetKEMSeed = try test.bytes("ratchet_kem_seed")
    nonce = try test.bytes("header_nonce")
    plaintext = try test.bytes("plaintext")
    authenticating = try test.bytes("authenticating")
  }

  /// The responder's prekeys, from the same draws.
  func preKeys() throws(CygnetError) -> PreKeys {
    var draws = ReplayRandomSource(
      signedPreKey.privateKey.secret.exposed(), lastResortSeed,
      oneTimePreKey?.privateKey.secret.exposed() ?? [], oneTimeKEMSeed ?? [])
    var preKeys = try PreKeys.generate(
      for: responder, at: responderAddress, now: createdAt, oneTimeCount: 0, suite: .pqxdh,
      using: &draws)
    try preKeys.addOneTimePreKeys(oneTimePreKey == nil ? 0 : 1, using: &draws)
    try preKeys.addOneTimeKEMPreKeys(
      oneTimeKEMSeed == nil ? 0 : 1, for: responder, at: responderAddress, now: createdAt,
      using: &draws)
    guard draws.isUsedUpExactly else {
      throw CygnetError(.internalFault, "other draws than documented")
    }
    return preKeys
  }
}
