internal import CygnetAttachments
internal import CygnetPrimitives

/// The figures of attachments, each beside what cipher and digest cost on the same cores.
///
/// Memory stands for files. Under digest algorithm 1 the digest cannot be divided, so bare calls can
/// be no faster than the digest alone, nor than all work spread evenly over the cores.
struct AttachmentBenchmarks {
  private static let small = 1 << 20
  private static let large = 64 << 20

  /// The figures with a goal; the rest is told beside them.
  static let goalNames = [
    "seal_1MiB", "open_1MiB", "read_1MiB", "seal_64MiB_digest1", "open_64MiB_digest1",
    "seal_64MiB_digest2", "open_64MiB_digest2",
  ]

  private let wanted: (String) -> Bool

  init(filter: String?) { wanted = { name in filter.map(name.contains) ?? true } }

  // MARK: - One core

  func smallOperations() throws -> [Operation] {
    let bytes = Self.small
    let floor = AttachmentFloor(size: bytes)
    let content = [UInt8](repeating: 0x2a, count: bytes)
    let (blob, pointer) = try AttachmentEncryptor.encrypt(content, padding: .none)
    let reader = try AttachmentReader(
      pointer, header: Array(blob.prefix(AttachmentLimits.headerByteCount)))
    // All chunks that the reader will ask for: fetching them is not timed.
    let chunks = Array(
      blob[AttachmentLimits.headerByteCount...].prefix(
        bytes / AttachmentLimits.chunkByteCount * AttachmentLimits.sealedChunkByteCount))
    let (library, bare) = (PairwiseBenchmarks.peer, Floor.peer)
    let operations: [Operation] = [
      .plain(library, "seal_1MiB", bytes: bytes) {
        _ = try AttachmentEncryptor.encrypt(content, padding: .none)
      },
      .plain(bare, "seal_1MiB", bytes: bytes) { floor.sealAndDigest() },
      .plain(library, "open_1MiB", bytes: bytes) {
        _ = try AttachmentDecryptor.decrypt(blob, pointer)
      },
      .plain(bare, "open_1MiB", bytes: bytes) { floor.openAndDigest() },
      .plain(library, "read_1MiB", bytes: bytes) {
        _ = try reader.read(0..<UInt64(bytes)) { _ in chunks }
      },
      .plain(bare, "read_1MiB", bytes: bytes) { floor.openingCipher() },
      .plain(bare, "cipher_1MiB", bytes: bytes) { floor.cipher() },
      .plain(bare, "digest_1MiB", bytes: bytes) { floor.digest() },
    ]
    return operations.filter { wanted($0.name) }
  }

  // MARK: - All cores

  func largeOperations() throws -> [Operation] {
    // The memory for them is taken only when one of them is wanted.
    guard Self.goalNames.contains(where: { $0.contains("64MiB") && wanted($0) }) else { return [] }
    let floor = AttachmentFloor(size: Self.large)
    let layout = try BlobLayout(contentSize: UInt64(Self.large), padding: .none)
    let blob = SharedMemory(count: Int(layout.blobSize))
    let operations =
      try operations(.flat, "digest1", floor, blob) + operations(.parts, "digest2", floor, blob)
    return operations.filter { wanted($0.name) }
  }

  private func operations(
    _ digest: DigestAlgorithm, _ suffix: String, _ floor: AttachmentFloor, _ blob: SharedMemory
  ) throws -> [Operation] {
    let bytes = Self.large
    let (library, bare) = (PairwiseBenchmarks.peer, Floor.peer)
    let (sealName, openName) = ("seal_64MiB_\(suffix)", "open_64MiB_\(suffix)")
    let sealed = SharedMemory(count: blob.count)
    let pointer = try seal(floor.content, into: sealed, digest)
    func leastTime(isOpening: Bool) -> Double {
      let together = Stopwatch.elapsedNanoseconds { floor.parallel(isOpening: isOpening) }
      guard digest == .flat else { return together }
      return max(together, Stopwatch.elapsedNanoseconds { floor.digest() })
    }
    func bareOperation(_ name: String, isOpening: Bool) -> Operation {
      Operation(bare, name, bytes: bytes) { count in
        var time = 0.0
        for _ in 0..<count { time += leastTime(isOpening: isOpening) }
        return time
      }
    }
    let opened = SharedMemory(count: bytes)
    return [
      .parallel(library, sealName, bytes: bytes) {
        _ = try seal(floor.content, into: blob, digest)
      },
      bareOperation(sealName, isOpening: false),
      .parallel(library, openName, bytes: bytes) {
        let opener = try ParallelOpener(pointer, blobSize: UInt64(sealed.count))
        try opener.run(
          read: { (offset, buffer) throws(CygnetError) in
            sealed.read(at: offset, into: &buffer)
          },
          write: { (offset, bytes) throws(CygnetError) in opened.write(bytes, at: offset) })
      },
      bareOperation(openName, isOpening: true),
    ]
  }

  private func seal(
    _ content: SharedMemory, into blob: SharedMemory, _ digest: DigestAlgorithm
  ) throws(CygnetError) -> AttachmentPointer {
    let sealer = try ParallelSealer(
      size: UInt64(content.count), padding: .none, digest: digest)
    return try sealer.run(
      read: { (offset, buffer) throws(CygnetError) in content.read(at: offset, into: &buffer) },
      write: { (offset, bytes) throws(CygnetError) in blob.write(bytes, at: offset) })
  }
}
