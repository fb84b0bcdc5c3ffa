extension MLS {
  /// What a message turned out to be.
  public enum Received: Sendable {
    /// Data of the application's.
    case application(ApplicationMessage)
    /// A change that somebody proposes; it is held until a commit takes it up.
    case proposal(PendingProposal, reference: ProposalRef)
    /// A commit of another member's, to be merged or not.
    case commit(StagedCommit)
    /// The own commit that waits: the delivery service accepted it, so merge it.
    case ownCommit
    /// An own message that came back. Nobody can decrypt what it encrypted itself.
    case ownMessage
  }

  /// Data of the application's, decrypted and verified.
  public struct ApplicationMessage: Hashable, Sendable {
    /// The sender's place in the epoch of the message.
    public let sender: LeafIndex
    /// Who the sender claimed to be in that epoch.
    public let credential: Credential
    /// The key that verified it, the sender's in that epoch.
    public let signatureKey: SignaturePublicKey
    /// The epoch in which it was sent, which may be over.
    public let epoch: Epoch
    /// What was sent.
    public let data: [UInt8]
    /// What the sender authenticated besides.
    public let authenticatedData: [UInt8]
  }
}
