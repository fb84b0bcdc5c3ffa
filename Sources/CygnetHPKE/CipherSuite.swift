package import CygnetPrimitives

extension HPKE {
  /// The three algorithms of a context (RFC 9180 §7).
  public struct CipherSuite: Hashable, Sendable {
    /// How a key is encapsulated to a public key.
    public let kem: KEM
    /// How keys are derived in the key schedule.
    public let kdf: KDF
    /// How messages are sealed.
    public let aead: AEAD

    /// Any combination of algorithms that are offered.
    public init(kem: KEM, kdf: KDF, aead: AEAD) {
      self.kem = kem
      self.kdf = kdf
      self.aead = aead
    }

    /// X25519 with HKDF-SHA256 and ChaCha20-Poly1305. Take this one where nothing else is asked for.
    public static let x25519SHA256ChaCha20Poly1305 = CipherSuite(
      kem: .x25519, kdf: .hkdfSHA256, aead: .chaCha20Poly1305)
    /// X25519 with HKDF-SHA512 and ChaCha20-Poly1305.
    public static let x25519SHA512ChaCha20Poly1305 = CipherSuite(
      kem: .x25519, kdf: .hkdfSHA512, aead: .chaCha20Poly1305)
    /// X-Wing with HKDF-SHA256 and ChaCha20-Poly1305: secret also from quantum computers, for 1,088 more
    /// bytes of encapsulated key. The modes that authenticate the sender by its key are not there.
    public static let xWingSHA256ChaCha20Poly1305 = CipherSuite(
      kem: .xWing, kdf: .hkdfSHA256, aead: .chaCha20Poly1305)
    /// X25519 with HKDF-SHA256, for exported secrets alone.
    public static let x25519SHA256ExportOnly = CipherSuite(
      kem: .x25519, kdf: .hkdfSHA256, aead: .exportOnly)
    /// X25519 with HKDF-SHA512, for exported secrets alone.
    public static let x25519SHA512ExportOnly = CipherSuite(
      kem: .x25519, kdf: .hkdfSHA512, aead: .exportOnly)

    /// "HPKE" and the three numbers (RFC 9180 §5.1).
    var id: [UInt8] {
      var bytes = Array("HPKE".utf8)
      for number in [kem.id, kdf.id, aead.id] {
        bytes.append(UInt8(number >> 8))
        bytes.append(UInt8(number & 0xff))
      }
      return bytes
    }
  }

  /// A key derivation function (RFC 9180 §7.2).
  public struct KDF: Hashable, Sendable {
    enum Algorithm: UInt16 {
      case hkdfSHA256 = 1
      case hkdfSHA512 = 3
    }

    let algorithm: Algorithm

    /// HKDF-SHA256, 0x0001.
    public static let hkdfSHA256 = KDF(algorithm: .hkdfSHA256)
    /// HKDF-SHA512, 0x0003.
    public static let hkdfSHA512 = KDF(algorithm: .hkdfSHA512)

    /// The number in RFC 9180's registry.
    public var id: UInt16 { algorithm.rawValue }
  }

  /// An AEAD (RFC 9180 §7.3).
  public struct AEAD: Sendable {
    private let algorithm: (any AEADAlgorithm)?

    /// ChaCha20-Poly1305, 0x0003.
    public static let chaCha20Poly1305 = AEAD(ChaCha20Poly1305Algorithm())
    /// None, 0xFFFF: the context only exports secrets.
    public static let exportOnly = AEAD(algorithm: nil)

    /// The number in RFC 9180's registry.
    public var id: UInt16 { algorithm?.id ?? 0xffff }
  }
}

extension HPKE.KDF {
  /// - Throws: `unsupported` for a number that is not offered.
  package init(id: UInt16) throws(CygnetError) {
    guard let algorithm = Algorithm(rawValue: id) else {
      throw CygnetError(.unsupported, "this KDF is not offered")
    }
    self.init(algorithm: algorithm)
  }

  var maxExpandByteCount: Int {
    switch algorithm {
    case .hkdfSHA256: HKDFSHA256.maxByteCount
    case .hkdfSHA512: HKDFSHA512.maxByteCount
    }
  }

  /// Bytes of an extracted key.
  var hashByteCount: Int {
    switch algorithm {
    case .hkdfSHA256: HMACSHA256.byteCount
    case .hkdfSHA512: HMACSHA512.byteCount
    }
  }

  func extract(salt: RawSpan, label: [UInt8], inputKeyMaterial: RawSpan) -> SecretBytes {
    switch algorithm {
    case .hkdfSHA256:
      HKDFSHA256.extract(salt: salt, label: label, inputKeyMaterial: inputKeyMaterial)
    case .hkdfSHA512:
      HKDFSHA512.extract(salt: salt, label: label, inputKeyMaterial: inputKeyMaterial)
    }
  }

  func expand(_ key: RawSpan, info: [UInt8], count: Int) throws(CygnetError) -> SecretBytes {
    switch algorithm {
    case .hkdfSHA256: try HKDFSHA256.expand(pseudorandomKey: key, info: info, count: count)
    case .hkdfSHA512: try HKDFSHA512.expand(pseudorandomKey: key, info: info, count: count)
    }
  }
}

extension HPKE.AEAD {
  /// An AEAD that the library does not offer by itself, such as one that a test brings along.
  package init(_ algorithm: some AEADAlgorithm) { self.init(algorithm: algorithm) }

  /// - Throws: `unsupported` for a number that is not offered.
  package init(id: UInt16) throws(CygnetError) {
    switch id {
    case Self.chaCha20Poly1305.id: self = .chaCha20Poly1305
    case Self.exportOnly.id: self = .exportOnly
    default: throw CygnetError(.unsupported, "this AEAD is not offered")
    }
  }

  /// - Throws: `wrongState` when there is none.
  func sealingCipher() throws(CygnetError) -> any AEADAlgorithm {
    guard let algorithm else {
      throw CygnetError(.wrongState, "an export-only suite neither seals nor opens")
    }
    return algorithm
  }

  var cipher: (any AEADAlgorithm)? { algorithm }
}

extension HPKE.AEAD: Hashable {
  public static func == (left: Self, right: Self) -> Bool { left.id == right.id }

  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
