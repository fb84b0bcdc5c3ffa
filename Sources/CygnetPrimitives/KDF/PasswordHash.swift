internal import CSodium

/// Argon2id (RFC 9106) with one lane, for keys that come from a passphrase.
package enum PasswordHash {
  package static let saltByteCount = 16

  /// What one derivation costs. Read from a file, it is checked against `ceiling` before any work.
  package struct Cost: Equatable, Sendable {
    /// Memory in KiB, at least 8.
    package let memoryKiB: UInt32
    /// Passes over the memory, at least 1.
    package let passes: UInt32

    package init(memoryKiB: UInt32, passes: UInt32) {
      self.memoryKiB = memoryKiB
      self.passes = passes
    }

    /// For a person at a terminal: 256 MiB, about 0.7 s.
    package static let interactive = Cost(memoryKiB: 256 * 1024, passes: 3)
    /// The most a stored cost may ask for, so that a hostile file cannot exhaust the machine.
    package static let ceiling = Cost(memoryKiB: 1024 * 1024, passes: 16)
  }

  /// `count` bytes (16 to 1024) from a passphrase and a 16-byte salt.
  /// - Throws: `limitExceeded` for a cost above the ceiling or below the algorithm's floor,
  ///   `internalFault` for a salt or output of another length, or when the memory is not to be had.
  package static func derive(
    passphrase: SecretBytes, salt: [UInt8], cost: Cost, count: Int
  ) throws(CygnetError) -> SecretBytes {
    try Sodium.selfTest()
    guard cost.memoryKiB >= 8, cost.passes >= 1, cost.memoryKiB <= Cost.ceiling.memoryKiB,
      cost.passes <= Cost.ceiling.passes
    else { throw CygnetError(.limitExceeded, "Argon2id cost outside its bounds") }
    guard salt.count == saltByteCount, count >= 16, count <= 1024 else {
      throw CygnetError(.internalFault, "salt or output of another length")
    }
    return try unsafe SecretBytes(count: count) { (output) throws(CygnetError) in
      let status = unsafe passphrase.withUnsafeBytes { passphrase in
        unsafe crypto_pwhash(
          output.bytePointer, UInt64(output.count),
          UnsafeRawPointer(passphrase.bytePointer).assumingMemoryBound(to: CChar.self),
          UInt64(passphrase.count), salt, UInt64(cost.passes), Int(cost.memoryKiB) * 1024,
          crypto_pwhash_ALG_ARGON2ID13)
      }
      guard status == 0 else {
        throw CygnetError(.internalFault, "Argon2id did not get its memory")
      }
    }
  }
}
