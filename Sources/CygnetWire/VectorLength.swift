public import CygnetPrimitives

/// The length in front of a variable-size vector (RFC 9420 §2.1.2): the two top bits of the first
/// byte give the size of the length itself, 1, 2 or 4 bytes.
@usableFromInline
package enum VectorLength {
  /// The first length that cannot be expressed: 2^30.
  @usableFromInline
  package static let limit = 1 << 30

  /// Bytes that the length of `count` takes.
  @inlinable
  package static func byteCount(of count: Int) throws(CygnetError) -> Int {
    if count < 0 || count >= limit {
      throw CygnetError(.limitExceeded, "a vector holds less than 2^30 bytes")
    }
    return count < 64 ? 1 : count < 16384 ? 2 : 4
  }

  @inlinable
  package static func encode(_ count: Int, into writer: inout Writer) throws(CygnetError) {
    switch try byteCount(of: count) {
    case 1: writer.write(UInt8(truncatingIfNeeded: count))
    case 2: writer.write(UInt16(truncatingIfNeeded: count | 0x4000))
    default: writer.write(UInt32(truncatingIfNeeded: count | 0x8000_0000))
    }
  }

  /// - Throws: `malformed` for the prefix `11` and for a length in more bytes than needed.
  @inlinable
  package static func decode(from reader: inout Reader) throws(CygnetError) -> Int {
    let first = try reader.readUInt8()
    var count = Int(first & 0x3f)
    switch first >> 6 {
    case 0:
      return count
    case 1:
      count = count << 8 | Int(try reader.readUInt8())
      if count >= 64 { return count }
    case 2:
      for _ in 0..<3 { count = count << 8 | Int(try reader.readUInt8()) }
      if count >= 16384 { return count }
    default:
      throw CygnetError(.malformed, "S2: length prefix 11 is reserved (RFC 9420 §2.1.2)")
    }
    throw CygnetError(.malformed, "S2: length in more bytes than needed (RFC 9420 §2.1.2)")
  }
}
