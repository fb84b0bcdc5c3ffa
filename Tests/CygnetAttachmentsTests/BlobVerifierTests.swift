import CygnetAttachments
import CygnetPrimitives
import TestSupport
import Testing

@Suite struct BlobVerifierTests {
  static func verify(
    _ blob: [UInt8], size: Int? = nil, digest: [UInt8]? = nil, padding: Padding = .padme,
    algorithm: DigestAlgorithm = .flat, maxSize: UInt64 = 1 << 32
  ) throws -> [UInt8] {
    var verifier = try BlobVerifier(
      size: UInt64(size ?? blob.count), digest: digest, algorithm: algorithm, padding: padding,
      maxSize: maxSize)
    let half = blob.count / 2
    try verifier.update(Array(blob[..<half]))
    try verifier.update(Array(blob[half...]))
    return try verifier.finish()
  }

  @Test("a good blob gives its digest without a key")
  func good() throws {
    for size in [0, 1, 5_000, 600_000] {
      let (blob, pointer) = try Fixture.encrypt(Fixture.content(size))
      #expect(try Self.verify(blob) == pointer.digest)
      #expect(try Self.verify(blob, digest: pointer.digest) == pointer.digest)
    }
  }

  @Test("each rule has its code")
  func refusals() throws {
    let (blob, pointer) = try Fixture.encrypt(Fixture.content(20_000))
    let bare = try Fixture.encrypt(Fixture.content(20_001), padding: .none)
    #expect(failureCode { try Self.verify(Array(blob[..<71])) } == .truncated)
    #expect(failureCode { try Self.verify([]) } == .truncated)
    #expect(failureCode { try Self.verify(Array(blob[..<(56 + 16_400)])) } == .truncated)
    #expect(failureCode { try Self.verify(bare.blob) } == .ruleViolation)
    #expect(failureCode { try Self.verify(bare.blob, padding: .none) } == nil)
    #expect(failureCode { try Self.verify(blob, size: blob.count + 1024) } == .truncated)
    #expect(failureCode { try Self.verify(blob + [0], size: blob.count) } == .malformed)
    #expect(failureCode { try Self.verify(blob, maxSize: 20_000) } == .limitExceeded)
    #expect(failureCode { try Self.verify(blob, algorithm: .parts) } == .ruleViolation)
    #expect(failureCode { try Self.verify(blob, digest: [1]) } == .malformed)
    var spoiled = blob
    spoiled[100] ^= 1
    #expect(
      failureCode { try Self.verify(spoiled, digest: pointer.digest) } == .authenticationFailed)
  }
}
