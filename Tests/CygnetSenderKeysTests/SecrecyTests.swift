import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import TestSupport
import Testing

@Suite("Keys of senders stay out of sight")
struct SecrecyTests {
  private static func renderings(of value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return (dumped + "\(value)" + String(reflecting: value)).lowercased()
  }

  /// Whether four consecutive bytes of `secret` stand in `text` as hex, as a list or as the lines of a
  /// dump.
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

  @Test("no rendering shows a byte of a key")
  func printing() throws {
    var fixture = try Fixture()
    let signatureKey = try RuleBreakingSender(fixture.alice).distribution.signatureKey
    #expect(
      Self.shows(Self.renderings(of: signatureKey), signatureKey.ed25519.bytes),
      "the search finds what is public")
    let skipped = try RuleBreakingSender(fixture.alice).messageKey(0)
    _ = try fixture.send("lost")
    _ = try fixture.read(fixture.send("read"))
    let state = try fixture.alice.state().exposed()
    let secrets = [
      skipped.secret.exposed(), Array(state[85..<117]), Array(state[RuleBreakingSender.seedRange]),
    ]
    #expect(
      try secrets[1]
        == RuleBreakingSender(fixture.alice).distribution.chainKey.secret.exposed())
    let texts = [
      Self.renderings(of: fixture.alice), Self.renderings(of: fixture.members[0]),
      Self.renderings(of: fixture.alice.distributionMessage()),
    ]
    for secret in secrets { for text in texts { #expect(!Self.shows(text, secret)) } }
  }
}

#if canImport(Glibc)
  /// Each test is a process of its own, so that no other test's keys are in the memory it searches.
  @Suite(
    "Residues of sender keys in memory",
    .enabled(if: !Sanitizer.isActive, "a sanitizer's shadow memory is too large to search"))
  struct ResidueTests {
    @Test("used message keys and left chains are gone while the sender and the member live")
    func used() async {
      await #expect(processExitsWith: .success) {
        let scan = try #require(MemoryScan())
        var fixture = try Fixture()
        let late = try Residue.use(&fixture, noting: scan)
        var counts = scan.occurrences()
        #expect(counts.last == 2, "the key of a skipped message is held once: \(counts)")
        #expect(counts.dropLast().allSatisfy { $0 == 0 }, "\(counts)")
        _ = try fixture.members[0].decrypt(late)
        counts = scan.occurrences()
        #expect(counts.allSatisfy { $0 == 0 }, "\(counts)")
        _ = try fixture.send("goes on")
      }
    }
  }

  private enum Residue {
    /// Sends five messages of which one stays late, then rotates. The late one's key is noted last.
    @inline(never)
    static func use(
      _ fixture: inout Fixture, noting scan: MemoryScan
    ) throws -> SenderKeyMessage {
      var late: SenderKeyMessage?
      var lateKey: SenderMessageKey?
      try note(fixture.alice, scan)
      for number in 0..<5 {
        let (key, _) = fixture.alice.distributionMessage().chainKey.step()
        fixture.alice.distributionMessage().chainKey.secret.withUnsafeBytes { scan.add($0) }
        let message = try fixture.send("\(number)")
        if number == 2 {
          (late, lateKey) = (message, key)
        } else {
          key.secret.withUnsafeBytes { scan.add($0) }
          _ = try fixture.read(message)
        }
      }
      try fixture.alice.rotate(now: Fixture.now, using: &fixture.random)
      lateKey?.secret.withUnsafeBytes { scan.add($0) }
      return try #require(late)
    }

    /// The seed of the signature key, which the rotation replaces.
    @inline(never)
    private static func note(_ sender: SendingSenderKey, _ scan: MemoryScan) throws {
      try sender.state().withUnsafeBytes { state in
        scan.add(UnsafeRawBufferPointer(rebasing: state[RuleBreakingSender.seedRange]))
      }
    }
  }
#endif
