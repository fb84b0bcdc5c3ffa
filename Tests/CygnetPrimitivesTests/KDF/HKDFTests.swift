import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("HKDF-SHA-256 and HKDF-SHA-512")
struct HKDFTests {
  private func derive256(
    _ ikm: [UInt8], salt: [UInt8] = [], info: [UInt8] = [], count: Int
  ) throws(CygnetError) -> [UInt8] {
    try HKDFSHA256.derive(
      salt: salt.span.bytes, inputKeyMaterial: ikm.span.bytes, info: info, count: count
    ).exposed()
  }

  private func derive512(
    _ ikm: [UInt8], salt: [UInt8] = [], info: [UInt8] = [], count: Int
  ) throws(CygnetError) -> [UInt8] {
    try HKDFSHA512.derive(
      salt: salt.span.bytes, inputKeyMaterial: ikm.span.bytes, info: info, count: count
    ).exposed()
  }

  @Test("RFC 5869, test case 1, with its intermediate key")
  func basic() throws {
    let ikm = [UInt8](repeating: 0x0b, count: 22)
    let salt = [UInt8](0x00...0x0c)
    #expect(
      HKDFSHA256.extract(salt: salt.span.bytes, inputKeyMaterial: ikm.span.bytes).exposed()
        == hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"))
    #expect(
      try derive256(ikm, salt: salt, info: [UInt8](0xf0...0xf9), count: 42)
        == hex(
          "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"))
  }

  @Test("RFC 5869, test case 3: an empty salt stands for zeros")
  func emptySalt() throws {
    let ikm = [UInt8](repeating: 0x0b, count: 22)
    let okm = hex(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
    #expect(try derive256(ikm, count: 42) == okm)
    #expect(try derive256(ikm, salt: [UInt8](repeating: 0, count: 32), count: 42) == okm)
    #expect(
      try derive512(ikm, count: 64)
        == derive512(ikm, salt: [UInt8](repeating: 0, count: 64), count: 64))
  }

  @Test("a known answer with SHA-512")
  func wide() throws {
    #expect(
      try derive512(
        hex("f5069e21b23e9cae579c816bde"), info: hex("d2a847e2de7fb5780604ad0362e118"), count: 32)
        == hex("69360da28fc0b46e4fd03665728e407215a9f73b81c32767642e04527bf4069b"))
  }

  @Test("a shorter output is the beginning of a longer one, up to the last block")
  func prefixes() throws {
    let (longest256, longest512) = (HKDFSHA256.maxByteCount, HKDFSHA512.maxByteCount)
    #expect((longest256, longest512) == (8160, 16320))
    let (whole256, whole512) = (
      try derive256([1], count: longest256), try derive512([1], count: longest512)
    )
    for count in [0, 1, 31, 32, 33, 63, 64, 65, 127, 129, 8128, 8159, 8160] {
      #expect(try derive256([1], count: count) == Array(whole256[..<count]), "\(count) bytes")
      #expect(try derive512([1], count: count) == Array(whole512[..<count]), "\(count) bytes")
    }
    #expect(try derive512([1], count: longest512 - 1) == Array(whole512.dropLast()))
    // Blocks differ, the last from the one before too.
    #expect(whole256[8128..<8160] != whole256[8096..<8128])
  }

  @Test("an output of more than 255 blocks, or of negative length, is refused")
  func bounds() {
    for count in [8161, 100_000, Int.max, -1, Int.min] {
      #expect(failureCode { try derive256([1], count: count) } == .limitExceeded, "\(count)")
    }
    for count in [16321, Int.max, -1, Int.min] {
      #expect(failureCode { try derive512([1], count: count) } == .limitExceeded, "\(count)")
    }
  }

  @Test("empty key, salt and info at once are no obstacle")
  func allEmpty() throws {
    #expect(try derive256([], count: 32) != derive256([0], count: 32))
    #expect(try derive512([], count: 32) != derive512([0], count: 32))
    let nothing: [UInt8] = []
    let expanded = try HKDFSHA256.expand(
      pseudorandomKey: nothing.span.bytes, info: [], count: 32)
    #expect(expanded.exposed() == tagOfBlockOne)
  }

  /// T(1) of RFC 5869 §2.3 under an empty key: HMAC(key, 0x01).
  private var tagOfBlockOne: [UInt8] {
    let (key, message): ([UInt8], [UInt8]) = ([], [1])
    return HMACSHA256.tag(of: message.span.bytes, key: key.span.bytes).exposed()
  }
}
