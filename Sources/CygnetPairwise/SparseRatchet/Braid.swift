package import CygnetPrimitives

/// The ML-KEM Braid (revision 1): two parties agree on one key after the other, in pieces that ride
/// on their messages. In each epoch one of them makes a key pair, the other encapsulates, and then
/// they change places.
///
/// A value: `sending` and `receiving` give the successor, and what throws changes nothing.
package struct Braid: Equatable, Sendable {
  /// Where a party stands in its epoch (Braid §2.5). The first five are those of the side with the
  /// key pair, the others those of the side that encapsulates.
  package enum State: Equatable, Sendable {
    case keysUnsampled
    case keysSampled(seed: SecretBytes, vector: [UInt8], header: ErasureEncoder)
    case headerSent(seed: SecretBytes, vector: ErasureEncoder, ct1: ErasureDecoder)
    case ct1Received(seed: SecretBytes, ct1: [UInt8], vector: ErasureEncoder)
    case ekSentCt1Received(seed: SecretBytes, ct1: [UInt8], ct2: ErasureDecoder)

    case noHeaderReceived(header: ErasureDecoder)
    case headerReceived(header: [UInt8])
    case ct1Sampled(pending: SecretBytes, ct1: ErasureEncoder, vector: ErasureDecoder)
    /// The second ciphertext is made as soon as the vector is whole, so that the secret behind both
    /// goes; the paper keeps secret and vector until the acknowledgement.
    case ekReceivedCt1Sampled(ct1: ErasureEncoder, ct2: [UInt8])
    case ct1Acknowledged(pending: SecretBytes, ct1: [UInt8], vector: ErasureDecoder)
    case ct2Sampled(ct2: ErasureEncoder)
  }

  /// The key of an epoch, which each party puts out once.
  package struct EpochKey: Equatable, Sendable {
    package let epoch: UInt64
    package let secret: SecretBytes
  }

  /// Epochs that a message can name. At a hundred messages an epoch this is never reached.
  package static let maxEpoch: UInt64 = 1 << 30 - 1

  package let epoch: UInt64
  package let authenticator: BraidAuthenticator
  package internal(set) var state: State

  package init(epoch: UInt64, authenticator: BraidAuthenticator, state: State) {
    self.epoch = epoch
    self.authenticator = authenticator
    self.state = state
  }

  /// InitAlice and InitBob (Braid §2.6): the initiator begins with the key pair.
  package init(_ shared: SecretBytes, role: SparseRatchetRole) throws(CygnetError) {
    epoch = 1
    authenticator = try BraidAuthenticator(shared, epoch: 1)
    state =
      switch role {
      case .initiator: .keysUnsampled
      case .responder: .noHeaderReceived(header: ErasureDecoder(.header))
      }
  }

  func with(_ state: State) -> Braid {
    Braid(epoch: epoch, authenticator: authenticator, state: state)
  }
}

/// Which party of the session this is.
package enum SparseRatchetRole: UInt8, Sendable, CaseIterable {
  case initiator = 0
  case responder = 1
}
