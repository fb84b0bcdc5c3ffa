import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Secret bytes")
struct SecretBytesTests {
  @Test("a secret keeps the bytes it was made of")
  func content() {
    #expect(SecretBytes(copying: [1, 2, 3]).exposed() == [1, 2, 3])
    #expect(SecretBytes(copying: [1, 2, 3]).count == 3)
    #expect(SecretBytes(copying: []).exposed() == [])
    #expect(SecretBytes(copying: []).count == 0)
  }

  @Test("a block that is not filled is zero")
  func zero() {
    #expect(SecretBytes(count: 40, filling: { _ in }).exposed() == [UInt8](repeating: 0, count: 40))
  }

  @Test("an error while filling comes through")
  func failure() {
    #expect(
      failureCode {
        try SecretBytes(count: 8) { (_) throws(CygnetError) in
          throw CygnetError(.wrongState, "refused")
        }
      } == .wrongState)
  }

  @Test("both loans show the same bytes and pass results and errors on")
  func loans() throws {
    let secret = secret("000102030405")
    #expect(secret.withBytes { $0.byteCount } == 6)
    #expect(secret.withUnsafeBytes { Array($0) } == [0, 1, 2, 3, 4, 5])
    #expect(secret.withBytes { span in span.withUnsafeBytes { Array($0) } } == [0, 1, 2, 3, 4, 5])
    #expect(
      failureCode {
        try secret.withBytes { (_) throws(CygnetError) in throw CygnetError(.storage, "x") }
      } == .storage)
  }

  @Test("slices and concatenations are secrets of their own")
  func pieces() {
    let secret = secret("000102030405")
    #expect(secret.slice(1..<3).exposed() == [1, 2])
    #expect(secret.slice(6..<6).count == 0)
    #expect(secret.slice(0..<6) == secret)
    let joined = SecretBytes(concatenating: [
      secret.slice(4..<6), SecretBytes(copying: []), secret.slice(0..<1),
    ])
    #expect(joined.exposed() == [4, 5, 0])
    #expect(SecretBytes(concatenating: []).count == 0)
  }

  @Test("equality looks at every byte and at the length")
  func equality() throws {
    let bytes = [UInt8](repeating: 0x5a, count: 33)
    #expect(SecretBytes(copying: bytes) == SecretBytes(copying: bytes))
    try everyBitFlip(of: bytes) { bit, flipped in
      #expect(SecretBytes(copying: bytes) != SecretBytes(copying: flipped), "bit \(bit)")
    }
    #expect(SecretBytes(copying: bytes) != SecretBytes(copying: bytes + [0]))
    #expect(SecretBytes(copying: []) != SecretBytes(copying: [0]))
    #expect(SecretBytes(copying: []) == SecretBytes(copying: []))
  }

  // Not local or private: the printed name of such a type holds an address.
  struct Holder {
    let key: SecretBytes
    let more: [SecretBytes]
    let named: [String: SecretBytes]
  }

  @Test("no way of printing shows a byte")
  func redaction() throws {
    // 171 = ab: no digit of the content can come from the length, 32.
    let secret = SecretBytes(copying: [UInt8](repeating: 171, count: 32))
    let holder = Holder(key: secret, more: [secret], named: ["key": secret])
    var dumped = ""
    dump(secret, to: &dumped)
    dump(holder, to: &dumped)
    dump(Optional(secret), to: &dumped)
    let printed = [
      "\(secret)", String(describing: secret), String(reflecting: secret), secret.description,
      secret.debugDescription, "\(holder)", String(reflecting: holder), "\([secret])",
      "\(String(describing: Optional(secret)))", dumped,
    ]
    for text in printed {
      #expect(!text.lowercased().contains("ab") && !text.contains("171"), "\(text)")
      #expect(text.contains("SecretBytes(32 bytes)"), "\(text)")
    }
    #expect(Mirror(reflecting: secret).children.isEmpty)
    #expect(Mirror(reflecting: secret).superclassMirror == nil)
  }

  @Test("keys that hold a secret do not print it")
  func redactionOfKeys() throws {
    let seed = SecretBytes(copying: [UInt8](repeating: 171, count: 32))
    var text = ""
    dump(try X25519.PrivateKey(seed), to: &text)
    dump(try X25519.KeyPair(X25519.PrivateKey(seed)).privateKey, to: &text)
    text += "\(try X25519.PrivateKey(seed))"
    #expect(!text.contains("171") && !text.contains("ab"), "\(text)")
    // The dump of a signing key also holds its public half, so look for the seed's run of bytes.
    var signing = ""
    dump(try Ed25519.PrivateKey(seed: seed), to: &signing)
    #expect(!signing.contains("- 171\n    - 171") && signing.contains("SecretBytes(64 bytes)"))
  }
}
