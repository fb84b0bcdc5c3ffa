internal import CSodium

/// What a message of a sender's chain costs in bare libsodium calls: a chain step, the expansion of
/// the message key, one seal and one signature. Every function here does what its namesake in the
/// library must do and nothing else.
///
/// It owns its memory for the length of the run; keys here are worthless.
@safe final class SenderKeyFloor {
  private static let plaintextByteCount = 100
  /// Context and header.
  private static let associatedByteCount = 32 + 59
  /// Label, context, and the message up to its signature with its length, then an empty vector.
  private static let signedByteCount = 28 + 32 + 2 + 59 + 2 + plaintextByteCount + 16 + 1

  private typealias HMACState = crypto_auth_hmacsha256_state

  private let states = UnsafeMutablePointer<HMACState>.allocate(capacity: 2)
  private let chainKey = unsafe bytes(32)
  private let messageKey = unsafe bytes(32)
  private let expanded = unsafe bytes(96)
  private let info = unsafe bytes(33)
  private let openKey = unsafe bytes(44)
  private let associatedData = unsafe bytes(associatedByteCount)
  private let plaintext = unsafe bytes(plaintextByteCount)
  private let ciphertext = unsafe bytes(plaintextByteCount + 16)
  private let opened = unsafe bytes(plaintextByteCount)
  private let signed = unsafe bytes(signedByteCount)
  private let publicKey = unsafe bytes(32)
  private let signingKey = unsafe bytes(64)
  private let signature = unsafe bytes(64)
  private let goodSignature = unsafe bytes(64)
  private let good = unsafe bytes(plaintextByteCount + 16)

  private static func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    let pointer = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    unsafe pointer.initialize(repeating: 0, count: count)
    return unsafe pointer
  }

  init() {
    precondition(sodium_init() >= 0, "benchmarks need libsodium")
    unsafe randombytes_buf(chainKey, 32)
    unsafe randombytes_buf(openKey, 44)
    unsafe crypto_sign_keypair(publicKey, signingKey)
    unsafe crypto_sign_detached(
      goodSignature, nil, signed, UInt64(Self.signedByteCount), signingKey)
    unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
      good, nil, plaintext, UInt64(Self.plaintextByteCount), associatedData,
      UInt64(Self.associatedByteCount), nil, openKey + 32, openKey)
  }

  private func tag(
    _ first: UnsafePointer<UInt8>, _ firstCount: Int, _ second: UnsafePointer<UInt8>,
    _ secondCount: Int, into out: UnsafeMutablePointer<UInt8>
  ) {
    unsafe states[1] = unsafe states[0]
    unsafe crypto_auth_hmacsha256_update(states + 1, first, UInt64(firstCount))
    unsafe crypto_auth_hmacsha256_update(states + 1, second, UInt64(secondCount))
    unsafe crypto_auth_hmacsha256_final(states + 1, out)
  }

  /// Two tags under the chain key, then three blocks under the message key.
  private func step() {
    unsafe crypto_auth_hmacsha256_init(states, chainKey, 32)
    unsafe info[0] = 1
    unsafe tag(info, 1, info, 0, into: messageKey)
    unsafe info[0] = 2
    unsafe tag(info, 1, info, 0, into: chainKey)
    unsafe crypto_auth_hmacsha256_init(states, messageKey, 32)
    unsafe tag(info, 26, info, 1, into: expanded)
    for block in 1..<3 {
      unsafe tag(expanded + 32 * (block - 1), 32, info, 27, into: expanded + 32 * block)
    }
    unsafe sodium_memzero(messageKey, 32)
  }

  func encrypt() {
    step()
    unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
      ciphertext, nil, plaintext, UInt64(Self.plaintextByteCount), associatedData,
      UInt64(Self.associatedByteCount), nil, expanded + 64, expanded)
    unsafe crypto_sign_detached(signature, nil, signed, UInt64(Self.signedByteCount), signingKey)
    unsafe sodium_memzero(expanded, 96)
  }

  /// A fixed message under a fixed key takes the place of the one that the chain would give, so that
  /// it always opens.
  func decrypt() {
    let verified = unsafe crypto_sign_verify_detached(
      goodSignature, signed, UInt64(Self.signedByteCount), publicKey)
    precondition(verified == 0, "the signature verifies")
    step()
    _ = unsafe sodium_memcmp(expanded, expanded + 32, 32)
    let status = unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
      opened, nil, nil, good, UInt64(Self.plaintextByteCount + 16), associatedData,
      UInt64(Self.associatedByteCount), openKey + 32, openKey)
    precondition(status == 0, "the message opens")
    unsafe sodium_memzero(expanded, 96)
  }
}
