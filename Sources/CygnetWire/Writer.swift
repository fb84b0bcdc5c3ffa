public import CygnetPrimitives

/// Encodes in two passes: one counts, the other fills a block of exactly that size. So nothing
/// grows, no key is left behind in an outgrown buffer, and no size is computed by hand.
@usableFromInline
@safe
package struct Writer: ~Copyable {
  /// nil while counting.
  @usableFromInline let base: UnsafeMutableRawPointer?
  @usableFromInline let capacity: Int
  /// Bytes counted or written so far.
  @usableFromInline package private(set) var count = 0

  /// A counting writer.
  @usableFromInline
  init() {
    unsafe base = nil
    capacity = .max
  }

  @usableFromInline
  init(filling buffer: UnsafeMutableRawBufferPointer) {
    unsafe base = buffer.baseAddress
    capacity = buffer.count
  }

  @usableFromInline
  mutating func append(_ source: UnsafeRawBufferPointer) {
    let (end, overflow) = count.addingReportingOverflow(source.count)
    // Both passes run the same encode, so the second cannot need more than the first counted.
    precondition(!overflow && end <= capacity, "encode wrote more than it counted")
    if let base = unsafe base, let bytes = source.baseAddress {
      unsafe base.advanced(by: count).copyMemory(from: bytes, byteCount: source.count)
    }
    count = end
  }

  @inlinable
  package mutating func write(_ value: UInt8) {
    unsafe withUnsafeBytes(of: value) { bytes in unsafe append(bytes) }
  }

  @inlinable
  package mutating func write(_ value: UInt16) {
    unsafe withUnsafeBytes(of: value.bigEndian) { bytes in unsafe append(bytes) }
  }

  @inlinable
  package mutating func write(_ value: UInt32) {
    unsafe withUnsafeBytes(of: value.bigEndian) { bytes in unsafe append(bytes) }
  }

  @inlinable
  package mutating func write(_ value: UInt64) {
    unsafe withUnsafeBytes(of: value.bigEndian) { bytes in unsafe append(bytes) }
  }

  /// Bytes of a length that the format fixes.
  @inlinable
  package mutating func write(fixed bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { bytes in unsafe append(bytes) }
  }

  /// Secret bytes of a length that the format fixes.
  @inlinable
  package mutating func write(fixed secret: SecretBytes) {
    unsafe secret.withUnsafeBytes { bytes in unsafe append(bytes) }
  }

  /// `opaque bytes<V>`.
  @inlinable
  package mutating func write(opaque bytes: [UInt8]) throws(CygnetError) {
    try VectorLength.encode(bytes.count, into: &self)
    write(fixed: bytes)
  }

  /// A vector whose content `body` writes. It is counted first, unless this is the counting pass
  /// already, so a nest of vectors costs depth × size.
  @inlinable
  package mutating func vector(
    _ body: (inout Writer) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    var counter = Writer()
    try body(&counter)
    try VectorLength.encode(counter.count, into: &self)
    if isCounting {
      count(further: counter.count)
    } else {
      try body(&self)
    }
  }

  /// A vector whose content `body` writes, where its size is known: it is not counted then.
  /// - Precondition: `body` writes so many bytes.
  @inlinable
  package mutating func vector(
    count: Int, _ body: (inout Writer) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    try VectorLength.encode(count, into: &self)
    if isCounting { return self.count(further: count) }
    let end = self.count + count
    try body(&self)
    precondition(self.count == end, "a vector of another size than it was said to have")
  }

  /// `Element elements<V>`.
  @inlinable
  package mutating func write<Element: WireEncodable>(
    vector elements: [Element]
  ) throws(CygnetError) {
    try vector { (writer) throws(CygnetError) in
      for element in elements { try element.encode(into: &writer) }
    }
  }

  /// `optional<Value>` (RFC 9420 §2.1.1): a presence byte, then the value.
  @inlinable
  package mutating func write<Value: WireEncodable>(optional value: Value?) throws(CygnetError) {
    guard let value else { return write(UInt8(0)) }
    write(UInt8(1))
    try value.encode(into: &self)
  }

  @usableFromInline
  var isCounting: Bool { unsafe base == nil && capacity == .max }

  @usableFromInline
  mutating func count(further more: Int) {
    let (sum, overflow) = count.addingReportingOverflow(more)
    precondition(!overflow, "what exists in memory has a count")
    count = sum
  }
}
