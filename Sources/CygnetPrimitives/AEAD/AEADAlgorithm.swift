/// An AEAD with its sizes, as a suite names one (RFC 9180 §7.3).
package protocol AEADAlgorithm: Sendable {
  /// Its number in HPKE's registry.
  var id: UInt16 { get }
  var keyByteCount: Int { get }
  var nonceByteCount: Int { get }
  var tagByteCount: Int { get }

  /// Writes ciphertext and tag over `target`, which is a tag longer than the plaintext.
  func seal(
    _ plaintext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    over target: inout MutableRawSpan
  ) throws(CygnetError)

  /// Writes the plaintext over `target`, which is a tag shorter than the ciphertext.
  /// - Throws: `authenticationFailed`.
  func open(
    _ ciphertext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    over target: inout MutableRawSpan
  ) throws(CygnetError)
}

/// ChaCha20-Poly1305 (RFC 8439).
package struct ChaCha20Poly1305Algorithm: AEADAlgorithm {
  package init() {}

  package var id: UInt16 { 3 }
  package var keyByteCount: Int { ChaCha20Poly1305.keyByteCount }
  package var nonceByteCount: Int { ChaCha20Poly1305.nonceByteCount }
  package var tagByteCount: Int { ChaCha20Poly1305.tagByteCount }

  package func seal(
    _ plaintext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    over target: inout MutableRawSpan
  ) throws(CygnetError) {
    try ChaCha20Poly1305.seal(
      plaintext, key: key, nonce: nonce, authenticating: authenticating, over: &target)
  }

  package func open(
    _ ciphertext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    over target: inout MutableRawSpan
  ) throws(CygnetError) {
    try ChaCha20Poly1305.open(
      ciphertext, key: key, nonce: nonce, authenticating: authenticating, over: &target)
  }
}

extension AEADAlgorithm {
  /// Ciphertext and tag.
  package func seal(
    _ plaintext: [UInt8], key: SecretBytes, nonce: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    try plaintext.withBytes { (plaintext) throws(CygnetError) in
      try seal(plaintext, key: key, nonce: nonce, authenticating: authenticating)
    }
  }

  /// Seals what must not lie in unwiped memory: ciphertext and tag.
  package func seal(
    _ plaintext: SecretBytes, key: SecretBytes, nonce: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    try plaintext.withBytes { (plaintext) throws(CygnetError) in
      try seal(plaintext, key: key, nonce: nonce, authenticating: authenticating)
    }
  }

  /// The plaintext, for whoever asked for the message.
  /// - Throws: `authenticationFailed`, for a ciphertext shorter than a tag too.
  package func plaintext(
    of ciphertext: [UInt8], key: SecretBytes, nonce: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    try filledBytes(count: plaintextByteCount(of: ciphertext)) { (target) throws(CygnetError) in
      try open(ciphertext, key: key, nonce: nonce, authenticating: authenticating, over: &target)
    }
  }

  /// The plaintext in wiped storage.
  /// - Throws: `authenticationFailed`, for a ciphertext shorter than a tag too.
  package func open(
    _ ciphertext: [UInt8], key: SecretBytes, nonce: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> SecretBytes {
    try SecretBytes(count: plaintextByteCount(of: ciphertext)) {
      (target) throws(CygnetError) in
      try open(ciphertext, key: key, nonce: nonce, authenticating: authenticating, over: &target)
    }
  }

  private func plaintextByteCount(of ciphertext: [UInt8]) throws(CygnetError) -> Int {
    guard ciphertext.count >= tagByteCount else {
      throw CygnetError(.authenticationFailed, "shorter than its tag")
    }
    return ciphertext.count - tagByteCount
  }

  private func seal(
    _ plaintext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    try authenticating.withBytes { (associated) throws(CygnetError) in
      try filledBytes(count: plaintext.byteCount + tagByteCount) { (target) throws(CygnetError) in
        try seal(plaintext, key: key, nonce: nonce, authenticating: associated, over: &target)
      }
    }
  }

  private func open(
    _ ciphertext: [UInt8], key: SecretBytes, nonce: [UInt8], authenticating: [UInt8],
    over target: inout MutableRawSpan
  ) throws(CygnetError) {
    try ciphertext.withBytes { (ciphertext) throws(CygnetError) in
      try authenticating.withBytes { (associated) throws(CygnetError) in
        try open(ciphertext, key: key, nonce: nonce, authenticating: associated, over: &target)
      }
    }
  }
}
