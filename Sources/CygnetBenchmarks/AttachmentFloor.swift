internal import CSodium
internal import CygnetAttachments
internal import CygnetPrimitives

/// What cipher and digest of an attachment cost in bare libsodium calls, over the same chunks, with the
/// digest of a slice taken while it is in the core's cache.
///
/// All chunks share one nonce: the work is the same, and what it seals is worthless.
@safe final class AttachmentFloor: @unchecked Sendable {
  // Threads share the key and the nonce, which nobody changes after `init`, and the two memories.
  let content: SharedMemory
  private let blob: SharedMemory
  private let key = UnsafeMutablePointer<UInt8>.allocate(capacity: 32)
  private let nonce = UnsafeMutablePointer<UInt8>.allocate(capacity: 12)

  private static let chunk = AttachmentLimits.chunkByteCount
  private static let sealedChunk = AttachmentLimits.sealedChunkByteCount
  private static let sliceLength = 32

  /// - Parameter size: a multiple of 16384.
  init(size: Int) {
    precondition(sodium_init() >= 0, "benchmarks need libsodium")
    content = SharedMemory(count: size)
    blob = SharedMemory(count: size / Self.chunk * Self.sealedChunk)
    unsafe key.initialize(repeating: 7, count: 32)
    unsafe nonce.initialize(repeating: 0, count: 12)
    seal(0..<chunkCount)
  }

  deinit {
    unsafe key.deallocate()
    unsafe nonce.deallocate()
  }

  private var chunkCount: Int { content.count / Self.chunk }

  // MARK: - One core

  func cipher() { seal(0..<chunkCount) }

  func openingCipher() { open(0..<chunkCount) }

  func digest() {
    var state = crypto_hash_sha256_state()
    unsafe crypto_hash_sha256_init(&state)
    update(&state, 0..<chunkCount)
    close(&state)
  }

  func sealAndDigest() { work(0..<chunkCount, isOpening: false) }

  func openAndDigest() { work(0..<chunkCount, isOpening: true) }

  // MARK: - All cores

  /// Cipher and digest of pieces of 8 MiB, on as many threads as there are processors.
  func parallel(isOpening: Bool) {
    let piece = AttachmentLimits.partChunkCount
    let next = Monitor(0)
    Threads.run(Threads.processorCount) { [self] in
      while true {
        let start = next.withLock { next in
          next += piece
          return next - piece
        }
        guard start < chunkCount else { return }
        work(start..<min(start + piece, chunkCount), isOpening: isOpening)
      }
    }
  }

  // MARK: - Steps

  private func work(_ chunks: Range<Int>, isOpening: Bool) {
    var state = crypto_hash_sha256_state()
    unsafe crypto_hash_sha256_init(&state)
    for start in stride(from: chunks.lowerBound, to: chunks.upperBound, by: Self.sliceLength) {
      let slice = start..<min(start + Self.sliceLength, chunks.upperBound)
      if isOpening { open(slice) } else { seal(slice) }
      update(&state, slice)
    }
    close(&state)
  }

  private func seal(_ chunks: Range<Int>) {
    for index in chunks {
      unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
        blob.pointer(at: index * Self.sealedChunk), nil, content.pointer(at: index * Self.chunk),
        UInt64(Self.chunk), nil, 0, nil, nonce, key)
    }
  }

  private func open(_ chunks: Range<Int>) {
    for index in chunks {
      let status = unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
        content.pointer(at: index * Self.chunk), nil, nil,
        blob.pointer(at: index * Self.sealedChunk), UInt64(Self.sealedChunk), nil, 0, nonce, key)
      precondition(status == 0, "the chunk opens")
    }
  }

  private func update(_ state: inout crypto_hash_sha256_state, _ chunks: Range<Int>) {
    unsafe crypto_hash_sha256_update(
      &state, blob.pointer(at: chunks.lowerBound * Self.sealedChunk),
      UInt64(chunks.count * Self.sealedChunk))
  }

  private func close(_ state: inout crypto_hash_sha256_state) {
    var digest: [UInt8] = .init(repeating: 0, count: 32)
    unsafe crypto_hash_sha256_final(&state, &digest)
  }
}
