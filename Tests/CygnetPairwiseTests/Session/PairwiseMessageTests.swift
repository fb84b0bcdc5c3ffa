import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Messages on the wire")
struct PairwiseMessageTests {
  @Test("messages obey the law of the codec")
  func law() throws {
    var pair = try TestPair()
    let initial = try pair.aliceSession.encrypt([1, 2, 3]).encoded()
    try pair.bobToAlice()
    let ratchet = try pair.aliceSession.encrypt([1, 2, 3]).encoded()
    for message in [initial, ratchet] {
      #expect(wireLawViolations(PairwiseMessage.self, message) == [])
    }
    #expect(initial.prefix(3) == [0, 1, 2] && ratchet.prefix(3) == [0, 1, 3])
  }

  @Test("a bit flipped anywhere in an initial message fails and changes nothing")
  func flippedInitial() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob")
    var aliceSession = try alice.initiate(to: &bob)
    let encoded = try aliceSession.encrypt([1, 2, 3]).encoded()
    var bobSession = try bob.accept(aliceSession.encrypt([4]), from: alice).session
    var fresh = try TestDevice("bob")
    _ = try fresh.takeBundle()
    let (preKeys, state) = (try fresh.preKeys.state(), try bobSession.state())
    let codes: Set<CygnetError.Code> = [
      .malformed, .unsupported, .authenticationFailed, .notFound, .duplicate,
    ]
    try everyBitFlip(of: encoded) { (bit, flipped) throws in
      do {
        let message = try PairwiseMessage(decoding: flipped)
        for code in [
          failureCode { try fresh.accept(message, from: alice) },
          failureCode { try bobSession.decrypt(message) },
        ] {
          #expect(code.map { codes.contains($0) } == true, "bit \(bit)")
        }
      } catch let error as CygnetError {
        #expect([.malformed, .unsupported].contains(error.code), "bit \(bit)")
      }
      #expect(try fresh.preKeys.state() == preKeys, "bit \(bit)")
      #expect(try bobSession.state() == state, "bit \(bit)")
    }
    let genuine = try PairwiseMessage(decoding: encoded)
    #expect(try bobSession.decrypt(genuine) == [1, 2, 3])
    #expect(try fresh.accept(genuine, from: alice).plaintext == [1, 2, 3])
  }

  @Test(
    "a bit flipped anywhere in a ratchet message fails and changes nothing",
    arguments: ["next in the chain", "after a gap", "late", "of a new chain"])
  func flippedRatchet(kind: String) throws {
    var pair = try TestPair.established()
    let early = try pair.aliceSession.encrypt([1, 2, 3])
    let later = try pair.aliceSession.encrypt([1, 2, 3])
    var message = early
    switch kind {
    case "next in the chain": try pair.bobToAlice([0])
    case "after a gap":
      _ = try pair.bobSession.decrypt(early)
      _ = try pair.aliceSession.encrypt([0])
      message = try pair.aliceSession.encrypt([1, 2, 3])
    case "late": _ = try pair.bobSession.decrypt(later)
    default:
      _ = try pair.bobSession.decrypt(later)
      try pair.bobToAlice([0])
      message = try pair.aliceSession.encrypt([1, 2, 3])
    }
    let encoded = try message.encoded()
    let state = try pair.bobSession.state()
    try everyBitFlip(of: encoded) { (bit, flipped) throws in
      let code = failureCode { try pair.bobSession.decrypt(PairwiseMessage(decoding: flipped)) }
      #expect(
        [.malformed, .unsupported, .authenticationFailed].contains(code),
        "bit \(bit): \(code as Any)")
      #expect(try pair.bobSession.state() == state, "bit \(bit)")
    }
    #expect(try pair.bobSession.decrypt(PairwiseMessage(decoding: encoded)) == [1, 2, 3])
  }

  @Test("nothing of the header is visible: no key, no counter, no length of chain")
  func hiddenHeader() throws {
    var pair = try TestPair.established()
    var messages: [[UInt8]] = []
    var ratchetKeys: Set<[UInt8]> = []
    for round in 0..<4 {
      for _ in 0...(round * 3) {
        messages.append(try pair.aliceSession.encrypt([UInt8](repeating: 7, count: 20)).encoded())
        guard
          case .chain(_, let key, _, _, _) = try SessionStateView(pair.aliceSession).sending
        else {
          Issue.record("who has sent has a chain")
          return
        }
        ratchetKeys.insert(key)
      }
      try pair.aliceToBob()
      try pair.bobToAlice()
    }
    #expect(ratchetKeys.count == 4)
    var seen: Set<[UInt8]> = []
    for message in messages {
      #expect(message.count == messages[0].count, "lengths tell nothing of the counters")
      for start in 3..<(message.count - 8) where start != 73 && start != 74 && start != 75 {
        seen.insert(Array(message[start..<(start + 8)]))
      }
    }
    let windows = messages.count * (messages[0].count - 8 - 3 - 3)
    #expect(seen.count == windows, "two messages share eight bytes somewhere")
    for key in ratchetKeys {
      for start in 0...24 { #expect(!seen.contains(Array(key[start..<(start + 8)]))) }
    }
  }

  @Test("a message is at most 96 bytes longer than its plaintext, and 93 where that is short")
  func overhead() throws {
    var pair = try TestPair.established()
    for (count, expected) in [(0, 92), (47, 92), (48, 93), (1024, 93), (16_367, 93), (16_368, 95)] {
      let message = try pair.aliceSession.encrypt([UInt8](repeating: 0, count: count)).encoded()
      #expect(message.count - count == expected, "\(count) bytes")
    }
    let largest = Limits.maxPlaintextByteCount
    let message = try pair.aliceSession.encrypt([UInt8](repeating: 1, count: largest))
    #expect(try message.encoded().count - largest <= 96)
    let arrived = try PairwiseMessage(decoding: message.encoded())
    #expect(try pair.bobSession.decrypt(arrived).count == largest)
  }

  @Test("a longer plaintext than the limit is refused, and a longer ciphertext is malformed")
  func tooLong() throws {
    var pair = try TestPair.established()
    let state = try pair.aliceSession.state()
    let plaintext = [UInt8](repeating: 1, count: Limits.maxPlaintextByteCount + 1)
    #expect(throws: CygnetError(.limitExceeded, "")) { try pair.aliceSession.encrypt(plaintext) }
    #expect(try pair.aliceSession.state() == state)
    let header = [UInt8](repeating: 0, count: 72)
    for count in [0, 15, Limits.maxPlaintextByteCount + 17] {
      let message = PairwiseMessage.ratchet(
        RatchetMessage(
          sealedHeader: header, ciphertext: [UInt8](repeating: 0, count: count)))
      #expect(failureCode { try PairwiseMessage(decoding: message.encoded()) } == .malformed)
    }
  }

  @Test("a length that lies about what follows is malformed before anything is allocated")
  func lyingLength() throws {
    var pair = try TestPair.established()
    let encoded = try pair.aliceSession.encrypt([1]).encoded()
    let front = Array(encoded[..<75])
    for length in [[0x3f], [0x7f, 0xff], [0xbf, 0xff, 0xff, 0xff], [0xff], [0x40, 0x11]]
      as [[UInt8]]
    {
      let bytes = front + length + encoded[76...]
      #expect(failureCode { try PairwiseMessage(decoding: bytes) } == .malformed)
    }
  }
}
