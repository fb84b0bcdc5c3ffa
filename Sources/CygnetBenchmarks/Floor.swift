internal import CSodium

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What a session's cryptography costs in bare libsodium calls: the same algorithms on the same
/// amounts of data, with no parsing, no allocation and no state to keep. Every function here does
/// what its namesake in the library must do and nothing else.
///
/// It owns its memory for the length of the run; keys here are worthless.
@safe final class Floor {
  static let peer = "floor(libsodium)"

  private typealias HMACState = crypto_auth_hmacsha256_state

  private let secret = unsafe bytes(32)
  private let point = unsafe bytes(32)
  private let edwardsPoint = unsafe bytes(32)
  private let signature = unsafe bytes(64)
  private let signed = unsafe bytes(150)
  private let agreed = unsafe bytes(32 * 6)
  private let output = unsafe bytes(96)
  private let rootKey = unsafe bytes(32)
  private let chainKey = unsafe bytes(32)
  private let messageKey = unsafe bytes(32)
  private let headerKey = unsafe bytes(32)
  private let header = unsafe bytes(40)
  private let sealedHeader = unsafe bytes(72)
  private let associatedData = unsafe bytes(104)
  private let plaintext = unsafe bytes(64)
  private let ciphertext = unsafe bytes(80)
  private let sealedMessage = unsafe bytes(80)
  private let opened = unsafe bytes(80)
  private let box = unsafe bytes(72)
  private let openKey = unsafe bytes(32)
  private let zeros = unsafe bytes(64)
  private let scratch = unsafe bytes(64)
  private let info = unsafe bytes(32)
  private let states = UnsafeMutablePointer<HMACState>.allocate(capacity: 3)
  private let skippedKeys = unsafe bytes(32 * 1000)

  private static func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    let pointer = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    unsafe pointer.initialize(repeating: 0, count: count)
    return unsafe pointer
  }

  init() {
    precondition(sodium_init() >= 0, "benchmarks need libsodium")
    unsafe randombytes_buf(secret, 32)
    unsafe randombytes_buf(scratch, 32)
    _ = unsafe crypto_scalarmult_base(point, scratch)
    let signingKey = unsafe Self.bytes(64)
    unsafe crypto_sign_keypair(edwardsPoint, signingKey)
    unsafe crypto_sign_detached(signature, nil, signed, 150, signingKey)
    unsafe randombytes_buf(openKey, 32)
    unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
      ciphertext, nil, plaintext, 64, associatedData, 104, nil, zeros, openKey)
    unsafe sealHeaderBox(into: sealedHeader)
  }

  // MARK: - Steps

  private func keyPair() {
    unsafe randombytes_buf(secret, 32)
    _ = unsafe crypto_scalarmult_base(scratch, secret)
  }

  private func agreement(_ index: Int) {
    let status = unsafe crypto_scalarmult(agreed + 32 * index, secret, point)
    precondition(status == 0, "an honest key agreement succeeds")
  }

  private func tag(
    under state: Int, _ parts: (UnsafePointer<UInt8>, Int)..., into out: UnsafeMutablePointer<UInt8>
  ) {
    unsafe states[2] = unsafe states[state]
    for unsafe(part, count) in unsafe parts {
      unsafe crypto_auth_hmacsha256_update(states + 2, part, UInt64(count))
    }
    unsafe crypto_auth_hmacsha256_final(states + 2, out)
  }

  /// HKDF-SHA256 with 32 bytes of info.
  private func hkdf(
    salt: UnsafePointer<UInt8>, input: UnsafePointer<UInt8>, inputCount: Int, blocks: Int
  ) {
    unsafe crypto_auth_hmacsha256_init(states, salt, 32)
    unsafe tag(under: 0, (UnsafePointer(input), inputCount), into: scratch)
    unsafe crypto_auth_hmacsha256_init(states + 1, scratch, 32)
    for block in 0..<blocks {
      unsafe scratch[32] = UInt8(block + 1)
      if block == 0 {
        unsafe tag(
          under: 1, (UnsafePointer(info), 32), (UnsafePointer(scratch + 32), 1), into: output)
      } else {
        unsafe tag(
          under: 1, (UnsafePointer(output + 32 * (block - 1)), 32), (UnsafePointer(info), 32),
          (UnsafePointer(scratch + 32), 1), into: output + 32 * block)
      }
    }
    unsafe sodium_memzero(scratch, 32)
  }

  private func rootStep() {
    agreement(0)
    unsafe hkdf(salt: rootKey, input: agreed, inputCount: 32, blocks: 3)
    unsafe rootKey.update(from: output, count: 32)
    unsafe chainKey.update(from: output + 32, count: 32)
    unsafe headerKey.update(from: output + 64, count: 32)
    unsafe sodium_memzero(output, 96)
  }

  private func chainStep(into key: UnsafeMutablePointer<UInt8>) {
    unsafe crypto_auth_hmacsha256_init(states, chainKey, 32)
    unsafe scratch[40] = 1
    unsafe scratch[41] = 2
    unsafe tag(under: 0, (UnsafePointer(scratch + 40), 1), into: key)
    unsafe tag(under: 0, (UnsafePointer(scratch + 41), 1), into: chainKey)
  }

  private func sealHeaderBox(into box: UnsafeMutablePointer<UInt8>) {
    unsafe randombytes_buf(box, 16)
    unsafe scratch.update(from: box, count: 16)
    unsafe sodium_memzero(scratch + 16, 8)
    unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
      box + 16, nil, header, 40, nil, 0, nil, scratch, openKey)
  }

  private func openHeaderBox(under key: UnsafePointer<UInt8>) -> Bool {
    unsafe scratch.update(from: sealedHeader, count: 16)
    unsafe sodium_memzero(scratch + 16, 8)
    return unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
      opened, nil, nil, sealedHeader + 16, 56, nil, 0, scratch, key) == 0
  }

  // MARK: - Operations

  /// Chain step, header box with a random nonce, message.
  func encrypt() {
    unsafe chainStep(into: messageKey)
    unsafe sealHeaderBox(into: box)
    unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
      sealedMessage, nil, plaintext, 64, associatedData, 104, nil, zeros, messageKey)
    unsafe sodium_memzero(messageKey, 32)
  }

  /// Header box, chain step, message. A fixed message under a fixed key takes the place of the one
  /// that the chain would give, so that it always opens.
  func decrypt() {
    unsafe precondition(openHeaderBox(under: openKey), "the header opens")
    unsafe chainStep(into: messageKey)
    openMessage()
    unsafe sodium_memzero(messageKey, 32)
  }

  private func openMessage() {
    let status = unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
      opened, nil, nil, ciphertext, 80, associatedData, 104, zeros, openKey)
    precondition(status == 0, "the message opens")
  }

  /// A late message: header under the current key, then the message under its stored key.
  func decryptSkipped() {
    unsafe precondition(openHeaderBox(under: openKey), "the header opens")
    openMessage()
  }

  /// The header, 1000 chain steps whose keys are kept, the message.
  func decryptAfter1000() {
    unsafe precondition(openHeaderBox(under: openKey), "the header opens")
    for index in 0..<1000 { unsafe chainStep(into: skippedKeys + 32 * index) }
    unsafe chainStep(into: messageKey)
    openMessage()
    unsafe sodium_memzero(messageKey, 32)
  }

  /// One message each way costs two of these: decrypt after a root step (the old key fails to open the
  /// header first), a new key pair, a root step, encrypt.
  func pingPong() {
    unsafe precondition(!openHeaderBox(under: zeros), "another key does not open the header")
    unsafe precondition(openHeaderBox(under: openKey), "the header opens")
    rootStep()
    unsafe chainStep(into: messageKey)
    openMessage()
    keyPair()
    rootStep()
    encrypt()
  }

  func oneTimePreKey() { keyPair() }

  func verifyBundle() {
    let status = unsafe crypto_sign_verify_detached(signature, signed, 150, edwardsPoint)
    precondition(status == 0, "the signature verifies")
    let converted = unsafe crypto_sign_ed25519_pk_to_curve25519(scratch, edwardsPoint)
    precondition(converted == 0, "the key converts")
  }

  /// Verify, ephemeral key, X3DH with four agreements, start keys, ratchet key, root step, encrypt.
  func setUpInitiator() {
    verifyBundle()
    keyPair()
    agree()
    keyPair()
    rootStep()
    encrypt()
  }

  /// Convert the peer's identity key, X3DH, start keys, the first root step, decrypt.
  func setUpResponder() {
    let converted = unsafe crypto_sign_ed25519_pk_to_curve25519(scratch, edwardsPoint)
    precondition(converted == 0, "the key converts")
    agree()
    unsafe precondition(openHeaderBox(under: openKey), "the header opens")
    rootStep()
    unsafe chainStep(into: messageKey)
    openMessage()
  }

  /// X3DH: four agreements, the hash of the associated data and of the handshake, HKDF to SK, HKDF to
  /// root and header keys.
  private func agree() {
    for index in 0..<4 { agreement(index + 1) }
    unsafe memset(agreed, 0xff, 32)
    unsafe hkdf(salt: zeros, input: agreed, inputCount: 32 * 5, blocks: 1)
    unsafe sodium_memzero(agreed, 32 * 5)
    unsafe agreed.update(from: output, count: 32)
    unsafe hkdf(salt: zeros, input: agreed, inputCount: 32, blocks: 3)
    unsafe rootKey.update(from: output, count: 32)
    unsafe sodium_memzero(output, 96)
    unsafe crypto_hash_sha256(scratch, signed, 90)
    unsafe crypto_hash_sha256(scratch, signed, 75)
  }
}
