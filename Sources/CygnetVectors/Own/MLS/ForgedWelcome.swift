internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A Welcome of any content.
struct ForgedWelcome {
  let suite: Algorithms
  var cipherSuite: MLS.CipherSuite
  /// The epoch that is joined.
  var context: MLS.GroupContext
  var confirmationTag: [UInt8]
  var extensions: [MLS.Extension] = []
  var signerIndex: LeafIndex
  var signer: MLS.SignatureKeyPair
  /// In place of a signature that verifies.
  var signature: [UInt8]?
  var joinerSecret: SecretBytes
  var pskSecret: SecretBytes
  var psks: [MLS.PreSharedKeyID]
  var recipients: [Recipient] = []
  /// What the group secrets are sealed with, when it is not the encrypted GroupInfo.
  var sealingContext: [UInt8]?
  /// Changes the encoded GroupInfo, or the group secrets, before they are sealed.
  var editInfo: ([UInt8]) -> [UInt8] = { $0 }
  var editSecrets: ([UInt8]) -> [UInt8] = { $0 }

  struct Recipient {
    var reference: MLS.KeyPackageRef
    var initKey: MLS.HPKEPublicKey
    var pathSecret: SecretBytes?
  }

  /// For those whom a commit adds, with the tree inside.
  init(_ forged: Forged, includesTree: Bool = true) throws(CygnetError) {
    let (next, commit) = (forged.next, forged.commit)
    suite = next.suite
    cipherSuite = suite.suite
    context = next.context
    confirmationTag = next.confirmationTag
    signerIndex = commit.index
    signer = try next.signer(commit.index.rawValue)
    joinerSecret = forged.joinerSecret
    pskSecret = forged.pskSecret
    psks = commit.preSharedKeys
    if includesTree {
      extensions.append(
        MLS.Extension(type: .ratchetTree, data: try TreeNodes(next.tree).wireEncoded()))
    }
    for (keyPackage, leaf) in commit.added {
      recipients.append(
        Recipient(
          reference: try suite.keyPackageRef(keyPackage), initKey: keyPackage.initKey,
          pathSecret: commit.ownPath?.pathSecret(for: leaf)))
    }
  }

  func groupInfo() throws(CygnetError) -> MLS.GroupInfo {
    let unsigned = MLS.GroupInfo(
      groupContext: context, extensions: try MLS.Extensions(extensions),
      confirmationTag: confirmationTag, signer: signerIndex, signature: [])
    let honest = try suite.signature(
      of: GroupInfoTBS(unsigned).wireEncoded(), label: GroupInfoTBS.label, by: signer)
    return unsigned.signed(signature ?? honest)
  }

  func sealed(using random: inout some RandomSource) throws(CygnetError) -> MLS.Welcome {
    let (key, nonce) = try KeySchedule.welcomeKeyAndNonce(
      welcomeSecret: KeySchedule.welcomeSecret(
        joinerSecret: joinerSecret, pskSecret: pskSecret, suite: suite),
      suite: suite)
    let info = SecretBytes(copying: editInfo(try groupInfo().wireEncoded()))
    let sealedInfo = try nonce.withGuarded(by: []) { (nonce) throws(CygnetError) in
      try suite.aead.seal(info, key: key, nonce: nonce, authenticating: [])
    }
    var entries: [MLS.EncryptedGroupSecrets] = []
    for recipient in recipients {
      let secrets = try GroupSecrets(
        joinerSecret: joinerSecret, pathSecret: recipient.pathSecret, psks: psks
      ).wireEncoded()
      entries.append(
        MLS.EncryptedGroupSecrets(
          newMember: recipient.reference,
          encryptedGroupSecrets: try suite.encryptWithLabel(
            SecretBytes(copying: editSecrets(secrets)), to: recipient.initKey, label: "Welcome",
            context: sealingContext ?? sealedInfo, using: &random)))
    }
    return MLS.Welcome(
      cipherSuite: cipherSuite, secrets: entries, encryptedGroupInfo: sealedInfo)
  }
}
