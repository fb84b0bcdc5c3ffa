package import CygnetPrimitives

/// mk, the key of one message. It is kept in this form for messages that were skipped, and expanded
/// when it is used. Specification: SenderKeys
package struct SenderMessageKey: Sendable {
  package static let byteCount = 32
  package static let commitmentByteCount = 32
  package let secret: SecretBytes

  package init(_ secret: SecretBytes) { self.secret = secret }

  private static let label = "Cygnet_SenderKey_Message"

  /// What seals the message.
  package struct Expanded: Sendable {
    package let key: SecretBytes
    /// Travels with the message and settles which key it is: ChaCha20-Poly1305 alone lets a sender
    /// make one ciphertext that opens for two receivers to two plaintexts.
    package let commitment: [UInt8]
    package let nonce: [UInt8]
  }

  /// EXPAND(mk): HKDF-Expand, 76 bytes: key, commitment, nonce.
  package func expanded(_ suite: SenderKeySuite = .first) throws(CygnetError) -> Expanded {
    let output = try secret.withBytes { (secret) throws(CygnetError) in
      try HKDFSHA256.expand(pseudorandomKey: secret, info: suite.info(Self.label), count: 76)
    }
    return Expanded(
      key: output.slice(0..<32), commitment: Self.bytes(output.slice(32..<64)),
      nonce: Self.bytes(output.slice(64..<76)))
  }

  /// What is public, out of wiped storage.
  private static func bytes(_ secret: SecretBytes) -> [UInt8] {
    secret.withBytes { secret in
      var bytes: [UInt8] = []
      bytes.append(copying: secret)
      return bytes
    }
  }
}

extension SenderMessageKey.Expanded {
  func seal(_ plaintext: [UInt8], authenticating: [UInt8]) throws(CygnetError) -> [UInt8] {
    try ChaCha20Poly1305.seal(plaintext, key: key, nonce: nonce, authenticating: authenticating)
  }

  /// - Throws: `authenticationFailed`, also for a commitment to another key.
  func open(
    _ message: SenderKeyMessage, authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    guard ConstantTime.areEqual(commitment, message.header.commitment) else {
      throw CygnetError(.authenticationFailed, "the message was sealed under another key")
    }
    return try ChaCha20Poly1305.open(
      message.ciphertext, key: key, nonce: nonce, authenticating: authenticating)
  }
}
