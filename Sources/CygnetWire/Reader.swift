public import CygnetPrimitives

/// A bounded cursor over bytes from outside. It cannot outlive them, and a length is checked against
/// what is left before anything is allocated or copied.
@usableFromInline
@safe
package struct Reader: ~Copyable {
  /// Vectors inside vectors that any format here may hold.
  @usableFromInline
  package static let maxDepth = 8

  @usableFromInline let bytes: UnsafeRawBufferPointer
  /// Where the next read begins, counted from the first byte.
  @usableFromInline package private(set) var position = 0
  /// The end of the vector being read.
  @usableFromInline var end: Int
  @usableFromInline var depth = 0

  @usableFromInline
  init(_ bytes: UnsafeRawBufferPointer) {
    unsafe self.bytes = bytes
    end = bytes.count
  }

  /// Reads exactly `bytes`.
  /// - Throws: what `body` throws; `malformed` for bytes left over.
  @inlinable
  package static func read<Value>(
    _ bytes: [UInt8], _ body: (inout Reader) throws(CygnetError) -> Value
  ) throws(CygnetError) -> Value {
    let result = unsafe bytes.withUnsafeBytes { bytes in unsafe run(bytes, body) }
    return try result.get()
  }

  /// Reads exactly the bytes of a secret.
  @inlinable
  package static func read<Value>(
    _ secret: SecretBytes, _ body: (inout Reader) throws(CygnetError) -> Value
  ) throws(CygnetError) -> Value {
    let result = unsafe secret.withUnsafeBytes { bytes in unsafe run(bytes, body) }
    return try result.get()
  }

  @inlinable
  static func run<Value>(
    _ bytes: UnsafeRawBufferPointer, _ body: (inout Reader) throws(CygnetError) -> Value
  ) -> Result<Value, CygnetError> {
    var reader = unsafe Reader(bytes)
    do throws(CygnetError) {
      let value = try body(&reader)
      try reader.demandEnd()
      return .success(value)
    } catch { return .failure(error) }
  }

  /// Bytes left in the innermost vector.
  @inlinable
  package var remaining: Int { end - position }

  /// - Throws: `malformed` for bytes left over.
  @inlinable
  package func demandEnd() throws(CygnetError) {
    if position != end { throw CygnetError(.malformed, "S4: bytes left over") }
  }

  @usableFromInline
  mutating func advance(_ count: Int) throws(CygnetError) -> Int {
    guard count >= 0, count <= remaining else {
      throw CygnetError(.malformed, "S3: shorter than it says")
    }
    let start = position
    position += count
    return start
  }

  @inlinable
  package mutating func readUInt8() throws(CygnetError) -> UInt8 {
    let start = try advance(1)
    return unsafe bytes[start]
  }

  @inlinable
  package mutating func readUInt16() throws(CygnetError) -> UInt16 {
    let start = try advance(2)
    return unsafe UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt16.self))
  }

  @inlinable
  package mutating func readUInt32() throws(CygnetError) -> UInt32 {
    let start = try advance(4)
    return unsafe UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
  }

  @inlinable
  package mutating func readUInt64() throws(CygnetError) -> UInt64 {
    let start = try advance(8)
    return unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
  }

  /// Bytes of a length that the format fixes.
  @inlinable
  package mutating func readFixed(_ count: Int) throws(CygnetError) -> [UInt8] {
    let start = try advance(count)
    return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)]))
  }

  /// Secret bytes of a length that the format fixes.
  @inlinable
  package mutating func readSecret(_ count: Int) throws(CygnetError) -> SecretBytes {
    let start = try advance(count)
    return unsafe SecretBytes(count: count) { target in
      unsafe target.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)]))
    }
  }

  /// `opaque bytes<V>` with its bounds.
  @inlinable
  package mutating func readOpaque(_ bounds: ClosedRange<Int>) throws(CygnetError) -> [UInt8] {
    try readFixed(readLength(bounds))
  }

  /// Passes over bytes of a length that the format fixes.
  @inlinable
  package mutating func skip(_ count: Int) throws(CygnetError) { _ = try advance(count) }

  /// Passes over `opaque bytes<V>`.
  @inlinable
  package mutating func skipOpaque(_ bounds: ClosedRange<Int>) throws(CygnetError) {
    try skip(readLength(bounds))
  }

  /// A copy of what was read since the reader stood at `start`.
  /// - Precondition: it stood there before.
  @inlinable
  package func bytes(since start: Int) -> [UInt8] {
    precondition(0 <= start && start <= position, "the reader was not there before")
    return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
  }

  /// The length of a vector, checked against its bounds and against what is left.
  @inlinable
  package mutating func readLength(_ bounds: ClosedRange<Int>) throws(CygnetError) -> Int {
    let count = try VectorLength.decode(from: &self)
    guard bounds.contains(count) else {
      throw CygnetError(.malformed, "S3: a vector's length lies outside its bounds")
    }
    guard count <= remaining else { throw CygnetError(.malformed, "S3: shorter than it says") }
    return count
  }

  /// A vector whose content `body` reads to its end.
  @inlinable
  package mutating func vector<Value>(
    _ bounds: ClosedRange<Int>, _ body: (inout Reader) throws(CygnetError) -> Value
  ) throws(CygnetError) -> Value {
    let count = try readLength(bounds)
    guard depth < Self.maxDepth else {
      throw CygnetError(.malformed, "S4: vectors nested too deeply")
    }
    let outer = end
    end = position + count
    depth += 1
    let value = try body(&self)
    try demandEnd()
    depth -= 1
    end = outer
    return value
  }

  /// `Element elements<V>`: at most `maxCount` elements in at most `bounds.upperBound` bytes.
  @inlinable
  package mutating func readVector<Element: WireDecodable>(
    _ bounds: ClosedRange<Int>, maxCount: Int, of type: Element.Type = Element.self
  ) throws(CygnetError) -> [Element] {
    try vector(bounds) { (reader) throws(CygnetError) in
      var elements: [Element] = []
      while reader.remaining > 0 {
        guard elements.count < maxCount else {
          throw CygnetError(.malformed, "S4: a list has too many elements")
        }
        elements.append(try Element(from: &reader))
      }
      return elements
    }
  }

  /// `optional<Value>` (RFC 9420 §2.1.1).
  /// - Throws: `malformed` for a presence byte other than 0 and 1.
  @inlinable
  package mutating func readOptional<Value: WireDecodable>(
    _ type: Value.Type = Value.self
  ) throws(CygnetError) -> Value? {
    switch try readUInt8() {
    case 0: return nil
    case 1: return try Value(from: &self)
    default: throw CygnetError(.malformed, "S1: a presence byte is 0 or 1 (RFC 9420 §2.1.1)")
    }
  }
}
