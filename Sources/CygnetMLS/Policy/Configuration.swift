public import CygnetPrimitives

extension MLS {
  /// Which of the two forms of handshake messages a group uses (RFC 9420 §6).
  public enum HandshakeFormat: Hashable, Sendable {
    /// Encrypted: a server learns group, epoch and size.
    case privateMessage
    /// In the clear, so that a server can follow the group (``ExternalGroup``).
    case publicMessage
  }

  /// What a client's groups follow beyond the protocol. It is not part of a group's state: give the
  /// same one when a group is restored.
  public struct Configuration: Sendable {
    /// The application's word on who is who. There is no default on purpose.
    public var credentialValidator: any CredentialValidator
    /// What the application allows.
    public var policy: any GroupPolicy = MemberPolicy()
    /// Where pre-shared keys come from.
    public var preSharedKeys: any PreSharedKeySource = NoPreSharedKeys()
    /// The form in which proposals and commits are sent.
    public var handshakeFormat: HandshakeFormat = .privateMessage
    /// The forms in which members' proposals and commits are accepted. Outsiders' come in the clear
    /// in any case.
    public var acceptedHandshakeFormats: Set<HandshakeFormat> = [.privateMessage, .publicMessage]
    /// How private messages hide their length.
    public var padding: PaddingPolicy = .padme
    /// Past epochs whose application messages still open.
    public var pastEpochCount = Limits.pastEpochCount
    /// Seconds for which they do.
    public var pastEpochSeconds = Limits.pastEpochSeconds
    /// The longest lifetime of a key package, in seconds (RFC 9420 §7.2).
    public var maxLifetimeSeconds = Limits.lifetimeSeconds
    /// Whether an Add is refused whose key package's lifetime does not hold when it is received. The
    /// time to give is that at which the delivery service took the message in, where it is known:
    /// by the present a member would refuse, after a long absence, what the others accepted in time.
    public var checksLifetimesOnReceipt = true
    /// Whether leaves whose lifetime is over are refused in the tree of a group that is joined.
    /// Members that live long and never commit have such leaves in all honesty.
    public var checksLifetimesOnJoin = false
    /// Whether code points without meaning are sent so that others keep bearing them (§13.5).
    public var sendsGREASE = true
    /// Extension types that the application understands, besides the default ones.
    public var extensionTypes: Set<ExtensionType> = []
    /// Proposal types that the application understands, and whether a commit with one needs a path.
    public var proposalTypes: [ProposalType: PathRule] = [:]
    /// Those among them that an external sender may propose, as the registry says of each (RFC 9420
    /// §17.4).
    public var externalProposalTypes: Set<ProposalType> = []
    /// Credential types that the validator understands.
    public var credentialTypes: Set<CredentialType> = [.basic]
    /// Whether a Welcome carries the tree; if not, newcomers get it some other way.
    public var sendsTreeInWelcome = true
    package var suites = SuiteTable.standard

    /// The suites that the client offers, the one it prefers first: 0x0003 alone, unless others were
    /// asked for with ``offer(_:)``. Leaves list them all; groups and key packages of other suites are
    /// refused.
    public var offeredSuites: [CipherSuite] { suites.offered }

    /// Offers these suites in place of those before. What is created without naming a suite is of the
    /// first. A group that is stored needs its suite among them to be restored.
    /// - Throws: `unsupported` for a suite that the library has not; `malformed` for none at all, or one
    ///   twice. Nothing has changed then.
    public mutating func offer(_ suites: [CipherSuite]) throws(CygnetError) {
      self.suites = try SuiteTable(offering: suites)
    }

    /// Whether a commit with a proposal of some type must have a path (RFC 9420 §12.4).
    public enum PathRule: Hashable, Sendable {
      /// It must.
      case required
      /// It need not.
      case optional
    }

    /// A configuration with this validator and the defaults.
    public init(credentialValidator: any CredentialValidator) {
      self.credentialValidator = credentialValidator
    }

    /// What this client lists in its leaves.
    package func capabilities(for suite: CipherSuite) -> Capabilities {
      Capabilities(
        cipherSuites: suites.offered.contains(suite) ? suites.offered : [suite],
        extensions: extensionTypes.sorted(), proposals: proposalTypes.keys.sorted(),
        credentials: credentialTypes.sorted())
    }

    /// The suite itself, or without one that which the client prefers.
    package func suite(_ asked: CipherSuite?) -> CipherSuite {
      asked ?? suites.offered.first ?? .x25519ChaCha20SHA256Ed25519
    }

    package func algorithms(of suite: CipherSuite) throws(CygnetError) -> Algorithms {
      try suites.algorithms(of: suite)
    }
  }
}
