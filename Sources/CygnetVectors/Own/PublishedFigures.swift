internal import CygnetPairwise
internal import CygnetPrimitives

/// Figures that others published, in the form of our own files: what they compute must come out.
enum PublishedFigures {
  static func runHMAC(_ test: inout VectorLedger) throws(CygnetError) {
    let key = try test.bytes("key")
    let data = try test.bytes("data")
    try test.expect(
      "hmac_sha256", secret: unsafe HMACSHA256.tag(of: data.span.bytes, key: key.span.bytes))
    try test.expect(
      "hmac_sha512", secret: unsafe HMACSHA512.tag(of: data.span.bytes, key: key.span.bytes))
  }

  static func runHKDF(_ test: inout VectorLedger) throws(CygnetError) {
    let material = try test.bytes("ikm")
    let salt = try test.bytes("salt")
    let info = try test.bytes("info")
    let count = Int(try test.uint32("length"))
    let key = unsafe HKDFSHA256.extract(
      salt: salt.span.bytes, inputKeyMaterial: material.span.bytes)
    try test.expect("prk", secret: key)
    let output = try key.withBytes { (key) throws(CygnetError) in
      try HKDFSHA256.expand(pseudorandomKey: key, info: info, count: count)
    }
    try test.expect("okm", secret: output)
  }

  /// RFC 7748 §5.2: X25519 iterated, where the result becomes the scalar and the scalar the point.
  static func runX25519(_ test: inout VectorLedger) throws(CygnetError) {
    var scalar = try test.bytes("scalar")
    var point = try test.bytes("u")
    for _ in 0..<(try test.uint32("iterations")) {
      let key = try X25519.PrivateKey(SecretBytes(copying: scalar))
      let result = try X25519.agreement(key, X25519.PublicKey(point)).exposed()
      point = scalar
      scalar = result
    }
    try test.expect("out", bytes: scalar)
  }

  static func runEd25519(_ test: inout VectorLedger) throws(CygnetError) {
    let key = try Ed25519.PrivateKey(seed: try test.secret("seed"))
    let message = try test.bytes("msg")
    try test.expect("public", bytes: key.publicKey.bytes)
    let signature = try key.signature(of: message)
    try test.expect("sig", bytes: signature)
    try key.publicKey.verify(signature: signature, of: message)
  }

  static func runConversion(_ test: inout VectorLedger) throws(CygnetError) {
    let identity = try IdentityKeyPair(seed: try test.secret("ed25519_seed"))
    try test.expect("ed25519_public", bytes: identity.publicKey.ed25519.bytes)
    try test.expect("x25519_private", secret: identity.agreementKey.secret)
    try test.expect("x25519_public", bytes: identity.publicKey.x25519.bytes)
  }

  static func runAEAD(_ test: inout VectorLedger) throws(CygnetError) {
    let key = try test.secret("key")
    let nonce = try test.bytes("nonce")
    let data = try test.bytes("aad")
    let plaintext = try test.bytes("plaintext")
    let sealed: [UInt8]
    let opened: [UInt8]
    switch try test.text("aead") {
    case "ChaCha20Poly1305":
      sealed = try ChaCha20Poly1305.seal(plaintext, key: key, nonce: nonce, authenticating: data)
      opened = try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, authenticating: data)
    case "XChaCha20Poly1305":
      sealed = try XChaCha20Poly1305.seal(plaintext, key: key, nonce: nonce, authenticating: data)
      opened = try XChaCha20Poly1305.open(sealed, key: key, nonce: nonce, authenticating: data)
    default: throw test.failure("unknown AEAD")
    }
    guard opened == plaintext else { throw test.failure("opens to another plaintext") }
    try test.expect("ciphertext", bytes: Array(sealed.dropLast(16)))
    try test.expect("tag", bytes: Array(sealed.suffix(16)))
  }

  /// The shared secret of X3DH under another application's info.
  static func runX3DHSecret(_ test: inout VectorLedger) throws(CygnetError) {
    let initiator = try test.keyPair("initiator_identity_private")
    let ephemeral = try test.keyPair("ephemeral_private")
    let responder = try test.keyPair("responder_identity_private")
    let signedPreKey = try test.keyPair("signed_pre_key_private")
    var agreements = [
      try X25519.agreement(initiator.privateKey, signedPreKey.publicKey),
      try X25519.agreement(ephemeral.privateKey, responder.publicKey),
      try X25519.agreement(ephemeral.privateKey, signedPreKey.publicKey),
    ]
    if try test.optionalBytes("one_time_pre_key_private") != nil {
      let oneTimePreKey = try test.keyPair("one_time_pre_key_private")
      agreements.append(try X25519.agreement(ephemeral.privateKey, oneTimePreKey.publicKey))
    }
    let shared = try X3DH.kdf(agreements, info: try test.bytes("info"))
    try test.expect("shared_secret", secret: shared.secret)
  }

  /// KDF_CK from one chain key on.
  static func runChain(_ test: inout VectorLedger) throws(CygnetError) {
    var chainKey = ChainKey(try test.secret("initial_chain_key"))
    guard let count = try test.value("message_keys").array?.count else {
      throw test.failure("\"message_keys\" is not an array")
    }
    var keys: [JSON] = []
    for _ in 0..<count {
      let step = chainKey.step()
      keys.append(.hex(step.messageKey.secret.exposed()))
      chainKey = step.next
    }
    try test.expect("message_keys", .array(keys))
    try test.expect("last_chain_key", secret: chainKey.secret)
  }
}
