import CygnetHPKE
import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport

/// An epoch of a group of four, seen by a sender and by a receiver.
struct EpochFixture {
  let suite: Algorithms
  let groupContext: MLS.GroupContext
  let context: [UInt8]
  let signatureKey: MLS.SignatureKeyPair
  let secrets: EpochSecrets
  let encryptionSecret: SecretBytes
  var random: SeededRandomSource
  var sending: SecretTree
  var receiving: SecretTree

  static let sender = LeafIndex(2)

  init(leafCount: UInt32 = 4) throws {
    suite = try Algorithms(.x25519ChaCha20SHA256Ed25519)
    random = SeededRandomSource(0x9420)
    groupContext = MLS.GroupContext(
      cipherSuite: suite.suite, groupID: MLS.GroupID([7, 7, 7]), epoch: MLS.Epoch(5),
      treeHash: [UInt8](repeating: 1, count: 32),
      confirmedTranscriptHash: [UInt8](repeating: 2, count: 32), extensions: .none)
    context = try groupContext.wireEncoded()
    signatureKey = try .generate(using: &random)
    var secrets = try KeySchedule.epochSecrets(epochSecret: random.secret(32), suite: suite)
    encryptionSecret = secrets.encryptionSecret!
    sending = try secrets.takeSecretTree(leafCount: LeafCount(leafCount))
    self.secrets = secrets
    receiving = SecretTree(encryptionSecret: encryptionSecret, leafCount: LeafCount(leafCount))
  }

  func framed(
    _ content: FramedContent.Content = .application([1, 2, 3]),
    from sender: MLS.Sender = .member(Self.sender), authenticatedData: [UInt8] = [4, 5]
  ) -> FramedContent {
    FramedContent(
      groupID: groupContext.groupID, epoch: groupContext.epoch, sender: sender,
      authenticatedData: authenticatedData, content: content)
  }

  /// Signed, with some confirmation tag where it is a commit.
  func signed(
    _ content: FramedContent, as wireFormat: MLS.WireFormat = .privateMessage
  ) throws -> AuthenticatedContent {
    let message = try AuthenticatedContent.sign(
      content, as: wireFormat, context: context, by: signatureKey, suite: suite)
    return content.content.type == .commit
      ? message.confirmed(by: [UInt8](repeating: 9, count: 32)) : message
  }

  mutating func send(
    _ content: FramedContent.Content = .application([1, 2, 3]),
    padding: MLS.PaddingPolicy = .none
  ) throws -> PrivateMessage {
    try protect(signed(framed(content)), padding: padding)
  }

  mutating func protect(
    _ message: AuthenticatedContent, padding: MLS.PaddingPolicy = .none
  ) throws -> PrivateMessage {
    try PrivateMessage.protect(
      message, senderDataSecret: secrets.senderDataSecret, secretTree: &sending,
      padding: padding, suite: suite, using: &random)
  }

  func senderData(_ message: PrivateMessage) throws -> SenderData {
    try message.senderData(secret: secrets.senderDataSecret, suite: suite)
  }

  func place(_ type: MLS.ContentType) -> SenderDataAAD {
    SenderDataAAD(
      groupID: groupContext.groupID, epoch: groupContext.epoch, contentType: type)
  }

  mutating func open(_ message: PrivateMessage) throws -> UnverifiedContent {
    try message.unprotect(senderData(message), secretTree: &receiving, suite: suite)
  }

  mutating func receive(_ message: PrivateMessage) throws -> FramedContent {
    try open(message).verified(by: signatureKey.publicKey, context: context, suite: suite).content
  }

  func publicMessage(
    _ content: FramedContent.Content, from sender: MLS.Sender = .member(Self.sender)
  ) throws -> PublicMessage {
    try PublicMessage.protect(
      signed(framed(content, from: sender), as: .publicMessage),
      membershipKey: secrets.membershipKey, context: context, suite: suite)
  }

  func open(_ message: PublicMessage) throws -> UnverifiedContent {
    try message.unprotect(
      membershipKey: secrets.membershipKey, context: context, suite: suite)
  }

  /// A message that opens to any plaintext: what a member can make who breaks the rules.
  mutating func forge(
    opensTo plaintext: [UInt8], type: MLS.ContentType = .application
  ) throws -> PrivateMessage {
    let (generation, key, nonce) = try sending.nextSendingKey(
      leaf: Self.sender, kind: SecretTree.Kind(of: type), suite: suite)
    let place = place(type)
    let associated = try place.wireEncoded() + [0]
    let ciphertext = try suite.aead.seal(
      SecretBytes(copying: plaintext), key: key, nonce: nonce.exposed(),
      authenticating: associated)
    let senderData = SenderData(
      leafIndex: Self.sender, generation: generation, reuseGuard: [0, 0, 0, 0])
    return PrivateMessage(
      groupID: groupContext.groupID, epoch: groupContext.epoch, contentType: type,
      authenticatedData: [],
      encryptedSenderData: try senderData.sealed(
        secret: secrets.senderDataSecret, ciphertext: ciphertext, authenticating: place,
        suite: suite),
      ciphertext: ciphertext)
  }
}

/// The code and the rule with which `body` fails: "duplicate A5".
func failure<Value>(_ body: () throws -> Value) -> String? {
  do {
    _ = try body()
    return nil
  } catch let error as CygnetError {
    return "\(error.code)" + (error.rule.map { " \($0)" } ?? "")
  } catch {
    return "\(error)"
  }
}

let someProposal = FramedContent.Content.proposal(.remove(LeafIndex(1)))
let someCommit = FramedContent.Content.commit(MLS.Commit(proposals: [], path: nil))
