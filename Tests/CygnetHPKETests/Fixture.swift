import CygnetHPKE
import CygnetPrimitives
import CygnetVectors

/// Two parties with their keys, and what both know.
struct Fixture {
  let suite: HPKE.CipherSuite
  let recipient: HPKE.PrivateKey
  let sender: HPKE.PrivateKey
  let preSharedKey: HPKE.PreSharedKey
  let info = Array("info".utf8)
  var random: SeededRandomSource

  init(
    _ suite: HPKE.CipherSuite = .x25519SHA256ChaCha20Poly1305, seed: UInt64 = 1
  ) throws(CygnetError) {
    var random = SeededRandomSource(seed)
    self.suite = suite
    recipient = try HPKE.PrivateKey.generate(kem: suite.kem, using: &random)
    sender = try HPKE.PrivateKey.generate(kem: suite.kem, using: &random)
    preSharedKey = try HPKE.PreSharedKey(id: Array("id".utf8), secret: random.secret(32))
    self.random = random
  }

  func senderMode(_ mode: Mode) -> HPKE.Mode<HPKE.PrivateKey> {
    switch mode {
    case .base: .base
    case .psk: .psk(preSharedKey)
    case .auth: .auth(sender)
    case .authPSK: .authPSK(sender, preSharedKey)
    }
  }

  func recipientMode(_ mode: Mode) -> HPKE.Mode<HPKE.PublicKey> {
    switch mode {
    case .base: .base
    case .psk: .psk(preSharedKey)
    case .auth: .auth(sender.publicKey)
    case .authPSK: .authPSK(sender.publicKey, preSharedKey)
    }
  }

  mutating func makeSender(
    _ mode: Mode = .base, at number: UInt64 = 0
  ) throws(CygnetError) -> HPKE.Sender {
    try HPKE.Sender(
      to: recipient.publicKey, suite: suite, info: info, mode: senderMode(mode),
      sequenceNumber: number, using: &random)
  }

  func makeRecipient(
    _ encapsulatedKey: [UInt8], _ mode: Mode = .base, at number: UInt64 = 0
  ) throws(CygnetError) -> HPKE.Recipient {
    try HPKE.Recipient(
      encapsulatedKey, for: recipient, suite: suite, info: info, mode: recipientMode(mode),
      sequenceNumber: number)
  }
}

enum Mode: CaseIterable {
  case base, psk, auth, authPSK

  var isAuthenticated: Bool { self == .auth || self == .authPSK }

  /// Those that a KEM has.
  static func all(of kem: HPKE.KEM) -> [Mode] {
    allCases.filter { !$0.isAuthenticated || kem == .x25519 }
  }
}

extension HPKE.CipherSuite: CustomStringConvertible {
  public var description: String { "KEM \(kem.id), KDF \(kdf.id), AEAD \(aead.id)" }
}

let sealingSuites = [
  HPKE.CipherSuite.x25519SHA256ChaCha20Poly1305, .x25519SHA512ChaCha20Poly1305,
  .xWingSHA256ChaCha20Poly1305,
]

let exportingSuites = [
  HPKE.CipherSuite.x25519SHA256ExportOnly, .x25519SHA512ExportOnly,
  HPKE.CipherSuite(kem: .xWing, kdf: .hkdfSHA512, aead: .exportOnly),
]

let allSuites = sealingSuites + exportingSuites

/// Each of `suites` in each of its modes.
func modes(of suites: [HPKE.CipherSuite]) -> [(HPKE.CipherSuite, Mode)] {
  suites.flatMap { suite in Mode.all(of: suite.kem).map { (suite, $0) } }
}

/// Public keys whose agreements are all zero, whatever the private key.
let lowOrderPoints: [String] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  // The same with the top bit, which X25519 ignores.
  "0000000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
