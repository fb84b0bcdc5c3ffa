internal import CSodium

/// X25519 key agreement (RFC 7748 §5), refusing every all-zero result.
package enum X25519 {
  package static let byteCount = 32

  /// A u-coordinate, 32 bytes little-endian.
  package struct PublicKey: Hashable, Sendable {
    package let bytes: [UInt8]

    /// - Throws: `malformed` for another length.
    package init(_ bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == byteCount else {
        throw CygnetError(.malformed, "an X25519 key has 32 bytes")
      }
      self.bytes = bytes
    }

    /// Whether the encoding is the only one of its coordinate: below 2^255 − 19, top bit clear.
    package var isCanonical: Bool {
      if bytes[31] < 0x7f { return true }
      if bytes[31] > 0x7f { return false }
      for index in 1...30 where bytes[index] != 0xff { return true }
      return bytes[0] < 0xed
    }

    /// Whether every agreement with this key gives all zeros: the coordinates of the points of order
    /// 1, 2, 4 and 8, on the curve and its twist, in all their encodings.
    package var hasLowOrder: Bool {
      var bytes = bytes
      bytes[31] &= 0x7f
      return Self.lowOrder.contains(bytes)
    }

    /// Whether the point is one of the main subgroup, as every key that was made from a private one
    /// is. A sum with a point of small order is not, and agrees on the same secrets in another
    /// spelling.
    ///
    /// Judged on the Edwards form, where y = (u − 1) / (u + 1) (RFC 7748 §4.1); its two points with
    /// that y are both in the subgroup or neither.
    package func isInMainSubgroup() throws(CygnetError) -> Bool {
      try Sodium.selfTest()
      let u = FieldElement(littleEndian: bytes)
      let point = ((u - .one) * (u + .one).inverse).littleEndianBytes
      return unsafe crypto_core_ed25519_is_valid_point(point) == 1
    }

    private static let lowOrder: [[UInt8]] = [
      small(0), small(1), belowTwoTo255(0x13 + 1), belowTwoTo255(0x13), belowTwoTo255(0x13 - 1),
      [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4,
        0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49,
        0xb8, 0x00,
      ],
      [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef,
        0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f,
        0x11, 0x57,
      ],
    ]

    private static func small(_ value: UInt8) -> [UInt8] {
      [value] + [UInt8](repeating: 0, count: 31)
    }

    /// 2^255 less a little: at 19 the coordinate is zero again.
    private static func belowTwoTo255(_ distance: UInt8) -> [UInt8] {
      [0 &- distance] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
    }
  }

  /// A scalar, 32 bytes, clamped when it is used.
  package struct PrivateKey: Sendable {
    package let secret: SecretBytes

    /// - Throws: `malformed` for another length.
    package init(_ secret: SecretBytes) throws(CygnetError) {
      guard secret.count == byteCount else {
        throw CygnetError(.malformed, "an X25519 private key has 32 bytes")
      }
      self.secret = secret
    }

    /// The public half.
    ///
    /// The scalar, clamped, multiplies the base point of the Edwards form, for which libsodium has a
    /// table, and u = (1 + y) / (1 − y) takes the point over (RFC 7748 §4.1): the same key as by the
    /// ladder, in little more than half its time. From y on everything is public.
    package func publicKey() throws(CygnetError) -> PublicKey {
      try Sodium.selfTest()
      var status: Int32 = -1
      let point = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialised in
        status = unsafe secret.withUnsafeBytes { secret in
          unsafe crypto_scalarmult_ed25519_base(buffer.baseAddress!, secret.bytePointer)
        }
        initialised = byteCount
      }
      // libsodium refuses the scalar zero before it would clamp it; the ladder takes it.
      guard status == 0 else { return try publicKeyByLadder() }
      let y = FieldElement(littleEndian: point)
      return try PublicKey(((.one + y) * (.one - y).inverse).littleEndianBytes)
    }

    /// The public half by the Montgomery ladder (RFC 7748 §5).
    package func publicKeyByLadder() throws(CygnetError) -> PublicKey {
      try Sodium.selfTest()
      var status: Int32 = -1
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialised in
        status = unsafe secret.withUnsafeBytes { secret in
          unsafe crypto_scalarmult_base(buffer.baseAddress!, secret.bytePointer)
        }
        initialised = byteCount
      }
      guard status == 0 else { throw CygnetError(.internalFault, "libsodium refused a scalar") }
      return try PublicKey(bytes)
    }
  }

  /// A private key and its public half.
  package struct KeyPair: Sendable {
    package let privateKey: PrivateKey
    package let publicKey: PublicKey

    package init(_ privateKey: PrivateKey) throws(CygnetError) {
      self.privateKey = privateKey
      publicKey = try privateKey.publicKey()
    }

    /// From stored halves that belong together.
    package init(privateKey: PrivateKey, publicKey: PublicKey) {
      self.privateKey = privateKey
      self.publicKey = publicKey
    }

    package static func generate(
      using random: inout some RandomSource
    ) throws(CygnetError) -> KeyPair {
      try Sodium.selfTest()
      return try KeyPair(PrivateKey(random.secret(byteCount)))
    }
  }

  /// DH(private, public): 32 secret bytes.
  /// - Throws: `authenticationFailed` when the result is all zero, which a peer's low-order point
  ///   forces and no honest key gives.
  package static func agreement(
    _ privateKey: PrivateKey, _ publicKey: PublicKey
  ) throws(CygnetError) -> SecretBytes {
    try Sodium.selfTest()
    return try unsafe SecretBytes(count: byteCount) { (output) throws(CygnetError) in
      let status = unsafe privateKey.secret.withUnsafeBytes { secret in
        unsafe crypto_scalarmult(output.bytePointer, secret.bytePointer, publicKey.bytes)
      }
      guard status == 0, unsafe !ConstantTime.isZero(UnsafeRawBufferPointer(output)) else {
        throw CygnetError(.authenticationFailed, "the key agreement gave all zeros")
      }
    }
  }
}
