internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A message within a group, every part of which can be another than it should be.
struct ForgedMessage {
  let forge: MLSForge
  var content: FramedContent
  var signer: MLS.SignatureKeyPair
  var confirmationTag: [UInt8]?
  /// In place of the group's context, below the signature.
  var signedContext: [UInt8]?
  var membershipKey: SecretBytes?
  /// In place of a signature that verifies.
  var signature: [UInt8]?
  /// In place of the right tag.
  var membershipTag: [UInt8]?

  /// A message of this epoch by a member.
  init(
    _ forge: MLSForge, from sender: MLS.Sender, _ content: FramedContent.Content,
    authenticating authenticatedData: [UInt8] = [], signer: MLS.SignatureKeyPair? = nil
  ) throws(CygnetError) {
    self.forge = forge
    self.content = FramedContent(
      groupID: forge.groupID, epoch: forge.context.epoch, sender: sender,
      authenticatedData: authenticatedData, content: content)
    if let signer {
      self.signer = signer
    } else if case .member(let index) = sender {
      self.signer = try forge.signer(index.rawValue)
    } else {
      throw CygnetError(.internalFault, "a stranger's message needs a signing key")
    }
  }

  /// The message, signed for the way in which it travels.
  func signed(
    as format: MLS.WireFormat, context: MLS.GroupContext? = nil
  ) throws(CygnetError) -> AuthenticatedContent {
    let context = try (context ?? forge.context).wireEncoded()
    let honest = try AuthenticatedContent.sign(
      content, as: format, context: signedContext ?? context, by: signer, suite: forge.suite)
    return AuthenticatedContent(
      wireFormat: format, content: content,
      auth: FramedContentAuthData(
        signature: signature ?? honest.auth.signature, confirmationTag: confirmationTag))
  }

  /// In the clear, encoded.
  func sent() throws(CygnetError) -> [UInt8] {
    try publicMessage(signed(as: .publicMessage)).encoded()
  }

  private func publicMessage(
    _ signed: AuthenticatedContent
  ) throws(CygnetError) -> MLS.Message {
    let right = try tag(signed)
    return MLS.Message(
      .publicMessage(
        PublicMessage(
          content: signed.content, auth: signed.auth, membershipTag: membershipTag ?? right)))
  }

  /// The membership tag that a member's message must have.
  func tag() throws(CygnetError) -> [UInt8]? { try tag(signed(as: .publicMessage)) }

  private func tag(_ signed: AuthenticatedContent) throws(CygnetError) -> [UInt8]? {
    guard case .member = content.sender else { return nil }
    let tagged = Tagged(signed: signed, context: try forge.context.wireEncoded())
    return forge.suite.mac(
      try tagged.wireEncoded(), key: membershipKey ?? forge.secrets.membershipKey)
  }

  /// A signature over a label as it is given, the group's context covered.
  func signature(overLabel label: String) throws(CygnetError) -> [UInt8] {
    let spelling = Spelling(content: try content.wireEncoded())
    return try signature(over: spelling, label: Array(label.utf8))
  }

  private func signature(
    over spelling: Spelling, label: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    let signed = Labelled(
      label: label, content: try spelling.wireEncoded() + forge.encodedContext())
    return try Ed25519.PrivateKey(seed: signer.seed).signature(of: signed.wireEncoded())
  }

  /// A member's message whose header or content is spelled otherwise than any value is, signed and
  /// tagged as it stands.
  func sent(as spelling: Spelling) throws(CygnetError) -> [UInt8] {
    let label = Array("MLS 1.0 FramedContentTBS".utf8)
    let signature = try signature(over: spelling, label: label)
    var auth = try Opaque(bytes: signature).wireEncoded()
    if let confirmationTag { auth += try Opaque(bytes: confirmationTag).wireEncoded() }
    let tag = forge.suite.mac(
      try spelling.wireEncoded() + forge.encodedContext() + auth,
      key: forge.secrets.membershipKey)
    return try spelling.wireEncoded() + auth + Opaque(bytes: tag).wireEncoded()
  }

  /// The message's content, a byte of it changed.
  func spelled(_ byte: UInt8, at place: Int) throws(CygnetError) -> [UInt8] {
    try sent(as: Spelling(content: content.wireEncoded().with(byte, at: place)))
  }

  /// What stands in the message before its signature.
  struct Spelling: WireEncodable {
    var version: UInt16 = 1
    var format: UInt16 = 1
    var content: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      writer.write(version)
      writer.write(format)
      writer.write(fixed: content)
    }
  }

  /// RFC 9420 §5.1.2.
  private struct Labelled: WireEncodable {
    let label: [UInt8]
    let content: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(opaque: label)
      try writer.write(opaque: content)
    }
  }

  /// Encrypted, with the sender's next key, which the forge's secret tree has no more.
  func privateMessage(
    padding: MLS.PaddingPolicy = .none, _ secretTree: inout SecretTree,
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Message {
    MLS.Message(
      .privateMessage(
        try PrivateMessage.protect(
          signed(as: .privateMessage), senderDataSecret: forge.secrets.senderDataSecret,
          secretTree: &secretTree, padding: padding, suite: forge.suite, using: &random)))
  }

  /// What the membership tag covers (RFC 9420 §6.2).
  private struct Tagged: WireEncodable {
    let signed: AuthenticatedContent
    let context: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      try MLS.ProtocolVersion.mls10.encode(into: &writer)
      try signed.wireFormat.encode(into: &writer)
      try signed.content.encode(into: &writer)
      writer.write(fixed: context)
      try signed.auth.encode(into: &writer)
    }
  }
}

/// An encrypted message put together by hand (RFC 9420 §6.3): any plaintext under any key.
struct ForgedPrivateMessage {
  let forge: MLSForge
  var sender: LeafIndex
  var contentType: MLS.ContentType
  var generation = Generation(0)
  var reuseGuard: [UInt8] = [1, 2, 3, 4]
  var authenticatedData: [UInt8] = []
  var plaintext: [UInt8]
  /// The ratchet from which the key comes, when it is not that of the content.
  var kind: SecretTree.Kind?
  /// The place from which the key comes, when it is not the sender's.
  var keyOwner: LeafIndex?
  /// What the content's AEAD covers, when it is not what the message says.
  var authenticated: (groupID: MLS.GroupID, data: [UInt8])?

  /// Encrypts a signed message.
  init(
    _ forge: MLSForge, _ signed: AuthenticatedContent, padding: [UInt8] = []
  ) throws(CygnetError) {
    self.forge = forge
    guard case .member(let index) = signed.content.sender else {
      throw CygnetError(.internalFault, "only members send encrypted")
    }
    sender = index
    contentType = signed.content.content.type
    authenticatedData = signed.content.authenticatedData
    plaintext = try Plaintext(signed: signed, padding: padding).wireEncoded()
  }

  func message() throws(CygnetError) -> MLS.Message {
    let suite = forge.suite
    let key = try forge.secretTree.receivingKey(
      leaf: keyOwner ?? sender, kind: kind ?? SecretTree.Kind(of: contentType),
      generation: generation, suite: suite)
    return try message(key: key.key, nonce: key.nonce)
  }

  func message(key: SecretBytes, nonce: SecretBytes) throws(CygnetError) -> MLS.Message {
    let suite = forge.suite
    let (groupID, epoch) = (forge.groupID, forge.context.epoch)
    var covered = try SenderDataAAD(
      groupID: authenticated?.groupID ?? groupID, epoch: epoch, contentType: contentType
    ).wireEncoded()
    covered += try Opaque(bytes: authenticated?.data ?? authenticatedData).wireEncoded()
    let ciphertext = try nonce.withGuarded(by: reuseGuard) { (nonce) throws(CygnetError) in
      try suite.aead.seal(
        SecretBytes(copying: plaintext), key: key, nonce: nonce, authenticating: covered)
    }
    let senderData = SenderData(
      leafIndex: sender, generation: generation, reuseGuard: reuseGuard)
    return MLS.Message(
      .privateMessage(
        PrivateMessage(
          groupID: groupID, epoch: epoch, contentType: contentType,
          authenticatedData: authenticatedData,
          encryptedSenderData: try senderData.sealed(
            secret: forge.secrets.senderDataSecret, ciphertext: ciphertext,
            authenticating: SenderDataAAD(
              groupID: groupID, epoch: epoch, contentType: contentType), suite: suite),
          ciphertext: ciphertext)))
  }

  private struct Plaintext: WireEncodable {
    let signed: AuthenticatedContent
    let padding: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      try signed.content.content.encodeBody(into: &writer)
      try signed.auth.encode(into: &writer)
      writer.write(fixed: padding)
    }
  }
}
