package import CygnetPrimitives
package import CygnetWire

///     struct {
///       opaque ratchet_key[32];          // X25519, below 2^255 − 19
///       uint32 previous_chain_length;    // PN
///       uint32 n;                        // N
///     } RatchetHeader;
///
/// The header of a message (Double Ratchet §3.1, HEADER), which travels sealed. Its size is fixed, so
/// the sealed form tells nothing of the counters.
package struct RatchetHeader: Equatable, Sendable {
  package static let byteCount = 40

  package let ratchetKey: X25519.PublicKey
  package let previousChainLength: UInt32
  package let n: UInt32

  package init(ratchetKey: X25519.PublicKey, previousChainLength: UInt32, n: UInt32) {
    self.ratchetKey = ratchetKey
    self.previousChainLength = previousChainLength
    self.n = n
  }

  package func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }
}

extension RatchetHeader: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(fixed: ratchetKey.bytes)
    writer.write(previousChainLength)
    writer.write(n)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    ratchetKey = try X25519.PublicKey(rawFrom: &reader)
    previousChainLength = try reader.readUInt32()
    n = try reader.readUInt32()
  }
}
