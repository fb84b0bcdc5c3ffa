public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       ProtocolVersion version = mls10;
  ///       CipherSuite cipher_suite;
  ///       opaque group_id<V>;
  ///       uint64 epoch;
  ///       opaque tree_hash<V>;
  ///       opaque confirmed_transcript_hash<V>;
  ///       Extension extensions<V>;
  ///     } GroupContext;
  ///
  /// What all members of an epoch agree on (RFC 9420 §8.1).
  public struct GroupContext: Hashable, Sendable, WireEncodable, WireDecodable {
    /// The group's suite.
    public let cipherSuite: CipherSuite
    /// The group's name.
    public let groupID: GroupID
    /// The epoch's number.
    public let epoch: Epoch
    /// The hash of the tree (§7.8).
    public let treeHash: [UInt8]
    /// The hash of every commit so far (§8.2).
    public let confirmedTranscriptHash: [UInt8]
    /// What the group agreed on beyond the protocol.
    public let extensions: Extensions

    package init(
      cipherSuite: CipherSuite, groupID: GroupID, epoch: Epoch, treeHash: [UInt8],
      confirmedTranscriptHash: [UInt8], extensions: Extensions
    ) {
      self.cipherSuite = cipherSuite
      self.groupID = groupID
      self.epoch = epoch
      self.treeHash = treeHash
      self.confirmedTranscriptHash = confirmedTranscriptHash
      self.extensions = extensions
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try ProtocolVersion.mls10.encode(into: &writer)
      try cipherSuite.encode(into: &writer)
      try groupID.encode(into: &writer)
      try epoch.encode(into: &writer)
      try writer.write(opaque: treeHash)
      try writer.write(opaque: confirmedTranscriptHash)
      try extensions.encode(into: &writer)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      guard try ProtocolVersion(from: &reader) == .mls10 else {
        throw CygnetError(.unsupported, "S6: unknown version of MLS (RFC 9420 §6)")
      }
      let bounds = 0...Limits.opaqueByteCount
      cipherSuite = try CipherSuite(from: &reader)
      groupID = try GroupID(from: &reader)
      epoch = try Epoch(from: &reader)
      treeHash = try reader.readOpaque(bounds)
      confirmedTranscriptHash = try reader.readOpaque(bounds)
      extensions = try Extensions(from: &reader)
    }
  }
}
