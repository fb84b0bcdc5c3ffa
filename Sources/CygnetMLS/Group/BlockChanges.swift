public import CygnetPrimitives
internal import CygnetWire

extension MLS {
  /// What a store has to do so that its blocks are those of a group.
  public struct BlockChanges: Sendable {
    /// The blocks that are new or others than before. Keep them as secret as private keys.
    public internal(set) var written: [BlockName: SecretBytes] = [:]
    /// The blocks that are no more.
    public internal(set) var deleted: Set<BlockName> = []

    /// Whether the store is up to date.
    public var isEmpty: Bool { written.isEmpty && deleted.isEmpty }
  }
}

extension MLS.Group {
  /// One state of a group: what a store holds of it can be compared with the group without a look at
  /// either. Good within a process, for this group and its copies.
  public struct Revision: Sendable {
    let epoch: Mark
    let keys: SecretTree.Marks
    /// nil where none waits.
    let proposals: Mark?
    let pending: Mark?
    let past: [Past]

    struct Past: Sendable {
      let epoch: MLS.Epoch
      let mark: Mark
      let keys: SecretTree.Marks
    }
  }

  /// The state in which the group is now.
  public var revision: Revision {
    Revision(
      epoch: live.mark, keys: live.secretTree.marks,
      proposals: live.proposals.list.isEmpty ? nil : live.proposalsMark,
      pending: live.pending == nil ? nil : live.pendingMark,
      past: live.past.map {
        Revision.Past(epoch: $0.context.epoch, mark: $0.mark, keys: $0.secretTree.marks)
      })
  }

  /// The blocks that changed since the group was in some state: to be written in one transaction, and
  /// before anything leaves the device. A message changes one small block whatever the size of the
  /// group; the large ones are written once an epoch.
  /// - Parameter before: The state that the store holds; nil when it holds none, which gives all
  ///   blocks.
  public func changes(since before: Revision?) throws(CygnetError) -> MLS.BlockChanges {
    var writer = BlockWriter(group: id)
    let now = revision
    let state = live
    if now.epoch !== before?.epoch {
      try writer.add(.epoch, epoch) { (writer) throws(CygnetError) in
        try state.encodeEpoch(into: &writer)
      }
    }
    try writer.add(state.secretTree, of: epoch, past: nil, since: before?.keys)
    if now.proposals == nil {
      if before?.proposals != nil { writer.changes.deleted.insert(.proposals) }
    } else if now.proposals !== before?.proposals {
      try writer.add(.proposals, epoch) { (writer) throws(CygnetError) in
        try state.proposals.encode(into: &writer)
      }
    }
    if let pending = state.pending {
      if now.pending !== before?.pending {
        try writer.add(.pendingCommit, epoch) { (writer) throws(CygnetError) in
          try pending.encode(into: &writer)
        }
      }
    } else if before?.pending != nil {
      writer.changes.deleted.insert(.pendingCommit)
    }
    try writer.add(state.past, since: before?.past ?? [])
    return writer.changes
  }
}

/// Collects blocks.
private struct BlockWriter {
  let group: MLS.GroupID
  var changes = MLS.BlockChanges()

  init(group: MLS.GroupID) { self.group = group }

  mutating func add(
    _ name: MLS.BlockName, _ epoch: MLS.Epoch,
    _ body: @escaping (inout Writer) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    let block = GroupBlock(
      header: GroupBlockHeader(group: group, epoch: epoch, name: name), body: body)
    changes.written[name] = try block.wireEncodedSecret()
  }

  mutating func add(
    _ tree: SecretTree, of epoch: MLS.Epoch, past: MLS.Epoch?, since before: SecretTree.Marks?
  ) throws(CygnetError) {
    let now = tree.marks
    if now.whole === before?.whole { return }
    if now.crown !== before?.crown {
      try add(.crown(past), epoch) { (writer) throws(CygnetError) in
        try tree.encodeCrown(into: &writer)
      }
    }
    for (segment, mark) in now.segments where mark !== before?.segments[segment] {
      try add(.segment(segment, past), epoch) { (writer) throws(CygnetError) in
        try tree.encode(segment: segment, into: &writer)
      }
    }
    for segment in (before?.segments ?? [:]).keys where now.segments[segment] == nil {
      changes.deleted.insert(.segment(segment, past))
    }
  }

  mutating func add(
    _ past: [PastEpoch], since before: [MLS.Group.Revision.Past]
  ) throws(CygnetError) {
    for epoch in past {
      let number = epoch.context.epoch
      let known = before.first { $0.epoch == number }
      if epoch.mark !== known?.mark {
        try add(.pastEpoch(number), number) { (writer) throws(CygnetError) in
          try epoch.encodeRest(into: &writer)
        }
      }
      try add(epoch.secretTree, of: number, past: number, since: known?.keys)
    }
    for gone in before where !past.contains(where: { $0.context.epoch == gone.epoch }) {
      changes.deleted.insert(.pastEpoch(gone.epoch))
      changes.deleted.insert(.crown(gone.epoch))
      for segment in gone.keys.segments.keys {
        changes.deleted.insert(.segment(segment, gone.epoch))
      }
    }
  }
}
