import CygnetMLS
import CygnetPrimitives
import CygnetWire

/// A member with the group's keys that sends what no member should.
package struct GroupForger {
  package var view: GroupStateView
  package let suite: Algorithms

  package enum Fault: CaseIterable, Sendable {
    case signatureOfNothing, paddingThatIsNotZero, noContent, proposalOfAnother, commitWithWrongTag
  }

  package init(_ group: MLS.Group) throws {
    view = try GroupStateView(group)
    suite = try group.configuration.algorithms(of: group.cipherSuite)
  }

  package var ownIndex: LeafIndex { view.keys.leafIndex }

  /// An encrypted message whose key is right and whose content is not.
  package mutating func message(
    with fault: Fault, using random: inout some RandomSource
  ) throws -> [UInt8] {
    switch fault {
    case .signatureOfNothing:
      return try encrypted(
        FramedContent.Content.application([1, 2]), signature: random.bytes(64), using: &random)
    case .paddingThatIsNotZero:
      let content = try signed(.application([3]))
      return try sealed(
        body(content) + [0, 0, 1], as: .application, using: &random)
    case .noContent:
      return try sealed(random.bytes(5).map { $0 | 0xc0 }, as: .commit, using: &random)
    case .proposalOfAnother:
      return try encrypted(
        .proposal(.externalInit(kemOutput: random.bytes(32))), signature: nil, using: &random)
    case .commitWithWrongTag:
      let commit = MLS.Commit(proposals: [.proposal(.custom(.playNote, data: []))], path: nil)
      return try encrypted(
        .commit(commit), signature: nil, confirmationTag: random.bytes(32), using: &random)
    }
  }

  // MARK: - Steps

  /// Signed as this member's message of the epoch.
  package func signed(
    _ content: FramedContent.Content, as format: MLS.WireFormat = .privateMessage,
    sender: MLS.Sender? = nil
  ) throws -> AuthenticatedContent {
    try AuthenticatedContent.sign(
      FramedContent(
        groupID: view.context.groupID, epoch: view.context.epoch,
        sender: sender ?? .member(ownIndex), authenticatedData: [], content: content),
      as: format, context: view.context.wireEncoded(), by: view.signer, suite: suite)
  }

  /// A public message, its tag included.
  package func tagged(
    _ content: FramedContent.Content, confirmationTag: [UInt8]? = nil
  ) throws -> [UInt8] {
    var message = try signed(content, as: .publicMessage)
    if let confirmationTag { message = message.confirmed(by: confirmationTag) }
    return try MLS.Message(
      .publicMessage(
        .protect(
          message, membershipKey: view.secrets.membershipKey, context: view.context.wireEncoded(),
          suite: suite))
    ).encoded()
  }

  /// A private message; `signature` in place of the right one.
  package mutating func encrypted(
    _ content: FramedContent.Content, signature: [UInt8]? = nil, confirmationTag: [UInt8]? = nil,
    using random: inout some RandomSource
  ) throws -> [UInt8] {
    let genuine = try signed(content)
    let message = AuthenticatedContent(
      wireFormat: .privateMessage, content: genuine.content,
      auth: FramedContentAuthData(
        signature: signature ?? genuine.auth.signature, confirmationTag: confirmationTag))
    return try MLS.Message(
      .privateMessage(
        .protect(
          message, senderDataSecret: view.secrets.senderDataSecret, secretTree: &view.secretTree,
          padding: .none, suite: suite, using: &random))
    ).encoded()
  }

  /// Any bytes, encrypted as the plaintext of a private message.
  package mutating func sealed(
    _ plaintext: [UInt8], as type: MLS.ContentType, using random: inout some RandomSource
  ) throws -> [UInt8] {
    let (generation, key, nonce) = try view.secretTree.nextSendingKey(
      leaf: ownIndex, kind: SecretTree.Kind(of: type), suite: suite)
    let senderData = SenderData(
      leafIndex: ownIndex, generation: generation, reuseGuard: random.bytes(4))
    let place = SenderDataAAD(
      groupID: view.context.groupID, epoch: view.context.epoch, contentType: type)
    var associated = try place.wireEncoded()
    associated.append(0)  // no authenticated data
    let ciphertext = try nonce.withGuarded(by: senderData.reuseGuard) {
      (nonce) throws(CygnetError) in
      try suite.aead.seal(
        SecretBytes(copying: plaintext), key: key, nonce: nonce, authenticating: associated)
    }
    let encryptedSenderData = try senderData.sealed(
      secret: view.secrets.senderDataSecret, ciphertext: ciphertext, authenticating: place,
      suite: suite)
    return try MLS.Message(
      .privateMessage(
        PrivateMessage(
          groupID: view.context.groupID, epoch: view.context.epoch, contentType: type,
          authenticatedData: [], encryptedSenderData: encryptedSenderData, ciphertext: ciphertext))
    ).encoded()
  }

  /// What is encrypted of a signed message, without padding.
  private func body(_ message: AuthenticatedContent) throws -> [UInt8] {
    guard case .application(let data) = message.content.content else { return [] }
    var bytes = [UInt8(data.count)] + data
    bytes += [0x40, UInt8(message.auth.signature.count)] + message.auth.signature
    return bytes
  }
}
