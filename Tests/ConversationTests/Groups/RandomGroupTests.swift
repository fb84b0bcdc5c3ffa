import CygnetPrimitives
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// `CYGNET_EPOCHS` sets how many epochs are played in all, `CYGNET_MEMBERS` how many members a group
/// may have; `CYGNET_SEED` plays the run with that seed.
@Suite("Random groups")
struct RandomGroupTests {
  private static func number(_ name: String) -> UInt64? {
    guard let value = getenv(name) else { return nil }
    return UInt64(String(cString: value))
  }

  /// The largest groups of the parts of a run.
  private static let sizes = [3, 6, 10, 16]
  private static let largeSizes = [6, 20, 50, 50]

  /// In parts, so that they run on all cores.
  @Test(
    "members agree on every epoch, who was removed does not, and each message opens exactly once",
    arguments: 0..<4)
  func epochs(part: Int) throws {
    let isLong = Self.number("CYGNET_EPOCHS") != nil
    let count = Int(Self.number("CYGNET_EPOCHS") ?? (Sanitizer.isActive ? 80 : 200)) / 4
    let size = Self.number("CYGNET_MEMBERS").map { Int($0) }
    let seed = Self.number("CYGNET_SEED") ?? UInt64.random(in: 0..<(1 << 48))
    let maxCount = size ?? (isLong ? Self.largeSizes : Self.sizes)[part]
    print("groups of up to \(maxCount) from CYGNET_SEED=\(seed) CYGNET_MEMBERS=\(maxCount)")
    let suite = GroupPlay.suites[part % GroupPlay.suites.count]
    var play = try GroupPlay(seed: seed, maxCount: maxCount, suite: suite)
    do { try play.run(epochs: count) } catch {
      Issue.record("\(error)")
      return
    }
    print("\(count) epochs of up to \(maxCount) members: \(play.tally)")
    print("refusals by rule, or by code where there is none: \(play.rules)")
    #expect(play.tally["epoch"] >= count)
    guard count >= 1_000 else { return }  // too few to expect anything of the tally
    for what in Self.expected where play.tally[what] == 0 {
      Issue.record("never happened: \(what)")
    }
  }

  /// What a long run does at least once.
  private static let expected = [
    "create", "join", "removed", "given up", "external join", "resync", "branch", "reinit",
    "another suite",
    "proposal: add", "proposal: remove", "proposal: leave", "proposal: update", "proposal: psk",
    "proposal: extensions", "proposal: custom", "proposal: reinit", "proposal: external sender",
    "proposal: request to join", "committed: add", "committed: update", "committed: remove",
    "committed: extensions", "committed: custom", "committed: reinit", "committed: by reference",
    "committed: external key", "committed: key of an epoch", "committed: key of another group",
    "committed: external", "commit with path", "commit without path", "commit encrypted",
    "commit in the clear", "commit that lost", "commit given up", "lost commit seen",
    "own commit cleared", "own commit forgotten", "tree within the Welcome",
    "tree beside the Welcome", "last resort", "key rotation", "credential change", "key taught",
    "restore", "restore from blocks", "block written", "past epoch lost", "talk", "burst", "opened",
    "opened late",
    "opened by a former member", "lag", "tampered", "server: begin", "server: epoch",
    "server: proposal", "server: second commit", "refused: a message twice",
    "refused: a message too late", "refused: a message of the future", "refused: a commit twice",
    "refused: a commit too late", "refused: a commit of the future",
    "refused: a commit ahead of its proposals", "refused: a commit with an unknown key",
    "refused: a proposal twice", "refused: a message from before the joining",
    "refused: by a former member", "refused: a handshake in the wrong form",
    "refused: add by a key package that is over", "refused: a client twice",
  ]

  @Test("the same seed plays the same groups")
  func deterministic() throws {
    var first = try GroupPlay(seed: 42, maxCount: 6)
    var second = try GroupPlay(seed: 42, maxCount: 6)
    try first.run(epochs: 6)
    try second.run(epochs: 6)
    #expect(first.records[first.head]!.facts == second.records[second.head]!.facts)
    #expect(first.tally.description == second.tally.description)
  }
}
