package import CygnetPrimitives
package import CygnetWire

///     struct {
///       RatchetHeader double;
///       SparseRatchetMessage sparse;
///     } TripleRatchetHeader;
///
/// The header of a message of suite 2 (Double Ratchet §6): what both ratchets say, which travels
/// sealed. Either part tells its own length, so the whole parses in one way.
package struct TripleRatchetHeader: Equatable, Sendable {
  package static let byteCount: ClosedRange<Int> = {
    let double = RatchetHeader.byteCount
    let sparse = SparseRatchetMessage.self
    return (double + sparse.paddedByteCount)...(double + sparse.maxByteCount)
  }()

  package let double: RatchetHeader
  package let sparse: SparseRatchetMessage

  package init(double: RatchetHeader, sparse: SparseRatchetMessage) {
    self.double = double
    self.sparse = sparse
  }

  package func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }
}

extension TripleRatchetHeader: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try double.encode(into: &writer)
    try sparse.encode(into: &writer)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    double = try RatchetHeader(from: &reader)
    sparse = try SparseRatchetMessage(from: &reader)
  }
}
