public import CygnetPrimitives
internal import CygnetWire

/// The key that opens backups: 256 random bits, as text that people can write down and type again.
public struct RecoveryKey: Sendable, Equatable {
  /// Characters in a group of the text.
  private static let groupCount = 5
  /// 32 bytes.
  package let secret: SecretBytes

  /// A fresh key.
  public static func generate() -> RecoveryKey {
    var random = SystemRandomSource()
    return generate(using: &random)
  }

  /// Draws the key, 32 bytes.
  package static func generate(using random: inout some RandomSource) -> RecoveryKey {
    RecoveryKey(checked: random.secret(32))
  }

  private init(checked secret: SecretBytes) { self.secret = secret }

  /// - Throws: `malformed` for another length than 32 bytes.
  package init(secret: SecretBytes) throws(CygnetError) {
    guard secret.count == 32 else {
      throw CygnetError(.malformed, "a recovery key has 32 bytes")
    }
    self.secret = secret
  }

  /// The key as ASCII text: Bech32m with the prefix `cygrec`, in groups of five characters with
  /// hyphens between.
  public func text() throws(CygnetError) -> SecretBytes {
    let plain = try Bech32m.encode(secret, prefix: TextPrefix.recoveryKey)
    var grouped: [UInt8] = []
    grouped.reserveCapacity(plain.count * 2)
    defer { ConstantTime.wipe(&grouped) }
    plain.withBytes { plain in
      for index in 0..<plain.byteCount {
        if index > 0 && index.isMultiple(of: Self.groupCount) { grouped.append(UInt8(ascii: "-")) }
        grouped.append(copying: plain.extracting(index..<(index + 1)))
      }
    }
    return SecretBytes(copying: grouped)
  }

  /// From text as people type it: upper or lower case, with spaces, hyphens and ends of lines
  /// anywhere.
  /// - Throws: `malformed` for anything mistyped; `mistypedCharacter` may tell where.
  public init(text: SecretBytes) throws(CygnetError) {
    secret = try Bech32m.decode(
      Self.compacted(text), prefix: TextPrefix.recoveryKey, byteCount: 32)
  }

  /// Which character of a text is mistyped, counted from 1 and without spaces and hyphens, where
  /// the checksum can tell because it is one alone. For people to look at their paper again.
  public static func mistypedCharacter(in text: SecretBytes) -> Int? {
    guard let plain = try? compacted(text) else { return nil }
    return Bech32m.mistypedIndex(in: plain, prefix: TextPrefix.recoveryKey).map { $0 + 1 }
  }

  /// The text without what people put between its characters.
  private static func compacted(_ text: SecretBytes) throws(CygnetError) -> SecretBytes {
    guard text.count <= 1024 else {
      throw CygnetError(.malformed, "longer than any recovery key")
    }
    let separators: [UInt8] = [0x20, 0x09, 0x0a, 0x0d, UInt8(ascii: "-")]
    var plain: [UInt8] = []
    plain.reserveCapacity(text.count)
    defer { ConstantTime.wipe(&plain) }
    text.withBytes { text in
      // One by one, since what is removed from an array later stays behind its end, unwiped.
      for index in 0..<text.byteCount {
        plain.append(copying: text.extracting(index..<(index + 1)))
        if let last = plain.last, separators.contains(last) { plain.removeLast() }
      }
    }
    return SecretBytes(copying: plain)
  }
}
