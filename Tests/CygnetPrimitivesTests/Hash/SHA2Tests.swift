import CygnetPrimitives
import TestSupport
import Testing

@Suite("SHA-256 and SHA-512")
struct SHA2Tests {
  private static let abc = Array("abc".utf8)
  private static let abc256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  private static let abc512 =
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
  private static let empty256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  private static let empty512 =
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
    + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"

  @Test("known digests of FIPS 180-4, the empty message included")
  func known() {
    #expect(SHA256.hash(Self.abc).hexDigits == Self.abc256)
    #expect(SHA512.hash(Self.abc).hexDigits == Self.abc512)
    #expect(SHA256.hash([]).hexDigits == Self.empty256)
    #expect(SHA512.hash([]).hexDigits == Self.empty512)
    #expect(SHA256().finalize().hexDigits == Self.empty256)
    #expect(SHA512().finalize().hexDigits == Self.empty512)
  }

  @Test("pieces of every size give the digest of the whole")
  func pieces() {
    let message = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
    let (whole256, whole512) = (SHA256.hash(message), SHA512.hash(message))
    for size in 1...130 {
      var sha256 = SHA256()
      var sha512 = SHA512()
      for start in stride(from: 0, to: message.count, by: size) {
        let piece = Array(message[start..<min(start + size, message.count)])
        sha256.update(piece)
        sha256.update([])
        sha512.update(piece.span.bytes)
        sha512.update([UInt8]().span.bytes)
      }
      #expect(sha256.finalize() == whole256, "pieces of \(size)")
      #expect(sha512.finalize() == whole512, "pieces of \(size)")
    }
  }

  @Test("the digest so far does not disturb what follows")
  func runningDigest() {
    var sha = SHA256()
    #expect(sha.currentDigest().hexDigits == Self.empty256)
    sha.update(Self.abc)
    #expect(sha.currentDigest().hexDigits == Self.abc256)
    #expect(sha.currentDigest().hexDigits == Self.abc256)
    sha.update(Self.abc)
    #expect(sha.finalize() == SHA256.hash(Self.abc + Self.abc))
    var wide = SHA512()
    wide.update(Self.abc)
    #expect(wide.currentDigest().hexDigits == Self.abc512)
    wide.update(Self.abc)
    #expect(wide.finalize() == SHA512.hash(Self.abc + Self.abc))
  }
}
