public import CygnetPrimitives
public import CygnetWire

extension MLS {
  /// The name of a proposal: a hash of the message that carried it (RFC 9420 §5.2).
  public struct ProposalRef: MLSOpaque, WireEncodable, WireDecodable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
  }

  ///     struct {
  ///       ProposalOrRefType type;
  ///       select (ProposalOrRef.type) {
  ///         case proposal:  Proposal proposal;
  ///         case reference: opaque reference<V>;
  ///       };
  ///     } ProposalOrRef;
  package enum ProposalOrRef: Hashable, Sendable, WireEncodable, WireDecodable {
    case proposal(Proposal)
    case reference(ProposalRef)

    package func encode(into writer: inout Writer) throws(CygnetError) {
      switch self {
      case .proposal(let proposal):
        writer.write(UInt8(1))
        try proposal.encode(into: &writer)
      case .reference(let reference):
        writer.write(UInt8(2))
        try reference.encode(into: &writer)
      }
    }

    package init(from reader: inout Reader) throws(CygnetError) {
      switch try reader.readUInt8() {
      case 1: self = .proposal(try Proposal(from: &reader))
      case 2: self = .reference(try ProposalRef(from: &reader))
      default: throw CygnetError(.malformed, "S11: unknown form of a proposal (RFC 9420 §12.4)")
      }
    }
  }

  ///     struct {
  ///       ProposalOrRef proposals<V>;
  ///       optional<UpdatePath> path;
  ///     } Commit;
  ///
  /// A list of proposals put into force, and the committer's new keys (RFC 9420 §12.4).
  public struct Commit: Hashable, Sendable, WireEncodable, WireDecodable {
    package let proposals: [ProposalOrRef]
    package let path: UpdatePath?

    package init(proposals: [ProposalOrRef], path: UpdatePath?) {
      self.proposals = proposals
      self.path = path
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(vector: proposals)
      try writer.write(optional: path)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      proposals = try reader.readVector(
        0...Limits.opaqueByteCount, maxCount: Limits.proposalCount)
      path = try reader.readOptional()
    }
  }
}
