import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Reader")
struct ReaderTests {
  private func code<Value>(
    _ bytes: [UInt8], _ body: (inout Reader) throws(CygnetError) -> Value
  ) -> CygnetError.Code? {
    failureCode { try Reader.read(bytes, body) }
  }

  @Test("integers are big-endian and advance by their size")
  func integers() throws {
    let bytes = [UInt8](1...15)
    try Reader.read(bytes) { (reader) throws(CygnetError) in
      #expect(try reader.readUInt8() == 0x01)
      #expect(try reader.readUInt16() == 0x0203)
      #expect(try reader.readUInt32() == 0x0405_0607)
      #expect(reader.position == 7 && reader.remaining == 8)
      #expect(try reader.readUInt64() == 0x0809_0a0b_0c0d_0e0f)
      #expect(reader.remaining == 0)
    }
  }

  @Test("nothing is read past the end")
  func bounds() {
    for count in 0..<8 {
      let bytes = [UInt8](repeating: 0, count: count)
      if count < 1 {
        #expect(code(bytes) { (r) throws(CygnetError) in try r.readUInt8() } == .malformed)
      }
      if count < 2 {
        #expect(code(bytes) { (r) throws(CygnetError) in try r.readUInt16() } == .malformed)
      }
      if count < 4 {
        #expect(code(bytes) { (r) throws(CygnetError) in try r.readUInt32() } == .malformed)
      }
      #expect(code(bytes) { (r) throws(CygnetError) in try r.readUInt64() } == .malformed)
      for more in [count + 1, Int.max, -1, Int.min] {
        #expect(code(bytes) { (r) throws(CygnetError) in try r.readFixed(more) } == .malformed)
        #expect(code(bytes) { (r) throws(CygnetError) in try r.readSecret(more) } == .malformed)
      }
    }
  }

  @Test("bytes left over are refused, at the end and at the end of a vector")
  func leftovers() {
    #expect(code([1, 2]) { (r) throws(CygnetError) in try r.readUInt8() } == .malformed)
    #expect(code([0]) { (_) throws(CygnetError) in } == .malformed)
    #expect(code([]) { (_) throws(CygnetError) in } == nil)
    #expect(
      code([2, 7, 8]) { (r) throws(CygnetError) in
        try r.vector(0...9) { (r) throws(CygnetError) in try r.readUInt8() }
      } == .malformed)
  }

  @Test("fixed and secret bytes are what stands there")
  func copies() throws {
    let bytes = [UInt8](10...20)
    try Reader.read(bytes) { (reader) throws(CygnetError) in
      #expect(try reader.readFixed(4) == [10, 11, 12, 13])
      #expect(try reader.readFixed(0) == [])
      #expect(try reader.readSecret(0).count == 0)
      #expect(try reader.readSecret(7).exposed() == [UInt8](14...20))
    }
    let fromSecret = try Reader.read(SecretBytes(copying: bytes)) {
      (reader) throws(CygnetError) in try reader.readSecret(11)
    }
    #expect(fromSecret.exposed() == bytes)
    #expect(
      failureCode {
        try Reader.read(SecretBytes(copying: [1])) { (_) throws(CygnetError) in }
      } == .malformed)
  }

  @Test("opaque bytes obey the bounds given")
  func opaque() throws {
    func read(_ bytes: [UInt8], _ bounds: ClosedRange<Int>) throws(CygnetError) -> [UInt8] {
      try Reader.read(bytes) { (reader) throws(CygnetError) in try reader.readOpaque(bounds) }
    }
    #expect(try read([2, 5, 6], 0...2) == [5, 6])
    #expect(try read([0], 0...0) == [])
    #expect(failureCode { try read([2, 5, 6], 0...1) } == .malformed)
    #expect(failureCode { try read([2, 5, 6], 3...9) } == .malformed)
    #expect(failureCode { try read([0], 1...9) } == .malformed)
    #expect(failureCode { try read([3, 5, 6], 0...9) } == .malformed)
    #expect(failureCode { try read([], 0...9) } == .malformed)
  }

  @Test("a vector cannot reach past the one around it")
  func nesting() throws {
    func inner(_ bytes: [UInt8]) throws(CygnetError) -> [UInt8] {
      try Reader.read(bytes) { (reader) throws(CygnetError) in
        let value = try reader.vector(0...100) { (reader) throws(CygnetError) in
          try reader.readOpaque(0...100)
        }
        _ = try reader.readFixed(reader.remaining)
        return value
      }
    }
    #expect(try inner([3, 2, 8, 9]) == [8, 9])
    #expect(try inner([3, 2, 8, 9, 1, 1]) == [8, 9])
    // The inner vector claims one byte that belongs to what follows the outer one.
    #expect(failureCode { try inner([3, 3, 8, 9, 7]) } == .malformed)
    #expect(failureCode { try inner([0]) } == .malformed)
  }

  @Test("after a vector the reader goes on behind it")
  func widening() throws {
    try Reader.read([2, 1, 2, 9]) { (reader) throws(CygnetError) in
      let content = try reader.vector(0...2) { (reader) throws(CygnetError) in
        #expect(reader.remaining == 2)
        return try reader.readUInt16()
      }
      #expect(content == 0x0102)
      #expect(reader.remaining == 1)
      #expect(try reader.readUInt8() == 9)
    }
  }

  /// `depth` vectors, one inside the other.
  private func nest(_ depth: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<depth { bytes = [UInt8(bytes.count)] + bytes }
    return bytes
  }

  private func descend(_ reader: inout Reader) throws(CygnetError) -> Int {
    if reader.remaining == 0 { return 0 }
    return try reader.vector(0...100) { (reader) throws(CygnetError) in
      try 1 + descend(&reader)
    }
  }

  @Test("vectors nest up to the bound and no deeper")
  func depth() throws {
    for depth in 0...Reader.maxDepth {
      let bytes = try nest(depth)
      #expect(
        try Reader.read(bytes) { (r) throws(CygnetError) in try descend(&r) } == depth)
    }
    for depth in [Reader.maxDepth + 1, 60] {
      let bytes = try nest(depth)
      #expect(code(bytes) { (r) throws(CygnetError) in try descend(&r) } == .malformed)
    }
    // Side by side is not one inside the other.
    let row = [UInt8](repeating: 0, count: 50)
    try Reader.read(row) { (reader) throws(CygnetError) in
      for _ in 0..<50 { try reader.vector(0...0) { (_) throws(CygnetError) in } }
    }
  }

  private struct Byte: WireEncodable, WireDecodable, Equatable {
    let value: UInt8
    init(_ value: UInt8) { self.value = value }
    init(from reader: inout Reader) throws(CygnetError) { value = try reader.readUInt8() }
    func encode(into writer: inout Writer) throws(CygnetError) { writer.write(value) }
  }

  private struct Nothing: WireDecodable {
    init(from reader: inout Reader) throws(CygnetError) {}
  }

  @Test("a list has at most the elements and the bytes allowed")
  func lists() throws {
    func read(_ bytes: [UInt8], maxCount: Int) throws(CygnetError) -> [Byte] {
      try Reader.read(bytes) { (reader) throws(CygnetError) in
        try reader.readVector(0...4, maxCount: maxCount)
      }
    }
    #expect(try read([3, 7, 8, 9], maxCount: 3) == [Byte(7), Byte(8), Byte(9)])
    #expect(try read([0], maxCount: 0) == [])
    #expect(failureCode { try read([3, 7, 8, 9], maxCount: 2) } == .malformed)
    #expect(failureCode { try read([5, 1, 2, 3, 4, 5], maxCount: 9) } == .malformed)
    // Elements that take no bytes end at the bound as well.
    #expect(
      code([1, 0]) { (r) throws(CygnetError) in
        try r.readVector(0...4, maxCount: 1000, of: Nothing.self)
      } == .malformed)
  }

  @Test("a presence byte is 0 or 1")
  func optionals() throws {
    func read(_ bytes: [UInt8]) throws(CygnetError) -> Byte? {
      try Reader.read(bytes) { (r) throws(CygnetError) in try r.readOptional(Byte.self) }
    }
    #expect(try read([0]) == nil)
    #expect(try read([1, 5]) == Byte(5))
    for presence in UInt8(2)...255 {
      #expect(failureCode { try read([presence, 5]) } == .malformed, "\(presence)")
    }
    #expect(failureCode { try read([]) } == .malformed)
    #expect(failureCode { try read([1]) } == .malformed)
    #expect(failureCode { try read([0, 5]) } == .malformed)
  }

  @Test("a length that lies is refused before anything of its size is allocated")
  func hugeClaims() throws {
    #if os(Linux)
      let before = try virtualPeak()
      let claim = hex("bfffffff") + [UInt8](repeating: 0, count: 60)
      for _ in 0..<100 {
        #expect(
          code(claim) { (r) throws(CygnetError) in try r.readOpaque(0...Int.max) } == .malformed)
        #expect(
          code(claim) { (r) throws(CygnetError) in
            try r.readVector(0...Int.max, maxCount: .max, of: Byte.self)
          } == .malformed)
        #expect(
          code(claim) { (r) throws(CygnetError) in try r.readSecret((1 << 30) - 1) } == .malformed)
      }
      #expect(try virtualPeak() - before < 1 << 20, "in KiB")
    #endif
  }

  /// The largest the address space of this process has been, in KiB.
  private func virtualPeak() throws -> Int {
    let status = String(decoding: try contents(of: "/proc/self/status"), as: UTF8.self)
    for line in status.split(separator: "\n") where line.hasPrefix("VmPeak:") {
      return try #require(Int(line.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]))
    }
    throw UnreadableFile(path: "/proc/self/status")
  }
}
