internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A leaf of any content, to be signed.
struct ForgedLeaf {
  var encryptionKey: MLS.HPKEPublicKey
  var signatureKey: MLS.SignaturePublicKey
  var credential: MLS.Credential
  var capabilities: MLS.Capabilities
  var source: MLS.LeafNode.Source
  var extensions: MLS.Extensions

  init(_ leaf: MLS.LeafNode) {
    encryptionKey = leaf.encryptionKey
    signatureKey = leaf.signatureKey
    credential = leaf.credential
    capabilities = leaf.capabilities
    source = leaf.source
    extensions = leaf.extensions
  }

  /// A client's leaf as a key package holds it.
  init(
    _ name: String, encryptionKey: MLS.HPKEPublicKey, signatureKey: MLS.SignaturePublicKey
  ) {
    self.encryptionKey = encryptionKey
    self.signatureKey = signatureKey
    credential = .basic(identity: Array(name.utf8))
    capabilities = MLS.Capabilities(
      extensions: [MLSApplication.extensionType], proposals: [MLSApplication.proposalType],
      credentials: [.basic, MLSApplication.credentialType])
    source = .keyPackage(MLSApplication.lifetime)
    extensions = .none
  }

  func unsigned() -> MLS.LeafNode {
    MLS.LeafNode(
      encryptionKey: encryptionKey, signatureKey: signatureKey, credential: credential,
      capabilities: capabilities, source: source, extensions: extensions, signature: [])
  }

  /// - Parameters:
  ///   - signer: Whose signature it bears, which need not fit `signatureKey`.
  ///   - group: What the signature covers of a leaf that is not of a key package.
  ///   - suite: The group's.
  func signed(
    by signer: MLS.SignatureKeyPair, in group: (id: MLS.GroupID, index: LeafIndex)?,
    _ suite: Algorithms
  ) throws(CygnetError) -> MLS.LeafNode {
    let leaf = unsigned()
    let content =
      if let group {
        LeafNodeTBS(leaf, groupID: group.id, index: group.index)
      } else {
        LeafNodeTBS(keyPackageLeaf: leaf)
      }
    return leaf.signed(
      try suite.signature(of: content.wireEncoded(), label: LeafNodeTBS.label, by: signer))
  }
}

/// A client with a key package of any content.
struct ForgedClient {
  let name: String
  var signer: MLS.SignatureKeyPair
  var initKey: HPKE.PrivateKey
  var encryptionKey: HPKE.PrivateKey
  var leaf: ForgedLeaf
  var version = MLS.ProtocolVersion.mls10
  var cipherSuite: MLS.CipherSuite
  /// In place of the public half of `initKey`.
  var publicInitKey: MLS.HPKEPublicKey?
  var extensions = MLS.Extensions.none

  /// Draws the signing key, the init key and the leaf's key, 32 bytes each.
  init(
    _ name: String, signer: MLS.SignatureKeyPair? = nil, _ suite: Algorithms,
    using random: inout some RandomSource
  ) throws(CygnetError) {
    self.name = name
    cipherSuite = suite.suite
    if let signer {
      self.signer = signer
    } else {
      self.signer = try MLS.SignatureKeyPair.generate(using: &random)
    }
    initKey = try suite.generateKeyPair(using: &random)
    encryptionKey = try suite.generateKeyPair(using: &random)
    leaf = ForgedLeaf(
      name, encryptionKey: MLS.HPKEPublicKey(encryptionKey.publicKey.bytes),
      signatureKey: self.signer.publicKey)
    leaf.capabilities.cipherSuites = [suite.suite]
  }

  /// The package, signed by the client's key as it stands in the leaf.
  /// - Parameters:
  ///   - suite: The suite.
  ///   - leafSigner: Who signs the leaf instead.
  ///   - packageSigner: Who signs the package instead.
  func keyPackage(
    _ suite: Algorithms, leafSigner: MLS.SignatureKeyPair? = nil,
    packageSigner: MLS.SignatureKeyPair? = nil
  ) throws(CygnetError) -> MLS.KeyPackage {
    let node = try leaf.signed(by: leafSigner ?? signer, in: nil, suite)
    return try keyPackage(of: node, suite, packageSigner: packageSigner)
  }

  func keyPackage(
    of node: MLS.LeafNode, _ suite: Algorithms, packageSigner: MLS.SignatureKeyPair? = nil
  ) throws(CygnetError) -> MLS.KeyPackage {
    let unsigned = MLS.KeyPackage(
      version: version, cipherSuite: cipherSuite,
      initKey: publicInitKey ?? MLS.HPKEPublicKey(initKey.publicKey.bytes), leafNode: node,
      extensions: extensions, signature: [])
    return unsigned.signed(
      try suite.signature(
        of: KeyPackageTBS(unsigned).wireEncoded(), label: KeyPackageTBS.label,
        by: packageSigner ?? signer))
  }
}
