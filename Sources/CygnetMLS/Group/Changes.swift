internal import CygnetPrimitives

extension MLS {
  /// A change that a member wants, by a proposal of its own or within a commit.
  public enum Change: Sendable {
    /// Add a client.
    case add(VerifiedKeyPackage)
    /// Remove a member.
    case remove(LeafIndex)
    /// Mix in a key of the application's, by its name.
    case externalKey(id: [UInt8])
    /// Mix in the resumption secret of an epoch of this or another group.
    case resumptionKey(group: GroupID, epoch: Epoch)
    /// Replace the group's extensions, all of them.
    case extensions(Extensions)
    /// Close the group, to be replaced by one with these parameters.
    case reInit(group: GroupID?, suite: CipherSuite, extensions: Extensions)
    /// A type that the application registered.
    case custom(ProposalType, data: [UInt8])
  }

  /// New things about the own leaf; what is nil stays.
  public struct LeafChange: Sendable {
    /// Who the member claims to be.
    public var credential: Credential?
    /// The key that signs from the next epoch on.
    public var signatureKeyPair: SignatureKeyPair?
    /// What it says of itself.
    public var extensions: Extensions?

    /// No change but fresh keys.
    public init(
      credential: Credential? = nil, signatureKeyPair: SignatureKeyPair? = nil,
      extensions: Extensions? = nil
    ) {
      self.credential = credential
      self.signatureKeyPair = signatureKeyPair
      self.extensions = extensions
    }

    /// Whether anything but the keys changes, which takes a path.
    var isEmpty: Bool { credential == nil && signatureKeyPair == nil && extensions == nil }
  }
}

extension MLS.Change {
  /// The change as a proposal. Nonces of pre-shared keys are drawn here.
  func proposal(
    suite: Algorithms, using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Proposal {
    switch self {
    case .add(let verified): .add(verified.keyPackage)
    case .remove(let index): .remove(index)
    case .externalKey(let id):
      .preSharedKey(
        MLS.PreSharedKeyID(
          kind: .external(id: id), nonce: random.bytes(suite.hashByteCount)))
    case .resumptionKey(let group, let epoch):
      .preSharedKey(
        MLS.PreSharedKeyID(
          kind: .resumption(.application, group: group, epoch: epoch),
          nonce: random.bytes(suite.hashByteCount)))
    case .extensions(let extensions): .groupContextExtensions(extensions)
    case .reInit(let id, let newSuite, let extensions):
      .reInit(
        MLS.ReInit(
          groupID: id ?? MLS.GroupID(random.bytes(MLS.Limits.newGroupIDByteCount)),
          cipherSuite: newSuite,
          extensions: extensions))
    case .custom(let type, let data): .custom(type, data: data)
    }
  }
}
