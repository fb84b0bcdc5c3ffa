package import CygnetPrimitives

/// The ratchet of a session: in suite 2 the Triple Ratchet (Double Ratchet §6), which takes a key of
/// the Double Ratchet and one of the sparse post-quantum ratchet for each message; in suite 1 the
/// Double Ratchet alone.
///
/// A value: a failed call leaves every byte of it as it was.
package struct TripleRatchet: Sendable {
  package private(set) var double: DoubleRatchet
  /// Nil in suite 1.
  package private(set) var sparse: SparseRatchet?

  package init(double: DoubleRatchet, sparse: SparseRatchet?) {
    self.double = double
    self.sparse = sparse
  }

  /// Draws the first ratchet key of the Double Ratchet.
  package static func initiator(
    shared: X3DH.SharedSecret, peerRatchetKey: X25519.PublicKey, suite: Suite,
    using random: inout some RandomSource
  ) throws(CygnetError) -> TripleRatchet {
    let start = try RootKey.Start(shared, suite: suite)
    return TripleRatchet(
      double: try .initiator(start, peerRatchetKey: peerRatchetKey, suite: suite, using: &random),
      sparse: try SparseRatchet(start, role: .initiator))
  }

  package static func responder(
    shared: X3DH.SharedSecret, ownRatchetKey: X25519.KeyPair, suite: Suite
  ) throws(CygnetError) -> TripleRatchet {
    let start = try RootKey.Start(shared, suite: suite)
    return TripleRatchet(
      double: .responder(start, ownRatchetKey: ownRatchetKey, suite: suite),
      sparse: try SparseRatchet(start, role: .responder))
  }
}

extension SparseRatchet {
  /// Nil in a suite that has none.
  fileprivate init?(_ start: RootKey.Start, role: SparseRatchetRole) throws(CygnetError) {
    guard let seed = start.sparseSeed else { return nil }
    try self.init(seed, role: role)
  }
}

// MARK: - Sending

extension TripleRatchet {
  /// The Triple Ratchet's encryption (Double Ratchet §6) with encrypted headers. Draws a ratchet key if the
  /// Double Ratchet's step is due, then what the sparse ratchet draws (`SparseRatchet.send`), then
  /// the nonce of the header.
  package mutating func encrypt(
    _ plaintext: [UInt8], sessionData: [UInt8], authenticating: [UInt8],
    using random: inout some RandomSource
  ) throws(CygnetError) -> RatchetMessage {
    guard sparse != nil else {
      return try double.encrypt(
        plaintext, sessionData: sessionData, authenticating: authenticating, using: &random)
    }
    return try Self.send(&double, &sparse!, using: &random) { (header, key) throws(CygnetError) in
      try key.seal(
        plaintext,
        authenticating: DoubleRatchet.associatedData(sessionData, header, authenticating))
    }
  }

  /// Both ratchets are changed in place, each when nothing can fail any more.
  private static func send(
    _ double: inout DoubleRatchet, _ sparse: inout SparseRatchet,
    using random: inout some RandomSource,
    seal: (_ sealedHeader: [UInt8], MessageKey) throws(CygnetError) -> [UInt8]
  ) throws(CygnetError) -> RatchetMessage {
    try double.send(using: &random) { (own, random) throws(CygnetError) in
      let other = try sparse.sending(using: &random)
      let header = TripleRatchetHeader(double: own.header, sparse: other.outgoing.message)
      let sealedHeader = try own.headerKey.seal(header.encoded(), using: &random)
      let key = try MessageKey.hybrid(
        doubleRatchet: own.messageKey, sparse: other.outgoing.messageKey)
      let ciphertext = try seal(sealedHeader, key)
      sparse.advance(to: other)
      return RatchetMessage(sealedHeader: sealedHeader, ciphertext: ciphertext)
    }
  }
}

// MARK: - Receiving

extension TripleRatchet {
  /// The Triple Ratchet's decryption (Double Ratchet §6) with encrypted headers. The Double Ratchet tells a
  /// copy first; what the sparse ratchet was sent counts only after the message has opened, and if it
  /// is refused then, the message counts as not received by either.
  /// - Throws: what `DoubleRatchet.receive`, `SparseRatchet.receive` and `SparseRatchet.commit` throw;
  ///   the state is then as it was.
  package mutating func decrypt(
    _ message: RatchetMessage, sessionData: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    guard sparse != nil else {
      return try double.decrypt(
        message, sessionData: sessionData, authenticating: authenticating)
    }
    let header = message.sealedHeader
    return try Self.receive(header, &double, &sparse!) { (key) throws(CygnetError) in
      try key.open(
        message.ciphertext,
        authenticating: DoubleRatchet.associatedData(sessionData, header, authenticating))
    }
  }

  private static func receive(
    _ sealedHeader: [UInt8], _ double: inout DoubleRatchet, _ sparse: inout SparseRatchet,
    open: (MessageKey) throws(CygnetError) -> [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    let plaintext = try double.receive(sealedHeader) { (header, own) throws(CygnetError) in
      guard let said = header.sparse else {
        throw CygnetError(.internalFault, "a session of two ratchets with the header of one")
      }
      let incoming = try sparse.receive(said)
      let plaintext = try open(
        MessageKey.hybrid(doubleRatchet: own, sparse: incoming.messageKey))
      try sparse.commit(incoming)
      return plaintext
    }
    // Both set keys aside in the order in which messages were sent, and drop the oldest first.
    sparse.keepSkipped(double.skipped.count)
    return plaintext
  }
}
