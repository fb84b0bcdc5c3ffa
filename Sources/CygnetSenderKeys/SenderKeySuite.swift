package import CygnetPrimitives
package import CygnetWire

/// The algorithms of sender keys, as one number. It stands in distribution messages and stored state
/// and in the info of every derivation; messages do not carry it, since their chain knows it.
package struct SenderKeySuite: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Ed25519 signatures, HMAC-SHA256 chains, ChaCha20-Poly1305 for messages.
  package static let first = SenderKeySuite(rawValue: 0x0001)

  /// The info of one derivation: its label, then the suite's number.
  func info(_ label: String) -> [UInt8] {
    Array(label.utf8) + [UInt8(rawValue >> 8), UInt8(rawValue & 0xff)]
  }
}

extension SenderKeySuite: WireEncodable, WireDecodable {
  /// `uint16 SenderKeySuite`; a number unknown here is `unsupported`.
  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(rawValue) }

  package init(from reader: inout Reader) throws(CygnetError) {
    rawValue = try reader.readUInt16()
    guard self == .first else { throw CygnetError(.unsupported, "unknown suite of sender keys") }
  }

  /// `opaque suite_data<V>`: room for what later suites carry; suite 1 carries nothing.
  func encodeNoData(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: [])
  }

  func decodeData(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readOpaque(SenderKeyLimits.suiteDataByteCount).isEmpty else {
      throw CygnetError(.malformed, "suite 1 carries no suite data")
    }
  }
}
