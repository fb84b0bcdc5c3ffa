internal import CygnetPrimitives
internal import CygnetWire

/// What stands in front of every record's content: `uint16 version = 1`. The kind of the record is
/// bound by its seal, so the content need not repeat it.
enum RecordVersion {
  static let current: UInt16 = 1

  static func encode(into writer: inout Writer) { writer.write(current) }

  /// - Throws: `unsupported` for a record of a later version of the library.
  static func decode(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readUInt16() == current else {
      throw CygnetError(.unsupported, "a record was written by a later version")
    }
  }
}

extension Reader {
  /// `opaque secret<V>` straight into wiped storage.
  mutating func readOpaqueSecret(_ bounds: ClosedRange<Int>) throws(CygnetError) -> SecretBytes {
    try readSecret(readLength(bounds))
  }

  mutating func readFlag() throws(CygnetError) -> Bool {
    switch try readUInt8() {
    case 0: return false
    case 1: return true
    default: throw CygnetError(.malformed, "a flag is 0 or 1")
    }
  }

  mutating func readTimestamp() throws(CygnetError) -> Timestamp {
    Timestamp(seconds: try readUInt64())
  }

  /// `optional<uint64>` with a time.
  mutating func readOptionalTimestamp() throws(CygnetError) -> Timestamp? {
    try readFlag() ? readTimestamp() : nil
  }
}

extension Writer {
  mutating func write(opaqueSecret secret: SecretBytes) throws(CygnetError) {
    try vector { (writer) throws(CygnetError) in writer.write(fixed: secret) }
  }

  mutating func write(flag: Bool) { write(UInt8(flag ? 1 : 0)) }

  mutating func write(optional time: Timestamp?) {
    write(flag: time != nil)
    if let time { write(time.seconds) }
  }
}
