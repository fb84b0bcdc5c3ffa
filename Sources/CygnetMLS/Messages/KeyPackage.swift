public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       ProtocolVersion version;
  ///       CipherSuite cipher_suite;
  ///       HPKEPublicKey init_key;
  ///       LeafNode leaf_node;
  ///       Extension extensions<V>;
  ///       opaque signature<V>;
  ///     } KeyPackage;
  ///
  /// What a client publishes so that others can add it to groups (RFC 9420 §10). Nothing in it is
  /// verified: ``verified(at:policy:)`` gives the form that can be added.
  public struct KeyPackage: Hashable, Sendable {
    /// The version of the protocol.
    public let version: ProtocolVersion
    /// The suite of all its keys.
    public let cipherSuite: CipherSuite
    /// What a Welcome is sealed to.
    public let initKey: HPKEPublicKey
    /// The leaf that joins the tree.
    public let leafNode: LeafNode
    /// What else the client says.
    public let extensions: Extensions
    /// Over everything above.
    public let signature: [UInt8]

    package init(
      version: ProtocolVersion = .mls10, cipherSuite: CipherSuite, initKey: HPKEPublicKey,
      leafNode: LeafNode, extensions: Extensions, signature: [UInt8]
    ) {
      self.version = version
      self.cipherSuite = cipherSuite
      self.initKey = initKey
      self.leafNode = leafNode
      self.extensions = extensions
      self.signature = signature
    }

    /// The same package under another signature.
    package func signed(_ signature: [UInt8]) -> KeyPackage {
      KeyPackage(
        version: version, cipherSuite: cipherSuite, initKey: initKey, leafNode: leafNode,
        extensions: extensions, signature: signature)
    }
  }
}

extension MLS.KeyPackage: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try encodeContent(into: &writer)
    try writer.write(opaque: signature)
  }

  fileprivate func encodeContent(into writer: inout Writer) throws(CygnetError) {
    try version.encode(into: &writer)
    try cipherSuite.encode(into: &writer)
    try initKey.encode(into: &writer)
    try leafNode.encode(into: &writer)
    try extensions.encode(into: &writer)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    version = try MLS.ProtocolVersion(from: &reader)
    cipherSuite = try MLS.CipherSuite(from: &reader)
    initKey = try MLS.HPKEPublicKey(from: &reader)
    leafNode = try MLS.LeafNode(from: &reader)
    extensions = try MLS.Extensions(from: &reader)
    signature = try reader.readOpaque(0...MLS.Limits.opaqueByteCount)
  }
}

/// What a key package's signature covers (RFC 9420 §10, `KeyPackageTBS`).
package struct KeyPackageTBS: WireEncodable {
  /// The label of the signature.
  package static let label: Label = "KeyPackageTBS"

  let keyPackage: MLS.KeyPackage

  package init(_ keyPackage: MLS.KeyPackage) { self.keyPackage = keyPackage }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try keyPackage.encodeContent(into: &writer)
  }
}
