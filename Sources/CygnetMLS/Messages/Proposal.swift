public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       ProposalType proposal_type;
  ///       select (Proposal.proposal_type) {
  ///         case add:                      Add add;
  ///         case update:                   Update update;
  ///         case remove:                   Remove remove;
  ///         case psk:                      PreSharedKey psk;
  ///         case reinit:                   ReInit reinit;
  ///         case external_init:            ExternalInit external_init;
  ///         case group_context_extensions: GroupContextExtensions group_context_extensions;
  ///         default:                       opaque data<V>;
  ///       };
  ///     } Proposal;
  ///
  /// One change to a group (RFC 9420 §12.1). Proposals of other types, which the application
  /// registers, carry their content in one opaque field.
  public enum Proposal: Hashable, Sendable {
    /// Add a client (§12.1.1).
    indirect case add(KeyPackage)
    /// Replace the sender's leaf (§12.1.2).
    indirect case update(LeafNode)
    /// Remove a member (§12.1.3).
    case remove(LeafIndex)
    /// Mix in a pre-shared key (§12.1.4).
    case preSharedKey(PreSharedKeyID)
    /// Close the group and open it anew (§12.1.5).
    case reInit(ReInit)
    /// Join from outside: the output of the KEM (§12.1.6).
    case externalInit(kemOutput: [UInt8])
    /// Replace the group's extensions, all of them (§12.1.7).
    case groupContextExtensions(Extensions)
    /// A type that the application registered.
    case custom(ProposalType, data: [UInt8])

    /// What it proposes.
    public var type: ProposalType {
      switch self {
      case .add: .add
      case .update: .update
      case .remove: .remove
      case .preSharedKey: .preSharedKey
      case .reInit: .reInit
      case .externalInit: .externalInit
      case .groupContextExtensions: .groupContextExtensions
      case .custom(let type, _): type
      }
    }
  }

  ///     struct {
  ///       opaque group_id<V>;
  ///       ProtocolVersion version;
  ///       CipherSuite cipher_suite;
  ///       Extension extensions<V>;
  ///     } ReInit;
  ///
  /// The parameters of the group that shall replace this one (RFC 9420 §12.1.5).
  public struct ReInit: Hashable, Sendable, WireEncodable, WireDecodable {
    /// The new group's name.
    public let groupID: GroupID
    /// Its version of the protocol.
    public let version: ProtocolVersion
    /// Its suite.
    public let cipherSuite: CipherSuite
    /// Its extensions.
    public let extensions: Extensions

    package init(
      groupID: GroupID, version: ProtocolVersion = .mls10, cipherSuite: CipherSuite,
      extensions: Extensions
    ) {
      self.groupID = groupID
      self.version = version
      self.cipherSuite = cipherSuite
      self.extensions = extensions
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try groupID.encode(into: &writer)
      try version.encode(into: &writer)
      try cipherSuite.encode(into: &writer)
      try extensions.encode(into: &writer)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      groupID = try GroupID(from: &reader)
      version = try ProtocolVersion(from: &reader)
      cipherSuite = try CipherSuite(from: &reader)
      extensions = try Extensions(from: &reader)
    }
  }
}

extension MLS.Proposal: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try type.encode(into: &writer)
    switch self {
    case .add(let keyPackage): try keyPackage.encode(into: &writer)
    case .update(let leaf): try leaf.encode(into: &writer)
    case .remove(let index): try index.encode(into: &writer)
    case .preSharedKey(let id): try id.encode(into: &writer)
    case .reInit(let reInit): try reInit.encode(into: &writer)
    case .externalInit(let kemOutput): try writer.write(opaque: kemOutput)
    case .groupContextExtensions(let extensions): try extensions.encode(into: &writer)
    case .custom(_, let data): try writer.write(opaque: data)
    }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    let type = try MLS.ProposalType(from: &reader)
    switch type {
    case .add: self = .add(try MLS.KeyPackage(from: &reader))
    case .update: self = .update(try MLS.LeafNode(from: &reader))
    case .remove: self = .remove(try LeafIndex(from: &reader))
    case .preSharedKey: self = .preSharedKey(try MLS.PreSharedKeyID(from: &reader))
    case .reInit: self = .reInit(try MLS.ReInit(from: &reader))
    case .externalInit:
      self = .externalInit(kemOutput: try reader.readOpaque(0...MLS.Limits.opaqueByteCount))
    case .groupContextExtensions:
      self = .groupContextExtensions(try MLS.Extensions(from: &reader))
    default:
      guard type.rawValue != 0 else {
        throw CygnetError(.malformed, "S11: the type of a proposal is 0 (RFC 9420 §17.4)")
      }
      self = .custom(type, data: try reader.readOpaque(0...MLS.Limits.opaqueByteCount))
    }
  }
}
