import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Random sources")
struct RandomSourceTests {
  @Test("the system source fills every byte, and differently each time")
  func system() {
    var random = SystemRandomSource()
    #expect(random.bytes(32) != random.bytes(32))
    #expect(random.secret(32) != random.secret(32))
    // 4096 draws of 8 bytes leave a position at zero throughout with probability 8 × 256^-4096.
    var seen = [UInt8](repeating: 0, count: 8)
    for _ in 0..<4096 {
      for (index, byte) in random.bytes(8).enumerated() { seen[index] |= byte }
    }
    #expect(seen == [UInt8](repeating: 0xff, count: 8))
  }

  @Test("a draw of nothing is nothing")
  func empty() {
    var random = SystemRandomSource()
    #expect(random.bytes(0) == [])
    #expect(random.secret(0).count == 0)
  }

  @Test("a seeded source gives its documented stream, however the draws are cut")
  func seeded() {
    var whole = SeededRandomSource(seed: [1, 2, 3], label: "label")
    let stream = whole.bytes(100)
    let label = Array("label".utf8)
    let seed: [UInt8] = [1, 2, 3]
    let key = HMACSHA256.tag(of: label.span.bytes, key: seed.span.bytes)
    var expected: [UInt8] = []
    for counter in UInt8(0)..<4 {
      let number: [UInt8] = [0, 0, 0, 0, 0, 0, 0, counter]
      expected += key.withBytes { HMACSHA256.tag(of: number.span.bytes, key: $0) }.exposed()
    }
    #expect(stream == Array(expected.prefix(100)))
    var pieces = SeededRandomSource(seed: [1, 2, 3], label: "label")
    #expect(pieces.bytes(1) + pieces.bytes(40) + pieces.bytes(0) + pieces.bytes(59) == stream)
    var other = SeededRandomSource(seed: [1, 2, 3], label: "another")
    #expect(other.bytes(100) != stream)
  }
}
