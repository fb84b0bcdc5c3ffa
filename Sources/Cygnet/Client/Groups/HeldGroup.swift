internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// A group of this client's for the length of a step: what the store holds of it, taken up.
struct HeldGroup {
  var record: GroupRecord
  var group: MLS.Group
  let witness: MemberWitness
  /// The state as the store has it in blocks, so that only what changed is written; nil when it has
  /// none, or not in blocks.
  fileprivate var saved: MLS.Group.Revision?
  /// The record as the store has it; nil for a group that is new here.
  fileprivate var savedRecord: SecretBytes?

  /// A group that is new here.
  init(_ group: MLS.Group, witness: MemberWitness, name: String, now: Timestamp) throws(CygnetError)
  {
    record = try GroupRecord(group, name: name, joinedAt: now)
    self.group = group
    self.witness = witness
  }

  fileprivate init(
    _ record: GroupRecord,
    restoring restore: (MLS.Configuration) throws(CygnetError) -> MLS.Group
  ) throws(CygnetError) {
    witness = MemberWitness()
    group = try restore(.client(witness))
    guard group.id == record.id, group.epoch == record.epoch else {
      throw CygnetError(.storeDamaged, "a group's record is not of its state")
    }
    self.record = record
    if case .blocks = record.state {
      saved = group.revision
      savedRecord = try record.wireEncodedSecret()
    } else {
      savedRecord = SecretBytes(copying: [])
    }
  }

  /// Puts another state of the same group in the place of this one.
  mutating func replace(with group: MLS.Group) {
    self.group = group
    record.pending = nil
    record.isLeaving = false
  }
}

extension RecordTransaction {
  private static func key(
    _ id: MLS.GroupID, _ block: MLS.BlockName
  ) throws(CygnetError) -> [UInt8] {
    try id.wireEncoded() + block.bytes
  }

  // MARK: Records of groups

  func groupRecord(_ id: MLS.GroupID) throws(CygnetError) -> GroupRecord? {
    guard let value = try value(.group, id.bytes) else { return nil }
    return try GroupRecord(wire: value)
  }

  /// - Throws: `notFound`.
  func groupRecord(named name: String) throws(CygnetError) -> GroupRecord {
    guard let id = try value(.groupName, ContactName.key(name)) else {
      throw CygnetError(.notFound, "no group has this name")
    }
    guard let record = try groupRecord(MLS.GroupID(wire: id)) else {
      throw CygnetError(.storeDamaged, "a name leads to no group")
    }
    return record
  }

  func hasGroup(named name: String) throws(CygnetError) -> Bool {
    try value(.groupName, ContactName.key(name)) != nil
  }

  func groupRecords() throws(CygnetError) -> [GroupRecord] {
    var records: [GroupRecord] = []
    for value in try values(.group) { records.append(try GroupRecord(wire: value)) }
    return records.sorted {
      ContactName.key($0.name).lexicographicallyPrecedes(ContactName.key($1.name))
    }
  }

  // MARK: Groups

  func heldGroup(_ id: MLS.GroupID) throws(CygnetError) -> HeldGroup? {
    guard let record = try groupRecord(id) else { return nil }
    return try heldGroup(record)
  }

  /// - Throws: `notFound`.
  func heldGroup(named name: String) throws(CygnetError) -> HeldGroup {
    try heldGroup(groupRecord(named: name))
  }

  func heldGroup(_ record: GroupRecord) throws(CygnetError) -> HeldGroup {
    switch record.state {
    case .whole(let past):
      let stored = try wholeState(record.id, past)
      return try HeldGroup(record) { (configuration) throws(CygnetError) in
        try MLS.Group(restoring: stored, configuration: configuration)
      }
    case .blocks(let names):
      var blocks: [MLS.BlockName: SecretBytes] = [:]
      for name in names {
        guard let block = try value(.groupBlock, Self.key(record.id, name)) else {
          throw CygnetError(.storeDamaged, "a group without a part of its state")
        }
        blocks[name] = block
      }
      return try HeldGroup(record) { (configuration) throws(CygnetError) in
        try MLS.Group(restoring: blocks, configuration: configuration)
      }
    }
  }

  /// Writes what changed of a group.
  func put(_ held: inout HeldGroup) throws(CygnetError) {
    let changes = try held.group.changes(since: held.saved)
    var record = held.record
    for (name, block) in changes.written {
      try put(.groupBlock, Self.key(record.id, name), block)
    }
    for name in changes.deleted { try delete(.groupBlock, Self.key(record.id, name)) }
    switch record.state {
    case .blocks(let names):
      record.state = .blocks(changes.applied(to: names))
    case .whole(let past):
      try deleteWholeState(record.id, past)
      record.state = .blocks(changes.applied(to: []))
    }
    record.epoch = held.group.epoch
    record.memberCount = held.group.members.count
    record.title = try GroupTitle(held.group.context.extensions)
    let encoded = try record.wireEncodedSecret()
    let before = held.savedRecord
    held.record = record
    held.saved = held.group.revision
    held.savedRecord = encoded
    if encoded != before { try put(.group, record.id.bytes, encoded) }
    guard before == nil else { return }
    try put(.groupName, ContactName.key(record.name), SecretBytes(copying: record.id.wireEncoded()))
  }

  /// Writes what a refused message changed of a group: the key by which it was decrypted is gone.
  /// What nobody could have encrypted who is not a member changes nothing and is not written.
  func putUsedKeys(_ held: inout HeldGroup) throws(CygnetError) {
    let changes = try held.group.changes(since: held.saved)
    if !changes.isEmpty { try put(&held) }
  }

  /// Forgets a group with all its keys.
  func deleteGroup(_ record: GroupRecord) throws(CygnetError) {
    switch record.state {
    case .blocks(let names):
      for name in names { try delete(.groupBlock, Self.key(record.id, name)) }
    case .whole(let past): try deleteWholeState(record.id, past)
    }
    try delete(.groupName, ContactName.key(record.name))
    try delete(.group, record.id.bytes)
  }

  // MARK: Version 1 of the record

  private static func epochKey(
    _ id: MLS.GroupID, _ epoch: MLS.Epoch
  ) throws(CygnetError) -> [UInt8] {
    try id.wireEncoded() + epoch.wireEncoded()
  }

  private func wholeState(
    _ id: MLS.GroupID, _ pastEpochs: [MLS.Epoch]
  ) throws(CygnetError) -> MLS.StoredGroup {
    guard let current = try value(.groupState, id.bytes) else {
      throw CygnetError(.storeDamaged, "a group without its state")
    }
    var past: [(epoch: MLS.Epoch, state: SecretBytes)] = []
    for epoch in pastEpochs {
      guard let state = try value(.groupEpoch, Self.epochKey(id, epoch)) else {
        throw CygnetError(.storeDamaged, "a group without an epoch of its own")
      }
      past.append((epoch, state))
    }
    return MLS.StoredGroup(current: current, past: past)
  }

  private func deleteWholeState(
    _ id: MLS.GroupID, _ past: [MLS.Epoch]
  ) throws(CygnetError) {
    for epoch in past { try delete(.groupEpoch, Self.epochKey(id, epoch)) }
    try delete(.groupState, id.bytes)
  }

  func renameGroup(_ record: inout GroupRecord, to name: String) throws(CygnetError) {
    if case .whole = record.state {
      var held = try heldGroup(record)
      try put(&held)
      record = held.record
    }
    let (old, new) = (ContactName.key(record.name), ContactName.key(name))
    if old != new {
      try demandFreeName(name)
      try delete(.groupName, old)
      try put(.groupName, new, SecretBytes(copying: record.id.wireEncoded()))
    }
    record.name = name
    try put(.group, record.id.bytes, record.wireEncodedSecret())
  }

  /// Decodes every group, and what leads to it.
  func checkGroups() throws(CygnetError) {
    let records = try groupRecords()
    var (blocks, wholes, epochs) = (0, 0, 0)
    for record in records {
      guard try groupRecord(named: record.name).id == record.id else {
        throw CygnetError(.storeDamaged, "a name leads to another group")
      }
      _ = try heldGroup(record)
      switch record.state {
      case .blocks(let names): blocks += names.count
      case .whole(let past): (wholes, epochs) = (wholes + 1, epochs + past.count)
      }
    }
    guard try count(.groupName) == records.count, try count(.groupBlock) == blocks,
      try count(.groupState) == wholes, try count(.groupEpoch) == epochs
    else { throw CygnetError(.storeDamaged, "a state of no group") }
  }
}

extension MLS.BlockChanges {
  /// The names of a store's blocks once these changes are made, in order.
  fileprivate func applied(to names: [MLS.BlockName]) -> [MLS.BlockName] {
    Set(names).subtracting(deleted).union(written.keys).sorted()
  }
}
