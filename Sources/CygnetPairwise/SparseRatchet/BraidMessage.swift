/// A message of the ML-KEM Braid (Braid §2.3).
package struct BraidMessage: Equatable, Sendable {
  /// Type and data, which determine each other.
  package enum Content: Equatable, Sendable {
    case none
    case header(Chunk)
    case vector(Chunk)
    /// A chunk of the vector that says at once that the first ciphertext has arrived.
    case vectorAcknowledging(Chunk)
    /// The same without a chunk. Nothing here sends it; it is understood, as deployed peers do.
    case acknowledgement
    case firstCiphertext(Chunk)
    case secondCiphertext(Chunk)

    package var chunk: Chunk? {
      switch self {
      case .none, .acknowledgement: nil
      case .header(let chunk), .vector(let chunk), .vectorAcknowledging(let chunk),
        .firstCiphertext(let chunk), .secondCiphertext(let chunk):
        chunk
      }
    }
  }

  /// The epoch whose key is being agreed on, at least 1.
  package let epoch: UInt64
  package let content: Content

  package init(epoch: UInt64, content: Content) {
    self.epoch = epoch
    self.content = content
  }
}
