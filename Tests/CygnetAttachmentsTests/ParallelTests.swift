import CygnetAttachments
import CygnetPrimitives
import TestSupport
import Testing

@Suite struct ParallelTests {
  /// Memory that many threads write to, in any order.
  final class Store: Sendable {
    private let bytes: Monitor<[UInt8]>
    init(_ count: Int) { bytes = Monitor([UInt8](repeating: 0xee, count: count)) }
    init(_ bytes: [UInt8]) { self.bytes = Monitor(bytes) }

    var all: [UInt8] { bytes.withLock { $0 } }

    func read(_ offset: UInt64, _ buffer: inout MutableRawSpan) throws(CygnetError) {
      let count = buffer.byteCount
      let piece = bytes.withLock { bytes in
        Int(offset) + count <= bytes.count ? Array(bytes[Int(offset)..<(Int(offset) + count)]) : nil
      }
      guard let piece else { throw CygnetError(.storage, "read past the end") }
      piece.withBytes { piece in buffer.copy(piece, at: 0) }
    }

    func write(_ offset: UInt64, _ piece: RawSpan) throws(CygnetError) {
      var copy: [UInt8] = []
      copy.append(copying: piece)
      let fits = bytes.withLock { bytes in
        guard Int(offset) + copy.count <= bytes.count else { return false }
        bytes.replaceSubrange(Int(offset)..<(Int(offset) + copy.count), with: copy)
        return true
      }
      guard fits else { throw CygnetError(.storage, "write past the end") }
    }
  }

  static func seal(
    _ content: [UInt8], padding: Padding = .padme, digest: DigestAlgorithm = .flat, threads: Int
  ) throws -> (blob: [UInt8], pointer: AttachmentPointer) {
    var random = PointerTests.FixedSource()
    let sealer = try ParallelSealer(
      size: UInt64(content.count), role: .original, padding: padding, digest: digest,
      threadCount: threads, using: &random)
    let source = Store(content)
    let target = Store(Int(sealer.blobSize))
    let pointer = try sealer.run(
      read: { (offset, buffer) throws(CygnetError) in try source.read(offset, &buffer) },
      write: { (offset, bytes) throws(CygnetError) in try target.write(offset, bytes) })
    return (target.all, pointer)
  }

  static func serial(
    _ content: [UInt8], padding: Padding = .padme, digest: DigestAlgorithm = .flat
  ) throws -> (blob: [UInt8], pointer: AttachmentPointer) {
    var random = PointerTests.FixedSource()
    var encryptor = try AttachmentEncryptor(
      size: UInt64(content.count), role: .original, padding: padding, digest: digest,
      using: &random)
    var blob = try encryptor.update(content)
    let end = try encryptor.finish()
    blob += end.tail
    return (blob, end.pointer)
  }

  static func open(
    _ blob: [UInt8], _ pointer: AttachmentPointer, threads: Int, size: Int? = nil
  ) throws -> [UInt8] {
    let source = Store(blob)
    let target = Store(Int(pointer.size))
    try ParallelOpener(pointer, blobSize: UInt64(size ?? blob.count), threadCount: threads).run(
      read: { (offset, buffer) throws(CygnetError) in try source.read(offset, &buffer) },
      write: { (offset, bytes) throws(CygnetError) in try target.write(offset, bytes) })
    return target.all
  }

  @Test("any number of threads makes the same blob as the stream, and opens it", arguments: 1...5)
  func sameAsStream(threads: Int) throws {
    for size in [0, 1, 16_383, 16_384, 524_288, 524_289, (9 << 20) + 77] {
      for padding in Padding.allCases {
        let content = Fixture.bulk(size)
        let serial = try Self.serial(content, padding: padding)
        let parallel = try Self.seal(content, padding: padding, threads: threads)
        #expect(parallel.blob == serial.blob, "\(size) bytes")
        #expect(parallel.pointer == serial.pointer)
        #expect(try Self.open(parallel.blob, parallel.pointer, threads: threads) == content)
      }
    }
  }

  @Test("the same under the digest of parts", arguments: [1, 3])
  func parts(threads: Int) throws {
    for (size, padding) in [(64 << 20, Padding.none), ((66 << 20) + 12_345, .padme)] {
      let content = Fixture.bulk(size)
      let serial = try Self.serial(content, padding: padding, digest: .parts)
      let parallel = try Self.seal(content, padding: padding, digest: .parts, threads: threads)
      #expect(parallel.blob == serial.blob)
      #expect(parallel.pointer == serial.pointer)
      #expect(try Self.open(parallel.blob, parallel.pointer, threads: threads) == content)
    }
  }

  @Test("a spoiled blob is refused, whichever thread meets it")
  func spoiled() throws {
    let content = Fixture.bulk(3 << 20)
    let (blob, pointer) = try Self.serial(content)
    for place in [0, 55, 56, 1_000_000, blob.count - 1] {
      var spoiled = blob
      spoiled[place] ^= 1
      #expect(failureCode { try Self.open(spoiled, pointer, threads: 3) } == .authenticationFailed)
    }
    #expect(
      failureCode { try Self.open(Array(blob.dropLast()), pointer, threads: 2) } == .truncated)
    #expect(failureCode { try Self.open(blob + [0], pointer, threads: 2) } == .malformed)
    let other = try Fixture.pointer(pointer, for: [1])
    #expect(failureCode { try Self.open(blob, other, threads: 2) } == .authenticationFailed)
  }

  @Test("padding that is not zero is against the rules")
  func paddingNotZero() throws {
    var plaintext = Fixture.bulk(1 << 20)
    plaintext[plaintext.count - 1] = 1
    let (blob, sealed) = try Self.serial(plaintext, padding: .none)
    let pointer = try Fixture.pointer(
      sealed, for: blob, size: UInt64(plaintext.count - 5), padding: .padme)
    #expect(failureCode { try Self.open(blob, pointer, threads: 2) } == .ruleViolation)
  }

  @Test("a failing read or write ends the run with its error", arguments: [1, 4])
  func failingIO(threads: Int) throws {
    for failsReading in [true, false] {
      let sealer = try ParallelSealer(size: 5 << 20, threadCount: threads)
      do {
        _ = try sealer.run(
          read: { (offset, buffer) throws(CygnetError) in
            if failsReading, offset > 1 << 20 { throw CygnetError(.storage, "no disk") }
            buffer.zero(from: 0)
          },
          write: { (offset, _) throws(CygnetError) in
            if !failsReading, offset > 1 << 20 { throw CygnetError(.storage, "no disk") }
          })
        Issue.record("it ended well")
      } catch { #expect(error.code == .storage) }
    }
  }
}
