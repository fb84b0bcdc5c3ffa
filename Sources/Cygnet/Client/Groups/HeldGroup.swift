internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// A group of this client's for the length of a step: what the store holds of it, taken up.
struct HeldGroup {
  var record: GroupRecord
  var group: MLS.Group
  let witness: MemberWitness
  /// The blocks as they were read, so that only what changed is written.
  fileprivate var stored: MLS.StoredGroup?

  /// A group that is new here.
  init(_ group: MLS.Group, witness: MemberWitness, name: String, now: Timestamp) throws(CygnetError)
  {
    record = try GroupRecord(group, name: name, joinedAt: now)
    self.group = group
    self.witness = witness
  }

  fileprivate init(
    _ record: GroupRecord, _ stored: MLS.StoredGroup
  ) throws(CygnetError) {
    witness = MemberWitness()
    group = try MLS.Group(restoring: stored, configuration: .client(witness))
    guard group.id == record.id, group.epoch == record.epoch else {
      throw CygnetError(.storeDamaged, "a group's record is not of its state")
    }
    self.record = record
    self.stored = stored
  }

  /// Puts another state of the same group in the place of this one.
  mutating func replace(with group: MLS.Group) {
    self.group = group
    record.pending = nil
    record.isLeaving = false
  }
}

extension RecordTransaction {
  private static func epochKey(_ id: MLS.GroupID, _ epoch: MLS.Epoch) throws(CygnetError) -> [UInt8]
  {
    try id.wireEncoded() + epoch.wireEncoded()
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
    guard let current = try value(.groupState, record.id.bytes) else {
      throw CygnetError(.storeDamaged, "a group without its state")
    }
    var past: [(epoch: MLS.Epoch, state: SecretBytes)] = []
    for epoch in record.pastEpochs {
      guard let state = try value(.groupEpoch, Self.epochKey(record.id, epoch)) else {
        throw CygnetError(.storeDamaged, "a group without an epoch of its own")
      }
      past.append((epoch, state))
    }
    return try HeldGroup(record, MLS.StoredGroup(current: current, past: past))
  }

  /// Writes what changed of a group.
  func put(_ held: inout HeldGroup) throws(CygnetError) {
    let state = try held.group.state()
    var record = held.record
    if state.current != held.stored?.current {
      try put(.groupState, record.id.bytes, state.current)
    }
    for past in state.past {
      let before = held.stored?.past.first { $0.epoch == past.epoch }
      if before?.state == past.state { continue }
      try put(.groupEpoch, Self.epochKey(record.id, past.epoch), past.state)
    }
    let epochs = state.past.map(\.epoch)
    for epoch in record.pastEpochs where !epochs.contains(epoch) {
      try delete(.groupEpoch, Self.epochKey(record.id, epoch))
    }
    record.pastEpochs = epochs
    record.epoch = held.group.epoch
    record.memberCount = held.group.members.count
    record.title = try GroupTitle(held.group.context.extensions)
    let isNew = held.stored == nil
    held.record = record
    held.stored = state
    try put(.group, record.id.bytes, record.wireEncodedSecret())
    guard isNew else { return }
    try put(.groupName, ContactName.key(record.name), SecretBytes(copying: record.id.wireEncoded()))
  }

  /// Writes what a refused message changed of a group: the key by which it was decrypted is gone.
  /// What nobody could have encrypted who is not a member changes nothing and is not written.
  func putUsedKeys(_ held: inout HeldGroup) throws(CygnetError) {
    if try held.group.state() != held.stored { try put(&held) }
  }

  /// Forgets a group with all its keys.
  func deleteGroup(_ record: GroupRecord) throws(CygnetError) {
    for epoch in record.pastEpochs { try delete(.groupEpoch, Self.epochKey(record.id, epoch)) }
    try delete(.groupState, record.id.bytes)
    try delete(.groupName, ContactName.key(record.name))
    try delete(.group, record.id.bytes)
  }

  func renameGroup(_ record: inout GroupRecord, to name: String) throws(CygnetError) {
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
    var epochs = 0
    for record in records {
      guard try groupRecord(named: record.name).id == record.id else {
        throw CygnetError(.storeDamaged, "a name leads to another group")
      }
      _ = try heldGroup(record)
      epochs += record.pastEpochs.count
    }
    guard try count(.groupState) == records.count, try count(.groupName) == records.count,
      try count(.groupEpoch) == epochs
    else { throw CygnetError(.storeDamaged, "a state of no group") }
  }
}
