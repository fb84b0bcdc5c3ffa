internal import CygnetPrimitives
internal import CygnetWire

/// Collects chunks until they suffice (Braid §1.3). Nothing is computed before.
package struct ErasureDecoder: Equatable, Sendable {
  package let payload: BraidPayload
  /// Fewer than suffice, indices ascending.
  package private(set) var chunks: [Chunk] = []

  package init(_ payload: BraidPayload) { self.payload = payload }

  /// Whether one chunk more cannot complete the payload.
  var lacksSeveral: Bool { chunks.count + 1 < payload.chunkCount }

  /// Adds a chunk; one whose index is known already is dropped, whatever it holds.
  /// - Returns: the payload, once as many chunks are there as it has.
  package mutating func add(_ chunk: Chunk) -> [UInt8]? {
    var place = chunks.endIndex
    while place > 0, chunks[place - 1].index >= chunk.index { place -= 1 }
    if place < chunks.endIndex, chunks[place].index == chunk.index { return nil }
    chunks.insert(chunk, at: place)
    return chunks.count == payload.chunkCount ? message() : nil
  }

  /// - Precondition: the chunks suffice.
  private func message() -> [UInt8] {
    let count = payload.chunkCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payload.byteCount)
    if chunks.last.map({ Int($0.index) < count }) ?? false {
      // Ascending, distinct and as many as there are places: the payload itself.
      for chunk in chunks { chunk.data.append(to: &bytes) }
      return bytes
    }
    let values = chunks.map(\.data)
    let interpolation = Interpolation(points: chunks.map { GF65536($0.index) })
    var known = 0
    for row in 0..<count {
      if Int(chunks[known].index) == row {
        values[known].append(to: &bytes)
        known += 1  // stays below count: the last chunk lies beyond the payload
      } else {
        let weights = interpolation.weights(at: GF65536(UInt16(truncatingIfNeeded: row)))
        Interpolation.combine(values, weights).append(to: &bytes)
      }
    }
    return bytes
  }
}

extension ErasureDecoder {
  ///     struct {
  ///       uint16 index;
  ///       opaque data[32];
  ///     } StoredChunk;
  ///
  ///     StoredChunk chunks<V>;             // indices ascending, fewer than suffice
  func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.vector { (writer) throws(CygnetError) in
      for chunk in chunks {
        writer.write(chunk.index)
        try chunk.data.encode(into: &writer)
      }
    }
  }

  init(_ payload: BraidPayload, from reader: inout Reader) throws(CygnetError) {
    self.payload = payload
    let bound = (payload.chunkCount - 1) * (ChunkData.byteCount + 2)
    chunks = try reader.vector(0...bound) { (reader) throws(CygnetError) in
      var chunks: [Chunk] = []
      while reader.remaining > 0 {
        let index = try reader.readUInt16()
        if let last = chunks.last, last.index >= index {
          throw CygnetError(.malformed, "chunks are stored in ascending order")
        }
        chunks.append(Chunk(index: index, data: try ChunkData(from: &reader)))
      }
      return chunks
    }
  }
}
