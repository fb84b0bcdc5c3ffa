import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

/// Groups in a store that writes only what changed.
@Suite("Stored blocks of a group")
struct BlockTests {
  /// A store of one group.
  private struct Shelf {
    var configuration = MLS.Configuration.testing
    var blocks: [MLS.BlockName: SecretBytes] = [:]
    var saved: MLS.Group.Revision?

    @discardableResult
    mutating func save(_ group: MLS.Group) throws -> MLS.BlockChanges {
      let changes = try group.changes(since: saved)
      #expect(changes.deleted.isDisjoint(with: changes.written.keys))
      for name in changes.deleted { #expect(blocks.removeValue(forKey: name) != nil) }
      blocks.merge(changes.written) { $1 }
      saved = group.revision
      return changes
    }

    func load() throws -> MLS.Group {
      try MLS.Group(restoring: blocks, configuration: configuration)
    }

    /// Whether the store holds the group, as anew, and the group comes back out of it.
    func holds(_ group: MLS.Group) throws -> Bool {
      let all = try group.changes(since: nil)
      return try all.written == blocks && all.deleted.isEmpty
        && load().wholeState() == group.wholeState()
    }
  }

  /// Without digits, which the validator of these tests does not count.
  private static let names = (0..<40).map { String(repeating: "m", count: $0 + 1) }

  @Test(
    "a group comes back from its blocks, whatever has happened to it",
    arguments: MLS.CipherSuite.all)
  func everything(suite: MLS.CipherSuite) throws {
    let configuration = try MLS.Configuration.testing(suite)
    var scene = try Scene(["alice", "bob", "carol"], configuration: configuration)
    var shelf = Shelf(configuration: configuration)
    try shelf.save(scene.groups[1])
    #expect(try shelf.holds(scene.groups[1]))
    for round in 0..<6 {
      let late = try scene.groups[0].encrypt([1])
      for sender in [0, 2] {
        _ = try scene.groups[1].receive(scene.groups[sender].encrypt([2]), now: now)
        try shelf.save(scene.groups[1])
        #expect(try shelf.holds(scene.groups[1]))
      }
      _ = try scene.groups[1].encrypt([3])
      let proposal = try scene.groups[round % 2].proposeUpdate(now: now)
      for index in 0..<3 where index != round % 2 {
        _ = try scene.groups[index].receive(proposal, now: now)
      }
      try shelf.save(scene.groups[1])
      #expect(try shelf.holds(scene.groups[1]))
      _ = try scene.groups[1].commit(now: now)
      try shelf.save(scene.groups[1])
      #expect(shelf.blocks.keys.contains { $0.pastEpoch == nil })
      #expect(try shelf.holds(scene.groups[1]))
      #expect(try shelf.load().hasPendingCommit)
      // Somebody else's commit wins.
      try scene.commit(0)
      try shelf.save(scene.groups[1])
      #expect(try shelf.holds(scene.groups[1]))
      _ = try scene.groups[1].receive(late, now: now)
      try shelf.save(scene.groups[1])
      #expect(try shelf.holds(scene.groups[1]))
      scene.groups[1] = try shelf.load()
      shelf.saved = scene.groups[1].revision
      #expect(try scene.groups[1].changes(since: shelf.saved).isEmpty)
    }
    #expect(Set(shelf.blocks.keys.compactMap(\.pastEpoch)).count == MLS.Limits.pastEpochCount)
    try scene.commit(0, [.reInit(group: nil, suite: suite, extensions: .none)])
    try shelf.save(scene.groups[1])
    #expect(try shelf.holds(scene.groups[1]) && shelf.load().reInit != nil)
  }

  @Test("M8: a group that was left comes back with the keys of late messages and no others")
  func left() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    var shelf = Shelf()
    try shelf.save(scene.groups[1])
    let late = try scene.groups[2].encrypt([7])
    try scene.commit(0, [.remove(LeafIndex(1))])
    try shelf.save(scene.groups[1])
    #expect(try shelf.holds(scene.groups[1]))
    var back = try shelf.load()
    #expect(back.isRemoved)
    guard case .application(let message) = try back.receive(late, now: now) else {
      Issue.record("a late message opens")
      return
    }
    #expect(message.data == [7])
  }

  @Test("a message changes one small block in a group of forty, and nothing that is large")
  func small() throws {
    var scene = try Scene(Self.names)
    var shelves = [Shelf(), Shelf()]
    for who in 0...1 { try shelves[who].save(scene.groups[who]) }
    let whole = shelves[1].blocks.values.reduce(0) { $0 + $1.count }
    #expect(whole > 9_000)
    for round in 0..<5 {
      let message = try scene.groups[0].encrypt([UInt8](repeating: 1, count: 100))
      _ = try scene.groups[1].receive(message, now: now)
      for who in 0...1 {
        let changes = try shelves[who].save(scene.groups[who])
        let count = changes.written.values.reduce(0) { $0 + $1.count }
        // The first message of a sender changes the crown besides.
        #expect(changes.written.count == (round == 0 ? 2 : 1) && changes.deleted.isEmpty)
        #expect(count < (round == 0 ? 1_000 : 500))
        #expect(try shelves[who].holds(scene.groups[who]))
      }
    }
    // A late message changes only what is kept of its epoch.
    let late = try scene.groups[0].encrypt([1])
    try scene.commit(2)
    try shelves[1].save(scene.groups[1])
    _ = try scene.groups[1].receive(late, now: now)
    let changes = try shelves[1].save(scene.groups[1])
    #expect(changes.written.count == 1 && changes.written.keys.first?.pastEpoch == MLS.Epoch(1))
    #expect(try shelves[1].holds(scene.groups[1]))
  }

  @Test("a refused message changes no block, and what is taken back neither")
  func unchanged() throws {
    var scene = try Scene(["alice", "bob"])
    var shelf = Shelf()
    try shelf.save(scene.groups[1])
    let message = try scene.groups[0].encrypt([1])
    var bytes = try message.encoded()
    bytes[bytes.count - 1] ^= 1
    #expect(throws: CygnetError(.authenticationFailed, "")) {
      try scene.groups[1].receive(MLS.Message(decoding: bytes), now: now)
    }
    #expect(try scene.groups[1].changes(since: shelf.saved).isEmpty)
    _ = try scene.groups[1].receive(message, now: now)
    #expect(try shelf.save(scene.groups[1]).written.count == 2)
    #expect(throws: CygnetError(.duplicate, "")) { try scene.groups[1].receive(message, now: now) }
    #expect(try scene.groups[1].changes(since: shelf.saved).isEmpty)
  }

  @Test("a copy that went another way is never taken for the group that the store holds")
  func copies() throws {
    let scene = try Scene(["alice", "bob"])
    var (one, other) = (scene.groups[0], scene.groups[0])
    var shelf = Shelf()
    try shelf.save(one)
    _ = try one.encrypt([1])
    try shelf.save(one)
    _ = try other.encrypt([1])
    _ = try other.encrypt([2])
    try shelf.save(other)
    #expect(try shelf.holds(other))
    _ = try one.commit(now: now)
    try one.mergePendingCommit(now: now)
    _ = try other.commit(now: now)
    try other.mergePendingCommit(now: now)
    for group in [one, other, one] {
      try shelf.save(group)
      #expect(try shelf.holds(group))
    }
  }

  @Test("the blocks of a past epoch may be left out, all of them")
  func lostPast() throws {
    var scene = try Scene(["alice", "bob"])
    let late = try scene.groups[0].encrypt([1])
    _ = try scene.groups[1].receive(scene.groups[0].encrypt([2]), now: now)
    try scene.commit(0)
    var shelf = Shelf()
    try shelf.save(scene.groups[1])
    let past = shelf.blocks.keys.filter { $0.pastEpoch == MLS.Epoch(1) }
    #expect(past.count == 3)
    for name in past { shelf.blocks[name] = nil }
    var group = try shelf.load()
    #expect(throws: CygnetError(.wrongEpoch, "")) { try group.receive(late, now: now) }
    #expect(try group.changes(since: nil).written == shelf.blocks)
  }

  @Test("A8: a past epoch that was stored with keys of handshakes loads, and drops them")
  func handshakesOfThePast() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    let late = try scene.groups[0].encrypt([1])
    let proposal = try scene.groups[0].proposeUpdate(now: now)
    for index in 1...2 { _ = try scene.groups[index].receive(proposal, now: now) }
    let tree = try GroupStateView(scene.groups[1]).secretTree
    let (with, without) = try (tree.wireEncoded(), tree.withoutHandshakes().wireEncoded())
    #expect(with.count > without.count)
    try scene.commit(2)
    var stored = try scene.groups[1].state()
    let last = stored.past.count - 1
    // The commit's own key was taken after the tree was looked at, from a handshake ratchet.
    var bytes = stored.past[last].state.withExposedCopy { $0 }
    let context = try MLS.Epoch(1).wireEncoded()
    #expect(bytes.indices.contains { bytes[$0...].starts(with: context) })
    let state = try #require(
      bytes.indices.first { bytes[$0...].starts(with: without.prefix(8)) && $0 > 40 })
    let tail = try SecretTreeEnd.of(Array(bytes[state...]))
    bytes.replaceSubrange(state..<(state + tail), with: with)
    stored.past[last].state = SecretBytes(copying: bytes)
    var group = try MLS.Group(restoring: stored, configuration: .testing)
    let again = try group.state().past[last].state
    #expect(again.count < bytes.count)
    guard case .application(let message) = try group.receive(late, now: now) else {
      Issue.record("a late message opens")
      return
    }
    #expect(message.data == [1])
  }

  @Test("blocks that do not belong together are refused")
  func strangers() throws {
    var scene = try Scene(["alice", "bob"])
    _ = try scene.groups[1].receive(scene.groups[0].encrypt([2]), now: now)
    try scene.commit(0)
    _ = try scene.groups[1].receive(scene.groups[0].encrypt([3]), now: now)
    var shelf = Shelf()
    try shelf.save(scene.groups[1])
    let sound = shelf.blocks
    _ = try shelf.load()
    var other = try Scene(["carol", "dave"])
    _ = try other.groups[1].receive(other.groups[0].encrypt([2]), now: now)
    try other.commit(0)
    _ = try other.groups[1].receive(other.groups[0].encrypt([3]), now: now)
    let foreign = try other.groups[1].changes(since: nil).written
    #expect(Set(foreign.keys) == Set(sound.keys))
    for name in sound.keys {
      var blocks = sound
      blocks[name] = foreign[name]
      refuses(blocks)
      blocks[name] = nil
      // Without its first block a past epoch is none, and its other blocks are too many.
      refuses(blocks)
      blocks = sound
      for another in sound.keys where another != name {
        blocks[name] = sound[another]
        refuses(blocks)
      }
      let bytes = sound[name]!.withExposedCopy { $0 }
      blocks[name] = SecretBytes(copying: bytes + [0])
      refuses(blocks)
      blocks[name] = SecretBytes(copying: Array(bytes.dropLast()))
      refuses(blocks)
      blocks[name] = SecretBytes(copying: [0, 2] + bytes.dropFirst(2))
      #expect(throws: CygnetError(.unsupported, "")) {
        try MLS.Group(restoring: blocks, configuration: .testing)
      }
    }
    var blocks = sound
    var name = try #require(sound.keys.first { $0.pastEpoch == nil && (try? $0.bytes.count) == 5 })
    name = try MLS.BlockName(bytes: Array(name.bytes.dropLast()) + [9])
    blocks[name] = sound.values.first
    refuses(blocks)
  }

  private func refuses(_ blocks: [MLS.BlockName: SecretBytes]) {
    #expect(throws: CygnetError(.malformed, "")) {
      try MLS.Group(restoring: blocks, configuration: .testing)
    }
  }

  @Test("names of blocks come back from their bytes, in order, and are told apart")
  func names() throws {
    var scene = try Scene(["alice", "bob"])
    _ = try scene.groups[1].receive(scene.groups[0].encrypt([2]), now: now)
    try scene.commit(0)
    let names = try scene.groups[1].changes(since: nil).written.keys.sorted()
    #expect(names.count == 5)
    for name in names { #expect(try MLS.BlockName(bytes: name.bytes) == name) }
    #expect(try Set(names.map { try $0.bytes }).count == names.count)
    for bytes in [[], [0], [9], [1, 0], [3], [3, 0, 0, 0], [6, 0, 0, 0, 0, 0, 0, 0]] as [[UInt8]] {
      #expect(throws: CygnetError(.malformed, "")) { try MLS.BlockName(bytes: bytes) }
    }
  }

  @Test("P9: a proposal that comes again is a duplicate, and gives a store nothing to write")
  func proposalAgain() throws {
    var configuration = MLS.Configuration.testing
    configuration.handshakeFormat = .publicMessage
    var scene = try Scene(["alice", "bob"], configuration: configuration)
    let proposal = try scene.groups[0].proposeUpdate(now: now)
    _ = try scene.groups[1].receive(proposal, now: now)
    let saved = scene.groups[1].revision
    #expect(throws: CygnetError(.duplicate, "")) { try scene.groups[1].receive(proposal, now: now) }
    #expect(try scene.groups[1].changes(since: saved).isEmpty)
  }

  @Test("a crown with message keys in it, which stand in segments, is malformed")
  func crownWithSegments() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    _ = try scene.groups[0].encrypt([1])
    let group = scene.groups[0]
    var blocks = try group.changes(since: nil).written
    _ = try MLS.Group(restoring: blocks, configuration: .testing)
    let crown = try MLS.BlockName(bytes: [2])
    let segments = blocks.keys.filter { name in (try? name.bytes.first) == 3 }
    #expect(segments.count == 1)
    for segment in segments { blocks[segment] = nil }
    let headerByteCount = try 3 + group.id.wireEncoded().count + 8 + 1
    let header = try #require(blocks[crown]).exposed().prefix(headerByteCount)
    blocks[crown] = SecretBytes(
      copying: header + (try GroupStateView(group).secretTree.wireEncodedSecret().exposed()))
    #expect(throws: CygnetError(.malformed, "")) {
      try MLS.Group(restoring: blocks, configuration: .testing)
    }
  }
}

/// How long a stored secret tree is that stands in front of other things.
private enum SecretTreeEnd {
  static func of(_ bytes: [UInt8]) throws -> Int {
    try Reader.read(bytes) { (reader) throws(CygnetError) in
      _ = try SecretTree(from: &reader)
      let end = reader.position
      try reader.skip(reader.remaining)
      return end
    }
  }
}
