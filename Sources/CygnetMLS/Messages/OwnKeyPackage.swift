internal import CygnetHPKE
public import CygnetPrimitives
public import CygnetWire

extension MLS {
  /// A client's key package with its private keys. Keep it until a Welcome for it was accepted, and
  /// delete it then, unless it is a last resort: so the RFC has it (§10, §16.8).
  public struct OwnKeyPackage: Sendable {
    /// What is published.
    public let keyPackage: KeyPackage
    package let initKey: SecretBytes
    package let encryptionKey: SecretBytes
    package let signatureKeyPair: SignatureKeyPair

    package init(
      keyPackage: KeyPackage, initKey: SecretBytes, encryptionKey: SecretBytes,
      signatureKeyPair: SignatureKeyPair
    ) {
      self.keyPackage = keyPackage
      self.initKey = initKey
      self.encryptionKey = encryptionKey
      self.signatureKeyPair = signatureKeyPair
    }

    /// Whether it may serve more than once.
    public var isLastResort: Bool { keyPackage.extensions[.lastResort] != nil }

    /// The package's name: 32 bytes, by which a Welcome refers to it.
    public func reference(_ configuration: Configuration) throws(CygnetError) -> KeyPackageRef {
      try configuration.algorithms(of: keyPackage.cipherSuite).keyPackageRef(keyPackage)
    }

    /// Makes a key package.
    /// - Parameters:
    ///   - credential: Who the client claims to be.
    ///   - signatureKeyPair: The client's signing key.
    ///   - lifetime: When it may be used.
    ///   - isLastResort: Whether it may be used more than once.
    ///   - leafExtensions: What the leaf says of the client; their types must be among the
    ///     configuration's.
    ///   - suite: The suite of its keys; nil for the one that the configuration prefers.
    ///   - configuration: What the client supports.
    public static func generate(
      credential: Credential, signatureKeyPair: SignatureKeyPair, lifetime: Lifetime,
      isLastResort: Bool = false, leafExtensions: Extensions = .none,
      suite: CipherSuite? = nil, configuration: Configuration
    ) throws(CygnetError) -> OwnKeyPackage {
      var random = SystemRandomSource()
      return try generate(
        credential: credential, signatureKeyPair: signatureKeyPair, lifetime: lifetime,
        isLastResort: isLastResort, leafExtensions: leafExtensions, suite: suite,
        configuration: configuration, using: &random)
    }

    package static func generate(
      credential: Credential, signatureKeyPair: SignatureKeyPair, lifetime: Lifetime,
      isLastResort: Bool = false, leafExtensions: Extensions = .none,
      suite: CipherSuite? = nil, configuration: Configuration,
      using random: inout some RandomSource
    ) throws(CygnetError) -> OwnKeyPackage {
      let suite = configuration.suite(suite)
      let algorithms = try configuration.algorithms(of: suite)
      let initKey = try algorithms.generateKeyPair(using: &random)
      let encryptionKey = try algorithms.generateKeyPair(using: &random)
      let leaf = try LeafNode.signed(
        encryptionKey: MLS.HPKEPublicKey(encryptionKey.publicKey.bytes), credential: credential,
        source: .keyPackage(lifetime), extensions: leafExtensions, by: signatureKeyPair,
        group: nil, alsoSupporting: isLastResort ? [.lastResort] : [], suite: algorithms,
        configuration: configuration, using: &random)
      var extensions: [Extension] = []
      if isLastResort { extensions.append(Extension(type: .lastResort, data: [])) }
      // Of the leaf's type, which the leaf lists as supported (§10).
      for type in leaf.extensions.types where type.isGREASE {
        extensions.append(Extension(type: type, data: random.bytes(4)))
      }
      let unsigned = KeyPackage(
        cipherSuite: suite, initKey: MLS.HPKEPublicKey(initKey.publicKey.bytes), leafNode: leaf,
        extensions: try Extensions(extensions), signature: [])
      let signature = try algorithms.signature(
        of: KeyPackageTBS(unsigned).wireEncoded(), label: KeyPackageTBS.label,
        by: signatureKeyPair)
      return OwnKeyPackage(
        keyPackage: unsigned.signed(signature), initKey: initKey.secret,
        encryptionKey: encryptionKey.secret, signatureKeyPair: signatureKeyPair)
    }
  }
}

extension MLS.LeafNode {
  /// A leaf signed by its owner; `group` is nil for a leaf of a key package.
  static func signed(
    encryptionKey: MLS.HPKEPublicKey, credential: MLS.Credential, source: Source,
    extensions: MLS.Extensions, by signer: MLS.SignatureKeyPair,
    group: (id: MLS.GroupID, index: LeafIndex)?,
    alsoSupporting further: [MLS.ExtensionType] = [], suite: Algorithms,
    configuration: MLS.Configuration, using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.LeafNode {
    var capabilities = configuration.capabilities(for: suite.suite)
    for type in further where !capabilities.supports(type) { capabilities.extensions.append(type) }
    var list = extensions.list
    if configuration.sendsGREASE {
      let added = GREASE.anExtension(using: &random)
      list.append(added)
      GREASE.extend(&capabilities, with: added.type, using: &random)
    }
    let unsigned = MLS.LeafNode(
      encryptionKey: encryptionKey, signatureKey: signer.publicKey, credential: credential,
      capabilities: capabilities, source: source, extensions: try MLS.Extensions(list),
      signature: [])
    let content =
      if let group {
        LeafNodeTBS(unsigned, groupID: group.id, index: group.index)
      } else {
        LeafNodeTBS(keyPackageLeaf: unsigned)
      }
    return unsigned.signed(
      try suite.signature(of: content.wireEncoded(), label: LeafNodeTBS.label, by: signer))
  }
}

///     struct {
///       WireHeader header;               // type 21
///       KeyPackage key_package;
///       opaque init_key<V>;
///       opaque encryption_key<V>;
///       opaque signature_seed[32];
///     } OwnKeyPackageState;
extension MLS.OwnKeyPackage: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.mlsOwnKeyPackage.encodeHeader(into: &writer)
    try keyPackage.encode(into: &writer)
    try writer.write(opaque: initKey)
    try writer.write(opaque: encryptionKey)
    writer.write(fixed: signatureKeyPair.seed)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.mlsOwnKeyPackage.decodeHeader(from: &reader)
    keyPackage = try MLS.KeyPackage(from: &reader)
    initKey = try reader.readOpaqueSecret(0...MLS.Limits.opaqueByteCount)
    encryptionKey = try reader.readOpaqueSecret(0...MLS.Limits.opaqueByteCount)
    signatureKeyPair = try MLS.SignatureKeyPair(seed: reader.readSecret(32))
    guard signatureKeyPair.publicKey == keyPackage.leafNode.signatureKey else {
      throw CygnetError(.malformed, "a stored key package with another client's key")
    }
  }

  /// The stored form; keep it as secret as a private key.
  public func state() throws(CygnetError) -> SecretBytes { try wireEncodedSecret() }

  /// From the stored form.
  public init(restoring state: SecretBytes) throws(CygnetError) { try self.init(wire: state) }
}
