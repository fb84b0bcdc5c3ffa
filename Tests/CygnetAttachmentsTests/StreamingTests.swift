import CygnetAttachments
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite struct StreamingTests {
  @Test("however content is cut, the blob is the same")
  func encryptionCuts() throws {
    for size in [0, 1, 16_383, 16_384, 16_385, 49_152, 70_000] {
      let content = Fixture.content(size)
      let whole = try Fixture.encrypt(content)
      for seed in UInt64(1)...12 {
        var encryptor = try Fixture.encryptor(size)
        var blob: [UInt8] = []
        for piece in Self.pieces(of: content, seed: seed) { blob += try encryptor.update(piece) }
        let end = try encryptor.finish()
        #expect(blob + end.tail == whole.blob, "seed \(seed)")
        #expect(end.pointer == whole.pointer)
      }
    }
  }

  @Test("however a blob is cut, the content is the same")
  func decryptionCuts() throws {
    for size in [0, 1, 16_383, 16_384, 16_385, 49_152, 70_000] {
      let content = Fixture.content(size)
      for padding in Padding.allCases {
        let (blob, pointer) = try Fixture.encrypt(content, padding: padding)
        for seed in UInt64(1)...12 {
          var decryptor = try AttachmentDecryptor(pointer)
          var output: [UInt8] = []
          for piece in Self.pieces(of: blob, seed: seed) {
            output += try decryptor.update(piece).bytes
          }
          try decryptor.finish()
          #expect(output == content, "seed \(seed)")
        }
      }
    }
  }

  @Test("byte by byte, both ways")
  func byteByByte() throws {
    let content = Fixture.content(33_000)
    var encryptor = try Fixture.encryptor(content.count)
    var blob: [UInt8] = []
    for byte in content { blob += try encryptor.update([byte]) }
    let end = try encryptor.finish()
    blob += end.tail
    #expect(blob == (try Fixture.encrypt(content).blob))
    #expect(Fixture.failure(blob, end.pointer, step: 1).code == nil)
    #expect(Fixture.failure(blob, end.pointer, step: 1).released == content)
  }

  @Test("padding can be taken in pieces")
  func padInPieces() throws {
    let content = Fixture.bulk((32 << 20) + 1)
    var encryptor = try Fixture.encryptor(content.count)
    var blob = try encryptor.update(content)
    var count = 0
    while true {
      let piece = try encryptor.pad()
      if piece.isEmpty { break }
      blob += piece
      count += 1
    }
    #expect(count == 1)
    let end = try encryptor.finish()
    #expect(end.tail.count <= 2 * 16_400)
    #expect(blob + end.tail == (try Fixture.encrypt(content).blob))
  }

  @Test("content that is longer or shorter than declared is refused")
  func declaredSize() throws {
    var encryptor = try Fixture.encryptor(10)
    #expect(throws: CygnetError(.limitExceeded, "")) {
      _ = try encryptor.update([UInt8](repeating: 0, count: 11))
    }
    _ = try encryptor.update([UInt8](repeating: 0, count: 9))
    #expect(throws: CygnetError(.truncated, "")) { _ = try encryptor.pad() }
    do {
      _ = try encryptor.finish()
      Issue.record("it finished")
    } catch { #expect(error.code == .truncated) }
  }

  @Test("two encryptions of the same content share nothing")
  func freshKeys() throws {
    let content = Fixture.content(100)
    let first = try AttachmentEncryptor.encrypt(content)
    let second = try AttachmentEncryptor.encrypt(content)
    #expect(first.blob[..<56] != second.blob[..<56])
    #expect(first.pointer != second.pointer)
    #expect(try AttachmentDecryptor.decrypt(first.blob, first.pointer) == content)
    #expect(
      failureCode { try AttachmentDecryptor.decrypt(first.blob, second.pointer) }
        == .authenticationFailed)
  }

  @Test("the digest of parts is refused below 64 MiB")
  func partedDigestLimit() throws {
    #expect(failureCode { try Fixture.encrypt([1], digest: .parts) } == .ruleViolation)
  }

  /// Random pieces; some are empty, some are long.
  static func pieces(of bytes: [UInt8], seed: UInt64) -> [[UInt8]] {
    var random = SeededRandomSource(seed, label: "pieces")
    var pieces: [[UInt8]] = []
    var offset = 0
    while offset < bytes.count {
      let draw = random.bytes(4)
      let most = [1, 40, 5_000, 16_384, 16_400, 40_000][Int(draw[0]) % 6]
      let count = min((Int(draw[1]) << 8 | Int(draw[2])) % (most + 1), bytes.count - offset)
      pieces.append(Array(bytes[offset..<(offset + count)]))
      offset += count
    }
    return pieces
  }
}
