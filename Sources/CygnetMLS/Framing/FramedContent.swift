public import CygnetPrimitives
public import CygnetWire

extension MLS {
  /// What a message contains (RFC 9420 §6).
  public enum ContentType: UInt8, Hashable, Sendable, WireEncodable, WireDecodable {
    /// What the application sends.
    case application = 1
    /// A change that is proposed.
    case proposal = 2
    /// Changes put into force.
    case commit = 3

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      writer.write(rawValue)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      guard let value = ContentType(rawValue: try reader.readUInt8()) else {
        throw CygnetError(.malformed, "S11: unknown type of content (RFC 9420 §6)")
      }
      self = value
    }
  }

  ///     struct {
  ///       SenderType sender_type;
  ///       select (Sender.sender_type) {
  ///         case member:   uint32 leaf_index;
  ///         case external: uint32 sender_index;
  ///         case new_member_commit, new_member_proposal: struct{};
  ///       };
  ///     } Sender;
  ///
  /// Who sends a message (RFC 9420 §6).
  public enum Sender: Hashable, Sendable, WireEncodable, WireDecodable {
    /// A member, by its leaf.
    case member(LeafIndex)
    /// One of the group's external senders, by its place in their list.
    case external(UInt32)
    /// A client that asks to be added.
    case newMemberProposal
    /// A client that joins by its own commit.
    case newMemberCommit

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      switch self {
      case .member(let index):
        writer.write(UInt8(1))
        try index.encode(into: &writer)
      case .external(let index):
        writer.write(UInt8(2))
        writer.write(index)
      case .newMemberProposal: writer.write(UInt8(3))
      case .newMemberCommit: writer.write(UInt8(4))
      }
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      switch try reader.readUInt8() {
      case 1: self = .member(try LeafIndex(from: &reader))
      case 2: self = .external(try reader.readUInt32())
      case 3: self = .newMemberProposal
      case 4: self = .newMemberCommit
      default: throw CygnetError(.malformed, "S11: unknown type of sender (RFC 9420 §6)")
      }
    }
  }
}

///     struct {
///       opaque group_id<V>;
///       uint64 epoch;
///       Sender sender;
///       opaque authenticated_data<V>;
///       ContentType content_type;
///       select (FramedContent.content_type) {
///         case application: opaque application_data<V>;
///         case proposal:    Proposal proposal;
///         case commit:      Commit commit;
///       };
///     } FramedContent;
///
/// A message with its place in the group's life (RFC 9420 §6).
package struct FramedContent: Hashable, Sendable {
  package enum Content: Hashable, Sendable {
    case application([UInt8])
    case proposal(MLS.Proposal)
    case commit(MLS.Commit)

    package var type: MLS.ContentType {
      switch self {
      case .application: .application
      case .proposal: .proposal
      case .commit: .commit
      }
    }
  }

  package let groupID: MLS.GroupID
  package let epoch: MLS.Epoch
  package let sender: MLS.Sender
  package let authenticatedData: [UInt8]
  package let content: Content

  package init(
    groupID: MLS.GroupID, epoch: MLS.Epoch, sender: MLS.Sender, authenticatedData: [UInt8],
    content: Content
  ) {
    self.groupID = groupID
    self.epoch = epoch
    self.sender = sender
    self.authenticatedData = authenticatedData
    self.content = content
  }
}

extension FramedContent: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try groupID.encode(into: &writer)
    try epoch.encode(into: &writer)
    try sender.encode(into: &writer)
    try writer.write(opaque: authenticatedData)
    try content.type.encode(into: &writer)
    try content.encodeBody(into: &writer)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    groupID = try MLS.GroupID(from: &reader)
    epoch = try MLS.Epoch(from: &reader)
    sender = try MLS.Sender(from: &reader)
    authenticatedData = try reader.readOpaque(0...MLS.Limits.opaqueByteCount)
    content = try Content(bodyOf: MLS.ContentType(from: &reader), from: &reader)
  }
}

extension FramedContent.Content {
  /// The content without its type, which stands elsewhere.
  package func encodeBody(into writer: inout Writer) throws(CygnetError) {
    switch self {
    case .application(let data): try writer.write(opaque: data)
    case .proposal(let proposal): try proposal.encode(into: &writer)
    case .commit(let commit): try commit.encode(into: &writer)
    }
  }

  package init(
    bodyOf type: MLS.ContentType, from reader: inout Reader
  ) throws(CygnetError) {
    switch type {
    case .application:
      self = .application(try reader.readOpaque(0...MLS.Limits.opaqueByteCount))
    case .proposal: self = .proposal(try MLS.Proposal(from: &reader))
    case .commit: self = .commit(try MLS.Commit(from: &reader))
    }
  }
}
