import CygnetPrimitives
import CygnetVectors
import Testing

@Suite("Forked randomness")
struct ForkedRandomSourceTests {
  @Test("a fork gives HMAC blocks under the seed it drew, a new one for every draw")
  func blocks() {
    var source = SeededRandomSource(1)
    var same = source
    var fork = ForkedRandomSource(from: &source)
    let seed = same.secret(32)
    #expect(source.bytes(8) == same.bytes(8))
    func block(_ number: UInt8) -> [UInt8] {
      let number = [0, 0, 0, 0, 0, 0, 0, number]
      return number.withBytes { number in
        seed.withBytes { seed in HMACSHA256.tag(of: number, key: seed).exposed() }
      }
    }
    #expect(fork.bytes(32) == block(0))
    #expect(fork.bytes(5) == Array(block(1)[..<5]))
    #expect(fork.bytes(70) == block(2) + block(3) + Array(block(4)[..<6]))
    #expect(fork.bytes(0) == [])
    #expect(fork.secret(32).exposed() == block(5))
  }

  @Test("forks of one source differ")
  func independence() {
    var source = SystemRandomSource()
    var first = ForkedRandomSource(from: &source)
    var second = ForkedRandomSource(from: &source)
    #expect(first.bytes(32) != second.bytes(32))
  }
}
