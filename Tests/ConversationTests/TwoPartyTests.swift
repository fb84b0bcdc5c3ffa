import CygnetPairwise
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// `CYGNET_SCHEDULES` sets how many schedules run; `CYGNET_SEED` runs the one with that seed.
@Suite("Random conversations of two")
struct TwoPartyTests {
  private static func number(_ name: String) -> UInt64? {
    guard let value = getenv(name) else { return nil }
    return UInt64(String(cString: value))
  }

  /// In parts, so that they run on all cores.
  @Test(
    "every delivered message opens once and to its plaintext, and nothing else ever opens",
    arguments: 0..<4)
  func schedules(part: UInt64) throws {
    if let seed = Self.number("CYGNET_SEED") {
      guard part == 0 else { return }
      var schedule = try Schedule(seed: seed)
      try schedule.run()
      return
    }
    var total = Schedule.Tally()
    let usual: UInt64 = Sanitizer.isActive ? 400 : 2_000
    let count = max(1, (Self.number("CYGNET_SCHEDULES") ?? usual) / 4)
    let first = UInt64.random(in: 0..<(1 << 48))
    print("schedules from CYGNET_SEED=\(first)")
    for seed in first..<(first + count) {
      var schedule = try Schedule(seed: seed)
      do { try schedule.run() } catch {
        Issue.record("\(error)")
        return
      }
      total.add(schedule.tally)
    }
    print("\(count) schedules: \(total)")
    guard count >= 100 else { return }  // too few to expect anything of the tally
    #expect(total.opened > 5 * Int(count) && total.late > Int(count))
    #expect(total.duplicates > 4 * Int(count) && total.tampered > Int(count))
    #expect(total.restarts > Int(count) / 2 && total.lost > Int(count) / 2)
  }

  @Test("the same seed gives the same schedule")
  func deterministic() throws {
    var first = try Schedule(seed: 42)
    var second = try Schedule(seed: 42)
    try first.run()
    try second.run()
    #expect(first.parties[0].inbox.count == second.parties[0].inbox.count)
    #expect(first.parties[1].inbox.map(\.plaintext) == second.parties[1].inbox.map(\.plaintext))
  }
}

extension Schedule.Tally {
  fileprivate mutating func add(_ other: Self) {
    sent += other.sent
    opened += other.opened
    late += other.late
    lost += other.lost
    duplicates += other.duplicates
    tampered += other.tampered
    restarts += other.restarts
  }
}
