import CygnetMLS
import CygnetPrimitives
import TestSupport

/// A store that holds a group in blocks, of which only those that changed are written.
struct BlockStore {
  private(set) var blocks: [MLS.BlockName: SecretBytes] = [:]
  private var revision: MLS.Group.Revision?

  /// - Returns: how many blocks were written.
  mutating func save(_ group: MLS.Group) throws -> Int {
    let changes = try group.changes(since: revision)
    blocks.merge(changes.written) { $1 }
    for name in changes.deleted { blocks[name] = nil }
    revision = group.revision
    return changes.written.count
  }

  /// Forgets a past epoch, if there is any.
  mutating func lose(_ number: Int) -> MLS.Epoch? {
    let epochs = Set(blocks.keys.compactMap(\.pastEpoch)).sorted()
    guard !epochs.isEmpty else { return nil }
    let lost = epochs[number % epochs.count]
    blocks = blocks.filter { $0.key.pastEpoch != lost }
    return lost
  }

  /// The group goes on from here.
  mutating func load(_ configuration: MLS.Configuration) throws -> MLS.Group {
    let group = try MLS.Group(restoring: blocks, configuration: configuration)
    revision = group.revision
    return group
  }
}

/// Members restart from what they stored, some without what they stored of past epochs.
extension GroupPlay {
  mutating func restoreSome() throws {
    for who in seated {
      if chance(15) { try save(who) }
      guard chance(8) else { continue }
      if chance(50) { try restoreFromBlocks(who) } else { try restoreFromState(who) }
      tally["restore"] += 1
    }
    for index in people.indices where chance(2) {
      for place in people[index].packages.indices {
        let stored = try people[index].packages[place].state()
        people[index].packages[place] = try MLS.OwnKeyPackage(restoring: stored)
      }
    }
  }

  private mutating func save(_ who: Int) throws {
    tally["block written"] += try seats[who]!.store.save(seats[who]!.group)
    guard try seats[who]!.store.save(seats[who]!.group) == 0 else {
      throw fail("a block is written though nothing changed")
    }
  }

  private mutating func restoreFromBlocks(_ who: Int) throws {
    try save(who)
    let before = try seats[who]!.group.wholeState()
    let configuration = seats[who]!.group.configuration
    seats[who]!.group = try seats[who]!.store.load(configuration)
    guard try seats[who]!.group.wholeState() == before else {
      throw fail("the state came back from its blocks otherwise")
    }
    if chance(10), let lost = seats[who]!.store.lose(draw(8)) {
      seats[who]!.group = try seats[who]!.store.load(configuration)
      forget(lost, of: who)
    }
    tally["restore from blocks"] += 1
  }

  private mutating func restoreFromState(_ who: Int) throws {
    let before = try seats[who]!.group.wholeState()
    let configuration = seats[who]!.group.configuration
    var stored = try seats[who]!.group.state()
    stored.past = shuffled(stored.past)
    let restored = try MLS.Group(restoring: stored, configuration: configuration)
    guard try restored.wholeState() == before else { throw fail("the state came back otherwise") }
    seats[who]!.group = restored
    // What the store holds is of another group's revisions now.
    seats[who]!.store = BlockStore()
    if chance(10), !stored.past.isEmpty {
      let lost = stored.past.remove(at: draw(stored.past.count))
      seats[who]!.group = try MLS.Group(restoring: stored, configuration: configuration)
      forget(lost.epoch, of: who)
    }
  }

  private mutating func forget(_ lost: MLS.Epoch, of who: Int) {
    seats[who]!.kept.removeAll { $0.epoch == lost.rawValue }
    tally["past epoch lost"] += 1
  }
}
