import CygnetAttachments
import CygnetPrimitives
import CygnetVectors

/// Content, key and salt of the published figures.
enum Fixture {
  static var key: AttachmentKey {
    get throws { try AttachmentKey(SecretBytes(copying: (0..<32).map { UInt8($0) })) }
  }
  static let salt = (0xa0..<0xb8).map { UInt8($0) }

  /// SHA-256("att1" || be32(i)), i = 0, 1, …, cut to `count` bytes.
  static func content(_ count: Int) -> [UInt8] {
    var content: [UInt8] = []
    content.reserveCapacity(count + 32)
    var index: UInt32 = 0
    while content.count < count {
      let number = (0..<4).map { UInt8(truncatingIfNeeded: index >> (24 - 8 * UInt32($0))) }
      content += SHA256.hash(Array("att1".utf8) + number)
      index += 1
    }
    return Array(content[..<count])
  }

  /// Much content, quickly: a block of 64 KiB and a bit, over and over.
  static func bulk(_ count: Int) -> [UInt8] {
    let block = content(65_537)
    var bulk: [UInt8] = []
    bulk.reserveCapacity(count + block.count)
    while bulk.count < count { bulk += block }
    bulk.removeLast(bulk.count - count)
    return bulk
  }

  static func encryptor(
    _ size: Int, role: AttachmentRole = .original, padding: Padding = .padme,
    digest: DigestAlgorithm = .flat
  ) throws -> AttachmentEncryptor {
    try AttachmentEncryptor(
      size: UInt64(size), role: role, padding: padding, digest: digest, key: key, salt: salt)
  }

  static func encrypt(
    _ content: [UInt8], role: AttachmentRole = .original, padding: Padding = .padme,
    digest: DigestAlgorithm = .flat
  ) throws -> (blob: [UInt8], pointer: AttachmentPointer) {
    var encryptor = try encryptor(content.count, role: role, padding: padding, digest: digest)
    var blob = try encryptor.update(content)
    let end = try encryptor.finish()
    blob += end.tail
    return (blob, end.pointer)
  }

  /// The same pointer with some things changed; the digest always fits `blob`.
  static func pointer(
    _ pointer: AttachmentPointer, for blob: [UInt8], role: AttachmentRole? = nil,
    key: AttachmentKey? = nil, size: UInt64? = nil, padding: Padding? = nil
  ) throws -> AttachmentPointer {
    try AttachmentPointer(
      role: role ?? pointer.role, padding: padding ?? pointer.padding, key: key ?? pointer.key,
      size: size ?? pointer.size, blobSize: pointer.blobSize, digestAlgorithm: .flat,
      digest: SHA256.hash(blob))
  }

  /// What decrypting fails with, and the content given out before that.
  static func failure(
    _ blob: [UInt8], _ pointer: AttachmentPointer, step: Int = .max
  ) -> (code: CygnetError.Code?, released: [UInt8]) {
    var released: [UInt8] = []
    do throws(CygnetError) {
      var decryptor = try AttachmentDecryptor(pointer)
      var offset = 0
      while offset < blob.count {
        let end = offset + min(step, blob.count - offset)
        released += try decryptor.update(Array(blob[offset..<end])).bytes
        offset = end
      }
      try decryptor.finish()
      return (nil, released)
    } catch { return (error.code, released) }
  }
}
