public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       uint64 not_before;
  ///       uint64 not_after;
  ///     } Lifetime;
  ///
  /// The time in which a key package may be used, in seconds since 1970, both ends included.
  public struct Lifetime: Hashable, Sendable, WireEncodable, WireDecodable {
    /// From when on.
    public let notBefore: Timestamp
    /// Until when.
    public let notAfter: Timestamp

    /// From one time to another.
    public init(notBefore: Timestamp, notAfter: Timestamp) {
      self.notBefore = notBefore
      self.notAfter = notAfter
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      writer.write(notBefore.seconds)
      writer.write(notAfter.seconds)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      notBefore = Timestamp(seconds: try reader.readUInt64())
      notAfter = Timestamp(seconds: try reader.readUInt64())
    }
  }

  ///     struct {
  ///       HPKEPublicKey encryption_key;
  ///       SignaturePublicKey signature_key;
  ///       Credential credential;
  ///       Capabilities capabilities;
  ///       LeafNodeSource leaf_node_source;
  ///       select (LeafNode.leaf_node_source) {
  ///         case key_package: Lifetime lifetime;
  ///         case update:      struct{};
  ///         case commit:      opaque parent_hash<V>;
  ///       };
  ///       Extension extensions<V>;
  ///       opaque signature<V>;
  ///     } LeafNode;
  ///
  /// A client's appearance in a group (RFC 9420 §7.2), signed by the client.
  public struct LeafNode: Hashable, Sendable {
    /// How the leaf came into the tree.
    public enum Source: Hashable, Sendable {
      /// By an Add, from a key package with this lifetime.
      case keyPackage(Lifetime)
      /// By an Update.
      case update
      /// By the path of a commit; the hash that ties it to its parents (§7.9).
      case commit(parentHash: [UInt8])
    }

    /// The key that path secrets are sealed to.
    public let encryptionKey: HPKEPublicKey
    /// The key that verifies the client's messages.
    public let signatureKey: SignaturePublicKey
    /// Who the client claims to be.
    public let credential: Credential
    /// What it supports.
    public let capabilities: Capabilities
    /// How it came into the tree.
    public let source: Source
    /// What else it says of itself.
    public let extensions: Extensions
    /// Over everything above, and over group and place unless it comes from a key package.
    public let signature: [UInt8]

    package init(
      encryptionKey: HPKEPublicKey, signatureKey: SignaturePublicKey, credential: Credential,
      capabilities: Capabilities, source: Source, extensions: Extensions, signature: [UInt8]
    ) {
      self.encryptionKey = encryptionKey
      self.signatureKey = signatureKey
      self.credential = credential
      self.capabilities = capabilities
      self.source = source
      self.extensions = extensions
      self.signature = signature
    }

    /// The same leaf under another signature.
    package func signed(_ signature: [UInt8]) -> LeafNode {
      LeafNode(
        encryptionKey: encryptionKey, signatureKey: signatureKey, credential: credential,
        capabilities: capabilities, source: source, extensions: extensions, signature: signature)
    }
  }
}

extension MLS.LeafNode: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try encodeContent(into: &writer)
    try writer.write(opaque: signature)
  }

  fileprivate func encodeContent(into writer: inout Writer) throws(CygnetError) {
    try encryptionKey.encode(into: &writer)
    try signatureKey.encode(into: &writer)
    try credential.encode(into: &writer)
    try capabilities.encode(into: &writer)
    switch source {
    case .keyPackage(let lifetime):
      writer.write(UInt8(1))
      try lifetime.encode(into: &writer)
    case .update:
      writer.write(UInt8(2))
    case .commit(let parentHash):
      writer.write(UInt8(3))
      try writer.write(opaque: parentHash)
    }
    try extensions.encode(into: &writer)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    let bounds = 0...MLS.Limits.opaqueByteCount
    encryptionKey = try MLS.HPKEPublicKey(from: &reader)
    signatureKey = try MLS.SignaturePublicKey(from: &reader)
    credential = try MLS.Credential(from: &reader)
    capabilities = try MLS.Capabilities(from: &reader)
    switch try reader.readUInt8() {
    case 1: source = .keyPackage(try MLS.Lifetime(from: &reader))
    case 2: source = .update
    case 3: source = .commit(parentHash: try reader.readOpaque(bounds))
    default: throw CygnetError(.malformed, "S11: unknown source of a leaf (RFC 9420 §7.2)")
    }
    extensions = try MLS.Extensions(from: &reader)
    signature = try reader.readOpaque(bounds)
  }
}

/// What a leaf's signature covers (RFC 9420 §7.2, `LeafNodeTBS`): the leaf without its signature and,
/// unless it comes from a key package, the group and the leaf's place in it.
package struct LeafNodeTBS: WireEncodable {
  /// The label of the signature.
  package static let label: Label = "LeafNodeTBS"

  let leaf: MLS.LeafNode
  let groupID: MLS.GroupID
  let index: LeafIndex

  /// Group and place are not looked at for a leaf of a key package.
  package init(_ leaf: MLS.LeafNode, groupID: MLS.GroupID, index: LeafIndex) {
    self.leaf = leaf
    self.groupID = groupID
    self.index = index
  }

  /// For a leaf of a key package, which belongs to no group yet.
  package init(keyPackageLeaf leaf: MLS.LeafNode) {
    self.init(leaf, groupID: MLS.GroupID([]), index: LeafIndex(0))
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try leaf.encodeContent(into: &writer)
    if case .keyPackage = leaf.source { return }
    try groupID.encode(into: &writer)
    try index.encode(into: &writer)
  }
}
