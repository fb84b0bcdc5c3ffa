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
    var play = try GroupPlay(seed: seed, maxCount: maxCount)
    do { try play.run(epochs: count) } catch {
      Issue.record("\(error)")
      return
    }
    print("\(count) epochs of up to \(maxCount) members: \(play.tally)")
    #expect(play.tally["epoch"] >= count)
    guard count >= 400 else { return }  // too few to expect anything of the tally
    for what in ["join", "removed", "opened", "opened late", "restore", "reinit", "branch"] {
      #expect(play.tally[what] > 0, "\(what) never happened")
    }
  }

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
