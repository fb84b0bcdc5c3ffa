public import CygnetPrimitives

/// Checks all of a blob that can be checked without its key: what a server does on upload.
///
/// It cannot tell a blob from random bytes of the same length; whoever holds the pointer can.
public struct BlobVerifier: ~Copyable {
  private let layout: BlobLayout
  private let expected: [UInt8]?
  private var digest: BlobDigest
  private var taken: UInt64 = 0

  /// - Parameters:
  ///   - size: the blob's length as declared, or as it lies on disk.
  ///   - digest: the digest it must have; nil to learn it from `finish()`.
  ///   - algorithm: how the digest is computed.
  ///   - padding: with `.padme` the plaintext's length must be one that Padmé gives.
  ///   - maxSize: the quota for the whole blob.
  /// - Throws: `limitExceeded` above the quota; `truncated` for a length that no blob has;
  ///   `ruleViolation` for a length that Padmé does not give, or the digest of parts on a small
  ///   blob; `malformed` for a digest of another length than 32 bytes.
  public init(
    size: UInt64, digest: [UInt8]? = nil, algorithm: DigestAlgorithm = .flat,
    padding: Padding = .padme, maxSize: UInt64
  ) throws(CygnetError) {
    guard size <= maxSize else {
      throw CygnetError(.limitExceeded, "the blob is larger than the quota")
    }
    let layout = try BlobLayout(blobSize: size)
    guard padding == .none || layout.isPadme else {
      throw CygnetError(.ruleViolation, "the length is none that padding gives")
    }
    try algorithm.check(blobSize: size)
    guard digest == nil || digest?.count == BlobDigest.byteCount else {
      throw CygnetError(.malformed, "a digest has 32 bytes")
    }
    self.layout = layout
    expected = digest
    self.digest = BlobDigest(algorithm)
  }

  /// Takes the next piece of the blob.
  /// - Throws: `malformed` for more bytes than declared.
  public mutating func update(_ blob: [UInt8]) throws(CygnetError) {
    guard UInt64(blob.count) <= layout.blobSize - taken else {
      throw CygnetError(.malformed, "the blob is longer than declared")
    }
    taken += UInt64(blob.count)
    blob.withBytes { blob in digest.update(blob) }
  }

  /// The digest of the whole blob.
  /// - Throws: `truncated` for fewer bytes than declared, `authenticationFailed` for another digest
  ///   than expected.
  public consuming func finish() throws(CygnetError) -> [UInt8] {
    guard taken == layout.blobSize else {
      throw CygnetError(.truncated, "the blob is shorter than declared")
    }
    let result = digest.close()
    if let expected, !ConstantTime.areEqual(expected, result) {
      throw CygnetError(.authenticationFailed, "the digest is another")
    }
    return result
  }
}
