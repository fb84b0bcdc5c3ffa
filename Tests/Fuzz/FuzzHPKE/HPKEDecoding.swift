import CygnetHPKE
import CygnetPrimitives

/// Numbers and keys as they come from others.
enum HPKEDecoding {
  static func run(_ bytes: [UInt8]) throws {
    try numbers(bytes)
    for kem in [HPKE.KEM.x25519, .xWing] {
      try publicKey(bytes, kem)
      // As long as a key is, what there is and then ones.
      let count = kem.publicKeyByteCount
      let filling = [UInt8](repeating: 1, count: max(0, count - bytes.count))
      try publicKey(Array((bytes + filling).prefix(count)), kem)
    }
    try privateKey(Array(bytes.prefix(32)))
    try privateKey(bytes)
    try preSharedKey(bytes)
  }

  private static func numbers(_ bytes: [UInt8]) throws {
    guard bytes.count >= 2 else { return }
    let number = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    for id in [number, number & 0xff] {
      if let kem = try? HPKE.KEM(id: id), kem.id != id { throw Defect(what: "another KEM") }
      if let kdf = try? HPKE.KDF(id: id), kdf.id != id { throw Defect(what: "another KDF") }
      if let aead = try? HPKE.AEAD(id: id), aead.id != id { throw Defect(what: "another AEAD") }
    }
  }

  /// A public key is taken by its length, and can be used unless it has low order or, with X-Wing, a
  /// coefficient beyond the modulus.
  private static func publicKey(_ bytes: [UInt8], _ kem: HPKE.KEM) throws {
    guard let key = try? HPKE.PublicKey(kem: kem, bytes: bytes) else {
      guard bytes.count != kem.publicKeyByteCount, !kem.isUsable(bytes) else {
        throw Defect(what: "a public key is refused")
      }
      return
    }
    guard bytes.count == kem.publicKeyByteCount, key.bytes == bytes else {
      throw Defect(what: "a public key comes back otherwise")
    }
    let code = try refusal { () throws(CygnetError) in
      _ = try HPKE.Sender(
        to: key, suite: HPKE.CipherSuite(kem: kem, kdf: .hkdfSHA256, aead: .chaCha20Poly1305),
        info: [])
    }
    guard code == (kem.isUsable(bytes) ? nil : .malformed) else {
      throw Defect(what: "a key is usable or not: \(code as Any)")
    }
  }

  private static func privateKey(_ bytes: [UInt8]) throws {
    let secret = SecretBytes(copying: bytes)
    for kem in [HPKE.KEM.x25519, .xWing] {
      let code = try refusal { () throws(CygnetError) in
        let key = try HPKE.PrivateKey(kem: kem, secret: secret)
        guard key.secret == secret, kem.isUsable(key.publicKey.bytes) else {
          throw CygnetError(.internalFault, "a private key comes back otherwise")
        }
      }
      guard code == (bytes.count == 32 ? nil : .malformed) else {
        throw Defect(what: "a private key of \(bytes.count) bytes: \(code as Any)")
      }
    }
  }

  private static func preSharedKey(_ bytes: [UInt8]) throws {
    let id = Array(bytes.prefix(Int(bytes.first ?? 0) % 4))
    let secret = SecretBytes(copying: Array(bytes.dropFirst(id.count)))
    let code = try refusal { () throws(CygnetError) in
      _ = try HPKE.PreSharedKey(id: id, secret: secret)
    }
    let isSound = !id.isEmpty && secret.count >= HPKE.PreSharedKey.minByteCount
    guard code == (isSound ? nil : .malformed) else {
      throw Defect(what: "a pre-shared key: \(code as Any)")
    }
  }
}
