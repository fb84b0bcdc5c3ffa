internal import CygnetPrimitives
internal import CygnetWire

/// The chunk cipher "att1": C2SP chunked-encryption with SHA-512 and ChaCha20-Poly1305.
///
/// Every chunk is sealed by itself under a nonce that its index makes, so chunks can be sealed and
/// opened in any order and on any thread. The last chunk is the only one shorter than 16384 bytes;
/// therefore no chunk can be dropped from the end unnoticed.
struct ChunkedAEAD: Sendable {
  /// What derives from key, salt and role.
  let header: AttachmentHeader
  private let subkey: SecretBytes
  /// The base nonce, as its first four bytes and the eight that the chunk index changes.
  private let baseStart: [UInt8]
  private let baseEnd: UInt64

  private static let label = Array("c2sp.org/chunked-encryption@v1+AEAD_CHACHA20_POLY1305".utf8)
  private static let context = Array("att1".utf8)

  /// Specification: Attachments, derivation.
  init(key: AttachmentKey, salt: [UInt8], role: AttachmentRole) throws(CygnetError) {
    try Sodium.selfTest()
    let info = Self.label + [0] + salt + Self.context + [role.rawValue]
    let okm = try key.bytes.withBytes { (key) throws(CygnetError) in
      try HKDFSHA512.expand(pseudorandomKey: key, info: info, count: 76)
    }
    // The wire's reader cuts the pieces: 76 bytes were asked for, so it cannot run short.
    let pieces = try Reader.read(okm) { (reader) throws(CygnetError) in
      Pieces(
        subkey: try reader.readSecret(32), baseStart: try reader.readFixed(4),
        baseEnd: try reader.readUInt64(), commitment: try reader.readFixed(32))
    }
    subkey = pieces.subkey
    baseStart = pieces.baseStart
    baseEnd = pieces.baseEnd
    header = AttachmentHeader(salt: salt, commitment: pieces.commitment)
  }

  /// For a reader: derives and compares the commitment, in constant time, before any chunk.
  /// - Throws: `authenticationFailed` for another key, role or header.
  init(
    key: AttachmentKey, role: AttachmentRole, header: AttachmentHeader
  ) throws(CygnetError) {
    try self.init(key: key, salt: header.salt, role: role)
    guard ConstantTime.areEqual(self.header.commitment, header.commitment) else {
      throw CygnetError(.authenticationFailed, "the attachment does not verify")
    }
  }

  private struct Pieces {
    let subkey: SecretBytes
    let baseStart: [UInt8]
    let baseEnd: UInt64
    let commitment: [UInt8]
  }

  /// base XOR be96(index).
  private func nonce(_ index: UInt64) -> [UInt8] {
    var nonce = baseStart
    nonce.reserveCapacity(12)
    var rest = (baseEnd ^ index).byteSwapped
    for _ in 0..<8 {
      nonce.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
    return nonce
  }

  /// Seals chunks from index `first` on: `plaintext` begins with the first of them and ends with a
  /// full chunk, or with the blob's last when `isLast` is set. `output` has exactly the room.
  func seal(
    _ plaintext: RawSpan, first: UInt64, isLast: Bool, over output: inout MutableRawSpan
  ) throws(CygnetError) {
    let chunk = AttachmentLimits.chunkByteCount
    let full = plaintext.byteCount / chunk
    var index = first
    for number in 0..<(isLast ? full + 1 : full) {
      let start = number * chunk
      let end = min(start + chunk, plaintext.byteCount)
      let place = number * AttachmentLimits.sealedChunkByteCount
      var target = output._mutatingExtracting(place..<(place + end - start + 16))
      try ChaCha20Poly1305.seal(
        plaintext.extracting(start..<end), key: subkey, nonce: nonce(index),
        authenticating: RawSpan(), over: &target)
      index += 1
    }
  }

  /// Opens chunks from index `first` on; `output` has exactly the room of their plaintext.
  /// - Throws: `authenticationFailed`; then `output` must not be used.
  func open(
    _ sealed: RawSpan, first: UInt64, over output: inout MutableRawSpan
  ) throws(CygnetError) {
    let chunk = AttachmentLimits.sealedChunkByteCount
    var index = first
    var start = 0
    var place = 0
    while start < sealed.byteCount {
      let end = min(start + chunk, sealed.byteCount)
      guard end - start >= 16 else {
        throw CygnetError(.truncated, "a chunk is shorter than its tag")
      }
      var target = output._mutatingExtracting(place..<(place + end - start - 16))
      do throws(CygnetError) {
        try ChaCha20Poly1305.open(
          sealed.extracting(start..<end), key: subkey, nonce: nonce(index),
          authenticating: RawSpan(), over: &target)
      } catch { throw Self.refused(error) }
      index += 1
      start = end
      place += AttachmentLimits.chunkByteCount
    }
  }

  /// The bytes that `count` bytes of plaintext take when sealed.
  static func sealedByteCount(_ count: Int, isLast: Bool) -> Int {
    count + 16 * (count / AttachmentLimits.chunkByteCount + (isLast ? 1 : 0))
  }

  /// One text for every failure of authentication, so that it tells nothing.
  private static func refused(_ error: CygnetError) -> CygnetError {
    guard error.code == .authenticationFailed else { return error }
    return CygnetError(.authenticationFailed, "the attachment does not verify")
  }
}
