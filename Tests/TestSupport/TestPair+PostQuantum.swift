import CygnetPairwise
import CygnetPrimitives

extension TestDevice {
  /// A device whose prekeys are of suite 2.
  package static func postQuantum(
    _ user: String, oneTimeCount: Int = 3
  ) throws -> TestDevice {
    try TestDevice(user, oneTimeCount: oneTimeCount, suite: .pqxdh)
  }
}

extension InitialMessage {
  /// The message with some fields of its handshake replaced.
  package func replacing(
    suite: Suite? = nil, identity: Ed25519.PublicKey? = nil, ephemeral: X25519.PublicKey? = nil,
    signedPreKeyID: SignedPreKeyID? = nil, oneTimePreKeyID: OneTimePreKeyID?? = nil,
    kem: KEMHandshake?? = nil, body: RatchetMessage? = nil
  ) -> InitialMessage {
    let old = handshake
    return InitialMessage(
      handshake: Handshake(
        suite: suite ?? old.suite, identity: identity ?? old.identity,
        ephemeral: ephemeral ?? old.ephemeral,
        signedPreKeyID: signedPreKeyID ?? old.signedPreKeyID,
        oneTimePreKeyID: oneTimePreKeyID ?? old.oneTimePreKeyID, kem: kem ?? old.kem),
      body: body ?? self.body)
  }

  package init(of message: PairwiseMessage) throws {
    guard case .initial(let initial) = message else { throw NotInitial() }
    self = initial
  }
}
