public import CygnetPrimitives
public import CygnetWire

extension MLS {
  /// What the secret of another epoch or group is used for (RFC 9420 §8.4).
  public enum ResumptionUsage: UInt8, Hashable, Sendable {
    /// What the application wants.
    case application = 1
    /// To tie a group to the one that it replaces (§11.2).
    case reInit = 2
    /// To tie a subgroup to its parent (§11.3).
    case branch = 3
  }

  ///     struct {
  ///       PSKType psktype;
  ///       select (PreSharedKeyID.psktype) {
  ///         case external:   opaque psk_id<V>;
  ///         case resumption: ResumptionPSKUsage usage; opaque psk_group_id<V>; uint64 psk_epoch;
  ///       };
  ///       opaque psk_nonce<V>;
  ///     } PreSharedKeyID;
  ///
  /// The name of a pre-shared key, fresh for each use by its nonce (RFC 9420 §8.4).
  public struct PreSharedKeyID: Hashable, Sendable {
    /// Where the key comes from.
    public enum Kind: Hashable, Sendable {
      /// From the application, by this name.
      case external(id: [UInt8])
      /// From an epoch of this or another group.
      case resumption(ResumptionUsage, group: GroupID, epoch: Epoch)
    }

    /// Where the key comes from.
    public let kind: Kind
    /// As many random bytes as the suite's hash has.
    public let nonce: [UInt8]

    package init(kind: Kind, nonce: [UInt8]) {
      self.kind = kind
      self.nonce = nonce
    }
  }
}

extension MLS.PreSharedKeyID: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    switch kind {
    case .external(let id):
      writer.write(UInt8(1))
      try writer.write(opaque: id)
    case .resumption(let usage, let group, let epoch):
      writer.write(UInt8(2))
      writer.write(usage.rawValue)
      try group.encode(into: &writer)
      try epoch.encode(into: &writer)
    }
    try writer.write(opaque: nonce)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    let bounds = 0...MLS.Limits.opaqueByteCount
    switch try reader.readUInt8() {
    case 1:
      kind = .external(id: try reader.readOpaque(bounds))
    case 2:
      guard let usage = MLS.ResumptionUsage(rawValue: try reader.readUInt8()) else {
        throw CygnetError(.malformed, "S11: unknown use of a resumption secret (RFC 9420 §8.4)")
      }
      kind = .resumption(
        usage, group: try MLS.GroupID(from: &reader), epoch: try MLS.Epoch(from: &reader))
    default:
      throw CygnetError(.malformed, "S11: unknown kind of pre-shared key (RFC 9420 §8.4)")
    }
    nonce = try reader.readOpaque(bounds)
  }
}
