import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport

/// Stored state that loads can be used; whatever is in it, nothing traps.
enum StoredGroups {
  private static let member: MLS.Group = {
    guard let scene = try? GroupScene(5, in: .privateMessage) else { fatalError("no scene") }
    return scene.groups[1]
  }()
  private static let current: SecretBytes = {
    guard let state = try? member.currentState() else { fatalError("no state") }
    return state
  }()
  private static let configuration = member.configuration

  static func use(_ bytes: [UInt8]) {
    let state = SecretBytes(copying: bytes)
    if let group = try? MLS.Group(
      restoring: MLS.StoredGroup(current: state, past: []), configuration: configuration)
    {
      guard let stored = try? group.currentState(), stored == state else {
        fatalError("a stored group comes back as other bytes")
      }
      live(group)
    }
    for epoch in 0..<member.epoch.rawValue {
      let stored = MLS.StoredGroup(current: current, past: [(MLS.Epoch(epoch), state)])
      guard let group = try? MLS.Group(restoring: stored, configuration: configuration) else {
        continue
      }
      // Keys of handshakes are dropped; what is left then comes back as it is.
      guard let back = try? group.state(), back.past.count == 1,
        let again = try? MLS.Group(restoring: back, configuration: configuration).state(),
        again.past.count == 1, again.past[0].state == back.past[0].state,
        back.past[0].state.count <= state.count
      else { fatalError("a past epoch comes back as other bytes") }
    }
    if let server = try? MLS.ExternalGroup(restoring: bytes, configuration: configuration) {
      guard (try? server.state()) == bytes else {
        fatalError("a stored server comes back as other bytes")
      }
      _ = server.members.all
      _ = server.pendingProposals
      _ = try? server.ratchetTree()
    }
    if let own = try? MLS.OwnKeyPackage(restoring: state) {
      _ = own.isLastResort
      _ = try? own.reference(configuration)
      _ = try? own.keyPackage.verified(at: GroupScene.now, configuration: configuration)
    }
  }

  private static let blocks: [MLS.BlockName: SecretBytes] = {
    guard let changes = try? member.changes(since: nil) else { fatalError("no blocks") }
    return changes.written
  }()

  /// In the place of the stored block whose header it has.
  static func useAsBlock(_ bytes: [UInt8]) {
    for (name, block) in blocks {
      guard let nameLength = try? name.bytes.count else { fatalError("a block without name") }
      // Type and version, the group's name of three bytes, the epoch, the block's name.
      let header = block.exposed().prefix(3 + 4 + 8 + nameLength)
      guard bytes.starts(with: header) else { continue }
      var changed = blocks
      changed[name] = SecretBytes(copying: bytes)
      guard let group = try? MLS.Group(restoring: changed, configuration: configuration) else {
        continue
      }
      // Keys of handshakes of a past epoch are dropped; what is left then comes back as it is.
      guard let back = try? group.changes(since: nil).written,
        back == changed || name.pastEpoch != nil,
        let again = try? MLS.Group(restoring: back, configuration: configuration),
        (try? again.changes(since: nil).written) == back
      else { fatalError("stored blocks come back as others") }
      live(group)
    }
  }

  /// The same with the tree's own hash in the context, or no change of the tree would ever load.
  static func useWithItsHash(_ bytes: [UInt8]) {
    guard let changed = try? withItsHash(bytes) else { return }
    if changed != bytes { use(changed) }
  }

  private static func withItsHash(_ bytes: [UInt8]) throws -> [UInt8] {
    let suite = try configuration.algorithms(of: .x25519ChaCha20SHA256Ed25519)
    var rest: [UInt8] = []
    let (header, context, tag, tree) = try Reader.read(bytes) { (reader) throws(CygnetError) in
      let parts = (
        try reader.readFixed(3), try MLS.GroupContext(from: &reader),
        try reader.readOpaque(0...MLS.Limits.messageByteCount), try RatchetTree(from: &reader)
      )
      rest = try reader.readFixed(reader.remaining)
      return parts
    }
    var hashed = tree
    let new = MLS.GroupContext(
      cipherSuite: context.cipherSuite, groupID: context.groupID, epoch: context.epoch,
      treeHash: try hashed.treeHash(suite),
      confirmedTranscriptHash: context.confirmedTranscriptHash, extensions: context.extensions)
    let tagLength =
      tag.count < 64 ? [UInt8(tag.count)] : [0x40, UInt8(truncatingIfNeeded: tag.count)]
    return try header + new.wireEncoded() + tagLength + tag + tree.wireEncoded() + rest
  }

  private static func live(_ stored: MLS.Group) {
    var random = SeededRandomSource(3, label: "stored")
    let now = GroupScene.now
    var group = stored
    _ = group.ownMember
    _ = try? group.export(label: "x", context: [], count: 16)
    _ = try? group.groupInfo(allowsExternalJoin: true, using: &random)
    _ = try? group.proposeUpdate(now: now, using: &random)
    _ = try? group.commit(now: now, using: &random)
    try? group.mergePendingCommit(now: now)
    if let message = try? group.encrypt([1], using: &random) {
      guard (try? group.receive(message, now: now)) != nil else {
        fatalError("an own message is not known")
      }
    }
    var other = stored
    _ = try? other.propose(.remove(LeafIndex(1)), now: now, using: &random)
    _ = try? other.branch(with: [], signingWith: .generate(using: &random), now: now)
    other.clearPendingCommit()
    _ = try? other.commit([.remove(LeafIndex(1))], now: now, using: &random)
    guard let state = try? other.state(),
      (try? MLS.Group(restoring: state, configuration: configuration)) != nil
    else { fatalError("a group that was stored does not load") }
  }
}
