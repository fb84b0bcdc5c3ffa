public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       ProtocolVersion versions<V>;
  ///       CipherSuite cipher_suites<V>;
  ///       ExtensionType extensions<V>;
  ///       ProposalType proposals<V>;
  ///       CredentialType credentials<V>;
  ///     } Capabilities;
  ///
  /// What a client supports (RFC 9420 §7.2). Unknown values are carried and ignored.
  public struct Capabilities: Hashable, Sendable, WireEncodable, WireDecodable {
    /// Versions of the protocol.
    public var versions: [ProtocolVersion]
    /// Suites.
    public var cipherSuites: [CipherSuite]
    /// Extension types other than the default ones.
    public var extensions: [ExtensionType]
    /// Proposal types other than the default ones.
    public var proposals: [ProposalType]
    /// Credential types.
    public var credentials: [CredentialType]

    /// Capabilities with these lists.
    public init(
      versions: [ProtocolVersion] = [.mls10],
      cipherSuites: [CipherSuite] = [.x25519ChaCha20SHA256Ed25519],
      extensions: [ExtensionType] = [], proposals: [ProposalType] = [],
      credentials: [CredentialType] = [.basic]
    ) {
      self.versions = versions
      self.cipherSuites = cipherSuites
      self.extensions = extensions
      self.proposals = proposals
      self.credentials = credentials
    }

    /// Whether the type is listed or one of the default ones.
    package func supports(_ type: ExtensionType) -> Bool {
      type.isDefault || extensions.contains(type)
    }

    /// Whether the type is listed or one of the default ones.
    package func supports(_ type: ProposalType) -> Bool {
      type.isDefault || proposals.contains(type)
    }

    /// Whether the type is listed.
    package func supports(_ type: CredentialType) -> Bool { credentials.contains(type) }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(vector: versions)
      try writer.write(vector: cipherSuites)
      try writer.write(vector: extensions)
      try writer.write(vector: proposals)
      try writer.write(vector: credentials)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      let bounds = 0...(2 * Limits.capabilityCount)
      let count = Limits.capabilityCount
      versions = try reader.readVector(bounds, maxCount: count)
      cipherSuites = try reader.readVector(bounds, maxCount: count)
      extensions = try reader.readVector(bounds, maxCount: count)
      proposals = try reader.readVector(bounds, maxCount: count)
      credentials = try reader.readVector(bounds, maxCount: count)
    }
  }

  ///     struct {
  ///       ExtensionType extension_types<V>;
  ///       ProposalType proposal_types<V>;
  ///       CredentialType credential_types<V>;
  ///     } RequiredCapabilities;
  ///
  /// What every member of a group must support (RFC 9420 §11.1).
  public struct RequiredCapabilities: Hashable, Sendable, WireEncodable, WireDecodable {
    /// Extension types.
    public var extensions: [ExtensionType]
    /// Proposal types.
    public var proposals: [ProposalType]
    /// Credential types.
    public var credentials: [CredentialType]

    /// Requirements with these lists.
    public init(
      extensions: [ExtensionType] = [], proposals: [ProposalType] = [],
      credentials: [CredentialType] = []
    ) {
      self.extensions = extensions
      self.proposals = proposals
      self.credentials = credentials
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(vector: extensions)
      try writer.write(vector: proposals)
      try writer.write(vector: credentials)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      let bounds = 0...(2 * Limits.capabilityCount)
      let count = Limits.capabilityCount
      extensions = try reader.readVector(bounds, maxCount: count)
      proposals = try reader.readVector(bounds, maxCount: count)
      credentials = try reader.readVector(bounds, maxCount: count)
    }
  }
}
