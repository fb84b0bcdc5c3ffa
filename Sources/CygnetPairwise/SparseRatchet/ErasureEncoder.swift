internal import CygnetPrimitives
internal import CygnetWire

/// Cuts a payload into an endless stream of chunks, any `chunkCount` different ones of which give it
/// back (Braid §1.3).
///
/// Symbol i of the payload is the value of polynomial i mod 16 at the point i div 16, so the first
/// chunks are the payload itself and later ones the same polynomials further on.
package struct ErasureEncoder: Equatable, Sendable {
  package let payload: BraidPayload
  package let message: [UInt8]
  /// The index of the next chunk. After 2^16 the stream begins anew.
  package private(set) var next: UInt16 = 0

  /// - Precondition: the message has the payload's length.
  package init(_ message: [UInt8], as payload: BraidPayload) {
    precondition(message.count == payload.byteCount, "a payload has one length")
    self.payload = payload
    self.message = message
  }

  package mutating func nextChunk() -> Chunk {
    let chunk = chunk(at: next)
    next &+= 1
    return chunk
  }

  package func chunk(at index: UInt16) -> Chunk {
    let count = payload.chunkCount
    if Int(index) < count {
      return Chunk(
        index: index, data: ChunkData(message, at: Int(index) * ChunkData.byteCount))
    }
    var rows: [ChunkData] = []
    rows.reserveCapacity(count)
    for row in 0..<count { rows.append(ChunkData(message, at: row * ChunkData.byteCount)) }
    let weights = Interpolation.systematic(count: count).weights(at: GF65536(index))
    return Chunk(index: index, data: Interpolation.combine(rows, weights))
  }
}

extension ErasureEncoder {
  ///     struct {
  ///       uint16 next;
  ///       opaque message[byte_count];      // of the payload
  ///     } ErasureEncoder;
  func encode(into writer: inout Writer) {
    writer.write(next)
    writer.write(fixed: message)
  }

  init(_ payload: BraidPayload, from reader: inout Reader) throws(CygnetError) {
    self.payload = payload
    next = try reader.readUInt16()
    message = try reader.readFixed(payload.byteCount)
  }
}
