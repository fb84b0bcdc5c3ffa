/// K-PKE, the encryption scheme inside ML-KEM (FIPS 203 §5). It is not secure by itself.
enum KPKE<Parameters: MLKEMParameters> {
  private static var vectorByteCount: Int { 384 * Parameters.k }

  /// Algorithm 13 from its second line on, where (ρ, σ) = G(d ‖ k) is known.
  /// - Parameters:
  ///   - rho: ρ, public.
  ///   - sigma: σ.
  ///   - decryptionKey: takes ByteEncode₁₂(ŝ) at its beginning.
  ///   - encryptionKeyOffset: where in `decryptionKey` ByteEncode₁₂(t̂) ‖ ρ goes.
  /// - Returns: Â, row by row.
  static func generateKeys(
    rho: [UInt8], sigma: SecretBytes, into decryptionKey: inout MutableRawSpan,
    encryptionKeyOffset: Int
  ) -> PublicMatrix {
    let k = Parameters.k
    var noise = NoiseSource(sigma)
    var s = NTTVector(count: k)
    for i in 0..<k {
      let sHat = noise.sample(i).ntt()
      sHat.encode(into: &decryptionKey, at: NTTElement.byteCount * i)
      s.set(i, to: sHat)
    }
    var xof = XOF()
    var inner = InnerProduct()
    var matrix = PublicMatrix(k: k)
    for i in 0..<k {
      // Row i of Â ∘ ŝ + ê.
      var t = rho.withBytes { rho in
        inner.product(s) { j, a in
          a.sample(rho, UInt8(j), UInt8(i), with: &xof)
          matrix.append(a)
        }
      }
      t.add(noise.sample(k + i).ntt())
      t.encode(into: &decryptionKey, at: encryptionKeyOffset + NTTElement.byteCount * i)
    }
    rho.withBytes { rho in
      decryptionKey.copy(rho, at: encryptionKeyOffset + vectorByteCount)
    }
    return matrix
  }

  /// Algorithm 15.
  /// - Parameters:
  ///   - key: begins with ByteEncode₁₂(ŝ).
  ///   - ciphertext: c₁ ‖ c₂.
  /// - Returns: the message, 32 bytes.
  static func decrypt(_ key: RawSpan, _ ciphertext: RawSpan) -> SecretBytes {
    let k = Parameters.k
    let (uByteCount, uBits) = (32 * Parameters.du, Parameters.du)
    var s = NTTVector(count: k)
    for i in 0..<k { s.set(i, to: NTTElement(decoding: key, at: NTTElement.byteCount * i)) }
    var inner = InnerProduct()
    let product = inner.product(s) { j, u in
      u = RingElement(bits: uBits, decoding: ciphertext, at: uByteCount * j).ntt()
    }
    var w = RingElement(bits: Parameters.dv, decoding: ciphertext, at: uByteCount * k)
    w.subtract(product.inverseNTT())
    return message(from: w)
  }

  private static func message(from w: borrowing RingElement) -> SecretBytes {
    unsafe SecretBytes(count: 32) { buffer in
      var target = unsafe MutableRawSpan(_unsafeBytes: buffer)
      w.encode(bits: 1, into: &target, at: 0)
    }
  }

  /// Algorithm 14 in two halves, of which the first needs the seed ρ of the encryption key only.
  struct Encryption: ~Copyable {
    private var noise: NoiseSource
    private var y: NTTVector
    private var inner = InnerProduct()

    /// - Parameter randomness: r.
    init(randomness: SecretBytes) {
      noise = NoiseSource(randomness)
      y = NTTVector(count: Parameters.k)
      for i in 0..<Parameters.k { y.set(i, to: noise.sample(i).ntt()) }
    }

    /// c₁ = ByteEncode(Compress(u)) with u = NTT⁻¹(Âᵀ ∘ ŷ) + e₁, at the beginning of `target`.
    /// - Parameters:
    ///   - rho: ρ.
    ///   - matrix: Â where it is known; otherwise it is sampled again.
    ///   - target: takes c₁.
    mutating func encryptFirst(
      rho: RawSpan, matrix: PublicMatrix? = nil, into target: inout MutableRawSpan
    ) {
      let k = Parameters.k
      var xof = XOF()
      for i in 0..<k {
        var u = inner.product(y) { j, a in
          if let matrix {
            matrix.copy(row: j, column: i, to: &a)
          } else {
            a.sample(rho, UInt8(i), UInt8(j), with: &xof)
          }
        }.inverseNTT()
        u.add(noise.sample(k + i))
        u.encode(bits: Parameters.du, into: &target, at: 32 * Parameters.du * i)
      }
    }

    /// c₂ = ByteEncode(Compress(v)) with v = NTT⁻¹(t̂ᵀ ∘ ŷ) + e₂ + μ, at `offset`.
    mutating func encryptSecond(
      vector: RawSpan, message: SecretBytes, into target: inout MutableRawSpan, at offset: Int
    ) {
      let k = Parameters.k
      var v = inner.product(y) { j, t in
        t.decode(vector, at: NTTElement.byteCount * j)
      }.inverseNTT()
      v.add(noise.sample(2 * k))
      v.add(message.withBytes { message in RingElement(bits: 1, decoding: message, at: 0) })
      v.encode(bits: Parameters.dv, into: &target, at: offset)
    }
  }
}
