import CygnetPrimitives
import CygnetVectors
import CygnetWire
import Foundation
import Testing

@Suite("Armor")
struct ArmorTests {
  @Test("every length to 200 bytes comes back, with LF and with CRLF")
  func roundTrip() throws {
    var random = SeededRandomSource(seed: [3], label: "armor")
    for count in 0...200 {
      let bytes = random.bytes(count)
      let text = Armor.encode(bytes, label: .message)
      #expect(Armor.isArmor(text))
      #expect(Armor.label(of: text) == .message)
      #expect(try Armor.decode(text, label: .message) == bytes, "\(count)")
      var windows: [UInt8] = []
      for byte in text { windows += byte == 10 ? [13, 10] : [byte] }
      #expect(try Armor.decode(windows, label: .message) == bytes, "\(count)")
      for line in text.split(separator: 10) { #expect(line.count <= 64) }
    }
  }

  @Test("the end of the last line may be missing, and nothing else at the end")
  func cuts() throws {
    var random = SeededRandomSource(seed: [5], label: "cuts")
    for count in [1, 48, 100] {
      let bytes = random.bytes(count)
      let text = Armor.encode(bytes, label: .message)
      #expect(try Armor.decode(text.dropLast(), label: .message) == bytes)
      for cut in 0..<(text.count - 1) {
        #expect(throws: CygnetError(.malformed, "")) {
          try Armor.decode(Array(text[..<cut]), label: .message)
        }
      }
    }
  }

  @Test("the lines are the base64 that others write")
  func foreign() throws {
    var random = SeededRandomSource(seed: [6], label: "foreign")
    for count in [1, 2, 3, 47, 48, 49, 96, 1000] {
      let bytes = random.bytes(count)
      let base64 = Data(bytes).base64EncodedString(
        options: [.lineLength64Characters, .endLineWithLineFeed])
      let text = Armor.encode(bytes, label: .backup)
      #expect(
        String(decoding: text, as: UTF8.self)
          == "-----BEGIN CYGNET BACKUP-----\n\(base64)\n-----END CYGNET BACKUP-----\n")
    }
  }

  @Test("one kind is never taken for another")
  func kinds() {
    for label in Armor.Label.allCases {
      let text = Armor.encode([1, 2, 3], label: label)
      for other in Armor.Label.allCases where other != label {
        #expect(throws: CygnetError(.malformed, "")) { try Armor.decode(text, label: other) }
      }
    }
  }

  private static let begin = "-----BEGIN CYGNET MESSAGE-----\n"
  private static let end = "-----END CYGNET MESSAGE-----\n"

  @Test(
    "what encoding does not write is refused",
    arguments: [
      "", begin, end, begin + "AAAA\n", begin + "AAAA\n" + end + "\n",
      "\n" + begin + "AAAA\n" + end, begin + "AAAA\n" + "-----END CYGNET MESSAGE----",
      begin + "AAAA\n" + "-----END CYGNET MESSAGE----- ", begin + "AAAA\n" + end + "AAAA",
      begin + "AAA\n" + end, begin + "AAAAA\n" + end, begin + "AA=A\n" + end,
      begin + "A===\n" + end, begin + "====\n" + end, begin + "AB==\n" + end,
      begin + "AAB=\n" + end, begin + "AA-_\n" + end, begin + " AAAA\n" + end,
      begin + "AAAA \n" + end, begin + "\nAAAA\n" + end, begin + "AAAA\nAAAA\n" + end,
      begin + "AA==\nAAAA\n" + end, begin + String(repeating: "A", count: 68) + "\n" + end,
      begin + "AAAA\r\r\n" + end, begin.lowercased() + "AAAA\n" + end,
      begin + "AAAA\n-----END CYGNET BACKUP-----\n", begin + begin + "AAAA\n" + end,
    ])
  func refused(text: String) {
    #expect(throws: CygnetError(.malformed, "")) {
      try Armor.decode(Array(text.utf8), label: .message)
    }
  }

  @Test("a changed character gives other bytes or a refusal, never the same")
  func changes() throws {
    var random = SeededRandomSource(seed: [4], label: "changes")
    let bytes = random.bytes(100)
    let text = Armor.encode(bytes, label: .backup)
    for index in text.indices {
      for mask in [1, 0x20, 0x80] as [UInt8] {
        var changed = text
        changed[index] ^= mask
        #expect((try? Armor.decode(changed, label: .backup)) != bytes, "\(index)")
      }
    }
  }
}
