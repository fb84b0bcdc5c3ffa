public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       GroupContext group_context;
  ///       Extension extensions<V>;
  ///       MAC confirmation_tag;
  ///       uint32 signer;
  ///       opaque signature<V>;
  ///     } GroupInfo;
  ///
  /// The state of a group as a newcomer needs it (RFC 9420 §12.4.3). Nothing in it is verified.
  public struct GroupInfo: Hashable, Sendable {
    /// What the members agree on.
    public let groupContext: GroupContext
    /// The tree, the key for external commits, and more.
    public let extensions: Extensions
    /// That the members reached this state.
    public let confirmationTag: [UInt8]
    /// The member who signed.
    public let signer: LeafIndex
    /// Over everything above.
    public let signature: [UInt8]

    package init(
      groupContext: GroupContext, extensions: Extensions, confirmationTag: [UInt8],
      signer: LeafIndex, signature: [UInt8]
    ) {
      self.groupContext = groupContext
      self.extensions = extensions
      self.confirmationTag = confirmationTag
      self.signer = signer
      self.signature = signature
    }

    /// The same under another signature.
    package func signed(_ signature: [UInt8]) -> GroupInfo {
      GroupInfo(
        groupContext: groupContext, extensions: extensions, confirmationTag: confirmationTag,
        signer: signer, signature: signature)
    }
  }
}

extension MLS.GroupInfo: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try encodeContent(into: &writer)
    try writer.write(opaque: signature)
  }

  fileprivate func encodeContent(into writer: inout Writer) throws(CygnetError) {
    try groupContext.encode(into: &writer)
    try extensions.encode(into: &writer)
    try writer.write(opaque: confirmationTag)
    try signer.encode(into: &writer)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    groupContext = try MLS.GroupContext(from: &reader)
    extensions = try MLS.Extensions(from: &reader)
    confirmationTag = try reader.readOpaque(0...MLS.Limits.opaqueByteCount)
    signer = try LeafIndex(from: &reader)
    signature = try reader.readOpaque(0...MLS.Limits.opaqueByteCount)
  }
}

/// What a GroupInfo's signature covers (RFC 9420 §12.4.3, `GroupInfoTBS`).
package struct GroupInfoTBS: WireEncodable {
  /// The label of the signature.
  package static let label: Label = "GroupInfoTBS"

  let groupInfo: MLS.GroupInfo

  package init(_ groupInfo: MLS.GroupInfo) { self.groupInfo = groupInfo }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try groupInfo.encodeContent(into: &writer)
  }
}
