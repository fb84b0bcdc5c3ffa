package import CygnetPrimitives
package import CygnetWire

/// The type byte in front of every encoded public key. No two kinds of key share one, so a signature
/// over an encoded key can never be taken for one over a key of another kind (X3DH §2.1, PQXDH §2.1).
/// Values from `0x10` on are those of KEM keys, whose lengths differ too.
package enum KeyType: UInt8, Sendable {
  case ed25519 = 0x01
  case x25519 = 0x02
  case mlKEM768 = 0x10
}

extension X25519.PublicKey: WireEncodable, WireDecodable {
  ///     struct {
  ///       uint8 type = 0x02;
  ///       opaque u[32];       // below 2^255 − 19
  ///     } CurveKey;
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(KeyType.x25519.rawValue)
    writer.write(fixed: bytes)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readUInt8() == KeyType.x25519.rawValue else {
      throw CygnetError(.malformed, "not an X25519 key")
    }
    self = try Self(rawFrom: &reader)
  }

  /// The 32 bytes without a type byte.
  init(rawFrom reader: inout Reader) throws(CygnetError) {
    try self.init(reader.readFixed(X25519.byteCount))
    guard isCanonical else { throw CygnetError(.malformed, "a u-coordinate is below 2^255 − 19") }
  }
}

extension Ed25519.PublicKey: WireEncodable, WireDecodable {
  ///     struct {
  ///       uint8 type = 0x01;
  ///       opaque point[32];   // y below 2^255 − 19
  ///     } IdentityKey;
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(KeyType.ed25519.rawValue)
    writer.write(fixed: bytes)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readUInt8() == KeyType.ed25519.rawValue else {
      throw CygnetError(.malformed, "not an Ed25519 key")
    }
    try self.init(reader.readFixed(Ed25519.keyByteCount))
    guard isCanonical else { throw CygnetError(.malformed, "a y-coordinate is below 2^255 − 19") }
  }
}

extension MLKEM768.EncapsulationKey: WireEncodable, WireDecodable {
  ///     struct {
  ///       uint8 type = 0x10;
  ///       opaque key[1184];   // ML-KEM-768, every coefficient below q
  ///     } KEMKey;
  ///
  /// EncodeKEM and DecodeKEM of PQXDH §2.1.
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(KeyType.mlKEM768.rawValue)
    writer.write(fixed: bytes)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readUInt8() == KeyType.mlKEM768.rawValue else {
      throw CygnetError(.malformed, "not an ML-KEM-768 key")
    }
    try self.init(reader.readFixed(MLKEM768.encapsulationKeyByteCount))
  }
}
