package import CygnetPrimitives
package import CygnetWire

///     enum { none(0), header(1), vector(2), vector_acknowledging(3), acknowledgement(4),
///            first_ciphertext(5), second_ciphertext(6) } BraidType;      // 4 bits
///
///     struct {
///       uint4 version = 1;
///       BraidType type;
///       Count epoch;                       // the Braid's, at least 1
///       Count n;                           // at least 1
///       Count previous_chain_length;
///       select (type) {
///         case none, acknowledgement: struct {};
///         default: Count index; opaque data[32];
///       };
///       opaque padding[];                  // zeros, up to 41 bytes in all
///     } SparseRatchetMessage;
///
/// What the ratchet adds to a message, inside the encrypted header. `Count` is a number in the form
/// of a vector's length. Nearly every message has 41 bytes, so that the length of a header tells
/// neither the type nor, below 16,384, the counters.
package struct SparseRatchetMessage: Equatable, Sendable {
  package static let version: UInt8 = 1
  /// Bytes that a message is filled up to.
  package static let paddedByteCount = 41
  /// Bytes of the longest message.
  package static let maxByteCount = 1 + 4 * 4 + ChunkData.byteCount
  /// The largest number of a message in a chain.
  package static let maxNumber: UInt32 = 1 << 30 - 1

  package let braid: BraidMessage
  /// The message's number in the chain of epoch `braid.epoch` − 1, from 1 on.
  package let n: UInt32
  /// Messages that the sender sent in the chain before, so that the rest of it can be skipped.
  package let previousChainLength: UInt32

  package init(braid: BraidMessage, n: UInt32, previousChainLength: UInt32) {
    self.braid = braid
    self.n = n
    self.previousChainLength = previousChainLength
  }
}

extension SparseRatchetMessage: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    let start = writer.count
    writer.write(Self.version << 4 | braid.content.type)
    guard let epoch = Int(exactly: braid.epoch) else {
      throw CygnetError(.limitExceeded, "an epoch beyond the format")
    }
    try VectorLength.encode(epoch, into: &writer)
    try VectorLength.encode(Int(n), into: &writer)
    try VectorLength.encode(Int(previousChainLength), into: &writer)
    if let chunk = braid.content.chunk {
      try VectorLength.encode(Int(chunk.index), into: &writer)
      try chunk.data.encode(into: &writer)
    }
    while writer.count - start < Self.paddedByteCount { writer.write(UInt8(0)) }
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    let start = reader.position
    let kind = try reader.readUInt8()
    guard kind >> 4 == Self.version else {
      throw CygnetError(.unsupported, "unknown version of the sparse ratchet")
    }
    let epoch = try VectorLength.decode(from: &reader)
    let n = try VectorLength.decode(from: &reader)
    let previous = try VectorLength.decode(from: &reader)
    guard epoch > 0, n > 0 else {
      throw CygnetError(.malformed, "epochs and numbers begin with 1")
    }
    let content = try BraidMessage.Content(type: kind & 0x0f, from: &reader)
    while reader.position - start < Self.paddedByteCount {
      guard try reader.readUInt8() == 0 else {
        throw CygnetError(.malformed, "padding is zeros")
      }
    }
    // A count lies below 2^30, so it fits.
    self.init(
      braid: BraidMessage(epoch: UInt64(epoch), content: content), n: UInt32(n),
      previousChainLength: UInt32(previous))
  }
}

extension BraidMessage.Content {
  fileprivate var type: UInt8 {
    switch self {
    case .none: 0
    case .header: 1
    case .vector: 2
    case .vectorAcknowledging: 3
    case .acknowledgement: 4
    case .firstCiphertext: 5
    case .secondCiphertext: 6
    }
  }

  fileprivate init(type: UInt8, from reader: inout Reader) throws(CygnetError) {
    switch type {
    case 0: self = .none
    case 1: self = .header(try Chunk(from: &reader))
    case 2: self = .vector(try Chunk(from: &reader))
    case 3: self = .vectorAcknowledging(try Chunk(from: &reader))
    case 4: self = .acknowledgement
    case 5: self = .firstCiphertext(try Chunk(from: &reader))
    case 6: self = .secondCiphertext(try Chunk(from: &reader))
    default: throw CygnetError(.malformed, "unknown type of a Braid message")
    }
  }
}

extension Chunk {
  fileprivate init(from reader: inout Reader) throws(CygnetError) {
    guard let index = UInt16(exactly: try VectorLength.decode(from: &reader)) else {
      throw CygnetError(.malformed, "a chunk's index has 16 bits")
    }
    self.init(index: index, data: try ChunkData(from: &reader))
  }
}
