internal import CSodium

/// SHA-512 (FIPS 180-4).
package struct SHA512: ~Copyable {
  package static let byteCount = 64

  private var state = crypto_hash_sha512_state()

  package init() { _ = unsafe crypto_hash_sha512_init(&state) }

  package mutating func update(_ bytes: RawSpan) {
    _ = unsafe bytes.withUnsafeBytes { buffer in
      unsafe crypto_hash_sha512_update(&state, buffer.bytePointer, UInt64(buffer.count))
    }
  }

  package mutating func update(_ bytes: [UInt8]) {
    _ = unsafe crypto_hash_sha512_update(&state, bytes, UInt64(bytes.count))
  }

  package consuming func finalize() -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, initialised in
      _ = unsafe crypto_hash_sha512_final(&state, buffer.baseAddress!)
      initialised = Self.byteCount
    }
  }

  /// The digest of what was added so far; more may be added afterwards.
  package func currentDigest() -> [UInt8] {
    var snapshot = state
    return unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, initialised in
      _ = unsafe crypto_hash_sha512_final(&snapshot, buffer.baseAddress!)
      initialised = Self.byteCount
    }
  }

  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialised in
      _ = unsafe crypto_hash_sha512(buffer.baseAddress!, bytes, UInt64(bytes.count))
      initialised = byteCount
    }
  }
}
