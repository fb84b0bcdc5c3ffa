internal import CygnetPrimitives

/// LabeledExtract and LabeledExpand (RFC 9180 §4), for one KDF and one algorithm's identifier.
struct LabeledKDF: Sendable {
  private let kdf: HPKE.KDF
  /// "HPKE-v1" and the identifier, which every label follows.
  private let prefix: [UInt8]

  init(_ kdf: HPKE.KDF, suiteID: [UInt8]) {
    self.kdf = kdf
    prefix = Array("HPKE-v1".utf8) + suiteID
  }

  /// LabeledExtract; without a salt, an empty one.
  func extract(
    salt: SecretBytes? = nil, label: String, _ inputKeyMaterial: SecretBytes
  ) -> SecretBytes {
    inputKeyMaterial.withBytes { extract(salt: salt, label: label, $0) }
  }

  /// LabeledExtract of material that is public, or empty.
  func extract(
    salt: SecretBytes? = nil, label: String, _ inputKeyMaterial: [UInt8] = []
  ) -> SecretBytes {
    inputKeyMaterial.withBytes { extract(salt: salt, label: label, $0) }
  }

  /// LabeledExpand, its info in up to three parts.
  /// - Throws: `limitExceeded` beyond 255 blocks of the hash.
  func expand(
    _ key: SecretBytes, label: String, info first: [UInt8] = [], _ second: [UInt8] = [],
    _ third: [UInt8] = [], count: Int
  ) throws(CygnetError) -> SecretBytes {
    guard count >= 0, count <= kdf.maxExpandByteCount else {
      throw CygnetError(.limitExceeded, "HKDF yields at most 255 blocks")
    }
    var info: [UInt8] = []
    info.reserveCapacity(
      2 + prefix.count + label.utf8.count + first.count + second.count + third.count)
    info.append(UInt8(count >> 8))  // at most 255 × 64
    info.append(UInt8(count & 0xff))
    info.append(contentsOf: prefix)
    info.append(contentsOf: label.utf8)
    info.append(contentsOf: first)
    info.append(contentsOf: second)
    info.append(contentsOf: third)
    return try key.withBytes { (key) throws(CygnetError) in
      try kdf.expand(key, info: info, count: count)
    }
  }

  private func extract(
    salt: SecretBytes?, label: String, _ inputKeyMaterial: RawSpan
  ) -> SecretBytes {
    var labelled: [UInt8] = []
    labelled.reserveCapacity(prefix.count + label.utf8.count)
    labelled.append(contentsOf: prefix)
    labelled.append(contentsOf: label.utf8)
    guard let salt else {
      return kdf.extract(salt: RawSpan(), label: labelled, inputKeyMaterial: inputKeyMaterial)
    }
    return salt.withBytes {
      kdf.extract(salt: $0, label: labelled, inputKeyMaterial: inputKeyMaterial)
    }
  }
}
