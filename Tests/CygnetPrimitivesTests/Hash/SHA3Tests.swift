import CygnetPrimitives
import TestSupport
import Testing

@Suite("SHA-3 and SHAKE")
struct SHA3Tests {
  /// The message of FIPS 202's examples: 1600 bits.
  private static let long = [UInt8](repeating: 0xa3, count: 200)

  @Test("known digests of FIPS 202, the empty message included")
  func knownDigests() {
    #expect(
      SHA3_256.hash([]).hexDigits
        == "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a")
    #expect(
      SHA3_256.hash(Array("abc".utf8)).hexDigits
        == "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")
    #expect(
      SHA3_512.hash([]).hexDigits
        == "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
        + "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26")
    #expect(
      SHA3_512.hash(Array("abc".utf8)).hexDigits
        == "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
        + "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0")
    #expect(
      SHA3_256.hash(Self.long).hexDigits
        == "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787")
    #expect(
      SHA3_512.hash(Self.long).hexDigits
        == "e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca8"
        + "1b7c13c30adf52a3659584739a2df46be589c51ca1a4a8416df6545a1ce8ba00")
  }

  @Test("known output of FIPS 202, beyond one block")
  func knownOutput() {
    #expect(
      SHAKE128.hash([], count: 32).hexDigits
        == "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")
    #expect(
      SHAKE256.hash([], count: 64).hexDigits
        == "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
        + "d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be")
    #expect(
      [UInt8](SHAKE128.hash(Self.long, count: 512)[480...]).hexDigits
        == "44c9fb359fd56ac0a9a75a743cff6862f17d7259ab075216c0699511643b6439")
    #expect(
      [UInt8](SHAKE256.hash(Self.long, count: 512)[480...]).hexDigits
        == "6a1a9d7846436e4dca5728b6f760eef0ca92bf0be5615e96959d767197a0beeb")
  }

  @Test("pieces of every size give the digest of the whole")
  func pieces() {
    let message = (0..<450).map { UInt8(truncatingIfNeeded: $0) }
    let (narrow, wide) = (SHA3_256.hash(message), SHA3_512.hash(message))
    let output = SHAKE128.hash(message, count: 40)
    for size in [1, 2, 3, 7, 8, 9, 71, 72, 73, 135, 136, 137, 167, 168, 169] {
      var sha256 = SHA3_256()
      var sha512 = SHA3_512()
      var shake = SHAKE128()
      for start in stride(from: 0, to: message.count, by: size) {
        let piece = Array(message[start..<min(start + size, message.count)])
        sha256.update(piece)
        sha256.update([])
        sha512.update(SecretBytes(copying: piece))
        shake.update(piece.span.bytes)
      }
      #expect(sha256.finalize() == narrow, "pieces of \(size)")
      #expect(sha512.finalizeSecret() == SecretBytes(copying: wide), "pieces of \(size)")
      #expect(shake.squeeze(40) == output, "pieces of \(size)")
    }
  }

  @Test("messages around a block's end are padded apart")
  func padding() {
    var digests: Set<[UInt8]> = []
    for count in 0...300 { digests.insert(SHA3_256.hash([UInt8](repeating: 0, count: count))) }
    #expect(digests.count == 301)
  }

  @Test("output that is taken in pieces is the output that is taken at once")
  func squeezing() {
    let whole = SHAKE256.hash([1, 2, 3], count: 1000)
    for size in [1, 5, 8, 13, 136, 137, 400] {
      var shake = SHAKE256()
      shake.update([1, 2, 3])
      var output: [UInt8] = []
      while output.count < whole.count {
        output += shake.squeeze(min(size, whole.count - output.count))
        output += shake.squeeze(0)
      }
      #expect(output == whole, "pieces of \(size)")
    }
  }

  @Test("the output so far does not disturb what follows, and secrets hash like bytes")
  func runningOutput() {
    var shake = SHAKE128()
    shake.update([7])
    #expect(shake.currentOutput(32) == SHAKE128.hash([7], count: 32))
    shake.update([8])
    #expect(shake.currentOutput(200) == SHAKE128.hash([7, 8], count: 200))
    #expect(shake.squeeze(200) == SHAKE128.hash([7, 8], count: 200))
    let secret = SecretBytes(copying: [7, 8])
    #expect(
      SHAKE256.secretHash(secret, count: 9)
        == SecretBytes(copying: SHAKE256.hash([7, 8], count: 9)))
  }
}
