internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Messages within a group (RFC 9420 §6, §8.2): all senders, padding, later generations, every kind of
/// proposal.
enum MLSFramingVectors {
  static let suites: [MLSVectorSuite] = [
    MLSVectorSuite("transcript-hashes", "transcript hashes", write: writeTranscripts),
    MLSVectorSuite("message-protection", "message protection", write: writeProtection),
  ]

  private static var suite: Algorithms { MLSKeyVectors.suite }

  // MARK: - transcript-hashes

  private struct Transcript {
    let format: MLS.WireFormat
    let sender: MLS.Sender
    let epoch: UInt64
    /// Bytes of the authenticated data.
    let data: Int
    let shape: MLSSamples.Shape
  }

  private static let transcripts: [Transcript] = [
    Transcript(
      format: .publicMessage, sender: .member(LeafIndex(0)), epoch: 0, data: 0,
      shape: .init(count: 0, variant: 0)),
    Transcript(
      format: .privateMessage, sender: .member(LeafIndex(.max)), epoch: .max, data: 63,
      shape: .init(count: 1, variant: 1)),
    Transcript(
      format: .publicMessage, sender: .newMemberCommit, epoch: 1 << 32, data: 64,
      shape: .init(count: 3, variant: 4)),
    Transcript(
      format: .privateMessage, sender: .member(LeafIndex(255)), epoch: 256, data: 16_383,
      shape: .init(size: 64, count: 2, variant: 3)),
    Transcript(
      format: .publicMessage, sender: .member(LeafIndex(256)), epoch: 1, data: 16_384,
      shape: .init(count: 7, variant: 2)),
  ]

  @Sendable
  private static func writeTranscripts(
    _ writer: inout MLSVectorWriter
  ) throws(CygnetError) {
    for row in transcripts {
      try writer.add { (random) throws(CygnetError) in
        var samples = MLSSamples(shape: row.shape, random: random)
        let commit = try samples.commit()
        random = samples.random
        return try transcript(row, commit, &random)
      }
    }
  }

  private static func transcript(
    _ row: Transcript, _ commit: MLS.Commit, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> JSON {
    let signer = try MLS.SignatureKeyPair.generate(using: &random)
    let (key, before) = (random.secret(32), random.bytes(32))
    let content = FramedContent(
      groupID: MLS.GroupID(random.bytes(32)), epoch: MLS.Epoch(row.epoch), sender: row.sender,
      authenticatedData: random.bytes(row.data), content: .commit(commit))
    let signed = try AuthenticatedContent.sign(
      content, as: row.format, context: random.bytes(100), by: signer, suite: suite)
    let confirmed = try TranscriptHash.confirmed(
      interimBefore: before, content: signed, suite: suite)
    let tag = ConfirmationTag.make(confirmedTranscriptHash: confirmed, key: key, suite: suite)
    let interim = try TranscriptHash.interim(
      confirmed: confirmed, confirmationTag: tag, suite: suite)
    return [
      "cipher_suite": MLSKeyVectors.suiteNumber, "confirmation_key": .hex(key.exposed()),
      "authenticated_content": .hex(try signed.confirmed(by: tag).wireEncoded()),
      "interim_transcript_hash_before": .hex(before),
      "confirmed_transcript_hash_after": .hex(confirmed),
      "interim_transcript_hash_after": .hex(interim),
    ]
  }

  // MARK: - message-protection

  private struct Protection {
    let type: MLS.ProposalType
    let epoch: UInt64
    /// Bytes of the group's name and of the authenticated data.
    let groupID: Int
    let data: Int
    let application: Int
    let padding: MLS.PaddingPolicy
    /// Messages of each ratchet that went before.
    let generation: Int
    let shape: MLSSamples.Shape
  }

  private static let protections: [Protection] = [
    Protection(
      type: .add, epoch: 0, groupID: 32, data: 0, application: 0, padding: .none, generation: 0,
      shape: .init(count: 0, variant: 0)),
    Protection(
      type: .update, epoch: 1, groupID: 0, data: 1, application: 1, padding: .step(64),
      generation: 1, shape: .init(count: 1, variant: 1)),
    Protection(
      type: .remove, epoch: 255, groupID: 63, data: 63, application: 63, padding: .step(256),
      generation: 2, shape: .init(count: 2, variant: 2)),
    Protection(
      type: .preSharedKey, epoch: 256, groupID: 64, data: 64, application: 64, padding: .padme,
      generation: 15, shape: .init(count: 0, variant: 4)),
    Protection(
      type: .preSharedKey, epoch: 65_536, groupID: 1, data: 255, application: 255, padding: .none,
      generation: 16, shape: .init(count: 3, variant: 5)),
    Protection(
      type: .reInit, epoch: 1 << 32, groupID: 16, data: 256, application: 256, padding: .padme,
      generation: 255, shape: .init(count: 1, variant: 6)),
    Protection(
      type: .groupContextExtensions, epoch: 1 << 52, groupID: 255, data: 16, application: 1_000,
      padding: .step(4_096), generation: 256, shape: .init(count: 4, variant: 7)),
    Protection(
      type: .remove, epoch: (1 << 53) - 1, groupID: 32, data: 0, application: 16_384,
      padding: .step(1), generation: 1_000, shape: .init(count: 2, variant: 8)),
  ]

  @Sendable
  private static func writeProtection(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    for row in protections {
      try writer.add { (random) throws(CygnetError) in
        var samples = MLSSamples(shape: row.shape, random: random)
        let proposal = try samples.proposal(row.type)
        let commit = try samples.commit()
        random = samples.random
        var room = try ProtectionRoom(
          epoch: row.epoch, groupID: random.bytes(row.groupID), data: random.bytes(row.data),
          padding: row.padding, generation: row.generation, using: &random)
        let application = random.bytes(row.application)
        try room.add("proposal", .proposal(proposal), try proposal.wireEncoded(), &random)
        try room.add("commit", .commit(commit), try commit.wireEncoded(), &random)
        try room.add("application", .application(application), application, &random)
        return .object(room.test)
      }
    }
  }
}

/// One epoch of a group of two, of which leaf 1 sends.
private struct ProtectionRoom {
  private(set) var test = JSONObject()
  private let context: MLS.GroupContext
  private let signer: MLS.SignatureKeyPair
  private let encryptionSecret: SecretBytes
  private let senderDataSecret: SecretBytes
  private let membershipKey: SecretBytes
  private let data: [UInt8]
  private let padding: MLS.PaddingPolicy
  private let generation: Int

  private var suite: Algorithms { MLSKeyVectors.suite }

  init(
    epoch: UInt64, groupID: [UInt8], data: [UInt8], padding: MLS.PaddingPolicy, generation: Int,
    using random: inout SeededRandomSource
  ) throws(CygnetError) {
    context = MLS.GroupContext(
      cipherSuite: .x25519ChaCha20SHA256Ed25519, groupID: MLS.GroupID(groupID),
      epoch: MLS.Epoch(epoch), treeHash: random.bytes(32),
      confirmedTranscriptHash: random.bytes(32), extensions: .none)
    signer = try MLS.SignatureKeyPair.generate(using: &random)
    encryptionSecret = random.secret(32)
    senderDataSecret = random.secret(32)
    membershipKey = random.secret(32)
    (self.data, self.padding, self.generation) = (data, padding, generation)
    test.append("cipher_suite", MLSKeyVectors.suiteNumber)
    test.append("group_id", .hex(groupID))
    test.append("epoch", .integer(epoch))
    test.append("tree_hash", .hex(context.treeHash))
    test.append("confirmed_transcript_hash", .hex(context.confirmedTranscriptHash))
    test.append("signature_priv", .hex(signer.seed.exposed()))
    test.append("signature_pub", .hex(signer.publicKey.bytes))
    test.append("encryption_secret", .hex(encryptionSecret.exposed()))
    test.append("sender_data_secret", .hex(senderDataSecret.exposed()))
    test.append("membership_key", .hex(membershipKey.exposed()))
  }

  /// Adds the raw object, the object encrypted and, but for application data, in the clear.
  mutating func add(
    _ kind: String, _ content: FramedContent.Content, _ raw: [UInt8],
    _ random: inout SeededRandomSource
  ) throws(CygnetError) {
    test.append(kind, .hex(raw))
    var tree = SecretTree(encryptionSecret: encryptionSecret, leafCount: LeafCount(2))
    for _ in 0..<generation {
      _ = try tree.nextSendingKey(
        leaf: LeafIndex(1), kind: SecretTree.Kind(of: content.type), suite: suite)
    }
    let encrypted = try PrivateMessage.protect(
      signed(content, as: .privateMessage, &random), senderDataSecret: senderDataSecret,
      secretTree: &tree, padding: padding, suite: suite, using: &random)
    test.append("\(kind)_priv", .hex(try MLS.Message(.privateMessage(encrypted)).encoded()))
    guard content.type != .application else { return }
    let clear = try PublicMessage.protect(
      signed(content, as: .publicMessage, &random), membershipKey: membershipKey,
      context: context.wireEncoded(), suite: suite)
    test.append("\(kind)_pub", .hex(try MLS.Message(.publicMessage(clear)).encoded()))
  }

  private func signed(
    _ content: FramedContent.Content, as format: MLS.WireFormat, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> AuthenticatedContent {
    let framed = FramedContent(
      groupID: context.groupID, epoch: context.epoch, sender: .member(LeafIndex(1)),
      authenticatedData: data, content: content)
    let message = try AuthenticatedContent.sign(
      framed, as: format, context: context.wireEncoded(), by: signer, suite: suite)
    return content.type == .commit ? message.confirmed(by: random.bytes(32)) : message
  }
}
