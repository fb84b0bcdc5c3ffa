public import CygnetPrimitives
public import CygnetWire

/// The algorithms of a session, as one number. It stands in bundles, initial messages and stored
/// state, in the signature over the signed prekey, in the info of every key derivation and in the
/// associated data: taking it back to a weaker one makes the handshake fail.
public struct Suite: RawRepresentable, Hashable, Sendable {
  /// The number on the wire.
  public let rawValue: UInt16

  /// Any number; whether it is known here shows when something is decoded.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// X3DH over X25519 with HKDF-SHA256; Double Ratchet with encrypted headers, HMAC-SHA256 chains,
  /// ChaCha20-Poly1305 for messages and XChaCha20-Poly1305 for headers.
  public static let x3dh = Suite(rawValue: 0x0001)

  /// PQXDH over X25519 and ML-KEM-768 with HKDF-SHA256; Triple Ratchet, which is the ratchet of `x3dh`
  /// beside the sparse post-quantum ratchet over ML-KEM-768; the same ciphers.
  public static let pqxdh = Suite(rawValue: 0x0002)

  /// Whether what is sent stays secret from somebody who records it now and has a quantum computer
  /// later, also after keys were stolen and the ratchets have healed.
  public var isPostQuantum: Bool { self == .pqxdh }

  /// The info of one derivation: its label, then the suite's number.
  package func info(_ label: String) -> [UInt8] {
    Array(label.utf8) + [UInt8(rawValue >> 8), UInt8(rawValue & 0xff)]
  }
}

/// Which suites a session may be started with.
public enum SuitePolicy: Sendable {
  /// Post-quantum suites only: a server that hands out the bundle of a weaker one is refused.
  case postQuantumOnly
  /// Suite 1 too, whose messages a recorder with a later quantum computer can read. For peers that
  /// offer nothing else; the session says what it became.
  case classicalAllowed

  package func demand(_ suite: Suite) throws(CygnetError) {
    guard self == .classicalAllowed || suite.isPostQuantum else {
      throw CygnetError(
        .ruleViolation, "a classical bundle: ask for a new one, or allow classical sessions")
    }
  }
}

extension Suite: WireEncodable, WireDecodable {
  /// `uint16 Suite`; a number unknown here is `unsupported`.
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(rawValue) }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    rawValue = try reader.readUInt16()
    guard self == .x3dh || self == .pqxdh else {
      throw CygnetError(.unsupported, "unknown suite")
    }
  }

  /// `opaque suite_data<V>`: what one suite carries beside what all do. Suite 1 carries nothing.
  static func encodeNoData(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: [])
  }

  static func decodeNoData(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readOpaque(Limits.suiteDataByteCount).isEmpty else {
      throw CygnetError(.malformed, "suite data where the suite has none")
    }
  }
}
