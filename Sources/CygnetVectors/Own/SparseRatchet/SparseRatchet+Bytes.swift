package import CygnetPairwise
package import CygnetPrimitives
internal import CygnetWire

/// The sparse ratchet by itself, whose messages travel as bytes. In a session they are parts of
/// headers.
extension SparseRatchet {
  package func receive(_ bytes: [UInt8]) throws(CygnetError) -> Incoming {
    try receive(SparseRatchetMessage(wire: bytes))
  }
}

extension SparseRatchet.Outgoing {
  package func encoded() throws(CygnetError) -> [UInt8] { try message.wireEncoded() }
}
