internal import CygnetPrimitives
internal import CygnetWire

/// A record as the integrity tree knows it.
struct TreeMember: Equatable {
  let kind: UInt8
  let id: RecordID
  let generation: UInt64
  /// The authentication tag at the record's end, which stands for its content.
  let tag: [UInt8]

  /// - Throws: `storeDamaged` for a record too short to have a tag.
  init(_ record: StoredRecord) throws(CygnetError) {
    guard record.sealed.count >= SealedRecord.tagByteCount else {
      throw CygnetError(.storeDamaged, "a record of the store was cut short")
    }
    kind = record.kind
    id = record.id
    generation = record.generation
    tag = Array(record.sealed[(record.sealed.count - SealedRecord.tagByteCount)...])
  }
}

/// The digest of a set of records: XOR of a keyed digest of each, and how many there are. So one
/// record comes and goes without a look at the others (Specification: StoredRecords).
///
///     struct {
///       opaque sum[16];
///       uint32 count;
///     } BucketDigest;
struct BucketDigest: Equatable {
  static let byteCount = 20

  private(set) var high: UInt64 = 0
  private(set) var low: UInt64 = 0
  private(set) var count: UInt32 = 0

  /// - Throws: `limitExceeded` beyond 2^32 − 1 records in one bucket.
  mutating func add(_ member: TreeMember, key: SecretBytes) throws(CygnetError) {
    let (sum, overflow) = count.addingReportingOverflow(1)
    guard !overflow else { throw CygnetError(.limitExceeded, "too many records") }
    count = sum
    try toggle(member, key: key)
  }

  /// - Throws: `storeDamaged` where nothing can be removed.
  mutating func remove(_ member: TreeMember, key: SecretBytes) throws(CygnetError) {
    guard count > 0 else { throw CygnetError(.storeDamaged, "an empty bucket has no records") }
    count -= 1
    try toggle(member, key: key)
  }

  /// HMAC-SHA-256 of kind, name, generation and tag, cut to 16 bytes.
  private mutating func toggle(_ member: TreeMember, key: SecretBytes) throws(CygnetError) {
    let message = try member.wireEncoded()
    let tag = key.withBytes { key in
      message.withBytes { message in HMACSHA256.tag(of: message, key: key) }
    }
    let (first, second) = try Reader.read(tag.slice(0..<16)) { (reader) throws(CygnetError) in
      (try reader.readUInt64(), try reader.readUInt64())
    }
    high ^= first
    low ^= second
  }
}

extension TreeMember: WireEncodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(kind)
    writer.write(fixed: id.bytes)
    writer.write(generation)
    writer.write(fixed: tag)
  }
}

extension BucketDigest: WireEncodable, WireDecodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(high)
    writer.write(low)
    writer.write(count)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    high = try reader.readUInt64()
    low = try reader.readUInt64()
    count = try reader.readUInt32()
  }
}
