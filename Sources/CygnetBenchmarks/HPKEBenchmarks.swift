internal import CygnetHPKE
internal import CygnetPrimitives

/// One message of 32 bytes to a public key, which a group's commit makes by the thousand, beside the
/// same cryptography in bare calls. libsodium has no X-Wing, so there the bare call is the library's
/// own primitive.
struct HPKEBenchmarks {
  private let info = [UInt8](repeating: 0x2a, count: HPKEFloor.infoByteCount)
  private let plaintext = SecretBytes(copying: [UInt8](repeating: 0x2a, count: 32))

  func operations() throws -> [Operation] {
    let floor = HPKEFloor()
    let x25519 = HPKE.CipherSuite.x25519SHA256ChaCha20Poly1305
    let recipient = try HPKE.PrivateKey.generate()
    var sender = try HPKE.Sender(to: recipient.publicKey, suite: x25519, info: info)
    let message = [UInt8](repeating: 0x2a, count: 32)
    return try singleMessages("hpke", x25519) + [
      .plain(Floor.peer, "hpke_seal_32") { floor.seal() },
      .plain(Floor.peer, "hpke_open_32") { floor.open() },
      .plain(Benchmarks.library, "hpke_context_seal_32") { _ = try sender.seal(message) },
    ] + singleMessages("hpke_xwing", .xWingSHA256ChaCha20Poly1305) + xWingFloor(floor)
  }

  private func singleMessages(
    _ name: String, _ suite: HPKE.CipherSuite
  ) throws -> [Operation] {
    let (info, plaintext) = (info, plaintext)
    let recipient = try HPKE.PrivateKey.generate(kem: suite.kem)
    let seal = { () throws(CygnetError) in
      var random = SystemRandomSource()
      return try HPKE.seal(
        plaintext, to: recipient.publicKey, suite: suite, info: info, authenticating: [],
        using: &random)
    }
    let sealed = try seal()
    return [
      .plain(Benchmarks.library, "\(name)_seal_32") { _ = try seal() },
      .plain(Benchmarks.library, "\(name)_open_32") {
        _ = try HPKE.open(
          sealed.ciphertext, encapsulatedKey: sealed.encapsulatedKey, with: recipient,
          suite: suite, info: info, authenticating: [])
      },
    ]
  }

  private func xWingFloor(_ floor: HPKEFloor) throws -> [Operation] {
    var random = SystemRandomSource()
    let key = try XWing.DecapsulationKey.generate(using: &random)
    let sent = try key.encapsulationKey.encapsulate(using: &random).ciphertext
    return [
      .plain(Floor.peer, "hpke_xwing_seal_32") {
        var random = SystemRandomSource()
        _ = try key.encapsulationKey.encapsulate(using: &random)
        floor.sealMessage()
      },
      .plain(Floor.peer, "hpke_xwing_open_32") {
        _ = try key.decapsulate(sent)
        floor.openMessage()
      },
    ]
  }
}
