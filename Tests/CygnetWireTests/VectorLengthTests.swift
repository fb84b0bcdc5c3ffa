import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Vector lengths")
struct VectorLengthTests {
  private struct Length: WireEncodable, WireDecodable {
    let count: Int

    init(_ count: Int) { self.count = count }

    init(from reader: inout Reader) throws(CygnetError) {
      count = try VectorLength.decode(from: &reader)
    }

    func encode(into writer: inout Writer) throws(CygnetError) {
      try VectorLength.encode(count, into: &writer)
    }
  }

  @Test("at each boundary the length takes 1, 2 or 4 bytes and comes back")
  func boundaries() throws {
    let rows: [(Int, String)] = [
      (0, "00"), (1, "01"), (62, "3e"), (63, "3f"), (64, "4040"), (65, "4041"), (16382, "7ffe"),
      (16383, "7fff"), (16384, "80004000"), (16385, "80004001"), (1 << 24, "81000000"),
      ((1 << 30) - 2, "bffffffe"), ((1 << 30) - 1, "bfffffff"),
    ]
    for (count, encoded) in rows {
      #expect(try Length(count).wireEncoded().hexDigits == encoded)
      #expect(try Length(wire: hex(encoded)).count == count)
      #expect(try VectorLength.byteCount(of: count) == encoded.count / 2)
      #expect(wireLawViolations(Length.self, hex(encoded)) == [])
    }
  }

  @Test("a length below zero or of 2^30 and more cannot be written")
  func outOfRange() {
    for count in [-1, Int.min, 1 << 30, (1 << 30) + 1, Int.max] {
      #expect(failureCode { try Length(count).wireEncoded() } == .limitExceeded, "\(count)")
      #expect(failureCode { try VectorLength.byteCount(of: count) } == .limitExceeded, "\(count)")
    }
  }

  @Test("one byte means itself below 64, and is too short or reserved above")
  func everySingleByte() throws {
    for byte in UInt8.min...UInt8.max {
      if byte < 64 {
        #expect(try Length(wire: [byte]).count == Int(byte))
      } else {
        #expect(failureCode { try Length(wire: [byte]) } == .malformed, "\(byte)")
      }
    }
  }

  @Test("of all two-byte lengths those below 64 are refused, and every other comes back")
  func everyTwoBytes() throws {
    for value in 0..<(1 << 14) {
      let encoded = [UInt8(0x40 | value >> 8), UInt8(value & 0xff)]
      if value < 64 {
        #expect(failureCode { try Length(wire: encoded) } == .malformed, "\(value)")
        continue
      }
      let length = try Length(wire: encoded)
      if try length.count != value || length.wireEncoded() != encoded {
        Issue.record("\(value) comes back as \(length.count)")
      }
    }
  }

  @Test("four bytes are refused for what fits in two")
  func nonMinimal() throws {
    for value in [0, 1, 63, 64, 16382, 16383] {
      let encoded = [0x80, 0, UInt8(value >> 8), UInt8(value & 0xff)]
      #expect(failureCode { try Length(wire: encoded) } == .malformed, "\(value)")
    }
  }

  @Test("the prefix 11 is refused, whatever follows")
  func reserved() {
    for first in UInt8(0xc0)...0xff {
      for count in 0...7 {
        let encoded = [first] + [UInt8](repeating: 0xff, count: count)
        #expect(failureCode { try Length(wire: encoded) } == .malformed)
      }
    }
  }

  @Test("the lengths of the MLS working group decode and come back")
  func published() throws {
    guard let folder = PublishedVectors.folder(for: "vector lengths of the MLS working group")
    else { return }
    let file = try JSON(parsing: contents(of: folder + "/mls/deserialization.json"))
    let rows = try #require(file.array)
    #expect(rows.count == 14)
    for row in rows {
      let header = try #require(row["vlbytes_header"]?.hexBytes)
      let length = try Length(wire: header)
      #expect(length.count == row["length"]?.int)
      #expect(try length.wireEncoded() == header)
    }
  }
}
