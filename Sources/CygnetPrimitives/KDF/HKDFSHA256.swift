internal import CSodium

/// HKDF-SHA-256 (RFC 5869), built on HMAC since libsodium 1.0.18 has none.
package enum HKDFSHA256 {
  /// The longest output: 255 blocks (RFC 5869 §2.3).
  package static let maxByteCount = 255 * HMACSHA256.byteCount

  /// RFC 5869 §2.2. An empty salt stands for a block of zeros.
  package static func extract(salt: RawSpan, inputKeyMaterial: RawSpan) -> SecretBytes {
    HMACSHA256.tag(of: inputKeyMaterial, key: salt)
  }

  /// RFC 5869 §2.2, with `label ‖ inputKeyMaterial` as the input key material.
  package static func extract(
    salt: RawSpan, label: [UInt8], inputKeyMaterial: RawSpan
  ) -> SecretBytes {
    HMACSHA256.tag(of: label, followedBy: inputKeyMaterial, key: salt)
  }

  /// RFC 5869 §2.3. The pseudorandom key's state is set up once for all blocks.
  /// - Throws: `limitExceeded` beyond 255 blocks.
  package static func expand(
    pseudorandomKey: RawSpan, info: [UInt8], count: Int
  ) throws(CygnetError) -> SecretBytes {
    try HMACSHA256.withKey(pseudorandomKey) { (keyed) throws(CygnetError) in
      try Expander(keyed: keyed).expand(info: info, count: count)
    }
  }

  /// Lends a pseudorandom key for several expansions: its state, half the work of a short one, is set
  /// up once.
  package static func withExpander<R, E: Error>(
    _ pseudorandomKey: SecretBytes, _ body: (Expander) throws(E) -> R
  ) throws(E) -> R {
    try pseudorandomKey.withBytes { (key) throws(E) in
      try HMACSHA256.withKey(key) { (keyed) throws(E) in try body(Expander(keyed: keyed)) }
    }
  }

  /// A pseudorandom key, for the length of the call that lends it.
  package struct Expander {
    fileprivate let keyed: HMACSHA256.Keyed

    /// RFC 5869 §2.3.
    /// - Throws: `limitExceeded` beyond 255 blocks.
    package func expand(info: [UInt8], count: Int) throws(CygnetError) -> SecretBytes {
      guard count >= 0, count <= maxByteCount else {
        throw CygnetError(.limitExceeded, "HKDF yields at most 255 blocks")
      }
      return unsafe SecretBytes(count: count) { okm in unsafe fill(okm, info: info, keyed: keyed) }
    }
  }

  /// Extract, then expand. The pseudorandom key between the two lies on the stack and is wiped.
  package static func derive(
    salt: RawSpan, inputKeyMaterial: RawSpan, info: [UInt8], count: Int
  ) throws(CygnetError) -> SecretBytes {
    try unsafe withUnsafeTemporaryAllocation(
      byteCount: HMACSHA256.byteCount, alignment: 16
    ) { (key) throws(CygnetError) in
      defer { unsafe sodium_memzero(key.baseAddress!, key.count) }  // never empty
      unsafe HMACSHA256.tag(key: salt, into: key.bytePointer) { message in
        unsafe inputKeyMaterial.withUnsafeBytes { material in unsafe message.add(material) }
      }
      let pseudorandomKey = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(key))
      if count == HMACSHA256.byteCount { return block(pseudorandomKey, info) }
      return try expand(pseudorandomKey: pseudorandomKey, info: info, count: count)
    }
  }

  /// The first block of RFC 5869 §2.3, where that is all.
  private static func block(_ pseudorandomKey: RawSpan, _ info: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(count: HMACSHA256.byteCount) { okm in
      unsafe HMACSHA256.tag(key: pseudorandomKey, into: okm.bytePointer) { message in
        unsafe info.withUnsafeBytes { info in unsafe message.add(info) }
        unsafe withUnsafeBytes(of: UInt8(1)) { index in unsafe message.add(index) }
      }
    }
  }

  private static func fill(
    _ okm: UnsafeMutableRawBufferPointer, info: [UInt8], keyed: HMACSHA256.Keyed
  ) {
    unsafe withUnsafeTemporaryAllocation(
      byteCount: HMACSHA256.byteCount, alignment: 16
    ) { block in
      defer { unsafe sodium_memzero(block.baseAddress!, block.count) }  // never empty
      var written = 0
      var index: UInt8 = 1
      while written < okm.count {
        keyed.begin()
        if index > 1 { unsafe keyed.add(UnsafeRawBufferPointer(block)) }
        unsafe info.withUnsafeBytes { info in unsafe keyed.add(info) }
        unsafe withUnsafeBytes(of: index) { index in unsafe keyed.add(index) }
        unsafe keyed.finish(into: block.bytePointer)
        let count = min(block.count, okm.count - written)
        unsafe UnsafeMutableRawBufferPointer(rebasing: okm[written..<(written + count)])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[..<count]))
        written += count
        index &+= 1  // wraps only after the 255th block, which is the last
      }
    }
  }
}
