import CygnetPrimitives
import Testing

@Suite("libsodium's start-up check")
struct SodiumTests {
  private let fit = Sodium.Facts(started: true, major: 10, minor: 3, acceptsInvalidPoint: false)

  @Test("the loaded library is fit")
  func loaded() throws {
    try Sodium.selfTest()
    #expect(Sodium.judge(Sodium.loadedFacts()) == nil)
    #expect(Sodium.version.split(separator: ".").count == 3)
  }

  @Test("a library at the floor is fit, and so is a later one")
  func floor() {
    #expect(Sodium.judge(fit) == nil)
    for (major, minor) in [(10, 4), (11, 0), (26, 2)] {
      var facts = fit
      (facts.major, facts.minor) = (major, minor)
      #expect(Sodium.judge(facts) == nil, "\(major).\(minor)")
    }
  }

  @Test("an older library is refused")
  func tooOld() {
    for (major, minor) in [(10, 2), (9, 9), (0, 0)] {
      var facts = fit
      (facts.major, facts.minor) = (major, minor)
      #expect(Sodium.judge(facts) == CygnetError(.internalFault, ""), "\(major).\(minor)")
    }
  }

  @Test("a library that does not start is refused")
  func notStarted() {
    var facts = fit
    facts.started = false
    #expect(Sodium.judge(facts) == CygnetError(.internalFault, ""))
  }

  @Test("a library that takes an invalid point for a valid one is refused")
  func invalidPoint() {
    var facts = fit
    facts.acceptsInvalidPoint = true
    #expect(Sodium.judge(facts) == CygnetError(.internalFault, ""))
    #expect(Sodium.invalidPoint.count == 32)
  }
}
