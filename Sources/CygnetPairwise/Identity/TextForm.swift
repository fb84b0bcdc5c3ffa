public import CygnetPrimitives
internal import CygnetWire

/// The prefixes of what travels as Bech32m: one for each kind, so that none is taken for another.
package enum TextPrefix {
  /// An identity key, 33 bytes encoded.
  package static let identityKey = "cygid"
  /// A scannable safety number, 74 bytes.
  package static let safetyNumber = "cygnum"
  /// A key file of a store, 32 bytes.
  package static let storeKey = "cygkey"
  /// A recovery key, 32 bytes.
  package static let recoveryKey = "cygrec"

  package static let all = [identityKey, safetyNumber, storeKey, recoveryKey]
}

extension IdentityKey {
  /// The key as text: Bech32m with the prefix `cygid`.
  public var text: String {
    get throws(CygnetError) { try Text.encode(encoded(), TextPrefix.identityKey) }
  }

  /// From its text, in upper or in lower case.
  /// - Throws: `malformed`.
  public init(text: String) throws(CygnetError) {
    try self.init(
      decoding: Text.decode(text, TextPrefix.identityKey, byteCount: Ed25519.keyByteCount + 1))
  }
}

extension SafetyNumber {
  /// Bytes of `scannable`.
  package static let scannableByteCount = 74

  /// The scannable payload as text: Bech32m with the prefix `cygnum`. In upper case it makes a
  /// smaller QR code.
  public func scannableText() throws(CygnetError) -> String {
    try Text.encode(scannable, TextPrefix.safetyNumber)
  }

  /// The payload that a text carries, for `matches(scanned:)`.
  /// - Throws: `malformed`.
  public static func payload(ofText text: String) throws(CygnetError) -> [UInt8] {
    try Text.decode(text, TextPrefix.safetyNumber, byteCount: scannableByteCount)
  }
}

/// Bech32m of bytes that are no secret.
private enum Text {
  static func encode(_ bytes: [UInt8], _ prefix: String) throws(CygnetError) -> String {
    let text = try Bech32m.encode(SecretBytes(copying: bytes), prefix: prefix)
    return text.withBytes { text in
      var characters: [UInt8] = []
      characters.append(copying: text)
      return String(decoding: characters, as: UTF8.self)
    }
  }

  static func decode(
    _ text: String, _ prefix: String, byteCount: Int
  ) throws(CygnetError) -> [UInt8] {
    let bytes = try Bech32m.decode(
      SecretBytes(copying: Array(text.utf8)), prefix: prefix, byteCount: byteCount)
    return bytes.withBytes { bytes in
      var copy: [UInt8] = []
      copy.append(copying: bytes)
      return copy
    }
  }
}
