import CygnetMLS
import CygnetPrimitives
import CygnetWire
import TestSupport

/// Objects of other groups, such as those of the vectors, and what a member or an inviter of this
/// group can make of them.
extension AttackPlay {
  /// Everybody gets the rest of the script as it is, and then what it holds in this group's name.
  mutating func playMessage() throws {
    let bytes = script.rest()
    try give(bytes)
    var forger = try GroupForger(groups[0])
    if let message = try decoded(bytes) { try transplant(message, &forger) }
    if let proposal = try? MLS.Proposal(wire: bytes) {
      try Self.unlessRefused { try send(.proposal(proposal), &forger) }
    }
    if let commit = try? MLS.Commit(wire: bytes) {
      try Self.unlessRefused { try send(.commit(commit), &forger) }
    }
    if let tree = try? RatchetTree(wire: bytes) { try invite(into: tree, bytes, forger) }
  }

  private mutating func transplant(_ message: MLS.Message, _ forger: inout GroupForger) throws {
    switch message.body {
    case .publicMessage(let message):
      try Self.unlessRefused { try send(message.content.content, &forger) }
      if case .member = message.content.sender { return }
      try Self.unlessRefused { try sign(message.content, forger) }
    case .privateMessage(let message):
      let own = PrivateMessage(
        groupID: forger.view.context.groupID, epoch: forger.view.context.epoch,
        contentType: message.contentType, authenticatedData: message.authenticatedData,
        encryptedSenderData: message.encryptedSenderData, ciphertext: message.ciphertext)
      try give(MLS.Message(.privateMessage(own)).encoded())
    case .welcome(let welcome):
      for newcomer in scene.newcomers {
        let secrets = try welcome.secrets.prefix(1).map {
          MLS.EncryptedGroupSecrets(
            newMember: try newcomer.reference(scene.configuration),
            encryptedGroupSecrets: $0.encryptedGroupSecrets)
        }
        try open(welcome, newcomer)
        try open(
          MLS.Welcome(
            cipherSuite: forger.suite.suite, secrets: secrets,
            encryptedGroupInfo: welcome.encryptedGroupInfo), newcomer)
      }
    case .groupInfo(let info): try look(at: info)
    case .keyPackage(let keyPackage): try send(.proposal(.add(keyPackage)), &forger)
    }
  }

  /// Making of a message what the library makes of none is no defect.
  private static func unlessRefused(_ body: () throws -> Void) throws {
    do { try body() } catch let error as CygnetError {
      guard error.code != .internalFault else { throw Defect(what: "making: \(error)") }
    }
  }

  /// What came from outside, by the group's external sender or by a newcomer's key.
  private mutating func sign(_ content: FramedContent, _ forger: GroupForger) throws {
    let newcomer = scene.newcomers[0]
    let own = FramedContent(
      groupID: forger.view.context.groupID, epoch: forger.view.context.epoch,
      sender: content.sender, authenticatedData: content.authenticatedData,
      content: content.content)
    var signer = newcomer.signatureKeyPair
    if case .external = content.sender { signer = scene.outsider }
    var signed = try AuthenticatedContent.sign(
      own, as: .publicMessage, context: forger.view.context.wireEncoded(), by: signer,
      suite: forger.suite)
    if case .commit = content.content { signed = signed.confirmed(by: script.take(32)) }
    try give(
      MLS.Message(
        .publicMessage(
          .protect(signed, membershipKey: nil, context: nil, suite: forger.suite))
      ).encoded())
  }

  /// An invitation into a group with this tree.
  private mutating func invite(
    into tree: RatchetTree, _ encoded: [UInt8], _ forger: GroupForger
  ) throws {
    var tree = tree
    let newcomer = scene.newcomers[0]
    let context = MLS.GroupContext(
      cipherSuite: forger.suite.suite, groupID: forger.view.context.groupID,
      epoch: forger.view.context.epoch, treeHash: try tree.treeHash(forger.suite),
      confirmedTranscriptHash: forger.view.context.confirmedTranscriptHash, extensions: .none)
    try open(
      forger.welcome(into: context, tree: encoded, for: newcomer.keyPackage, using: &random),
      newcomer)
    try look(
      at: forger.groupInfo(
        context: context,
        extensions: MLS.Extensions([MLS.Extension(type: .ratchetTree, data: encoded)])))
  }
}
