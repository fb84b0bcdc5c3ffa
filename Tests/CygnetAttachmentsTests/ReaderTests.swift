import CygnetAttachments
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite struct ReaderTests {
  @Test("any range is the content's, and costs no more than the chunks it touches")
  func ranges() throws {
    let content = Fixture.content(200_000)
    for padding in Padding.allCases {
      let (blob, pointer) = try Fixture.encrypt(content, padding: padding)
      let reader = try AttachmentReader(pointer, header: Array(blob[..<56]))
      var random = SeededRandomSource(1, label: "ranges")
      for _ in 0..<300 {
        let draw = random.bytes(6)
        let first = (Int(draw[0]) << 16 | Int(draw[1]) << 8 | Int(draw[2])) % (content.count + 1)
        let second = (Int(draw[3]) << 16 | Int(draw[4]) << 8 | Int(draw[5])) % (content.count + 1)
        let (start, end) = (min(first, second), max(first, second))
        var fetched = 0
        let read = try reader.read(UInt64(start)..<UInt64(end)) { range throws(CygnetError) in
          fetched += range.count
          return Array(blob[Int(range.lowerBound)..<Int(range.upperBound)])
        }
        #expect(read.bytes == Array(content[start..<end]))
        #expect(fetched <= (end - start) + 2 * 16_400 + 16 * (end - start) / 16_384)
      }
    }
  }

  @Test("a range over parts is fetched in pieces of 512 chunks")
  func longRange() throws {
    let content = Fixture.bulk((9 << 20) + 5)
    let (blob, pointer) = try Fixture.encrypt(content)
    let reader = try AttachmentReader(pointer, header: Array(blob[..<56]))
    var fetches: [Int] = []
    let read = try reader.read(3..<UInt64(content.count)) { range throws(CygnetError) in
      fetches.append(range.count)
      return Array(blob[Int(range.lowerBound)..<Int(range.upperBound)])
    }
    #expect(read.bytes == Array(content[3...]))
    #expect(fetches.count == 2 && fetches[0] == 512 * 16_400)
  }

  @Test("ranges outside the content, short and long fetches and spoiled chunks are refused")
  func refusals() throws {
    let (blob, pointer) = try Fixture.encrypt(Fixture.content(40_000))
    let reader = try AttachmentReader(pointer, header: Array(blob[..<56]))
    func code(_ range: Range<UInt64>, _ change: ([UInt8]) -> [UInt8]) -> CygnetError.Code? {
      failureCode {
        try reader.read(range) { range throws(CygnetError) in
          change(Array(blob[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
      }
    }
    #expect(code(0..<40_000) { $0 } == nil)
    #expect(code(0..<40_001) { $0 } == .limitExceeded)
    #expect(code(UInt64.max - 1..<UInt64.max) { $0 } == .limitExceeded)
    #expect(code(0..<10) { Array($0.dropLast()) } == .truncated)
    #expect(code(0..<10) { _ in [] } == .truncated)
    #expect(code(0..<10) { $0 + [0] } == .malformed)
    #expect(code(0..<10) { [$0[0] ^ 1] + $0.dropFirst() } == .authenticationFailed)
    #expect(code(5..<5) { _ in [] } == nil)
    #expect(
      failureCode { try AttachmentReader(pointer, header: Array(blob[..<55])) } == .truncated)
    #expect(
      failureCode { try AttachmentReader(pointer, header: Array(blob[1..<57])) }
        == .authenticationFailed)
  }
}
