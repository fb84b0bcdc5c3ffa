internal import CygnetPrimitives

/// Values that mean nothing, sent so that receivers keep bearing what they do not know
/// (RFC 9420 §13.5).
enum GREASE {
  /// 0x0A0A, 0x1A1A … 0xEAEA.
  static func codePoint(using random: inout some RandomSource) -> UInt16 {
    let byte = (random.bytes(1)[0] % 15) << 4 | 0x0a
    return UInt16(byte) << 8 | UInt16(byte)
  }

  /// An extension of up to 7 random bytes.
  static func anExtension(using random: inout some RandomSource) -> MLS.Extension {
    let type = MLS.ExtensionType(codePoint(using: &random))
    return MLS.Extension(type: type, data: random.bytes(Int(random.bytes(1)[0] & 7)))
  }

  /// Lists a value of each kind, and the type of the leaf's own extension.
  static func extend(
    _ capabilities: inout MLS.Capabilities, with type: MLS.ExtensionType,
    using random: inout some RandomSource
  ) {
    capabilities.cipherSuites.append(MLS.CipherSuite(codePoint(using: &random)))
    capabilities.extensions.append(type)
    capabilities.proposals.append(MLS.ProposalType(codePoint(using: &random)))
    capabilities.credentials.append(MLS.CredentialType(codePoint(using: &random)))
  }
}
