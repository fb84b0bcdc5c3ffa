import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("The state of a session of suite 2")
struct TripleStateTests {
  /// What the pages promise, without skipped keys.
  private static let bound = 3_300
  /// What a skipped key takes in both ratchets, where it was skipped alone.
  private static let skippedBound = 90

  @Test("it has at most 3,300 bytes in every state of the Braid")
  func withoutSkippedKeys() throws {
    var pair = try TestPair(suite: .pqxdh)
    var steps: Set<String> = []
    var largest = 0
    while steps.count < Braid.stepNames.count
      || (pair.aliceSession.sparseRatchet?.braid.epoch ?? 0) < 4
    {
      for session in [pair.aliceSession, pair.bobSession] {
        steps.insert(try #require(session.sparseRatchet).braid.stepName)
        largest = max(largest, try session.state().count)
      }
      try pair.bobToAlice()
      if steps.count % 2 == 0 { try pair.bobToAlice() }
      try pair.aliceToBob()
    }
    #expect(largest <= Self.bound, "\(largest) bytes")
    #expect(largest > Self.bound / 2, "\(largest) bytes")
  }

  @Test("with as many skipped keys as there may be, each skipped alone, it can be stored")
  func skippedOneByOne() throws {
    var pair = try TestPair.established(suite: .pqxdh)
    var largest = 0
    for number in 0..<(Limits.maxSkippedKeys + 200) {
      _ = try pair.aliceSession.encrypt([0])
      try pair.aliceToBob()
      if number % 400 == 399 {
        let state = try pair.bobSession.state()
        largest = max(largest, state.count)
        pair.bobSession = try PairwiseSession(restoring: state)
        #expect(try pair.bobSession.state() == state)
      }
    }
    let sparse = try #require(pair.bobSession.sparseRatchet)
    #expect(sparse.skipped.count == Limits.maxSkippedKeys)
    #expect(pair.bobSession.summary.skippedKeyCount == Limits.maxSkippedKeys)
    #expect(largest <= Self.bound + Self.skippedBound * Limits.maxSkippedKeys, "\(largest) bytes")
    try pair.bobToAlice()
  }

  @Test("skipped in two gaps, a key takes 72 bytes")
  func skippedInGaps() throws {
    var pair = try TestPair.established(suite: .pqxdh)
    for _ in 0..<2 {
      for _ in 0..<Limits.maxSkip { _ = try pair.aliceSession.encrypt([0]) }
      try pair.aliceToBob()
    }
    #expect(pair.bobSession.summary.skippedKeyCount == Limits.maxSkippedKeys)
    let state = try pair.bobSession.state()
    #expect(state.count <= Self.bound + 72 * Limits.maxSkippedKeys, "\(state.count) bytes")
    #expect(try PairwiseSession(restoring: state).state() == state)
  }

  @Test("both ratchets hold keys of the same messages, those that can still be opened")
  func sameMessages() throws {
    var pair = try TestPair.established(suite: .pqxdh)
    var lost: [PairwiseMessage] = []
    for _ in 0..<20 {
      for _ in 0..<3 { lost.append(try pair.aliceSession.encrypt([9])) }
      try pair.aliceToBob()
      try pair.bobToAlice()
    }
    let state = try pair.bobSession.state()
    var opened = 0
    for (index, message) in lost.enumerated() {
      // Keys of eight chains with three each, the latest of them.
      let code = failureCode { try pair.bobSession.decrypt(message) }
      #expect((code == nil) == (index >= lost.count - 24), "\(index)")
      if code == nil { opened += 1 }
    }
    #expect(opened == 24)
    #expect(pair.bobSession.sparseRatchet?.skipped.count == 0)
    let restored = try PairwiseSession(restoring: state)
    #expect(restored.sparseRatchet?.skipped.count == 24)
    #expect(restored.summary.skippedKeyCount == 24)
  }

  @Test("a long conversation takes no more time as it goes on, and no bytes but for lost messages")
  func longConversation() throws {
    var pair = try TestPair.established(suite: .pqxdh)
    var random = SeededRandomSource(5, label: "long conversation")
    var times: [UInt64] = []
    for _ in 0..<8 {
      let time = try Self.time {
        for number in 0..<2_500 {
          // A tenth is lost.
          let isLost = random.number(below: 10) == 0
          if random.number(below: 2) == 0 {
            if isLost { _ = try pair.aliceSession.encrypt([1]) } else { try pair.aliceToBob() }
          } else {
            if isLost { _ = try pair.bobSession.encrypt([1]) } else { try pair.bobToAlice() }
          }
          if number % 250 == 0 {
            let count = try pair.aliceSession.state().count
            let skipped = pair.aliceSession.summary.skippedKeyCount
            #expect(pair.aliceSession.sparseRatchet?.skipped.count == skipped)
            #expect(count <= Self.bound + Self.skippedBound * skipped, "\(skipped) skipped")
          }
        }
      }
      times.append(time)
    }
    #expect((pair.aliceSession.sparseRatchet?.braid.epoch ?? 0) > 150)
    if !Sanitizer.isActive { #expect(times.last! < 2 * times.min()!, "\(times)") }
  }

  private static func time(_ body: () throws -> Void) throws -> UInt64 {
    #if canImport(Glibc)
      var failure: (any Error)?
      let time = Footprint.threadTime { do { try body() } catch { failure = error } }
      if let failure { throw failure }
      return time
    #else
      try body()
      return 1
    #endif
  }
}
