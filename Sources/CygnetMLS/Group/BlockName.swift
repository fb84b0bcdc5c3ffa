public import CygnetPrimitives
public import CygnetWire

extension MLS {
  /// Names one of the blocks in which a store keeps a group, among those of this group.
  ///
  ///     struct {
  ///       uint8 kind;
  ///       select (BlockName.kind) {
  ///         case 1, 2, 4, 5: struct{};      // epoch, crown, proposals, pending commit
  ///         case 3:          uint32 segment;
  ///         case 6, 7:       uint64 epoch;  // a past epoch, its crown
  ///         case 8:          uint64 epoch; uint32 segment;
  ///       };
  ///     } BlockName;
  public struct BlockName: Hashable, Comparable, Sendable {
    enum Kind: UInt8 {
      /// What stays for the length of the epoch: tree, keys and secrets.
      case epoch = 1
      /// The top of the tree of message keys.
      case crown = 2
      /// The message keys of neighbouring members.
      case segment = 3
      /// The proposals that wait.
      case proposals = 4
      /// The own commit that waits.
      case pendingCommit = 5
      /// What stays of a past epoch, but for message keys.
      case pastEpoch = 6
      case pastCrown = 7
      case pastSegment = 8

      var isOfPast: Bool { rawValue >= 6 }
      var isSegment: Bool { self == .segment || self == .pastSegment }
    }

    let kind: Kind
    /// The past epoch that it belongs to, nil for the current one. The blocks of a past epoch may be
    /// left out when a group is restored, all together: its late messages do not open then.
    public let pastEpoch: Epoch?
    let segment: UInt32?

    private init(_ kind: Kind, pastEpoch: Epoch? = nil, segment: UInt32? = nil) {
      self.kind = kind
      self.pastEpoch = pastEpoch
      self.segment = segment
    }

    static let epoch = BlockName(.epoch)
    static let proposals = BlockName(.proposals)
    static let pendingCommit = BlockName(.pendingCommit)

    static func pastEpoch(_ epoch: Epoch) -> BlockName { BlockName(.pastEpoch, pastEpoch: epoch) }

    /// Of the current epoch, or of a past one.
    static func crown(_ past: Epoch?) -> BlockName {
      BlockName(past == nil ? .crown : .pastCrown, pastEpoch: past)
    }

    static func segment(_ number: UInt32, _ past: Epoch?) -> BlockName {
      BlockName(past == nil ? .segment : .pastSegment, pastEpoch: past, segment: number)
    }

    public static func < (left: Self, right: Self) -> Bool {
      (left.kind.rawValue, left.pastEpoch?.rawValue ?? 0, left.segment ?? 0)
        < (right.kind.rawValue, right.pastEpoch?.rawValue ?? 0, right.segment ?? 0)
    }

    /// From its bytes.
    /// - Throws: `malformed`.
    public init(bytes: [UInt8]) throws(CygnetError) { try self.init(wire: bytes) }

    /// What a store may use as a key, beside the group's id: at most 13 bytes.
    public var bytes: [UInt8] {
      get throws(CygnetError) { try wireEncoded() }
    }
  }
}

extension MLS.BlockName: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(kind.rawValue)
    try pastEpoch?.encode(into: &writer)
    if let segment { writer.write(segment) }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    guard let kind = Kind(rawValue: try reader.readUInt8()) else {
      throw CygnetError(.malformed, "an unknown kind of block of a stored group")
    }
    self.kind = kind
    pastEpoch = kind.isOfPast ? try MLS.Epoch(from: &reader) : nil
    segment = kind.isSegment ? try reader.readUInt32() : nil
  }
}
