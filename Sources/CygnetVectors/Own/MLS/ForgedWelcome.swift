internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A Welcome of any content.
struct ForgedWelcome {
  let suite: Algorithms
  var cipherSuite: MLS.CipherSuite
  var info: ForgedGroupInfo
  var joinerSecret: SecretBytes
  var pskSecret: SecretBytes
  var psks: [MLS.PreSharedKeyID]
  var recipients: [Recipient] = []
  var sealingLabel: Label = "Welcome"
  /// What the group secrets are sealed with, when it is not the encrypted GroupInfo.
  var sealingContext: [UInt8]?
  /// Changes the encoded GroupInfo, or the group secrets, before they are sealed.
  var editInfo: @Sendable ([UInt8]) -> [UInt8] = { $0 }
  var editSecrets: @Sendable ([UInt8]) -> [UInt8] = { $0 }

  struct Recipient {
    var reference: MLS.KeyPackageRef
    var initKey: MLS.HPKEPublicKey
    var pathSecret: SecretBytes?
  }

  /// For those whom a commit adds, by its committer.
  init(_ forged: Forged, includesTree: Bool = true) throws(CygnetError) {
    let (next, commit) = (forged.next, forged.commit)
    suite = next.suite
    cipherSuite = suite.suite
    info = try ForgedGroupInfo(next, by: commit.index.rawValue)
    if includesTree {
      let honest = try TreeNodes(next.tree).wireEncoded()
      info.setTree(commit.encodedTree ?? honest)
    }
    joinerSecret = forged.joinerSecret
    pskSecret = forged.pskSecret
    psks = commit.preSharedKeys
    for (keyPackage, leaf) in commit.added {
      recipients.append(
        Recipient(
          reference: try suite.keyPackageRef(keyPackage), initKey: keyPackage.initKey,
          pathSecret: commit.ownPath?.pathSecret(for: leaf)))
    }
  }

  func sealed(using random: inout some RandomSource) throws(CygnetError) -> MLS.Welcome {
    let (key, nonce) = try KeySchedule.welcomeKeyAndNonce(
      welcomeSecret: KeySchedule.welcomeSecret(
        joinerSecret: joinerSecret, pskSecret: pskSecret, suite: suite),
      suite: suite)
    let info = SecretBytes(copying: editInfo(try info.encoded()))
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
            SecretBytes(copying: editSecrets(secrets)), to: recipient.initKey,
            label: sealingLabel, context: sealingContext ?? sealedInfo, using: &random)))
    }
    return MLS.Welcome(
      cipherSuite: cipherSuite, secrets: entries, encryptedGroupInfo: sealedInfo)
  }
}
