internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// What every object looks like on the wire (RFC 9420 §2.1, §6, §12): every variant, lists of no, one
/// and many elements, fields at the bounds of the lengths' encodings. Nothing in it verifies.
enum MLSMessagesVectors {
  static let suite = MLSVectorSuite("messages", "messages", write: write)

  private static let shapes: [MLSSamples.Shape] = [
    .init(size: 0, count: 0, large: 0, variant: 0), .init(size: 1, count: 1, large: 1, variant: 1),
    .init(size: 0, count: 3, large: 62, variant: 2),
    .init(size: 63, count: 1, large: 63, variant: 3),
    .init(size: 64, count: 1, large: 64, variant: 4),
    .init(size: 65, count: 0, large: 65, variant: 5),
    .init(size: 31, count: 2, large: 255, variant: 6),
    .init(size: 32, count: 7, large: 256, variant: 7),
    .init(size: 33, count: 4, large: 16_383, largest: .groupInfo, variant: 8),
    .init(size: 255, count: 1, large: 16_384, largest: .welcome, variant: 9),
    .init(size: 256, count: 1, large: 16_385, largest: .privateMessage, variant: 10),
    .init(size: 4, count: 32, large: 100, variant: 11),
  ]

  @Sendable
  private static func write(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    for shape in shapes {
      try writer.add { (random) throws(CygnetError) in
        var samples = MLSSamples(shape: shape, random: random)
        return try test(&samples)
      }
    }
  }

  private static func test(_ samples: inout MLSSamples) throws(CygnetError) -> JSON {
    var test = JSONObject()
    func append(_ key: String, _ object: some WireEncodable) throws(CygnetError) {
      test.append(key, .hex(try object.wireEncoded()))
    }
    try append("mls_welcome", MLS.Message(samples.welcome()))
    try append("mls_group_info", MLS.Message(samples.groupInfo()))
    try append("mls_key_package", MLS.Message(samples.keyPackage()))
    try append("ratchet_tree", samples.tree())
    try append("group_secrets", samples.groupSecrets())
    for (type, key) in zip(MLSSamples.proposalTypes, proposalKeys) {
      // The body without its type.
      let encoded = try samples.proposal(type).wireEncoded()
      test.append(key, .hex(Array(encoded.dropFirst(2))))
    }
    try append("commit", samples.commit())
    let application = FramedContent.Content.application(samples.large(.application))
    try append("public_message_application", message(application, &samples))
    let turn = samples.shape.variant % MLSSamples.proposalTypes.count
    let proposal = try samples.proposal(MLSSamples.proposalTypes[turn])
    try append("public_message_proposal", message(.proposal(proposal), &samples))
    try append("public_message_commit", message(.commit(samples.commit()), &samples))
    try append("private_message", privateMessage(&samples))
    return .object(test)
  }

  private static let proposalKeys = [
    "add_proposal", "update_proposal", "remove_proposal", "pre_shared_key_proposal",
    "re_init_proposal", "external_init_proposal", "group_context_extensions_proposal",
  ]

  private static func message(
    _ content: FramedContent.Content, _ samples: inout MLSSamples
  ) -> MLS.Message {
    let (size, variant) = (samples.shape.size, samples.shape.variant)
    let senders: [MLS.Sender] =
      switch content.type {
      case .application: [.member(LeafIndex(.max))]
      case .proposal: [.member(LeafIndex(0)), .external(.max), .newMemberProposal]
      case .commit: [.member(LeafIndex(1)), .newMemberCommit]
      }
    let sender = senders[variant % senders.count]
    let framed = FramedContent(
      groupID: MLS.GroupID(samples.random.bytes(size)), epoch: MLS.Epoch(.max), sender: sender,
      authenticatedData: samples.random.bytes(size), content: content)
    let auth = FramedContentAuthData(
      signature: samples.random.bytes(64),
      confirmationTag: content.type == .commit ? samples.random.bytes(32) : nil)
    var tag: [UInt8]?
    if case .member = sender { tag = samples.random.bytes(32) }
    return MLS.Message(
      .publicMessage(PublicMessage(content: framed, auth: auth, membershipTag: tag)))
  }

  private static func privateMessage(_ samples: inout MLSSamples) -> MLS.Message {
    let types: [MLS.ContentType] = [.application, .proposal, .commit]
    let shape = samples.shape
    return MLS.Message(
      .privateMessage(
        PrivateMessage(
          groupID: MLS.GroupID(samples.random.bytes(shape.size)),
          epoch: MLS.Epoch(UInt64(shape.variant) << 56),
          contentType: types[shape.variant % 3],
          authenticatedData: samples.random.bytes(shape.size),
          encryptedSenderData: samples.random.bytes(28),
          ciphertext: samples.large(.privateMessage))))
  }
}
