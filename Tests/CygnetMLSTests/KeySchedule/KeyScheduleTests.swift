import CygnetHPKE
import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("From epoch to epoch")
struct KeyScheduleTests {
  private let suite: Algorithms
  private var random = SeededRandomSource(8)

  init() throws { suite = try Algorithms(.x25519ChaCha20SHA256Ed25519) }

  @Test("C7: the new context enters twice, and each secret has its place")
  mutating func order() throws {
    let (initial, commit, psk) = (random.secret(32), random.secret(32), random.secret(32))
    let joiner = try KeySchedule.joinerSecret(
      initSecret: initial, commitSecret: commit, context: [1], suite: suite)
    let extracted = suite.extract(salt: initial, inputKeyMaterial: commit)
    #expect(
      try joiner
        == suite.expandWithLabel(extracted, label: "joiner", context: [1], count: 32))
    let member = suite.extract(salt: joiner, inputKeyMaterial: psk)
    #expect(
      try KeySchedule.welcomeSecret(joinerSecret: joiner, pskSecret: psk, suite: suite)
        == suite.deriveSecret(member, label: "welcome"))
    let epoch = try suite.expandWithLabel(member, label: "epoch", context: [2], count: 32)
    let secrets = try KeySchedule.epochSecrets(
      joinerSecret: joiner, pskSecret: psk, context: [2], suite: suite)
    let first = try KeySchedule.epochSecrets(epochSecret: epoch, suite: suite)
    #expect(try secrets.wireEncoded() == first.wireEncoded())
  }

  @Test("C7: a first epoch is derived from its random secret alone, each label giving its own")
  mutating func firstEpoch() throws {
    let epoch = random.secret(32)
    let secrets = try KeySchedule.epochSecrets(epochSecret: epoch, suite: suite)
    let labels: [(Label, SecretBytes?)] = [
      ("sender data", secrets.senderDataSecret), ("encryption", secrets.encryptionSecret),
      ("exporter", secrets.exporterSecret), ("external", secrets.externalSecret),
      ("confirm", secrets.confirmationKey), ("membership", secrets.membershipKey),
      ("resumption", secrets.resumptionPSK), ("authentication", secrets.epochAuthenticator),
      ("init", secrets.initSecret),
    ]
    for (label, secret) in labels {
      #expect(try secret == suite.deriveSecret(epoch, label: label))
    }
  }

  @Test("A7: the secret tree takes the encryption secret with it")
  mutating func takingTheTree() throws {
    var secrets = try KeySchedule.epochSecrets(epochSecret: random.secret(32), suite: suite)
    let encryptionSecret = try #require(secrets.encryptionSecret).exposed()
    #expect(try secrets.wireEncoded().contains(sequence: encryptionSecret))
    _ = try secrets.takeSecretTree(leafCount: .one)
    #expect(secrets.encryptionSecret == nil)
    #expect(try !secrets.wireEncoded().contains(sequence: encryptionSecret))
    #expect(failure { try secrets.takeSecretTree(leafCount: .one) } == "wrongState A7")
  }

  @Test("the stored form of an epoch's secrets comes back, and nothing else is accepted")
  mutating func storage() throws {
    var secrets = try KeySchedule.epochSecrets(epochSecret: random.secret(32), suite: suite)
    #expect(try wireLawViolations(EpochSecrets.self, secrets.wireEncoded()) == [])
    _ = try secrets.takeSecretTree(leafCount: .one)
    let encoded = try secrets.wireEncoded()
    #expect(wireLawViolations(EpochSecrets.self, encoded) == [])
    var other = encoded
    other[33] = 2
    #expect(failure { try EpochSecrets(wire: other) } == "malformed S1")
  }

  @Test("C4: the key for external commits is derived from its secret by the KEM")
  mutating func externalKey() throws {
    let secrets = try KeySchedule.epochSecrets(epochSecret: random.secret(32), suite: suite)
    let expected = try HPKE.KEM.x25519.deriveKeyPair(inputKeyMaterial: secrets.externalSecret)
    #expect(try secrets.externalKeyPair(suite: suite).publicKey == expected.publicKey)
  }

  @Test(
    "X7: joiner and group agree on the init secret, which is HPKE's export",
    arguments: MLS.CipherSuite.all)
  mutating func externalInit(number: MLS.CipherSuite) throws {
    let suite = try Algorithms(number)
    let secrets = try KeySchedule.epochSecrets(epochSecret: random.secret(32), suite: suite)
    let pair = try secrets.externalKeyPair(suite: suite)
    let (kemOutput, initSecret) = try ExternalInit.seal(
      to: MLS.HPKEPublicKey(pair.publicKey.bytes), suite: suite, using: &random)
    #expect(initSecret.count == 32)
    #expect(try ExternalInit.open(kemOutput: kemOutput, with: pair, suite: suite) == initSecret)
    let recipient = try HPKE.Recipient(kemOutput, for: pair, suite: suite.hpke, info: [])
    let label = Array("MLS 1.0 external init secret".utf8)
    #expect(try recipient.export(context: label, count: 32) == initSecret)
    // P6, also one as long as a public key of X-Wing.
    for count in [0, 31, 33, 1119, 1121, 1216] {
      let output = [UInt8](repeating: 9, count: count)
      #expect(
        failure { try ExternalInit.open(kemOutput: output, with: pair, suite: suite) }
          == "malformed P6")
    }
    let zeros: [UInt8] = kemOutput.dropLast(32) + [UInt8](repeating: 0, count: 32)
    #expect(
      failure { try ExternalInit.open(kemOutput: zeros, with: pair, suite: suite) }
        == "authenticationFailed C3")
  }

  @Test("C9: the exporter hashes its context and derives under its label")
  mutating func exporter() throws {
    let secrets = try KeySchedule.epochSecrets(epochSecret: random.secret(32), suite: suite)
    let derived = try suite.deriveSecret(secrets.exporterSecret, label: "call")
    let expected = try suite.expandWithLabel(
      derived, label: "exported", context: SHA256.hash([1, 2]), count: 48)
    #expect(
      try secrets.export(label: "call", context: [1, 2], count: 48, suite: suite) == expected)
  }

  @Test("C2: the exporter refuses what the KDF cannot give", arguments: [8161, Int.max, -1])
  mutating func exporterBound(_ count: Int) throws {
    let secrets = try KeySchedule.epochSecrets(epochSecret: random.secret(32), suite: suite)
    #expect(
      failure { try secrets.export(label: "x", context: [], count: count, suite: suite) }
        == "limitExceeded C2")
    #expect(try secrets.export(label: "x", context: [], count: 8160, suite: suite).count == 8160)
  }

  @Test("printing an epoch's secrets shows none")
  mutating func redaction() throws {
    let secrets = try KeySchedule.epochSecrets(epochSecret: random.secret(32), suite: suite)
    var text = "\(secrets)"
    dump(secrets, to: &text)
    #expect(text.contains("SecretBytes(32 bytes)"))
    #expect(!text.contains(Hex.encode(secrets.initSecret.exposed())))
    #expect(!text.contains("- \(secrets.initSecret.exposed()[0])\n"))
  }
}

@Suite("Pre-shared keys in the key schedule")
struct PreSharedKeyTests {
  private let suite: Algorithms
  private let first: (id: MLS.PreSharedKeyID, secret: SecretBytes)
  private let second: (id: MLS.PreSharedKeyID, secret: SecretBytes)

  init() throws {
    suite = try Algorithms(.x25519ChaCha20SHA256Ed25519)
    var random = SeededRandomSource(3)
    first = (
      MLS.PreSharedKeyID(kind: .external(id: [1]), nonce: random.bytes(32)), random.secret(32)
    )
    second = (
      MLS.PreSharedKeyID(
        kind: .resumption(.application, group: MLS.GroupID([2]), epoch: MLS.Epoch(3)),
        nonce: random.bytes(32)), random.secret(20)
    )
  }

  @Test("C8: no keys give zeros")
  func none() throws {
    #expect(
      try PSKSecret.combine([], suite: suite).exposed() == [UInt8](repeating: 0, count: 32))
  }

  @Test("C8: each step has the running secret as input and the key's part as salt")
  func chain() throws {
    var expected = suite.zeroSecret
    for (index, key) in [first, second].enumerated() {
      let extracted = suite.extract(salt: suite.zeroSecret, inputKeyMaterial: key.secret)
      let label = try key.id.wireEncoded() + [0, UInt8(index), 0, 2]
      let input = try suite.expandWithLabel(
        extracted, label: "derived psk", context: label, count: 32)
      expected = suite.extract(salt: input, inputKeyMaterial: expected)
    }
    #expect(try PSKSecret.combine([first, second], suite: suite) == expected)
  }

  @Test("C8: order, number, nonce and name of the keys matter")
  func binding() throws {
    let combined = try PSKSecret.combine([first, second], suite: suite)
    let renamed = (
      id: MLS.PreSharedKeyID(kind: .external(id: [9]), nonce: first.id.nonce),
      secret: first.secret
    )
    let fresh = (
      id: MLS.PreSharedKeyID(kind: first.id.kind, nonce: second.id.nonce), secret: first.secret
    )
    for other in [[second, first], [first], [first, first], [renamed, second], [fresh, second]] {
      #expect(try PSKSecret.combine(other, suite: suite) != combined)
    }
  }

  @Test("more keys than the limit are refused")
  func bound() throws {
    let most = MLS.Limits.preSharedKeyCount
    #expect(
      try PSKSecret.combine(Array(repeating: first, count: most), suite: suite).count == 32)
    #expect(
      failure {
        try PSKSecret.combine(Array(repeating: first, count: most + 1), suite: suite)
      } == "limitExceeded")
  }
}

@Suite("The transcript of commits")
struct TranscriptHashTests {
  @Test("C10: the confirmed hash covers wire format, content and signature, and not the tag")
  func confirmed() throws {
    let fixture = try EpochFixture()
    let suite = fixture.suite
    let commit = try fixture.signed(fixture.framed(someCommit), as: .publicMessage)
    let confirmed = try TranscriptHash.confirmed(
      interimBefore: [1], content: commit, suite: suite)
    let signature = commit.auth.signature
    let input = try [1, 0, 1] + commit.content.wireEncoded() + [0x40, 64] + signature
    #expect(confirmed == SHA256.hash(input))
    let other = try TranscriptHash.confirmed(
      interimBefore: [1], content: commit.confirmed(by: [8]), suite: suite)
    #expect(other == confirmed)
    let encrypted = try fixture.signed(fixture.framed(someCommit), as: .privateMessage)
    #expect(
      try TranscriptHash.confirmed(interimBefore: [1], content: encrypted, suite: suite)
        != confirmed)
  }

  @Test("C10: the interim hash covers the confirmed one and the tag with its length")
  func interim() throws {
    let suite = try Algorithms(.x25519ChaCha20SHA256Ed25519)
    #expect(
      try TranscriptHash.interim(confirmed: [1, 2], confirmationTag: [3], suite: suite)
        == SHA256.hash([1, 2, 1, 3]))
  }

  @Test("E1: the transcript of epoch 0 begins with the creator's tag over nothing")
  func epochZero() throws {
    let suite = try Algorithms(.x25519ChaCha20SHA256Ed25519)
    let tag = [UInt8](repeating: 5, count: 32)
    #expect(
      try TranscriptHash.interim(confirmed: [], confirmationTag: tag, suite: suite)
        == SHA256.hash([32] + tag))
  }

  @Test("C10: only commits enter the transcript")
  func commitsOnly() throws {
    let fixture = try EpochFixture()
    let message = try fixture.signed(fixture.framed(someProposal))
    #expect(
      failure {
        try TranscriptHash.confirmed(interimBefore: [], content: message, suite: fixture.suite)
      } == "internalFault C10")
  }
}

extension Array where Element == UInt8 {
  func contains(sequence: [UInt8]) -> Bool {
    guard sequence.count <= count else { return false }
    for start in 0...(count - sequence.count)
    where self[start] == sequence[0] && Array(self[start..<(start + sequence.count)]) == sequence {
      return true
    }
    return false
  }
}
