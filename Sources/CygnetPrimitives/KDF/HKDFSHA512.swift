internal import CSodium

/// HKDF-SHA-512 (RFC 5869), built on HMAC since libsodium 1.0.18 has none.
package enum HKDFSHA512 {
  /// The longest output: 255 blocks (RFC 5869 §2.3).
  package static let maxByteCount = 255 * HMACSHA512.byteCount

  /// RFC 5869 §2.2. An empty salt stands for a block of zeros.
  package static func extract(salt: RawSpan, inputKeyMaterial: RawSpan) -> SecretBytes {
    HMACSHA512.tag(of: inputKeyMaterial, key: salt)
  }

  /// RFC 5869 §2.2, with `label ‖ inputKeyMaterial` as the input key material.
  package static func extract(
    salt: RawSpan, label: [UInt8], inputKeyMaterial: RawSpan
  ) -> SecretBytes {
    HMACSHA512.tag(of: label, followedBy: inputKeyMaterial, key: salt)
  }

  /// RFC 5869 §2.3. The pseudorandom key's state is set up once for all blocks.
  /// - Throws: `limitExceeded` beyond 255 blocks.
  package static func expand(
    pseudorandomKey: RawSpan, info: [UInt8], count: Int
  ) throws(CygnetError) -> SecretBytes {
    guard count >= 0, count <= maxByteCount else {
      throw CygnetError(.limitExceeded, "HKDF yields at most 255 blocks")
    }
    return HMACSHA512.withKey(pseudorandomKey) { keyed in
      unsafe SecretBytes(count: count) { okm in unsafe fill(okm, info: info, keyed: keyed) }
    }
  }

  /// Extract, then expand.
  package static func derive(
    salt: RawSpan, inputKeyMaterial: RawSpan, info: [UInt8], count: Int
  ) throws(CygnetError) -> SecretBytes {
    let key = extract(salt: salt, inputKeyMaterial: inputKeyMaterial)
    return try key.withBytes { (key) throws(CygnetError) in
      try expand(pseudorandomKey: key, info: info, count: count)
    }
  }

  private static func fill(
    _ okm: UnsafeMutableRawBufferPointer, info: [UInt8], keyed: HMACSHA512.Keyed
  ) {
    unsafe withUnsafeTemporaryAllocation(
      byteCount: HMACSHA512.byteCount, alignment: 16
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
