internal import CygnetPrimitives

/// What the ML-KEM Braid sends in chunks (Braid §2.2), with its length. Every length is a multiple
/// of a chunk's.
package enum BraidPayload: Sendable, CaseIterable {
  /// The seed and the hash of an encapsulation key, then their MAC.
  case header
  /// The vector of an encapsulation key.
  case encapsulationVector
  /// The first part of a ciphertext, which needs the header only.
  case firstCiphertext
  /// The second part, then the MAC of both.
  case secondCiphertext

  package var byteCount: Int {
    switch self {
    case .header: MLKEM768.EncapsulationHeader.byteCount + BraidAuthenticator.macByteCount
    case .encapsulationVector: MLKEM768.EncapsulationVector.byteCount
    case .firstCiphertext: MLKEM768.FirstCiphertext.byteCount
    case .secondCiphertext: MLKEM768.SecondCiphertext.byteCount + BraidAuthenticator.macByteCount
    }
  }

  /// Chunks that carry as much as the payload, and that suffice.
  package var chunkCount: Int { byteCount / ChunkData.byteCount }
}
