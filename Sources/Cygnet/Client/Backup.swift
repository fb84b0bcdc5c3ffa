internal import CygnetAttachments
internal import CygnetPairwise
public import CygnetPrimitives
internal import CygnetWire

/// What a backup holds, without its secrets.
public struct BackupSummary: Sendable {
  /// Who it belongs to.
  public let profile: Profile
  /// When it was made.
  public let madeAt: Timestamp
  /// The contacts in it.
  public let contacts: [Contact]
}

///     struct {
///       uint16 version = 2;
///       uint64 made_at;
///       DeviceAddress address;
///       uint64 created_at;
///       opaque identity_state<V>;          // IdentityState
///       uint32 last_signed_pre_key_id;
///       uint32 last_one_time_pre_key_id;
///       uint32 last_kem_pre_key_id;        // not in version 1, which knew none
///       Contact contacts<V>;               // the fields of ContactRecord behind its version
///     } BackupContent;
///
/// Identity, contacts and marks of verification. Never the state of a ratchet: taken up twice it
/// would use message keys twice. The last ids of prekeys are in it so that no id is given twice.
struct BackupContent: WireEncodable, WireDecodable, Sendable {
  static let maxByteCount = 1 << 26
  private static let version: UInt16 = 2

  let madeAt: Timestamp
  let address: DeviceAddress
  let createdAt: Timestamp
  let identityState: SecretBytes
  let lastIDs: PreKeys.LastIDs
  let contacts: [ContactRecord]

  init(
    madeAt: Timestamp, profile: ProfileRecord, lastIDs: PreKeys.LastIDs,
    contacts: [ContactRecord]
  ) {
    self.madeAt = madeAt
    address = profile.address
    createdAt = profile.createdAt
    identityState = profile.identityState
    self.lastIDs = lastIDs
    self.contacts = contacts
  }

  func identity() throws(CygnetError) -> IdentityKeyPair {
    try IdentityKeyPair(restoring: identityState)
  }

  func summary() throws(CygnetError) -> BackupSummary {
    var list: [Contact] = []
    for record in contacts { list.append(try record.contact) }
    return BackupSummary(
      profile: Profile(
        address: address, identity: try identity().publicKey, createdAt: createdAt,
        restoredAt: nil),
      madeAt: madeAt, contacts: list)
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(Self.version)
    writer.write(madeAt.seconds)
    try address.encode(into: &writer)
    writer.write(createdAt.seconds)
    try writer.write(opaqueSecret: identityState)
    writer.write(lastIDs.signed)
    writer.write(lastIDs.oneTime)
    writer.write(lastIDs.kem)
    try writer.vector { (writer) throws(CygnetError) in
      for contact in contacts { try contact.encodeFields(into: &writer) }
    }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    let version = try reader.readUInt16()
    guard (1...Self.version).contains(version) else {
      throw CygnetError(.unsupported, "a backup was made by a later version")
    }
    madeAt = try reader.readTimestamp()
    address = try DeviceAddress(from: &reader)
    createdAt = try reader.readTimestamp()
    identityState = try reader.readOpaqueSecret(1...64)
    lastIDs = PreKeys.LastIDs(
      signed: try reader.readUInt32(), oneTime: try reader.readUInt32(),
      kem: version == 1 ? 0 : try reader.readUInt32())
    contacts = try reader.vector(0...Self.maxByteCount) { (reader) throws(CygnetError) in
      var contacts: [ContactRecord] = []
      while reader.remaining > 0 { contacts.append(try ContactRecord(fieldsFrom: &reader)) }
      return contacts
    }
  }
}

///     struct {
///       WireHeader header;                 // backup
///       opaque salt[32];
///       opaque sealed_pointer<V>;          // XChaCha20-Poly1305, zero nonce, AD the fields before
///     } BackupHeader;
///
/// A backup file is this header and, behind it to the end, one attachment blob. Its pointer, and so
/// its key, is sealed under
///
///     HKDF-SHA512(salt, recovery_key, "Cygnet 1.0 backup", 32)
///
/// which serves one backup, since the salt is fresh.
struct BackupFile: WireEncodable, WireDecodable {
  private static let saltByteCount = 32
  private static let pointerByteCount = 1...4096
  private static let info = Array("Cygnet 1.0 backup".utf8)
  private static let nonce = [UInt8](repeating: 0, count: XChaCha20Poly1305.nonceByteCount)

  private let salt: [UInt8]
  private let sealedPointer: [UInt8]
  private let blob: [UInt8]

  private init(salt: [UInt8], sealedPointer: [UInt8], blob: [UInt8]) {
    self.salt = salt
    self.sealedPointer = sealedPointer
    self.blob = blob
  }

  static func seal(
    _ content: BackupContent, key: SecretBytes, using random: inout some RandomSource
  ) throws(CygnetError) -> [UInt8] {
    var plain = try content.wireEncoded()
    defer { ConstantTime.wipe(&plain) }
    guard plain.count <= BackupContent.maxByteCount else {
      throw CygnetError(.limitExceeded, "a backup holds at most 64 MiB")
    }
    let (blob, pointer) = try AttachmentEncryptor.encrypt(plain)
    let salt = random.bytes(saltByteCount)
    let sealed = try XChaCha20Poly1305.seal(
      secret: AttachmentPointerFile(pointer).wireEncodedSecret(), key: sealingKey(key, salt: salt),
      nonce: nonce,
      authenticating: Prefix(salt: salt).wireEncoded())
    return try BackupFile(salt: salt, sealedPointer: sealed, blob: blob).wireEncoded()
  }

  /// - Throws: `authenticationFailed` for another key or an altered file, `malformed`, `unsupported`,
  ///   `truncated`, `limitExceeded`.
  static func open(_ bytes: [UInt8], key: SecretBytes) throws(CygnetError) -> BackupContent {
    let file = try BackupFile(wire: bytes)
    let encoded = try XChaCha20Poly1305.open(
      secret: file.sealedPointer, key: sealingKey(key, salt: file.salt), nonce: nonce,
      authenticating: Prefix(salt: file.salt).wireEncoded())
    let pointer = try AttachmentPointerFile(wire: encoded).pointer
    var plain = try AttachmentDecryptor.decrypt(
      file.blob, pointer, maxSize: UInt64(BackupContent.maxByteCount))
    defer { ConstantTime.wipe(&plain) }
    return try BackupContent(wire: plain)
  }

  private static func sealingKey(
    _ key: SecretBytes, salt: [UInt8]
  ) throws(CygnetError) -> SecretBytes {
    try key.withBytes { (key) throws(CygnetError) in
      try salt.withBytes { (salt) throws(CygnetError) in
        try HKDFSHA512.derive(
          salt: salt, inputKeyMaterial: key, info: info, count: XChaCha20Poly1305.keyByteCount)
      }
    }
  }

  /// The fields in front of the sealed pointer, which its seal covers.
  private struct Prefix: WireEncodable {
    let salt: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      WireType.backup.encodeHeader(into: &writer)
      writer.write(fixed: salt)
    }
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    try Prefix(salt: salt).encode(into: &writer)
    try writer.write(opaque: sealedPointer)
    writer.write(fixed: blob)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try WireType.backup.decodeHeader(from: &reader)
    salt = try reader.readFixed(Self.saltByteCount)
    sealedPointer = try reader.readOpaque(Self.pointerByteCount)
    blob = try reader.readFixed(reader.remaining)
  }
}
