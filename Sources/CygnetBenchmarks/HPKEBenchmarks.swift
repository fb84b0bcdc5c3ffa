internal import CygnetHPKE
internal import CygnetPrimitives

/// One message of 32 bytes to a public key, which a group's commit makes by the thousand, beside the
/// same cryptography in bare calls.
struct HPKEBenchmarks {
  private let suite = HPKE.CipherSuite.x25519SHA256ChaCha20Poly1305
  private let info = [UInt8](repeating: 0x2a, count: HPKEFloor.infoByteCount)
  private let plaintext = SecretBytes(copying: [UInt8](repeating: 0x2a, count: 32))
  private let recipient: HPKE.PrivateKey

  init() throws(CygnetError) { recipient = try HPKE.PrivateKey.generate() }

  private func seal() throws(CygnetError) -> (encapsulatedKey: [UInt8], ciphertext: [UInt8]) {
    var random = SystemRandomSource()
    return try HPKE.seal(
      plaintext, to: recipient.publicKey, suite: suite, info: info, authenticating: [],
      using: &random)
  }

  func operations() throws -> [Operation] {
    let (recipient, suite, info) = (recipient, suite, info)
    let sealed = try seal()
    let floor = HPKEFloor()
    var sender = try HPKE.Sender(to: recipient.publicKey, suite: suite, info: info)
    let message = [UInt8](repeating: 0x2a, count: 32)
    return [
      .plain(Benchmarks.library, "hpke_seal_32") { _ = try seal() },
      .plain(Floor.peer, "hpke_seal_32") { floor.seal() },
      .plain(Benchmarks.library, "hpke_open_32") {
        _ = try HPKE.open(
          sealed.ciphertext, encapsulatedKey: sealed.encapsulatedKey, with: recipient,
          suite: suite, info: info, authenticating: [])
      },
      .plain(Floor.peer, "hpke_open_32") { floor.open() },
      .plain(Benchmarks.library, "hpke_context_seal_32") { _ = try sender.seal(message) },
    ]
  }
}
