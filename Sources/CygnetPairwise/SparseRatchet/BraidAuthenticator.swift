package import CygnetPrimitives

/// The ratcheted authenticator of the ML-KEM Braid (Braid §2.4): a MAC key that moves on with every
/// epoch's key, so that key material cannot be replaced even where nothing around it authenticates.
package struct BraidAuthenticator: Equatable, Sendable {
  package static let macByteCount = HMACSHA256.byteCount

  package let rootKey: SecretBytes
  package let macKey: SecretBytes

  package init(rootKey: SecretBytes, macKey: SecretBytes) {
    self.rootKey = rootKey
    self.macKey = macKey
  }

  /// Init (Braid §2.4): an update of a root of zeros.
  package init(_ shared: SecretBytes, epoch: UInt64) throws(CygnetError) {
    let zeros = SecretBytes(copying: [UInt8](repeating: 0, count: 32))
    self = try Self.next(after: zeros, key: shared, epoch: epoch)
  }

  /// Update (Braid §2.4).
  package func updated(with key: SecretBytes, epoch: UInt64) throws(CygnetError)
    -> BraidAuthenticator
  {
    try Self.next(after: rootKey, key: key, epoch: epoch)
  }

  /// KDF_AUTH (Braid §2.2): HKDF-SHA256 with the root key as salt and the key as input.
  private static func next(
    after root: SecretBytes, key: SecretBytes, epoch: UInt64
  ) throws(CygnetError) -> BraidAuthenticator {
    let output = try root.withBytes { (salt) throws(CygnetError) in
      try key.withBytes { (key) throws(CygnetError) in
        try HKDFSHA256.derive(
          salt: salt, inputKeyMaterial: key,
          info: BraidProtocol.info(":Authenticator Update", epoch: epoch), count: 64)
      }
    }
    return BraidAuthenticator(rootKey: output.slice(0..<32), macKey: output.slice(32..<64))
  }

  /// MacHdr.
  package func mac(ofHeader header: [UInt8], epoch: UInt64) -> [UInt8] {
    HMACSHA256.publicTag(
      of: BraidProtocol.info(":ekheader", epoch: epoch) + header, key: macKey)
  }

  /// MacCt.
  package func mac(ofCiphertext ciphertext: [UInt8], epoch: UInt64) -> [UInt8] {
    HMACSHA256.publicTag(
      of: BraidProtocol.info(":ciphertext", epoch: epoch) + ciphertext, key: macKey)
  }

  /// Whether `mac` is MacHdr of the header, in constant time.
  package func isValid(mac: [UInt8], ofHeader header: [UInt8], epoch: UInt64) -> Bool {
    ConstantTime.areEqual(self.mac(ofHeader: header, epoch: epoch), mac)
  }

  /// Whether `mac` is MacCt of the ciphertext, in constant time.
  package func isValid(mac: [UInt8], ofCiphertext ciphertext: [UInt8], epoch: UInt64) -> Bool {
    ConstantTime.areEqual(self.mac(ofCiphertext: ciphertext, epoch: epoch), mac)
  }

  /// VfyHdr.
  package func verify(
    header: [UInt8], epoch: UInt64, mac: [UInt8]
  ) throws(CygnetError) {
    guard isValid(mac: mac, ofHeader: header, epoch: epoch) else {
      throw CygnetError(.authenticationFailed, "the header of a KEM key is not the peer's")
    }
  }

  /// VfyCt.
  package func verify(
    ciphertext: [UInt8], epoch: UInt64, mac: [UInt8]
  ) throws(CygnetError) {
    guard isValid(mac: mac, ofCiphertext: ciphertext, epoch: epoch) else {
      throw CygnetError(.authenticationFailed, "a KEM ciphertext is not the peer's")
    }
  }
}

/// What every derivation of the ML-KEM Braid shares (Braid §2.2).
package enum BraidProtocol {
  /// PROTOCOL_INFO: protocol, KEM and MAC.
  package static let info = "Cygnet_MLKEM768_HMAC-SHA256"

  /// PROTOCOL_INFO ‖ label ‖ ToBytes(epoch).
  package static func info(_ label: String, epoch: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    bytes += info.utf8
    bytes += label.utf8
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: epoch >> UInt64(shift)))
    }
    return bytes
  }

  /// KDF_OK (Braid §2.2): the key that an epoch puts out.
  package static func outputKey(
    _ shared: SecretBytes, epoch: UInt64
  ) throws(CygnetError) -> SecretBytes {
    let zeros = [UInt8](repeating: 0, count: HMACSHA256.byteCount)
    return try zeros.withBytes { (salt) throws(CygnetError) in
      try shared.withBytes { (shared) throws(CygnetError) in
        try HKDFSHA256.derive(
          salt: salt, inputKeyMaterial: shared, info: info(":SCKA Key", epoch: epoch), count: 32)
      }
    }
  }
}
