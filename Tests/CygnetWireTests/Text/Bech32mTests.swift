import CygnetPrimitives
import CygnetVectors
import CygnetWire
import Testing

@Suite("Bech32m")
struct Bech32mTests {
  private static func decode(_ text: String, _ prefix: String, _ count: Int) throws -> [UInt8] {
    try Bech32m.decode(
      SecretBytes(copying: Array(text.utf8)), prefix: prefix, byteCount: count
    ).exposed()
  }

  private static func encode(_ bytes: [UInt8], _ prefix: String) throws -> String {
    let text = try Bech32m.encode(SecretBytes(copying: bytes), prefix: prefix).exposed()
    return String(decoding: text, as: UTF8.self)
  }

  /// The valid strings of BIP-350 whose values fill whole bytes.
  @Test(
    "BIP-350's valid strings decode and encode again",
    arguments: [
      ("A1LQFN3A", "a", 0), ("a1lqfn3a", "a", 0), ("?1v759aa", "?", 0),
      ("abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", "abcdef", 20),
      ("split1checkupstagehandshakeupstreamerranterredcaperredlc445v", "split", 30),
      (
        "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
        "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber1", 0
      ),
    ])
  func published(text: String, prefix: String, count: Int) throws {
    let bytes = try Self.decode(text, prefix, count)
    #expect(bytes.count == count)
    #expect(try Self.encode(bytes, prefix) == text.lowercased())
  }

  @Test(
    "BIP-350's invalid strings are refused",
    arguments: [
      ("qyrz8wqd2c9m", "", 0), ("1qyrz8wqd2c9m", "", 0), ("y1b0jsk6g", "y", 0),
      ("\u{20}1xj0phk", "\u{20}", 0), ("\u{7f}1g6xzxy", "\u{7f}", 0),
      // Valid by its checksum, but two bits are left over and not zero.
      ("11" + String(repeating: "l", count: 82) + "ludsr8", "1", 51),
      ("lt1igcx5c0", "lt", 0), ("in1muywd", "in", 0), ("mm1crxm3i", "mm", 0),
      ("au1s5cgom", "au", 0), ("M1VUXWEZ", "m", 0), ("16plkw9", "", 0), ("1p2gdwpf", "", 0),
      ("a12uel5l", "a", 0), ("a1lqfn3A", "a", 0),
    ])
  func invalid(text: String, prefix: String, count: Int) {
    #expect(throws: CygnetError(.malformed, "")) { try Self.decode(text, prefix, count) }
  }

  @Test("BIP-350's string with a byte above ASCII is refused")
  func notASCII() {
    let text = SecretBytes(copying: [0x80] + Array("1vctc34".utf8))
    for prefix in ["a", "\u{80}", "\u{fffd}"] {
      #expect(throws: CygnetError(.malformed, "")) {
        try Bech32m.decode(text, prefix: prefix, byteCount: 0)
      }
    }
  }

  @Test("every length to 80 bytes comes back, and has no second spelling")
  func roundTrip() throws {
    var random = SeededRandomSource(seed: [1], label: "bech32m")
    for count in 0...80 {
      let bytes = random.bytes(count)
      let text = try Self.encode(bytes, "test")
      #expect(try Self.decode(text, "test", count) == bytes)
      #expect(try Self.decode(text.uppercased(), "test", count) == bytes)
      #expect(Bech32m.prefix(of: Array(text.utf8)) == "test")
      for other in [count - 1, count + 1] where other >= 0 {
        #expect(throws: CygnetError.self) { try Self.decode(text, "test", other) }
      }
      #expect(throws: CygnetError.self) { try Self.decode(text, "tesu", count) }
    }
  }

  @Test("one wrong character is found, among 39 as among 1000")
  func places() throws {
    var random = SeededRandomSource(seed: [7], label: "places")
    for count in [20, 600] {
      let text = try Bech32m.encode(random.secret(count), prefix: "place").exposed()
      #expect(Bech32m.mistypedIndex(in: SecretBytes(copying: text), prefix: "place") == nil)
      for index in stride(from: 6, to: text.count, by: count / 20) {
        var wrong = text
        wrong[index] = text[index] == UInt8(ascii: "l") ? UInt8(ascii: "q") : UInt8(ascii: "l")
        #expect(Bech32m.mistypedIndex(in: SecretBytes(copying: wrong), prefix: "place") == index)
        wrong[index] = UInt8(ascii: "!")
        #expect(Bech32m.mistypedIndex(in: SecretBytes(copying: wrong), prefix: "place") == index)
      }
    }
  }

  @Test("a text has at most 1023 characters")
  func longest() throws {
    let largest = SecretBytes(copying: [UInt8](repeating: 7, count: 631))
    let text = try Bech32m.encode(largest, prefix: "abcdef")
    #expect(text.count == 1023)
    #expect(try Bech32m.decode(text, prefix: "abcdef", byteCount: 631) == largest)
    let larger = SecretBytes(copying: [UInt8](repeating: 7, count: 632))
    #expect(throws: CygnetError(.limitExceeded, "")) {
      try Bech32m.encode(larger, prefix: "abcdef")
    }
  }

  @Test("no slip in one or two characters passes, nor two that changed places")
  func slips() throws {
    let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
    var random = SeededRandomSource(seed: [2], label: "slips")
    let text = Array(try Self.encode(random.bytes(32), "cygrec").utf8)
    var tried = 0
    func refuse(_ changed: [UInt8]) {
      tried += 1
      let text = String(decoding: changed, as: UTF8.self)
      #expect(throws: CygnetError(.malformed, "")) { try Self.decode(text, "cygrec", 32) }
    }
    for index in 7..<text.count {
      for character in alphabet where character != text[index] {
        var changed = text
        changed[index] = character
        refuse(changed)
      }
      if index + 1 < text.count, text[index] != text[index + 1] {
        var changed = text
        changed.swapAt(index, index + 1)
        refuse(changed)
      }
    }
    for _ in 0..<2000 {
      var changed = text
      let places = random.bytes(4)
      for pair in [0, 2] {
        let index = 7 + Int(places[pair]) % (text.count - 7)
        changed[index] = alphabet[Int(places[pair + 1]) % 32]
      }
      if changed != text { refuse(changed) }
    }
    #expect(tried > 3000)
  }
}
