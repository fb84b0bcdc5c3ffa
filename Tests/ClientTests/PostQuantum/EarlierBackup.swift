import Cygnet
import CygnetAttachments
import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire

/// A backup taken apart with its recovery key, so that its content can be looked at and changed.
struct EarlierBackup {
  private static let nonce = [UInt8](repeating: 0, count: XChaCha20Poly1305.nonceByteCount)

  /// The file's header and salt, which the seal of the pointer covers.
  private let prefix: [UInt8]
  /// The encoded `BackupContent`.
  var content: [UInt8]

  /// The key that opens `bob.backup`.
  static func recoveryText() throws -> SecretBytes {
    SecretBytes(copying: try EarlierStores.file("bob.recovery").filter { $0 != 10 })
  }

  init(opening bytes: [UInt8], key: RecoveryKey) throws {
    let file = try File(wire: bytes)
    let pointer = try XChaCha20Poly1305.open(
      file.sealedPointer, key: Self.sealingKey(key, file.prefix), nonce: Self.nonce,
      authenticating: file.prefix)
    prefix = file.prefix
    content = try AttachmentDecryptor.decrypt(
      file.blob, AttachmentPointerFile(wire: pointer).pointer)
  }

  func sealed(key: RecoveryKey) throws -> [UInt8] {
    let (blob, pointer) = try AttachmentEncryptor.encrypt(content)
    let sealed = try XChaCha20Poly1305.seal(
      AttachmentPointerFile(pointer).wireEncoded(), key: Self.sealingKey(key, prefix),
      nonce: Self.nonce, authenticating: prefix)
    return try File(prefix: prefix, sealedPointer: sealed, blob: blob).wireEncoded()
  }

  private static func sealingKey(
    _ key: RecoveryKey, _ prefix: [UInt8]
  ) throws(CygnetError) -> SecretBytes {
    try SecretBytes(copying: Array(prefix.suffix(32))).withBytes { (salt) throws(CygnetError) in
      try key.secret.withBytes { (key) throws(CygnetError) in
        try HKDFSHA512.derive(
          salt: salt, inputKeyMaterial: key, info: Array("Cygnet 1.0 backup".utf8), count: 32)
      }
    }
  }

  private struct File: WireEncodable, WireDecodable {
    let prefix: [UInt8]
    let sealedPointer: [UInt8]
    let blob: [UInt8]

    init(prefix: [UInt8], sealedPointer: [UInt8], blob: [UInt8]) {
      self.prefix = prefix
      self.sealedPointer = sealedPointer
      self.blob = blob
    }

    func encode(into writer: inout Writer) throws(CygnetError) {
      writer.write(fixed: prefix)
      try writer.write(opaque: sealedPointer)
      writer.write(fixed: blob)
    }

    init(from reader: inout Reader) throws(CygnetError) {
      prefix = try reader.readFixed(3 + 32)
      sealedPointer = try reader.readOpaque(1...4096)
      blob = try reader.readFixed(reader.remaining)
    }
  }
}
