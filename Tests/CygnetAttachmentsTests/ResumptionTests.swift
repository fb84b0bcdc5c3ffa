import CygnetAttachments
import CygnetPrimitives
import CygnetWire
import TestSupport
import Testing

@Suite struct ResumptionTests {
  static let part = 8 << 20

  /// Feeds parts until `stop` parts are sealed; what came out, and the state then.
  static func begin(_ content: [UInt8], stop: Int) throws -> ([UInt8], AttachmentResumption) {
    var encryptor = try ResumableEncryptor(size: UInt64(content.count))
    var blob: [UInt8] = []
    for index in 0..<stop {
      let start = index * part
      blob += try encryptor.seal(
        part: Array(content[start..<(start + encryptor.nextPartByteCount)]))
    }
    return (blob, encryptor.resumption)
  }

  /// Everything from the start, under a stored state.
  static func resume(
    _ content: [UInt8], _ resumption: AttachmentResumption
  ) throws -> (blob: [UInt8], pointer: AttachmentPointer) {
    let stored = try resumption.encoded()
    var encryptor = try ResumableEncryptor(resuming: AttachmentResumption(decoding: stored))
    var blob: [UInt8] = []
    var offset = 0
    while encryptor.nextPartByteCount > 0 {
      let count = encryptor.nextPartByteCount
      blob += try encryptor.seal(part: Array(content[offset..<(offset + count)]))
      offset += count
    }
    let end = try encryptor.finish()
    return (blob + end.tail, end.pointer)
  }

  @Test("an interrupted encryption goes on, and gives the bytes it gave before")
  func goesOn() throws {
    let content = Fixture.bulk(2 * Self.part + 70_000)
    for stop in 0...3 {
      let (sent, state) = try Self.begin(content, stop: stop)
      #expect(state.partCount == stop)
      let (blob, pointer) = try Self.resume(content, state)
      #expect(blob.starts(with: sent))
      if stop == 2 { #expect(sent.count == 56 + 2 * 512 * 16_400) }
      #expect(try AttachmentDecryptor.decrypt(blob, pointer) == content)
    }
  }

  @Test("a source that changed in any part that was begun is refused")
  func changed() throws {
    let content = Fixture.bulk(2 * Self.part + 70_000)
    let (_, state) = try Self.begin(content, stop: 3)
    let places = [
      0, Self.part - 1, Self.part, 2 * Self.part - 1, 2 * Self.part, content.count - 1,
    ]
    for place in places {
      var changed = content
      changed[place] ^= 1
      #expect(failureCode { try Self.resume(changed, state) } == .sourceChanged, "at \(place)")
    }
  }

  @Test("a source that changed where nothing was begun yet is taken as it is")
  func changedLater() throws {
    let content = Fixture.bulk(2 * Self.part)
    let (sent, state) = try Self.begin(content, stop: 1)
    var changed = content
    changed[Self.part] ^= 1
    let (blob, pointer) = try Self.resume(changed, state)
    #expect(blob.starts(with: sent))
    #expect(try AttachmentDecryptor.decrypt(blob, pointer) == changed)
  }

  @Test("it gives the same blob as the plain encryptor, with padding in pieces")
  func sameBlob() throws {
    for size in [0, 5, 16_384, Self.part, Self.part + 1] {
      let content = Fixture.bulk(size)
      var random = PointerTests.FixedSource()
      var encryptor = try ResumableEncryptor(
        size: UInt64(size), role: .original, padding: .padme, digest: .flat, using: &random)
      var plain = try AttachmentEncryptor(
        size: UInt64(size), role: .original, padding: .padme, digest: .flat, using: &random)
      var blob: [UInt8] = []
      for start in stride(from: 0, to: size, by: Self.part) {
        blob += try encryptor.seal(part: Array(content[start..<min(start + Self.part, size)]))
      }
      blob += try encryptor.pad()
      let end = try encryptor.finish()
      let expected = try plain.update(content)
      let expectedEnd = try plain.finish()
      #expect(blob + end.tail == expected + expectedEnd.tail)
      #expect(end.pointer == expectedEnd.pointer)
    }
  }

  @Test("parts of a wrong size are refused, and after a failure everything is")
  func wrongParts() throws {
    var encryptor = try ResumableEncryptor(size: 100)
    #expect(throws: CygnetError(.truncated, "")) {
      _ = try encryptor.seal(part: [UInt8](repeating: 0, count: 99))
    }
    #expect(throws: CygnetError(.limitExceeded, "")) {
      _ = try encryptor.seal(part: [UInt8](repeating: 0, count: 101))
    }
    #expect(throws: CygnetError(.truncated, "")) { _ = try encryptor.pad() }
    _ = try encryptor.seal(part: [UInt8](repeating: 0, count: 100))
    #expect(throws: CygnetError(.limitExceeded, "")) { _ = try encryptor.seal(part: []) }
    #expect(encryptor.resumption.partCount == 1)
    var again = try ResumableEncryptor(resuming: encryptor.resumption)
    #expect(throws: CygnetError(.sourceChanged, "")) {
      _ = try again.seal(part: [UInt8](repeating: 1, count: 100))
    }
    #expect(throws: CygnetError(.wrongState, "")) {
      _ = try again.seal(part: [UInt8](repeating: 0, count: 100))
    }
  }

  @Test("the stored state comes back byte for byte, and neither shorter nor longer")
  func law() throws {
    let content = Fixture.bulk(Self.part + 5)
    for stop in 0...2 {
      let (_, state) = try Self.begin(content, stop: stop)
      let encoded = try state.wireEncodedBytes()
      #expect(encoded.count == 71 + (stop == 2 ? 2 : 1) - 1 + 32 * stop)
      #expect(wireLawViolations(AttachmentResumption.self, encoded) == [])
    }
    let (_, state) = try Self.begin(content, stop: 2)
    let encoded = try state.wireEncodedBytes()
    // A third digest for two parts.
    let more = Array(encoded[..<70]) + [0x40, 96] + [UInt8](repeating: 0, count: 96)
    #expect(failureCode { try AttachmentResumption(wire: more) } == .malformed)
    for (offset, value) in [(59, 9), (60, 9), (61, 9), (0, 9)] {
      var changed = encoded
      changed[offset] = UInt8(value)
      #expect(failureCode { try AttachmentResumption(wire: changed) } == .unsupported)
    }
    var huge = encoded
    huge[62] = 0xff
    #expect(failureCode { try AttachmentResumption(wire: huge) } == .limitExceeded)
  }
}

extension AttachmentResumption {
  fileprivate func wireEncodedBytes() throws -> [UInt8] { try wireEncoded() }
}
