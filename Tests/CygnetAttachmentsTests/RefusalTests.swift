import CygnetAttachments
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

/// Every way to spoil a blob, with the code it must fail with.
@Suite struct RefusalTests {
  @Test("every truncation is truncated or fails to verify, and nothing unverified comes out")
  func truncations() throws {
    for padding in Padding.allCases {
      let content = Fixture.content(33_000)
      let (blob, pointer) = try Fixture.encrypt(content, padding: padding)
      var cuts = Set(0..<200)
      for edge in [16455, 16456, 16457, 32855, 32856, 32857, blob.count - 16] {
        cuts.formUnion((edge - 17)...(edge + 1))
      }
      for cut in cuts.sorted() where cut < blob.count {
        let (code, released) = Fixture.failure(Array(blob[..<cut]), pointer)
        #expect(code == .truncated, "cut to \(cut)")
        #expect(content.starts(with: released))
      }
    }
  }

  @Test("every truncation of a small blob is refused")
  func smallTruncations() throws {
    for size in [0, 1, 40] {
      let (blob, pointer) = try Fixture.encrypt(Fixture.content(size), padding: .none)
      for cut in 0..<blob.count {
        #expect(Fixture.failure(Array(blob[..<cut]), pointer).code == .truncated)
        #expect(Fixture.failure(Array(blob[..<cut]), pointer).released == [])
      }
    }
  }

  @Test("bytes behind the blob are malformed, and nothing of that piece comes out")
  func extensions() throws {
    let (blob, pointer) = try Fixture.encrypt(Fixture.content(16_384), padding: .none)
    for more in [1, 2, 15, 16, 17, 16_400, 100_000] {
      let (code, released) = Fixture.failure(
        blob + [UInt8](repeating: 0, count: more), pointer)
      #expect(code == .malformed)
      #expect(released == [])
    }
    #expect(Fixture.failure(blob + [0], pointer, step: 1).code == .malformed)
  }

  @Test("a blob cut at a chunk's end, and one without its empty last chunk, are truncated")
  func chunkBoundaries() throws {
    let (blob, pointer) = try Fixture.encrypt(Fixture.content(2 * 16_384), padding: .none)
    #expect(Fixture.failure(Array(blob[..<(56 + 16_400)]), pointer).code == .truncated)
    #expect(Fixture.failure(Array(blob.dropLast(16)), pointer).code == .truncated)
  }

  @Test("chunks that are swapped or doubled do not verify")
  func order() throws {
    let (blob, original) = try Fixture.encrypt(Fixture.content(3 * 16_384 + 9), padding: .none)
    let head = Array(blob[..<56])
    let chunks = (0..<3).map { Array(blob[(56 + 16_400 * $0)..<(56 + 16_400 * ($0 + 1))]) }
    let tail = Array(blob[(56 + 3 * 16_400)...])
    let swapped = head + chunks[1] + chunks[0] + chunks[2] + tail
    let doubled = head + chunks[0] + chunks[0] + chunks[2] + tail
    for spoiled in [swapped, doubled] {
      let pointer = try Fixture.pointer(original, for: spoiled)
      #expect(Fixture.failure(spoiled, pointer).code == .authenticationFailed)
    }
  }

  @Test("every flipped bit of a small blob fails to verify, even under a digest that fits")
  func bitFlips() throws {
    let (blob, original) = try Fixture.encrypt(Fixture.content(60), padding: .none)
    try everyBitFlip(of: blob) { bit, flipped in
      let pointer = try Fixture.pointer(original, for: flipped)
      let (code, released) = Fixture.failure(flipped, pointer)
      #expect(code == .authenticationFailed, "bit \(bit)")
      #expect(released == [])
    }
  }

  @Test("every flipped byte of a blob of two chunks fails to verify")
  func byteFlips() throws {
    let content = Fixture.content(16_384 + 100)
    let (blob, original) = try Fixture.encrypt(content, padding: .none)
    for index in stride(from: 0, to: blob.count, by: 7) {
      var flipped = blob
      flipped[index] ^= 0x80
      let (code, released) = Fixture.failure(flipped, original)
      #expect(code == .authenticationFailed, "byte \(index)")
      #expect(content.starts(with: released))
    }
  }

  @Test("another key fails at the commitment, before any chunk is there")
  func wrongKey() throws {
    let (blob, original) = try Fixture.encrypt(Fixture.content(5000))
    let key = try AttachmentKey(SecretBytes(copying: [UInt8](repeating: 9, count: 32)))
    let pointer = try Fixture.pointer(original, for: blob, key: key)
    var decryptor = try AttachmentDecryptor(pointer)
    do {
      _ = try decryptor.update(Array(blob[..<56]))
      Issue.record("the header was taken")
    } catch { #expect(error.code == .authenticationFailed) }
  }

  @Test("another role fails at the commitment")
  func wrongRole() throws {
    let (blob, original) = try Fixture.encrypt(Fixture.content(5000))
    for role in AttachmentRole.allCases where role != .original {
      let pointer = try Fixture.pointer(original, for: blob, role: role)
      #expect(Fixture.failure(Array(blob[..<56]), pointer).code == .authenticationFailed)
    }
  }

  @Test("padding that is not zero is against the rules")
  func paddingNotZero() throws {
    for (size, position) in [(1000, 1000), (1000, 1023), (20_000, 20_479)] {
      let padded = try #require(Padding.padme.paddedSize(UInt64(size)))
      var plaintext = Fixture.content(size) + [UInt8](repeating: 0, count: Int(padded) - size)
      plaintext[position] = 1
      let (blob, sealed) = try Fixture.encrypt(plaintext, padding: .none)
      let pointer = try Fixture.pointer(
        sealed, for: blob, size: UInt64(size), padding: .padme)
      #expect(Fixture.failure(blob, pointer).code == .ruleViolation)
    }
  }

  @Test("a digest that is not the blob's fails at the end only")
  func wrongDigest() throws {
    let content = Fixture.content(5000)
    let (blob, original) = try Fixture.encrypt(content)
    let pointer = try Fixture.pointer(original, for: [1, 2, 3])
    let (code, released) = Fixture.failure(blob, pointer)
    #expect(code == .authenticationFailed)
    #expect(released == content)
  }

  @Test("a pointer whose sizes do not fit cannot be made")
  func sizes() throws {
    let (blob, original) = try Fixture.encrypt(Fixture.content(5000))
    for size: UInt64 in [0, 4000, 6000, 1 << 40] {
      #expect(
        failureCode { try Fixture.pointer(original, for: blob, size: size) } == .malformed)
    }
    #expect(failureCode { try Fixture.pointer(original, for: blob, size: .max) } == .limitExceeded)
  }

  @Test("content above the application's limit is refused before a byte is taken")
  func policy() throws {
    let (blob, pointer) = try Fixture.encrypt(Fixture.content(5000))
    #expect(
      failureCode { try AttachmentDecryptor.decrypt(blob, pointer, maxSize: 4999) }
        == .limitExceeded)
    #expect(
      failureCode { try AttachmentReader(pointer, header: Array(blob[..<56]), maxSize: 4999) }
        == .limitExceeded)
  }

  @Test("after a failure nothing more is taken")
  func afterFailure() throws {
    let (blob, pointer) = try Fixture.encrypt(Fixture.content(50_000), padding: .none)
    var spoiled = blob
    spoiled[60] ^= 1
    var decryptor = try AttachmentDecryptor(pointer)
    #expect(throws: CygnetError(.authenticationFailed, "")) { _ = try decryptor.update(spoiled) }
    #expect(throws: CygnetError(.wrongState, "")) { _ = try decryptor.update(blob) }
    do {
      try decryptor.finish()
      Issue.record("it finished")
    } catch { #expect(error.code == .wrongState) }
  }
}
