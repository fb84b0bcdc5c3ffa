import CygnetSenderKeys
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// `CYGNET_SCHEDULES` sets how many schedules run; `CYGNET_SEED` runs the one with that seed.
@Suite("Random conversations of many")
struct ManyPartyTests {
  private static func number(_ name: String) -> UInt64? {
    guard let value = getenv(name) else { return nil }
    return UInt64(String(cString: value))
  }

  /// In parts, so that they run on all cores.
  @Test(
    "a message opens once for each who was given its chain by then, and for nobody else",
    arguments: 0..<4)
  func schedules(part: UInt64) throws {
    if let seed = Self.number("CYGNET_SEED") {
      guard part == 0 else { return }
      var schedule = try SenderKeySchedule(seed: seed)
      try schedule.run()
      return
    }
    var total = SenderKeySchedule.Tally()
    let usual: UInt64 = Sanitizer.isActive ? 100 : 400
    let count = max(1, min(usual, Self.number("CYGNET_SCHEDULES") ?? usual) / 4)
    let first = UInt64.random(in: 0..<(1 << 48))
    print("schedules of many from CYGNET_SEED=\(first)")
    for seed in first..<(first + count) {
      var schedule = try SenderKeySchedule(seed: seed)
      do { try schedule.run() } catch {
        Issue.record("\(error)")
        return
      }
      total.add(schedule.tally)
    }
    print("\(count) schedules: \(total)")
    guard count >= 25 else { return }  // too few to expect anything of the tally
    let least = Int(count)
    #expect(total.opened > 10 * least && total.duplicates > 2 * least)
    #expect(total.closed > 10 * least && total.tampered > least)
    #expect(total.rotations > least && total.given > 5 * least && total.restarts > least)
  }
}

extension SenderKeySchedule.Tally {
  fileprivate mutating func add(_ other: Self) {
    sent += other.sent
    opened += other.opened
    duplicates += other.duplicates
    closed += other.closed
    tampered += other.tampered
    rotations += other.rotations
    given += other.given
    restarts += other.restarts
  }
}
