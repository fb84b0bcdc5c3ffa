public import CygnetPrimitives
internal import CygnetWire

/// An end-to-end encrypted conversation between two devices: PQXDH and then the Triple Ratchet or, in
/// suite 1, X3DH and then the Double Ratchet; headers are encrypted in both.
///
/// A value without I/O or clock. Every call that throws leaves it byte-for-byte as it was. Store
/// `state()` before a ciphertext leaves and together with what a decryption gave; a state used twice
/// for sending would use a message key twice.
public struct PairwiseSession: Sendable {
  /// The algorithms of the session. `suite.isPostQuantum` tells whether quantum computers are
  /// withstood by those who record, from the first message on, and by those who steal keys.
  public let suite: Suite
  let associatedData: [UInt8]
  let peer: Ed25519.PublicKey
  /// Names the handshake it came from, and so the session.
  package let handshakeID: HandshakeID
  var ratchet: TripleRatchet
  /// Sent along until the first reply proves that the responder has the session.
  var handshake: Handshake?

  // MARK: - Starting

  /// Starts a session towards a device from its verified bundle. Nothing is sent yet: the handshake
  /// travels with each message until the first reply.
  /// - Parameters:
  ///   - bundle: the peer's bundle, checked.
  ///   - identity: this device's identity.
  ///   - own: this device's address, which the peer must know it under.
  /// - Throws: `authenticationFailed` when the bundle holds a low-order key.
  public static func initiate(
    to bundle: VerifiedPreKeyBundle, as identity: IdentityKeyPair, at own: DeviceAddress
  ) throws(CygnetError) -> PairwiseSession {
    var random = SystemRandomSource()
    return try initiate(to: bundle, as: identity, at: own, using: &random)
  }

  /// Draws the ephemeral key, in suite 2 the 32 bytes of the encapsulation, then the first ratchet
  /// key.
  package static func initiate(
    to bundle: VerifiedPreKeyBundle, as identity: IdentityKeyPair, at own: DeviceAddress,
    using random: inout some RandomSource
  ) throws(CygnetError) -> PairwiseSession {
    let ephemeral = try X25519.KeyPair.generate(using: &random)
    let shared: X3DH.SharedSecret
    let kem: KEMHandshake?
    if let kemPreKey = bundle.kemPreKey {
      let sent = kemPreKey.key.encapsulate(using: &random)
      shared = try PQXDH.initiate(
        identity: identity, ephemeral: ephemeral.privateKey, peer: bundle,
        kemSecret: sent.sharedSecret)
      kem = KEMHandshake(id: kemPreKey.id, kind: kemPreKey.kind, ciphertext: sent.ciphertext)
    } else {
      shared = try X3DH.initiate(
        identity: identity, ephemeral: ephemeral.privateKey, peer: bundle)
      kem = nil
    }
    let handshake = Handshake(
      suite: bundle.suite, identity: identity.publicKey.ed25519, ephemeral: ephemeral.publicKey,
      signedPreKeyID: bundle.signedPreKeyID, oneTimePreKeyID: bundle.oneTimePreKey?.id, kem: kem)
    let digest = try handshake.digest()
    let associatedData = AssociatedData(
      suite: bundle.suite, initiator: identity.publicKey.ed25519,
      responder: bundle.identity.ed25519, initiatorAddress: own,
      responderAddress: bundle.address,
      kem: bundle.kemPreKey.map { KEMBinding(key: $0.key, handshakeDigest: digest) })
    return PairwiseSession(
      suite: bundle.suite, associatedData: try associatedData.digest(),
      peer: bundle.identity.ed25519, handshakeID: HandshakeID(digest: digest),
      ratchet: try TripleRatchet.initiator(
        shared: shared, peerRatchetKey: bundle.signedPreKey, suite: bundle.suite, using: &random),
      handshake: handshake)
  }

  /// Answers a handshake and decrypts the message that carried it.
  ///
  /// On success the one-time prekeys are gone from `preKeys`; on failure nothing changed. Whether the
  /// session is post-quantum follows from the prekeys that the sender was given: one that was
  /// published under suite 2 answers no classical handshake.
  /// - Parameters:
  ///   - message: any of the initiator's messages before the first reply, in any order.
  ///   - identity: this device's identity.
  ///   - own: this device's address, as the initiator found it in the bundle.
  ///   - sender: the address the message came from. It is authenticated: a message that comes under
  ///     another address than its sender wrote does not open.
  ///   - expected: the identity key on record for the sender, if there is one.
  ///   - preKeys: the private halves of what this device published.
  ///   - authenticating: what the initiator bound to the message.
  /// - Throws: `identityChanged` for another identity key than the expected, `duplicate` for a
  ///   handshake answered before, `notFound` for prekeys that are not held, `authenticationFailed`.
  public static func accept(
    _ message: InitialMessage, as identity: IdentityKeyPair, at own: DeviceAddress,
    from sender: DeviceAddress, expecting expected: IdentityKey? = nil,
    using preKeys: inout PreKeys, authenticating: [UInt8] = []
  ) throws(CygnetError) -> (session: PairwiseSession, plaintext: [UInt8]) {
    let handshake = message.handshake
    if let expected, expected.ed25519 != handshake.identity {
      throw CygnetError(.identityChanged, "the sender's identity key is not the one on record")
    }
    let keys = try preKeys.answer(to: handshake)
    let peer = if let expected { expected } else { try IdentityKey(handshake.identity) }
    let digest = try handshake.digest()
    let shared: X3DH.SharedSecret
    if let kem = keys.kem {
      shared = try PQXDH.accept(
        identity: identity, signedPreKey: keys.signedPreKey.privateKey,
        oneTimePreKey: keys.oneTimePreKey, peer: peer, ephemeral: handshake.ephemeral,
        kemSecret: kem.key.decapsulate(kem.ciphertext))
    } else {
      shared = try X3DH.accept(
        suite: handshake.suite, identity: identity, signedPreKey: keys.signedPreKey.privateKey,
        oneTimePreKey: keys.oneTimePreKey, peer: peer, ephemeral: handshake.ephemeral)
    }
    let associatedData = AssociatedData(
      suite: handshake.suite, initiator: handshake.identity,
      responder: identity.publicKey.ed25519, initiatorAddress: sender, responderAddress: own,
      kem: keys.kem.map {
        KEMBinding(key: $0.key.encapsulationKey, handshakeDigest: digest)
      })
    var session = PairwiseSession(
      suite: handshake.suite, associatedData: try associatedData.digest(),
      peer: handshake.identity, handshakeID: HandshakeID(digest: digest),
      ratchet: try TripleRatchet.responder(
        shared: shared, ownRatchetKey: keys.signedPreKey, suite: handshake.suite),
      handshake: nil)
    let plaintext = try session.ratchet.decrypt(
      message.body, sessionData: session.associatedData, authenticating: authenticating)
    try preKeys.consume(handshake)
    return (session, plaintext)
  }

  // MARK: - Messages

  /// Encrypts up to 256 KiB. `authenticating` is bound to the message and not sent; the peer passes
  /// the same bytes.
  /// - Throws: `limitExceeded` for a longer plaintext or a full chain.
  public mutating func encrypt(
    _ plaintext: [UInt8], authenticating: [UInt8] = []
  ) throws(CygnetError) -> PairwiseMessage {
    var random = SystemRandomSource()
    return try encrypt(plaintext, authenticating: authenticating, using: &random)
  }

  /// Draws a ratchet key if a step is due, in suite 2 what the sparse ratchet needs, then the 16-byte
  /// nonce of the header.
  package mutating func encrypt(
    _ plaintext: [UInt8], authenticating: [UInt8] = [], using random: inout some RandomSource
  ) throws(CygnetError) -> PairwiseMessage {
    guard plaintext.count <= Limits.maxPlaintextByteCount else {
      throw CygnetError(.limitExceeded, "a message holds at most 256 KiB: send an attachment")
    }
    let body = try ratchet.encrypt(
      plaintext, sessionData: associatedData, authenticating: authenticating, using: &random)
    guard let handshake else { return .ratchet(body) }
    return .initial(InitialMessage(handshake: handshake, body: body))
  }

  /// Decrypts a message of this session, each exactly once.
  /// - Throws: `duplicate` for one decrypted before, `tooFarAhead` beyond `Limits.maxSkip`,
  ///   `notFound` for an initial message of another handshake, `authenticationFailed`.
  public mutating func decrypt(
    _ message: PairwiseMessage, authenticating: [UInt8] = []
  ) throws(CygnetError) -> [UInt8] {
    let plaintext: [UInt8]
    switch message {
    case .ratchet(let body):
      plaintext = try ratchet.decrypt(
        body, sessionData: associatedData, authenticating: authenticating)
    case .initial(let initial):
      plaintext = try decrypt(initial, authenticating: authenticating)
    }
    handshake = nil
    return plaintext
  }

  /// Whether `message` carries the handshake that this session came from: then `decrypt` is the
  /// call, and otherwise `accept`.
  public func belongs(_ message: InitialMessage) -> Bool {
    (try? message.handshake.id()) == handshakeID
  }

  private mutating func decrypt(
    _ initial: InitialMessage, authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    guard belongs(initial) else {
      throw CygnetError(.notFound, "an initial message of another handshake")
    }
    do throws(CygnetError) {
      return try ratchet.decrypt(
        initial.body, sessionData: associatedData, authenticating: authenticating)
    } catch {
      // The header key of the first chain goes with its last skipped key, so a copy that comes even
      // later opens under nothing. Only a copy can carry a handshake that is over.
      if error.code == .authenticationFailed, ratchet.double.hasLeftFirstReceivingChain {
        throw CygnetError(.duplicate, "an initial message of a handshake that is over")
      }
      throw error
    }
  }

  // MARK: - The peer

  /// Whether the peer answered, so that messages no longer carry the handshake.
  public var isEstablished: Bool { handshake == nil }

  /// The peer's identity key. Converts the stored form, about 30 µs.
  public func peerIdentity() throws(CygnetError) -> IdentityKey { try IdentityKey(peer) }

  /// Whether the session was made with this identity key.
  public func isPeer(_ identity: IdentityKey) -> Bool { identity.ed25519 == peer }
}
