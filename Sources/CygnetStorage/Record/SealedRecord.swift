internal import CygnetPrimitives
internal import CygnetWire

/// A record's content and the form it has in a store (Specification: StoredRecords).
///
///     struct {
///       opaque key<0..1024>;      // the key the record is found by
///       opaque value[...];
///       uint8 end = 0x80;
///       uint8 zeros[...];         // to a multiple of 64 bytes
///     } RecordContent;
///
///     struct {
///       uint8 version = 1;
///       opaque nonce[24];
///       opaque sealed[...];       // XChaCha20-Poly1305 of RecordContent
///     } SealedRecord;
struct SealedRecord {
  /// The most that one record may hold.
  static let maxValueByteCount = 64 << 20
  static let maxKeyByteCount = 1024
  static let tagByteCount = XChaCha20Poly1305.tagByteCount
  static let blockByteCount = 64
  private static let version: UInt8 = 1
  private static let startByteCount = 1 + XChaCha20Poly1305.nonceByteCount
  private static let end: UInt8 = 0x80

  let key: [UInt8]
  let value: SecretBytes

  /// The content, sealed for its place.
  /// - Throws: `limitExceeded` for a value above 64 MiB or a key above 1024 bytes.
  func sealed(
    kind: RecordKind, id: RecordID, generation: UInt64, key storeKey: StoreKey
  ) throws(CygnetError) -> StoredRecord {
    var random = SystemRandomSource()
    return try sealed(
      kind: kind, id: id, generation: generation, key: storeKey, using: &random)
  }

  /// Draws the nonce.
  func sealed(
    kind: RecordKind, id: RecordID, generation: UInt64, key storeKey: StoreKey,
    using random: inout some RandomSource
  ) throws(CygnetError) -> StoredRecord {
    guard value.count <= Self.maxValueByteCount, key.count <= Self.maxKeyByteCount else {
      throw CygnetError(.limitExceeded, "a record holds at most 64 MiB")
    }
    let nonce = random.bytes(XChaCha20Poly1305.nonceByteCount)
    let ciphertext = try XChaCha20Poly1305.seal(
      secret: wireEncodedSecret(), key: storeKey.keys(for: kind).sealing, nonce: nonce,
      authenticating: Self.associatedData(kind.rawValue, id, generation, storeKey))
    return StoredRecord(
      kind: kind.rawValue, id: id, generation: generation,
      sealed: [Self.version] + nonce + ciphertext)
  }

  /// The content of a record that was sealed for the place it stands at.
  /// - Throws: `storeDamaged` for every other record; `unsupported` for one of a newer version.
  init(opening record: StoredRecord, key storeKey: StoreKey) throws(CygnetError) {
    let sealed = record.sealed
    guard sealed.count >= Self.startByteCount + Self.blockByteCount + Self.tagByteCount else {
      throw Self.isDamaged
    }
    guard sealed[0] == Self.version else {
      throw CygnetError(.unsupported, "a record of a newer version")
    }
    let keys = try storeKey.keys(for: RecordKind(rawValue: record.kind))
    let content: SecretBytes
    do {
      content = try XChaCha20Poly1305.open(
        secret: Array(sealed[Self.startByteCount...]), key: keys.sealing,
        nonce: Array(sealed[1..<Self.startByteCount]),
        authenticating: Self.associatedData(record.kind, record.id, record.generation, storeKey))
    } catch {
      throw Self.isDamaged
    }
    (key, value) = try Reader.read(
      content.slice(0..<Self.unpaddedCount(content))
    ) { (reader) throws(CygnetError) in
      (try reader.readOpaque(0...Self.maxKeyByteCount), try reader.readSecret(reader.remaining))
    }
  }

  init(key: [UInt8], value: SecretBytes) {
    self.key = key
    self.value = value
  }

  private static var isDamaged: CygnetError {
    CygnetError(.storeDamaged, "a record of the store was altered")
  }

  /// Everything about a record but its content: what it is sealed for.
  private static func associatedData(
    _ kind: UInt8, _ id: RecordID, _ generation: UInt64, _ key: StoreKey
  ) throws(CygnetError) -> [UInt8] {
    try Place(kind: kind, id: id, generation: generation, storeID: key.storeID).wireEncoded()
  }

  private struct Place: WireEncodable {
    let kind: UInt8
    let id: RecordID
    let generation: UInt64
    let storeID: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      writer.write(fixed: Array("Cygnet 1.0 record".utf8))
      writer.write(fixed: storeID)
      writer.write(kind)
      writer.write(fixed: id.bytes)
      writer.write(generation)
    }
  }

  /// Bytes before the padding, whose beginning lies in the last block.
  private static func unpaddedCount(_ content: SecretBytes) throws(CygnetError) -> Int {
    let start = content.count - blockByteCount
    guard start >= 0, content.count % blockByteCount == 0 else { throw isDamaged }
    let end = try Reader.read(content.slice(start..<content.count)) {
      (reader) throws(CygnetError) in
      var end: Int?
      for index in 0..<blockByteCount {
        let byte = try reader.readUInt8()
        if byte == Self.end { end = index } else if byte != 0 { end = nil }
      }
      return end
    }
    guard let end else { throw isDamaged }
    return start + end
  }
}

extension SealedRecord: WireEncodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: key)
    writer.write(fixed: value)
    writer.write(Self.end)
    while writer.count % Self.blockByteCount != 0 { writer.write(UInt8(0)) }
  }
}

extension StoreKey {
  /// The name of the record of that kind and key. It tells nothing to who has not got the key.
  func recordID(_ kind: RecordKind, _ key: [UInt8]) throws(CygnetError) -> RecordID {
    let tag = try keys(for: kind).naming.withBytes { naming in
      key.withBytes { key in HMACSHA256.tag(of: key, key: naming) }
    }
    return try RecordID(
      Reader.read(tag.slice(0..<RecordID.byteCount)) { (reader) throws(CygnetError) in
        try reader.readFixed(RecordID.byteCount)
      })
  }
}
