import CygnetAttachments
import CygnetPrimitives
import TestSupport
import Testing

@Suite struct BlobLayoutTests {
  @Test("a blob's size follows from the content's, and back")
  func bothWays() throws {
    let sizes: [UInt64] = [
      0, 1, 16383, 16384, 16385, 32767, 32768, 524_288, 1 << 32, 1 << 51, (1 << 52) - 1,
    ]
    for size in sizes {
      let layout = try BlobLayout(contentSize: size, padding: .none)
      #expect(layout.blobSize == 56 + 16400 * (size / 16384) + size % 16384 + 16)
      #expect(try BlobLayout(blobSize: layout.blobSize) == layout)
    }
  }

  @Test("exactly the sizes between a full chunk and a full chunk with 16 bytes more are impossible")
  func impossible() {
    for size in UInt64(0)...40_000 {
      let possible = size >= 72 && (size - 56) % 16400 >= 16
      let code = failureCode { try BlobLayout(blobSize: size) }
      #expect(code == (possible ? nil : .truncated), "\(size)")
    }
  }

  @Test("lengths beyond 2^38 chunks are refused before anything is computed from them")
  func limits() {
    for size: UInt64 in [1 << 52, 1 << 53, 1 << 62, 1 << 63, (1 << 63) + 1, .max - 1, .max] {
      for padding in Padding.allCases {
        #expect(
          failureCode { try BlobLayout(contentSize: size, padding: padding) } == .limitExceeded)
      }
    }
    #expect(
      failureCode { try BlobLayout(contentSize: (1 << 52) - 1, padding: .padme) }
        == .limitExceeded)
    for blob: UInt64 in [1 << 53, 1 << 63, .max - 40, .max] {
      let code = failureCode { try BlobLayout(blobSize: blob) }
      #expect(code == .limitExceeded || code == .truncated)
    }
  }

  @Test("the encryptor takes no more than its limit, whatever it is told")
  func encryptorLimit() {
    #expect(failureCode { try size(of: 1 << 32) } == nil)
    #expect(failureCode { try size(of: 1 << 32 + 1) } == .limitExceeded)
    #expect(failureCode { try size(of: .max) } == .limitExceeded)
    #expect(failureCode { try size(of: .max, limit: .max) } == .limitExceeded)
    #expect(failureCode { try size(of: 11, limit: 10) } == .limitExceeded)
  }

  private func size(of size: UInt64, limit: UInt64? = nil) throws -> UInt64 {
    if let limit { return try AttachmentEncryptor(size: size, maxSize: limit).blobSize }
    return try AttachmentEncryptor(size: size).blobSize
  }
}
