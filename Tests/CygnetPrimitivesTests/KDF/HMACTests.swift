import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("HMAC-SHA-256 and HMAC-SHA-512")
struct HMACTests {
  private func tag256(_ message: [UInt8], _ key: [UInt8]) -> [UInt8] {
    HMACSHA256.tag(of: message.span.bytes, key: key.span.bytes).exposed()
  }

  private func tag512(_ message: [UInt8], _ key: [UInt8]) -> [UInt8] {
    HMACSHA512.tag(of: message.span.bytes, key: key.span.bytes).exposed()
  }

  @Test("RFC 4231, test case 2")
  func shortKey() {
    let (key, message) = (Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
    #expect(
      tag256(message, key).hexDigits
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      tag512(message, key).hexDigits
        == "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")
  }

  @Test("RFC 4231, test case 6: a key longer than a block")
  func longKey() {
    let key = [UInt8](repeating: 0xaa, count: 131)
    let message = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
    #expect(
      tag256(message, key).hexDigits
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    #expect(
      tag512(message, key).hexDigits
        == "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598")
  }

  @Test("an empty key is a key of zeros, and an empty message has a tag")
  func empty() {
    #expect(tag256([], []) == tag256([], [UInt8](repeating: 0, count: 64)))
    #expect(tag512([], []) == tag512([], [UInt8](repeating: 0, count: 128)))
    #expect(tag256([], [1]) != tag256([], []))
  }

  @Test("two tags under one key are the two single tags")
  func pairs() {
    let key = [UInt8](repeating: 7, count: 32)
    for (first, second) in [(UInt8(1), UInt8(2)), (0, 0), (255, 1)] {
      let narrow = HMACSHA256.tags(of: first, second, key: SecretBytes(copying: key))
      #expect(narrow.0.exposed() == tag256([first], key))
      #expect(narrow.1.exposed() == tag256([second], key))
      let wide = HMACSHA512.tags(of: first, second, key: SecretBytes(copying: key))
      #expect(wide.0.exposed() == tag512([first], key))
      #expect(wide.1.exposed() == tag512([second], key))
    }
  }

  @Test("a tag verifies whole or shortened, and not with a bit changed, empty or too long")
  func validity() throws {
    let (key, message): ([UInt8], [UInt8]) = ([1, 2, 3], [4, 5])
    func isValid(_ tag: [UInt8]) -> Bool {
      HMACSHA256.isValid(tag: tag, of: message.span.bytes, key: key.span.bytes)
    }
    func isValid512(_ tag: [UInt8]) -> Bool {
      HMACSHA512.isValid(tag: tag, of: message.span.bytes, key: key.span.bytes)
    }
    let (tag, wide) = (tag256(message, key), tag512(message, key))
    for count in 1...32 { #expect(isValid(Array(tag[..<count])), "\(count) bytes") }
    for count in 1...64 { #expect(isValid512(Array(wide[..<count])), "\(count) bytes") }
    #expect(!isValid([]) && !isValid512([]))
    #expect(!isValid(tag + [0]) && !isValid512(wide + [0]))
    try everyBitFlip(of: tag) { bit, flipped in #expect(!isValid(flipped), "bit \(bit)") }
    try everyBitFlip(of: wide) { bit, flipped in #expect(!isValid512(flipped), "bit \(bit)") }
  }
}
