/// What the four functions of FIPS 202 have in common: their input arrives in pieces, and may be
/// secret.
package protocol SHA3Function: ~Copyable {
  mutating func absorb(_ bytes: UnsafeRawBufferPointer)
}

extension SHA3Function where Self: ~Copyable {
  package mutating func update(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { bytes in unsafe absorb(bytes) }
  }

  package mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { bytes in unsafe absorb(bytes) }
  }

  package mutating func update(_ secret: SecretBytes) {
    unsafe secret.withUnsafeBytes { bytes in unsafe absorb(bytes) }
  }
}

/// SHA3-256 (FIPS 202 §6.1).
package struct SHA3_256: ~Copyable, SHA3Function {
  package static let byteCount = 32

  private var sponge = KeccakSponge(rate: 136, suffix: 0x06)

  package init() {}

  package mutating func absorb(_ bytes: UnsafeRawBufferPointer) { unsafe sponge.absorb(bytes) }

  package consuming func finalize() -> [UInt8] { sponge.squeezed(Self.byteCount) }

  package consuming func finalizeSecret() -> SecretBytes { sponge.squeezedSecret(Self.byteCount) }

  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA3_256()
    hash.update(bytes)
    return hash.finalize()
  }
}

/// SHA3-512 (FIPS 202 §6.1).
package struct SHA3_512: ~Copyable, SHA3Function {
  package static let byteCount = 64

  private var sponge = KeccakSponge(rate: 72, suffix: 0x06)

  package init() {}

  package mutating func absorb(_ bytes: UnsafeRawBufferPointer) { unsafe sponge.absorb(bytes) }

  package consuming func finalize() -> [UInt8] { sponge.squeezed(Self.byteCount) }

  package consuming func finalizeSecret() -> SecretBytes { sponge.squeezedSecret(Self.byteCount) }

  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA3_512()
    hash.update(bytes)
    return hash.finalize()
  }
}

/// An extendable-output function of FIPS 202 §6.2: after its input it gives as many bytes as are
/// asked for, in as many calls; it takes no more input then.
package protocol ExtendableOutputFunction: ~Copyable, SHA3Function {
  init()
  mutating func squeeze(into target: UnsafeMutableRawBufferPointer)
}

extension ExtendableOutputFunction where Self: ~Copyable {
  /// The next `count` bytes of output.
  package mutating func squeeze(_ count: Int) -> [UInt8] {
    // Room for one byte at least, as in `filledBytes`.
    unsafe [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialised in
      unsafe squeeze(
        into: UnsafeMutableRawBufferPointer(
          UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
      initialised = count
    }
  }

  /// The next `count` bytes of output, as a secret.
  package mutating func squeezeSecret(_ count: Int) -> SecretBytes {
    unsafe SecretBytes(count: count) { buffer in unsafe squeeze(into: buffer) }
  }

  /// The first `count` bytes of output for `bytes`.
  package static func hash(_ bytes: [UInt8], count: Int) -> [UInt8] {
    var function = Self()
    function.update(bytes)
    return function.squeeze(count)
  }

  /// The first `count` bytes of output for a secret, as a secret.
  package static func secretHash(_ secret: SecretBytes, count: Int) -> SecretBytes {
    var function = Self()
    function.update(secret)
    return function.squeezeSecret(count)
  }
}

/// SHAKE128 (FIPS 202 §6.2).
package struct SHAKE128: ~Copyable, ExtendableOutputFunction {
  private var sponge = KeccakSponge(rate: 168, suffix: 0x1f)

  package init() {}

  package mutating func absorb(_ bytes: UnsafeRawBufferPointer) { unsafe sponge.absorb(bytes) }

  package mutating func squeeze(into target: UnsafeMutableRawBufferPointer) {
    unsafe sponge.squeeze(into: target)
  }

  /// The first `count` bytes of output for what was added so far; more may be added afterwards.
  package func currentOutput(_ count: Int) -> [UInt8] {
    var snapshot = KeccakSponge(copying: sponge)
    return snapshot.squeezed(count)
  }
}

/// SHAKE256 (FIPS 202 §6.2).
package struct SHAKE256: ~Copyable, ExtendableOutputFunction {
  private var sponge = KeccakSponge(rate: 136, suffix: 0x1f)

  package init() {}

  package mutating func absorb(_ bytes: UnsafeRawBufferPointer) { unsafe sponge.absorb(bytes) }

  package mutating func squeeze(into target: UnsafeMutableRawBufferPointer) {
    unsafe sponge.squeeze(into: target)
  }
}

extension KeccakSponge {
  fileprivate mutating func squeezed(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      unsafe squeeze(into: UnsafeMutableRawBufferPointer(buffer))
      initialised = count
    }
  }

  fileprivate mutating func squeezedSecret(_ count: Int) -> SecretBytes {
    unsafe SecretBytes(count: count) { buffer in unsafe squeeze(into: buffer) }
  }
}
