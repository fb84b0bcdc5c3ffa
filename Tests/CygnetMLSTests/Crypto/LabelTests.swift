import CygnetHPKE
import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Labels, hashes and signatures of MLS")
struct LabelTests {
  private let suite: Algorithms
  private let secret = SecretBytes(copying: [UInt8](repeating: 3, count: 32))

  init() throws { suite = try Algorithms(.x25519ChaCha20SHA256Ed25519) }

  private func expand(_ info: [UInt8], _ count: Int) throws -> [UInt8] {
    try secret.withBytes { key throws(CygnetError) in
      try HKDFSHA256.expand(pseudorandomKey: key, info: info, count: count).exposed()
    }
  }

  @Test("suites that are not offered are refused")
  func suites() {
    for number: UInt16 in [0, 1, 2, 4, 5, 6, 7, 0x004c, 0x004e, 0x0a0a] {
      #expect(failure { try Algorithms(MLS.CipherSuite(number)) } == "unsupported")
    }
  }

  @Test("C1: labels of derivations and signatures begin with the protocol's name")
  func prefix() throws {
    let label = Array("MLS 1.0 key".utf8)
    let info = [0, 16, UInt8(label.count)] + label + [2, 0xaa, 0xbb]
    let derived = try suite.expandWithLabel(
      secret, label: "key", context: [0xaa, 0xbb], count: 16)
    #expect(try derived.exposed() == expand(info, 16))
    let key = try MLS.SignatureKeyPair(seed: secret)
    let signed = [15] + Array("MLS 1.0 Example".utf8) + [1, 0xcc]
    let expected = try Ed25519.PrivateKey(seed: secret).signature(of: signed)
    #expect(try suite.signature(of: [0xcc], label: "Example", by: key) == expected)
  }

  @Test("C1: labels of references are taken as they are")
  func referenceLabel() throws {
    let input = [5] + Array("Given".utf8) + [1, 0xdd]
    #expect(try suite.refHash(label: "Given", value: [0xdd]) == SHA256.hash(input))
  }

  @Test("C2: the length stands in front in two bytes")
  func lengthPrefix() throws {
    let info = [0x01, 0x02, 9] + Array("MLS 1.0 x".utf8) + [0]
    let derived = try suite.expandWithLabel(secret, label: "x", context: [], count: 0x102)
    #expect(try derived.exposed() == expand(info, 0x102))
  }

  @Test(
    "C2: more than 255 blocks, or fewer than no bytes, are refused and nothing traps",
    arguments: [255 * 32 + 1, 65_535, 65_536, Int.max, -1, Int.min])
  func outputBound(_ count: Int) throws {
    #expect(
      failure { try suite.expandWithLabel(secret, label: "x", context: [], count: count) }
        == "limitExceeded C2")
  }

  @Test("C2: 255 blocks, and none, are given")
  func outputAtTheBound() throws {
    for count in [0, 255 * 32] {
      let derived = try suite.expandWithLabel(secret, label: "x", context: [], count: count)
      #expect(derived.count == count)
    }
  }

  @Test(
    "C3: what is sealed is bound to label and context by HPKE's info alone",
    arguments: MLS.CipherSuite.all)
  func encryptContext(number: MLS.CipherSuite) throws {
    let suite = try Algorithms(number)
    var random = SeededRandomSource(1)
    let key = try suite.deriveKeyPair(secret)
    let sealed = try suite.encryptWithLabel(
      SecretBytes(copying: [1, 2]), to: MLS.HPKEPublicKey(key.publicKey.bytes), label: "Welcome",
      context: [6], using: &random)
    let info = [15] + Array("MLS 1.0 Welcome".utf8) + [1, 6]
    let opened = try HPKE.open(
      sealed.ciphertext, encapsulatedKey: sealed.kemOutput, with: key, suite: suite.hpke,
      info: info, authenticating: [])
    #expect(opened.exposed() == [1, 2])
    for (label, context) in [("Welcome", [7]), ("Other", [6])] as [(String, [UInt8])] {
      #expect(
        failure {
          try suite.decryptWithLabel(sealed, with: key, label: Label(label), context: context)
        } == "authenticationFailed")
    }
  }

  @Test("C3: keys of low order are refused by sender and recipient")
  func lowOrder() throws {
    var random = SeededRandomSource(1)
    let zeros = [UInt8](repeating: 0, count: 32)
    #expect(
      failure {
        try suite.encryptWithLabel(
          secret, to: MLS.HPKEPublicKey(zeros), label: "x", context: [], using: &random)
      } == "malformed")
    let sealed = MLS.HPKECiphertext(kemOutput: zeros, ciphertext: zeros)
    #expect(
      failure {
        try suite.decryptWithLabel(
          sealed, with: suite.deriveKeyPair(secret), label: "x", context: [])
      } == "authenticationFailed")
  }

  @Test(
    "keys and KEM outputs of another length are refused",
    arguments: [0, 31, 33, 1119, 1121, 1215, 1217], MLS.CipherSuite.all)
  func lengths(_ count: Int, number: MLS.CipherSuite) throws {
    let suite = try Algorithms(number)
    var random = SeededRandomSource(1)
    let bytes = [UInt8](repeating: 9, count: count)
    #expect(
      failure {
        try suite.encryptWithLabel(
          secret, to: MLS.HPKEPublicKey(bytes), label: "x", context: [], using: &random)
      } == "malformed")
    let sealed = MLS.HPKECiphertext(kemOutput: bytes, ciphertext: bytes)
    #expect(
      failure {
        try suite.decryptWithLabel(
          sealed, with: suite.deriveKeyPair(secret), label: "x", context: [])
      } == "malformed")
  }

  @Test(
    "C4: key pairs are derived by the KEM, a secret is never the key itself",
    arguments: zip(MLS.CipherSuite.all, [HPKE.KEM.x25519, .xWing]))
  func deriveKeyPair(number: MLS.CipherSuite, kem: HPKE.KEM) throws {
    let derived = try Algorithms(number).deriveKeyPair(secret)
    #expect(derived.secret != secret)
    #expect(
      try derived.publicKey.bytes
        == kem.deriveKeyPair(inputKeyMaterial: secret).publicKey.bytes)
  }

  @Test("C5: a MAC is compared in full: a part of it, or more, does not verify")
  func macLengths() {
    let tag = suite.mac([1], key: secret)
    #expect(tag.count == 32 && suite.isMAC(tag, of: [1], key: secret))
    for count in 0..<32 { #expect(!suite.isMAC(Array(tag[..<count]), of: [1], key: secret)) }
    #expect(!suite.isMAC(tag + [0], of: [1], key: secret))
    for index in 0..<32 {
      var other = tag
      other[index] ^= 0x80
      #expect(!suite.isMAC(other, of: [1], key: secret))
    }
  }

  @Test("C5: signatures and keys of another form are refused")
  func strictSignatures() throws {
    let key = try MLS.SignatureKeyPair(seed: secret)
    let signature = try suite.signature(of: [1], label: "L", by: key)
    try suite.verify(signature: signature, of: [1], label: "L", by: key.publicKey)
    // S plus the group's order is the same scalar in a second form.
    let order: [UInt8] = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
    var second = signature
    var carry = 0
    for index in 0..<32 {
      carry += Int(second[32 + index]) + Int(order[index])
      second[32 + index] = UInt8(truncatingIfNeeded: carry)
      carry >>= 8
    }
    let point = [1] + [UInt8](repeating: 0, count: 31)
    let cases: [(signature: [UInt8], key: [UInt8])] = [
      (second, key.publicKey.bytes), (Array(signature.dropLast()), key.publicKey.bytes),
      (signature + [0], key.publicKey.bytes), ([], key.publicKey.bytes),
      (signature, Array(key.publicKey.bytes.dropLast())), (signature, []),
      // R and key of small order verify everything where that is not checked.
      (point + [UInt8](repeating: 0, count: 32), point),
    ]
    for (signature, publicKey) in cases {
      #expect(
        failure {
          try suite.verify(
            signature: signature, of: [1], label: "L", by: MLS.SignaturePublicKey(publicKey))
        } == "authenticationFailed C5")
    }
  }

  @Test("signature keys come back from their seed, and seeds of another length are refused")
  func signatureKeys() throws {
    let key = try MLS.SignatureKeyPair.generate()
    #expect(try MLS.SignatureKeyPair(seed: key.seed).publicKey == key.publicKey)
    #expect(try MLS.SignatureKeyPair.generate().publicKey != key.publicKey)
    for count in [0, 31, 33, 64] {
      let seed = SecretBytes(copying: [UInt8](repeating: 1, count: count))
      #expect(failure { try MLS.SignatureKeyPair(seed: seed) } == "malformed")
    }
  }

  @Test("C6: a proposal has two names when it is sent both ways")
  func proposalReference() throws {
    let fixture = try EpochFixture()
    let first = try fixture.signed(fixture.framed(someProposal), as: .publicMessage)
    let second = try fixture.signed(fixture.framed(someProposal), as: .privateMessage)
    let reference = try suite.proposalRef(first)
    #expect(try reference != suite.proposalRef(second))
    let label = Array("MLS 1.0 Proposal Reference".utf8)
    let value = try first.wireEncoded()
    let input = [UInt8(label.count)] + label + [0x40, UInt8(value.count)] + value
    #expect(value.count >= 64 && value.count < 256)
    #expect(reference.bytes == SHA256.hash(input))
  }

  @Test("C6: the name of a key package covers its encoding without the envelope")
  func keyPackageReference() throws {
    let leaf = MLS.LeafNode(
      encryptionKey: MLS.HPKEPublicKey([1]), signatureKey: MLS.SignaturePublicKey([2]),
      credential: .basic(identity: [3]), capabilities: MLS.Capabilities(),
      source: .keyPackage(
        MLS.Lifetime(notBefore: Timestamp(seconds: 0), notAfter: Timestamp(seconds: 1))),
      extensions: .none, signature: [4])
    let keyPackage = MLS.KeyPackage(
      cipherSuite: suite.suite, initKey: MLS.HPKEPublicKey([5]), leafNode: leaf,
      extensions: .none, signature: [6])
    let expected = try suite.refHash(
      label: "MLS 1.0 KeyPackage Reference", value: keyPackage.wireEncoded())
    #expect(try suite.keyPackageRef(keyPackage).bytes == expected)
  }
}
