import CygnetHPKE
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Keys of HPKE stay out of sight")
struct SecrecyTests {
  private static func renderings(of value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return (dumped + "\(value)" + String(reflecting: value)).lowercased()
  }

  /// Whether four consecutive bytes of `secret` stand in `text` as hex, as a list or as the lines of
  /// a dump.
  private static func shows(_ text: String, _ secret: [UInt8]) -> Bool {
    let compact = text.split(whereSeparator: { $0 == " " }).joined()
    for start in 0...(secret.count - 4) {
      let part = Array(secret[start..<(start + 4)])
      let list = part.map { String($0) }.joined(separator: ",")
      let lines = part.map { "-\($0)\n" }.joined()
      if compact.contains(Hex.encode(part)) || compact.contains(list) || compact.contains(lines) {
        return true
      }
    }
    return false
  }

  @Test("no rendering of a key or context shows a byte of a secret", arguments: sealingSuites)
  func printing(suite: HPKE.CipherSuite) throws {
    var fixture = try Fixture(suite)
    let key = fixture.recipient
    #expect(
      Self.shows(Self.renderings(of: key.publicKey), key.publicKey.bytes),
      "the search finds what is public")
    let last = try #require(Mode.all(of: suite.kem).last)
    let encapsulation = try suite.kem.encapsulate(
      to: key.publicKey, authenticatedBy: last.isAuthenticated ? fixture.sender : nil,
      using: &fixture.random)
    let mode = fixture.recipientMode(last)
    let schedule = try HPKE.KeySchedule(
      suite: suite, role: mode.role, sharedSecret: encapsulation.sharedSecret, info: fixture.info)
    let recipient = try fixture.makeRecipient(encapsulation.encapsulatedKey, last)
    let context = try HPKE.Context(suite: suite, schedule: schedule)
    let exporter = try schedule.exporterSecret()
    let secrets = [
      key.secret, fixture.sender.secret, fixture.preSharedKey.secret, encapsulation.sharedSecret,
      schedule.secret, try schedule.key(), try schedule.baseNonce(), exporter,
    ]
    let texts = [
      Self.renderings(of: key), Self.renderings(of: fixture.preSharedKey),
      Self.renderings(of: encapsulation), Self.renderings(of: schedule),
      Self.renderings(of: recipient), Self.renderings(of: context), Self.renderings(of: mode),
      Self.renderings(of: fixture.senderMode(last)),
    ]
    for text in texts {
      #expect(text.contains("secretbytes("))
      for secret in secrets { #expect(!Self.shows(text, secret.exposed())) }
    }
  }
}

#if canImport(Glibc)
  /// Each test is a process of its own, so that no other test's keys are in the memory it searches.
  @Suite(
    "Residues of HPKE in memory",
    .enabled(if: !Sanitizer.isActive, "a sanitizer's shadow memory is too large to search"))
  struct ResidueTests {
    @Test("dropped contexts, keys and single messages leave no secret behind")
    func dropped() async {
      await #expect(processExitsWith: .success) {
        let scan = try #require(MemoryScan())
        try Residue.use(noting: scan)
        let counts = scan.occurrences()
        #expect(counts == [Int](repeating: 0, count: 9), "\(counts)")
      }
    }

    @Test("dropped keys of X-Wing leave neither seed nor expanded form behind")
    func droppedXWing() async {
      await #expect(processExitsWith: .success) {
        let scan = try #require(MemoryScan())
        try Residue.useXWing(noting: scan)
        let counts = scan.occurrences()
        #expect(counts == [Int](repeating: 0, count: 6), "\(counts)")
      }
    }
  }

  private enum Residue {
    /// A key that was made and one from storage, which open a message each.
    @inline(never)
    static func useXWing(noting scan: MemoryScan) throws {
      var random = SystemRandomSource()
      let suite = HPKE.CipherSuite.xWingSHA256ChaCha20Poly1305
      let made = try HPKE.PrivateKey.generate(kem: .xWing, using: &random)
      let seed = random.secret(32)
      let publicKey = try HPKE.PrivateKey(kem: .xWing, secret: seed).publicKey
      let stored = try HPKE.PrivateKey(kem: .xWing, secret: seed, publicKey: publicKey)
      for key in [made, stored] {
        var sender = try HPKE.Sender(to: key.publicKey, suite: suite, info: [])
        var recipient = try HPKE.Recipient(
          sender.encapsulatedKey, for: key, suite: suite, info: [])
        guard try recipient.open(sender.seal([1])) == [1] else {
          throw CygnetError(.internalFault, "another plaintext")
        }
        // The seeds of both parts, and the beginning of the ML-KEM key itself.
        let parts = SHAKE256.secretHash(key.secret, count: 96)
        let expanded = try MLKEM768.DecapsulationKey(seed: parts.slice(0..<64)).expanded
        for secret in [key.secret, parts.slice(64..<96), expanded.slice(0..<32)] {
          secret.withUnsafeBytes { scan.add($0) }
        }
      }
    }

    /// A context of each side and a single message, all of which end with the call.
    @inline(never)
    static func use(noting scan: MemoryScan) throws {
      var random = SystemRandomSource()
      let recipientKey = try HPKE.PrivateKey.generate(using: &random)
      let senderKey = try HPKE.PrivateKey.generate(using: &random)
      let preSharedKey = try HPKE.PreSharedKey(id: [1], secret: random.secret(32))
      let suite = HPKE.CipherSuite.x25519SHA256ChaCha20Poly1305
      var sender = try HPKE.Sender(
        to: recipientKey.publicKey, suite: suite, info: [], authenticatedBy: senderKey,
        preSharedKey: preSharedKey)
      var recipient = try HPKE.Recipient(
        sender.encapsulatedKey, for: recipientKey, suite: suite, info: [],
        authenticatedBy: senderKey.publicKey, preSharedKey: preSharedKey)
      _ = try recipient.open(sender.seal([1]))
      let exported = try recipient.export(context: [], count: 32)

      let shared = try suite.kem.decapsulate(
        sender.encapsulatedKey, with: recipientKey, authenticatedBy: senderKey.publicKey)
      let schedule = try HPKE.KeySchedule(
        suite: suite, role: .authPSK(preSharedKey), sharedSecret: shared, info: [])

      let plaintext = random.secret(32)
      let sealed = try HPKE.seal(
        plaintext, to: recipientKey.publicKey, suite: suite, info: [], authenticating: [],
        using: &random)
      let opened = try HPKE.open(
        sealed.ciphertext, encapsulatedKey: sealed.encapsulatedKey, with: recipientKey,
        suite: suite, info: [], authenticating: [])
      guard opened == plaintext else { throw CygnetError(.internalFault, "another plaintext") }
      for secret in [
        recipientKey.secret, senderKey.secret, preSharedKey.secret, exported, shared,
        schedule.secret, try schedule.key(), try schedule.exporterSecret(), plaintext,
      ] {
        secret.withUnsafeBytes { scan.add($0) }
      }
    }
  }
#endif
