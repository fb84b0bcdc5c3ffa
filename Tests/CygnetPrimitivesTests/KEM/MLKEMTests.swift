import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

/// What holds for both parameter sets; the vectors hold the figures.
@Suite("ML-KEM")
struct MLKEMTests {
  private func bothSets(
    _ check768: (MLKEM768.Type) throws -> Void, _ check1024: (MLKEM1024.Type) throws -> Void
  ) rethrows {
    try check768(MLKEM768.self)
    try check1024(MLKEM1024.self)
  }

  @Test("sizes are those of FIPS 203, table 3")
  func sizes() {
    #expect(MLKEM768.encapsulationKeyByteCount == 1184)
    #expect(MLKEM768.decapsulationKeyByteCount == 2400)
    #expect(MLKEM768.ciphertextByteCount == 1088)
    #expect(MLKEM1024.encapsulationKeyByteCount == 1568)
    #expect(MLKEM1024.decapsulationKeyByteCount == 3168)
    #expect(MLKEM1024.ciphertextByteCount == 1568)
  }

  @Test("both sides get one secret, another one each time")
  func agreement() throws {
    try bothSets(agree, agree)
  }

  private func agree<P: MLKEMParameters>(_: MLKEM<P>.Type) throws {
    var random = SystemRandomSource()
    for _ in 0..<8 {
      let key = MLKEM<P>.DecapsulationKey.generate(using: &random)
      let read = try MLKEM<P>.EncapsulationKey(key.encapsulationKey.bytes)
      let sent = read.encapsulate(using: &random)
      #expect(sent.sharedSecret.count == MLKEM<P>.sharedSecretByteCount)
      let received = try MLKEM<P>.Ciphertext(sent.ciphertext.bytes)
      #expect(key.decapsulate(received) == sent.sharedSecret)
      let again = read.encapsulate(using: &random)
      #expect(again.sharedSecret != sent.sharedSecret)
      #expect(again.ciphertext != sent.ciphertext)
      let stranger = MLKEM<P>.DecapsulationKey.generate(using: &random)
      #expect(stranger.decapsulate(sent.ciphertext) != sent.sharedSecret)
    }
  }

  @Test("a key comes back from its seed and from its expanded form")
  func forms() throws {
    try bothSets(restore, restore)
  }

  private func restore<P: MLKEMParameters>(_: MLKEM<P>.Type) throws {
    var random = SeededRandomSource(1)
    let key = MLKEM<P>.DecapsulationKey.generate(using: &random)
    let seed = try #require(key.seed)
    let fromSeed = try MLKEM<P>.DecapsulationKey(seed: seed)
    let fromExpanded = try MLKEM<P>.DecapsulationKey(expanded: key.expanded)
    #expect(fromExpanded.seed == nil)
    let sent = key.encapsulationKey.encapsulate(using: &random)
    for other in [fromSeed, fromExpanded] {
      #expect(other.encapsulationKey == key.encapsulationKey)
      #expect(other.expanded == key.expanded)
      #expect(other.decapsulate(sent.ciphertext) == sent.sharedSecret)
    }
  }

  @Test("a changed ciphertext gives a secret of its own, the same each time")
  func implicitRejection() throws {
    var random = SystemRandomSource()
    let key = MLKEM768.DecapsulationKey.generate(using: &random)
    let sent = key.encapsulationKey.encapsulate(using: &random)
    var secrets = [sent.sharedSecret.exposed()]
    for offset in [0, 1, 500, 959, 960, 1000, 1087] {
      var bytes = sent.ciphertext.bytes
      bytes[offset] ^= 0x10
      let changed = try MLKEM768.Ciphertext(bytes)
      let secret = key.decapsulate(changed)
      #expect(secret == key.decapsulate(changed))
      #expect(!secrets.contains(secret.exposed()), "offset \(offset)")
      secrets.append(secret.exposed())
      // J(z ‖ c).
      let z = try #require(key.seed).slice(32..<64)
      #expect(secret.exposed() == SHAKE256.hash(z.exposed() + bytes, count: 32))
    }
  }

  @Test("inputs of another length are refused")
  func lengths() {
    for count in [0, 31, 33, 63, 65, 1087, 1089, 1183, 1185, 1568, 2399, 2401] {
      let bytes = [UInt8](repeating: 0, count: count)
      let secret = SecretBytes(copying: bytes)
      #expect(failureCode { try MLKEM768.EncapsulationKey(bytes) } == .malformed)
      #expect(failureCode { try MLKEM768.Ciphertext(bytes) } == .malformed)
      #expect(failureCode { try MLKEM768.DecapsulationKey(seed: secret) } == .malformed)
      #expect(failureCode { try MLKEM768.DecapsulationKey(expanded: secret) } == .malformed)
    }
    var random = SystemRandomSource()
    let key = MLKEM768.DecapsulationKey.generate(using: &random).encapsulationKey
    for count in [0, 31, 33] {
      let message = random.secret(count)
      #expect(failureCode { try key.encapsulate(message: message) } == .malformed)
      #expect(failureCode { try key.header.encapsulate(message: message) } == .malformed)
    }
  }

  @Test("each coefficient that is not below q is refused, and q - 1 is not")
  func modulus() throws {
    var random = SystemRandomSource()
    let good = MLKEM768.DecapsulationKey.generate(using: &random).encapsulationKey.bytes
    for index in [0, 1, 255, 256, 511, 766, 767] {
      for value in [3328, 3329, 4095] {
        let bytes = Self.setting(index, to: value, in: good)
        let code = failureCode { try MLKEM768.EncapsulationKey(bytes) }
        #expect(code == (value < 3329 ? nil : .malformed), "\(value) at \(index)")
      }
    }
  }

  private static func setting(_ index: Int, to value: Int, in bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let start = index / 2 * 3
    var word = Int(bytes[start]) | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2]) << 16
    let shift = index % 2 * 12
    word = word & ~(0xfff << shift) | value << shift
    for i in 0..<3 { bytes[start + i] = UInt8(truncatingIfNeeded: word >> (8 * i)) }
    return bytes
  }

  @Test("an expanded key that does not match its hash is refused")
  func hashCheck() throws {
    var random = SystemRandomSource()
    let bytes = MLKEM768.DecapsulationKey.generate(using: &random).expanded.exposed()
    for offset in [1152, 2000, 2335, 2336, 2367] {
      var changed = bytes
      changed[offset] ^= 1
      let secret = SecretBytes(copying: changed)
      #expect(failureCode { try MLKEM768.DecapsulationKey(expanded: secret) } == .malformed)
    }
  }

  @Test("a secret key is not shown")
  func description() {
    var random = SystemRandomSource()
    let key = MLKEM768.DecapsulationKey.generate(using: &random)
    let digits = key.expanded.slice(0..<4).exposed()
    let shown = "\(key.expanded) \(key.seed.map { "\($0)" } ?? "")"
    #expect(!shown.contains(digits.hexDigits))
  }
}
