internal import CygnetPrimitives
internal import CygnetWire

/// The master key, wrapped under one secret (Specification: StoredRecords).
///
///     struct {
///       uint8 kind;               // 1 passphrase, 2 key file
///       opaque salt[16];
///       uint32 memory_kib;        // 0 for a key file
///       uint32 passes;            // 0 for a key file
///       opaque nonce[24];
///       opaque check[32];
///       opaque wrapped[48];       // XChaCha20-Poly1305 of the master key
///     } KeySlot;
struct KeySlot: Equatable, Sendable {
  enum Kind: UInt8, Sendable {
    case passphrase = 1
    case keyFile = 2
  }

  static let byteCount = 129
  static let checkByteCount = 32
  static let wrappedByteCount = StoreKey.byteCount + XChaCha20Poly1305.tagByteCount

  let kind: Kind
  let salt: [UInt8]
  let cost: PasswordHash.Cost
  let nonce: [UInt8]
  let check: [UInt8]
  let wrapped: [UInt8]
}

extension KeySlot {
  /// A slot for `secret`. It takes as long as the cost says.
  /// - Throws: `malformed` for an empty passphrase or a key file of another length than 32 bytes.
  static func wrapping(
    _ masterKey: SecretBytes, under secret: StoreSecret, cost: PassphraseCost, storeID: [UInt8],
    using random: inout some RandomSource
  ) throws(CygnetError) -> KeySlot {
    let unwrapped = KeySlot(
      kind: secret.slotKind, salt: random.bytes(PasswordHash.saltByteCount),
      cost: secret.slotKind == .passphrase ? cost.argon2 : .none,
      nonce: random.bytes(XChaCha20Poly1305.nonceByteCount), check: [], wrapped: [])
    let (key, check) = try unwrapped.derive(from: secret)
    let wrapped = try XChaCha20Poly1305.seal(
      secret: masterKey, key: key, nonce: unwrapped.nonce,
      authenticating: unwrapped.associatedData(storeID))
    return KeySlot(
      kind: unwrapped.kind, salt: unwrapped.salt, cost: unwrapped.cost, nonce: unwrapped.nonce,
      check: check, wrapped: wrapped)
  }

  /// The master key, or nil where the slot is for another secret.
  /// - Throws: `limitExceeded` for a cost above the ceiling, `storeDamaged` where the secret is
  ///   right and the slot was altered.
  func unwrap(with secret: StoreSecret, storeID: [UInt8]) throws(CygnetError) -> SecretBytes? {
    guard secret.slotKind == kind else { return nil }
    let (key, expected) = try derive(from: secret)
    // The check commits to the key: a ciphertext that opens under many keys would otherwise let
    // whoever made the file test many passphrases by one attempt.
    guard ConstantTime.areEqual(check, expected) else { return nil }
    do {
      return try XChaCha20Poly1305.open(
        secret: wrapped, key: key, nonce: nonce, authenticating: associatedData(storeID))
    } catch {
      throw CygnetError(.storeDamaged, "the header of the store was altered")
    }
  }

  private func derive(
    from secret: StoreSecret
  ) throws(CygnetError) -> (key: SecretBytes, check: [UInt8]) {
    let count = XChaCha20Poly1305.keyByteCount + Self.checkByteCount
    let derived: SecretBytes
    switch secret {
    case .passphrase(let passphrase):
      guard passphrase.count > 0 else {
        throw CygnetError(.malformed, "a passphrase has at least one character")
      }
      derived = try PasswordHash.derive(
        passphrase: passphrase, salt: salt, cost: cost, count: count)
    case .keyFile(let secret):
      guard secret.count == StoreSecret.keyFileByteCount else {
        throw CygnetError(.malformed, "a key file holds 32 bytes")
      }
      derived = try salt.withBytes { (salt) throws(CygnetError) in
        try secret.withBytes { (secret) throws(CygnetError) in
          try HKDFSHA512.derive(
            salt: salt, inputKeyMaterial: secret, info: Array("Cygnet 1.0 store key file".utf8),
            count: count)
        }
      }
    }
    let check = try Reader.read(derived) { (reader) throws(CygnetError) in
      _ = try reader.readSecret(XChaCha20Poly1305.keyByteCount)
      return try reader.readFixed(Self.checkByteCount)
    }
    return (derived.slice(0..<XChaCha20Poly1305.keyByteCount), check)
  }

  /// The header's fields before the slots, then this slot's before the nonce.
  private func associatedData(_ storeID: [UInt8]) throws(CygnetError) -> [UInt8] {
    try Bound(slot: self, storeID: storeID).wireEncoded()
  }

  private struct Bound: WireEncodable {
    let slot: KeySlot
    let storeID: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      StoreHeader.encodeStart(storeID, into: &writer)
      slot.encodeParameters(into: &writer)
    }
  }
}

extension KeySlot: WireEncodable, WireDecodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    encodeParameters(into: &writer)
    writer.write(fixed: nonce)
    writer.write(fixed: check)
    writer.write(fixed: wrapped)
  }

  fileprivate func encodeParameters(into writer: inout Writer) {
    writer.write(kind.rawValue)
    writer.write(fixed: salt)
    writer.write(cost.memoryKiB)
    writer.write(cost.passes)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    guard let kind = Kind(rawValue: try reader.readUInt8()) else {
      throw CygnetError(.unsupported, "a key slot of an unknown kind")
    }
    self.kind = kind
    salt = try reader.readFixed(PasswordHash.saltByteCount)
    cost = PasswordHash.Cost(memoryKiB: try reader.readUInt32(), passes: try reader.readUInt32())
    guard kind == .passphrase || cost == .none else {
      throw CygnetError(.malformed, "the slot of a key file has no cost")
    }
    nonce = try reader.readFixed(XChaCha20Poly1305.nonceByteCount)
    check = try reader.readFixed(Self.checkByteCount)
    wrapped = try reader.readFixed(Self.wrappedByteCount)
  }
}

extension PasswordHash.Cost {
  /// Of a secret that is random already.
  fileprivate static let none = PasswordHash.Cost(memoryKiB: 0, passes: 0)
}

extension StoreSecret {
  fileprivate var slotKind: KeySlot.Kind {
    switch self {
    case .passphrase: .passphrase
    case .keyFile: .keyFile
    }
  }
}
