internal import CSodium

/// Where random bytes come from. Public operations use the system's source; tests and vector tools
/// pass a deterministic one to the `package` form of the same operation.
package protocol RandomSource {
  /// Fills the whole buffer.
  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer)
}

/// The operating system's random number generator, through libsodium.
package struct SystemRandomSource: RandomSource {
  /// Without a byte of its own a value has no address, and the thread sanitizer follows the
  /// arbitrary one that stands for it when the value is lent.
  private let place: UInt8 = 0

  package init() {}

  package mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let base = buffer.baseAddress, unsafe !buffer.isEmpty else { return }
    unsafe randombytes_buf(base, buffer.count)
  }
}

extension RandomSource {
  /// `count` bytes that need no secrecy, such as nonces and salts.
  package mutating func bytes(_ count: Int) -> [UInt8] {
    // Room for one byte at least, as in `filledBytes`.
    unsafe [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialised in
      unsafe fill(
        UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
      initialised = count
    }
  }

  /// `count` secret bytes, written straight into wiped storage.
  package mutating func secret(_ count: Int) -> SecretBytes {
    unsafe SecretBytes(count: count) { buffer in unsafe fill(buffer) }
  }
}
