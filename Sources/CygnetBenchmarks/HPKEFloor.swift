internal import CSodium

/// What a base-mode message of HPKE costs in bare libsodium calls: key agreement, seven HMACs over
/// as many bytes as the labels, contexts and info have, and the cipher.
///
/// It owns its memory for the length of the run; keys here are worthless.
@safe final class HPKEFloor {
  static let infoByteCount = 64

  private let secret = unsafe bytes(32)
  private let point = unsafe bytes(32)
  private let encapsulated = unsafe bytes(32)
  private let agreed = unsafe bytes(32)
  private let input = unsafe bytes(128)
  private let output = unsafe bytes(32)
  private let plaintext = unsafe bytes(32)
  private let ciphertext = unsafe bytes(48)
  private let openKey = unsafe bytes(32)
  private let nonce = unsafe bytes(12)
  private let state = UnsafeMutablePointer<crypto_auth_hmacsha256_state>.allocate(capacity: 1)

  private static func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    let pointer = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    unsafe pointer.initialize(repeating: 0, count: count)
    return unsafe pointer
  }

  init() {
    precondition(sodium_init() >= 0, "benchmarks need libsodium")
    unsafe randombytes_buf(secret, 32)
    unsafe randombytes_buf(openKey, 32)
    _ = unsafe crypto_scalarmult_base(point, openKey)
    unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
      ciphertext, nil, plaintext, 32, nil, 0, nil, nonce, openKey)
  }

  private func agreement() {
    let status = unsafe crypto_scalarmult(agreed, secret, point)
    precondition(status == 0, "an honest key agreement succeeds")
  }

  private func hmac(_ count: Int) {
    unsafe crypto_auth_hmacsha256_init(state, agreed, 32)
    unsafe crypto_auth_hmacsha256_update(state, input, UInt64(count))
    unsafe crypto_auth_hmacsha256_final(state, output)
  }

  /// Two HMACs of DHKEM.
  private func extractAndExpand() { for count in [51, 92] { hmac(count) } }

  /// Three HMACs for the hashes and the secret, two for key and nonce.
  private func schedule() {
    for count in [28, 26 + Self.infoByteCount, 23, 88, 95] { hmac(count) }
  }

  func seal() {
    unsafe randombytes_buf(secret, 32)
    _ = unsafe crypto_scalarmult_base(encapsulated, secret)
    agreement()
    extractAndExpand()
    sealMessage()
  }

  func open() {
    agreement()
    extractAndExpand()
    openMessage()
  }

  /// Key schedule and cipher, after any KEM.
  func sealMessage() {
    schedule()
    unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
      ciphertext, nil, plaintext, 32, nil, 0, nil, nonce, openKey)
  }

  func openMessage() {
    schedule()
    let status = unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
      plaintext, nil, nil, ciphertext, 48, nil, 0, nonce, openKey)
    precondition(status == 0, "the message opens")
  }
}
