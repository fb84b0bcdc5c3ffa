package import CygnetPrimitives
package import CygnetWire

/// The public half of what signs the messages of one chain.
///
///     struct {
///       uint8 type = 0x03;
///       opaque point[32];   // y below 2^255 − 19
///     } SenderSignatureKey;
///
/// Its type byte is no other key's, so that it is never taken for somebody's identity key.
package struct SenderSignatureKey: Hashable, Sendable {
  static let type: UInt8 = 0x03

  package let ed25519: Ed25519.PublicKey

  package init(_ ed25519: Ed25519.PublicKey) { self.ed25519 = ed25519 }
}

extension SenderSignatureKey: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(Self.type)
    writer.write(fixed: ed25519.bytes)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readUInt8() == Self.type else {
      throw CygnetError(.malformed, "not the signature key of a chain")
    }
    ed25519 = try Ed25519.PublicKey(reader.readFixed(Ed25519.keyByteCount))
    guard ed25519.isCanonical else {
      throw CygnetError(.malformed, "a y-coordinate is below 2^255 − 19")
    }
  }
}
