import CygnetPairwise
import CygnetPrimitives
import TestSupport
import Testing

@Suite("Skipped message keys")
struct SkippedMessageKeysTests {
  /// `count` messages of Alice, each one byte.
  private func send(_ count: Int, _ pair: inout TestPair) throws -> [PairwiseMessage] {
    var messages: [PairwiseMessage] = []
    for _ in 0..<count { messages.append(try pair.aliceSession.encrypt([5])) }
    return messages
  }

  /// Whether Bob, left as he is, would open `message`.
  private func opens(_ message: PairwiseMessage, _ pair: TestPair) throws -> Bool {
    var bob = pair.bobSession
    return failureCode { try bob.decrypt(message) } == nil
  }

  @Test("one message may skip 2,000 in its chain and not one more")
  func sameChain() throws {
    var pair = try TestPair.established()
    try pair.aliceToBob()
    let messages = try send(2_002, &pair)
    let state = try pair.bobSession.state()
    #expect(failureCode { try pair.bobSession.decrypt(messages[2_001]) } == .tooFarAhead)
    #expect(try pair.bobSession.state() == state)
    #expect(try pair.bobSession.decrypt(messages[2_000]) == [5])
    #expect(try pair.bobSession.decrypt(messages[2_001]) == [5])
    #expect(try pair.bobSession.decrypt(messages[0]) == [5])
    #expect(try pair.bobSession.decrypt(messages[1_999]) == [5])
  }

  @Test("one message may skip 2,000 over the old and the new chain together", arguments: [0, 1])
  func acrossChains(excess: Int) throws {
    var pair = try TestPair.established()
    try pair.aliceToBob()
    let old = try send(1_500, &pair)
    try pair.bobToAlice()
    let new = try send(501 + excess, &pair)
    let state = try pair.bobSession.state()
    let code = failureCode { try pair.bobSession.decrypt(new[500 + excess]) }
    if excess == 0 {
      #expect(code == nil)
      #expect(try pair.bobSession.decrypt(old[1_499]) == [5])
      #expect(try pair.bobSession.decrypt(new[0]) == [5])
    } else {
      #expect(code == .tooFarAhead)
      #expect(try pair.bobSession.state() == state)
      #expect(try pair.bobSession.decrypt(new[0]) == [5], "a nearer one brings the rest into reach")
      #expect(try pair.bobSession.decrypt(new[501]) == [5])
    }
  }

  @Test("a session holds 4,000 keys; the oldest gap goes first, as a whole")
  func total() throws {
    var pair = try TestPair.established()
    let messages = try send(6_010, &pair)
    _ = try pair.bobSession.decrypt(messages[2_000])
    _ = try pair.bobSession.decrypt(messages[4_001])
    #expect(try opens(messages[0], pair))
    let full = try pair.bobSession.state().count
    #expect(full < 400 + 4_000 * 36 + 64, "36 bytes a skipped key at rest")
    _ = try pair.bobSession.decrypt(messages[4_003])
    for index in [0, 1_999] { #expect(try !opens(messages[index], pair), "\(index)") }
    for index in [2_001, 4_000, 4_002] { #expect(try opens(messages[index], pair), "\(index)") }
    let restored = try PairwiseSession(restoring: pair.bobSession.state())
    #expect(try restored.state() == pair.bobSession.state())
  }

  @Test("keys of eight old chains are held; with the ninth the oldest goes")
  func chains() throws {
    var pair = try TestPair.established()
    var lost: [PairwiseMessage] = []
    for chain in 0..<9 {
      lost.append(try pair.aliceSession.encrypt([UInt8(chain)]))
      try pair.aliceToBob()
      try pair.bobToAlice()
      if chain == 7 { #expect(try opens(lost[0], pair)) }
    }
    let state = try pair.bobSession.state()
    #expect(failureCode { try pair.bobSession.decrypt(lost[0]) } == .authenticationFailed)
    #expect(try pair.bobSession.state() == state)
    for chain in [8, 1, 5, 2, 3, 4, 6, 7] {
      #expect(try pair.bobSession.decrypt(lost[chain]) == [UInt8(chain)])
    }
    #expect(try pair.bobSession.state().count <= 400, "used keys leave nothing behind")
  }

  @Test("a key waits for 10,000 messages and not one more")
  func age() throws {
    var pair = try TestPair.established()
    let lost = try pair.aliceSession.encrypt([1])
    for _ in 0..<Limits.maxSkippedKeyAge { try pair.aliceToBob() }
    #expect(try opens(lost, pair))
    let held = try pair.bobSession.state().count
    try pair.aliceToBob()
    #expect(failureCode { try pair.bobSession.decrypt(lost) } == .duplicate)
    #expect(try pair.bobSession.state().count < held - 70, "key and header key are gone")
  }

  @Test("messages that fail do not age the keys")
  func failuresDoNotAge() throws {
    var pair = try TestPair.established()
    let lost = try pair.aliceSession.encrypt([1])
    try pair.aliceToBob()
    let state = try pair.bobSession.state()
    let forged = PairwiseMessage.ratchet(
      RatchetMessage(
        sealedHeader: [UInt8](repeating: 0, count: 72),
        ciphertext: [UInt8](repeating: 0, count: 16)))
    for _ in 0..<1_000 { #expect(throws: CygnetError.self) { try pair.bobSession.decrypt(forged) } }
    #expect(try pair.bobSession.state() == state)
    #expect(try pair.bobSession.decrypt(lost) == [1])
  }

  @Test("gaps of all shapes survive restarts, and each key serves once")
  func gaps() throws {
    var pair = try TestPair.established()
    var messages = try send(60, &pair)
    for index in [7, 8, 20, 21, 59] { _ = try pair.bobSession.decrypt(messages[index]) }
    try pair.bobToAlice()
    messages += try send(40, &pair)
    for index in [65, 99] { _ = try pair.bobSession.decrypt(messages[index]) }
    let used = [7, 8, 20, 21, 59, 65, 99]
    let order = (0..<100).map { ($0 * 37) % 100 }.filter { !used.contains($0) }
    for index in order {
      let state = try pair.bobSession.state()
      pair.bobSession = try PairwiseSession(restoring: state)
      #expect(try pair.bobSession.state() == state)
      #expect(try pair.bobSession.decrypt(messages[index]) == [5])
      let code = failureCode { try pair.bobSession.decrypt(messages[index]) }
      #expect(code == .duplicate || code == .authenticationFailed, "\(index)")
    }
    #expect(try pair.bobSession.state().count <= 400)
  }
}
