internal import CygnetHPKE
internal import CygnetPrimitives
internal import CygnetWire

/// Pieces of the stored forms of groups (Specification: MLS).

///     struct {
///       Proposal proposal;
///       Sender sender;
///       opaque reference<V>;
///       optional<OwnUpdate> own_update;
///     } HeldProposal;
///
///     struct {
///       opaque encryption_key<V>;
///       opaque signature_seed[32];
///     } OwnUpdate;
extension ProposalCache {
  func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.vector { (writer) throws(CygnetError) in
      for item in list {
        // What is held was referred to by its message.
        guard let reference = item.reference else { continue }
        try item.proposal.encode(into: &writer)
        try item.sender.encode(into: &writer)
        try reference.encode(into: &writer)
        if let own = ownUpdates[reference] {
          writer.write(UInt8(1))
          try writer.write(opaque: own.encryptionKey.secret)
          writer.write(fixed: own.signer.seed)
        } else {
          writer.write(UInt8(0))
        }
      }
    }
  }

  /// `suite` is nil for who holds no keys.
  init(from reader: inout Reader, suite: Algorithms?) throws(CygnetError) {
    self.init()
    try reader.vector(0...MLS.Limits.opaqueByteCount) { (reader) throws(CygnetError) in
      while reader.remaining > 0 {
        let proposal = try MLS.Proposal(from: &reader)
        let sender = try MLS.Sender(from: &reader)
        let reference = try MLS.ProposalRef(from: &reader)
        var own: OwnUpdate?
        switch (try reader.readUInt8(), suite) {
        case (0, _): break
        case (1, let suite?):
          own = OwnUpdate(
            encryptionKey: try suite.privateKey(reader.readOpaqueSecret(1...255)),
            signer: try MLS.SignatureKeyPair(seed: reader.readSecret(32)))
        default: throw CygnetError(.malformed, "a presence byte is 0 or 1 (RFC 9420 §2.1.1)")
        }
        try add(
          ListedProposal(proposal, from: sender, reference: reference, isVerified: true),
          reference: reference,
          ownUpdate: own)
      }
    }
  }
}

extension PublicGroup {
  func encode(into writer: inout Writer) throws(CygnetError) {
    try context.encode(into: &writer)
    try writer.write(opaque: confirmationTag)
    try tree.encode(into: &writer)
  }

  static func read(
    from reader: inout Reader, _ configuration: MLS.Configuration
  ) throws(CygnetError) -> PublicGroup {
    let context = try MLS.GroupContext(from: &reader)
    let tag = try reader.readOpaque(0...MLS.Limits.opaqueByteCount)
    var tree = try RatchetTree(from: &reader)
    let suite = try configuration.algorithms(of: context.cipherSuite)
    guard try tree.treeHash(suite) == context.treeHash else {
      throw CygnetError(.malformed, "a stored tree that is not the group's")
    }
    return try PublicGroup(suite: suite, context: context, tree: tree, confirmationTag: tag)
  }
}

struct ExternalGroupState: WireEncodable {
  let shared: PublicGroup
  let proposals: ProposalCache
  let reInit: MLS.ReInit?

  func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.mlsExternalGroupState.encodeHeader(into: &writer)
    try shared.encode(into: &writer)
    try proposals.encode(into: &writer)
    try writer.write(optional: reInit)
  }

  static func read(
    from reader: inout Reader, _ configuration: MLS.Configuration
  ) throws(CygnetError) -> (PublicGroup, ProposalCache, MLS.ReInit?) {
    try WireType.mlsExternalGroupState.decodeHeader(from: &reader)
    let shared = try PublicGroup.read(from: &reader, configuration)
    return (shared, try ProposalCache(from: &reader, suite: nil), try reader.readOptional())
  }
}

///     struct {
///       opaque key<V>;
///       uint64 epoch;
///     } ResumptionSecret;
extension ResumptionSecrets {
  func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.vector { (writer) throws(CygnetError) in
      for entry in list {
        try writer.write(opaque: entry.secret)
        try entry.epoch.encode(into: &writer)
      }
    }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    self.init()
    try reader.vector(0...(1 << 16)) { (reader) throws(CygnetError) in
      while reader.remaining > 0 {
        let secret = try reader.readOpaqueSecret(1...255)
        append(secret, of: try MLS.Epoch(from: &reader))
      }
    }
  }
}
