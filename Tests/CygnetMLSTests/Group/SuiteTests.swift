import CygnetMLS
import CygnetPrimitives
import Testing

@Suite("Suites that a client offers")
struct SuiteTests {
  private static let classical = MLS.CipherSuite.x25519ChaCha20SHA256Ed25519
  private static let postQuantum = MLS.CipherSuite.xWingChaCha20SHA256Ed25519

  private func code(_ body: () throws -> Void) -> CygnetError.Code? {
    do { try body() } catch { return (error as? CygnetError)?.code }
    return nil
  }

  @Test("suite 0x0003 alone is offered and listed unless the application asks for others")
  func offered() throws {
    #expect(Self.postQuantum.rawValue == 0x004d)
    var configuration = MLS.Configuration.testing
    configuration.sendsGREASE = false
    #expect(configuration.offeredSuites == [Self.classical])
    let plain = try Party("alice", configuration: configuration).keyPackage().keyPackage
    #expect(plain.cipherSuite == Self.classical)
    #expect(plain.leafNode.capabilities.cipherSuites == [Self.classical])
    try configuration.offer([Self.postQuantum, Self.classical])
    let both = try Party("alice", configuration: configuration)
    let (preferred, other) = (try both.keyPackage(), try both.keyPackage(suite: Self.classical))
    #expect(preferred.keyPackage.cipherSuite == Self.postQuantum)
    #expect(other.keyPackage.cipherSuite == Self.classical)
    for package in [preferred, other] {
      let listed = package.keyPackage.leafNode.capabilities.cipherSuites
      #expect(listed == [Self.postQuantum, Self.classical])
    }
  }

  @Test("suites that the library has not, none at all and one twice are no offer")
  func noOffer() throws {
    var configuration = MLS.Configuration.testing
    try configuration.offer([Self.postQuantum])
    for (suites, expected) in [
      ([MLS.CipherSuite(1)], .unsupported), ([Self.classical, MLS.CipherSuite(2)], .unsupported),
      ([], .malformed), ([Self.classical, Self.classical], .malformed),
    ] as [([MLS.CipherSuite], CygnetError.Code)] {
      #expect(code { try configuration.offer(suites) } == expected)
      #expect(configuration.offeredSuites == [Self.postQuantum])
    }
  }

  @Test("K1, J4: who does not offer a suite takes no key package, Welcome, group or state of it")
  func notOffered() throws {
    let configuration = try MLS.Configuration.testing(Self.postQuantum)
    let plain = MLS.Configuration.testing
    let bob = try Party("bob", configuration: configuration).keyPackage()
    #expect(code { _ = try bob.keyPackage.verified(at: now, configuration: plain) } == .unsupported)
    let unoffered = code {
      _ = try Party("carol", configuration: plain).keyPackage(suite: Self.postQuantum)
    }
    #expect(unoffered == .unsupported)
    var scene = try Scene(["alice"], configuration: configuration)
    let welcome = try scene.groups[0].commit(
      [.add(bob.keyPackage.verified(at: now, configuration: configuration))], now: now
    ).welcome!.welcome!
    let opening = code {
      _ = try MLS.Invitation.open(welcome, using: bob, configuration: plain, now: now)
    }
    #expect(opening == .unsupported)
    try scene.groups[0].mergePendingCommit(now: now)
    let info = try scene.groups[0].groupInfo(allowsExternalJoin: true)
    let carol = try Party("carol", configuration: plain)
    let joining = code {
      _ = try MLS.Group.joinExternally(
        info, as: carol.credential, signingWith: carol.signer, configuration: plain, now: now)
    }
    #expect(joining == .unsupported)
    let state = try scene.groups[0].state()
    let restoring = code { _ = try MLS.Group(restoring: state, configuration: plain) }
    #expect(restoring == .unsupported)
  }

  @Test("K1: a key package of another suite than the group's is not added, though both are offered")
  func otherSuite() throws {
    var configuration = MLS.Configuration.testing
    try configuration.offer(MLS.CipherSuite.all)
    for (suite, other) in [
      (Self.classical, Self.postQuantum), (Self.postQuantum, Self.classical),
    ] {
      var scene = try Scene(["alice", "bob"], suite: suite, configuration: configuration)
      let eve = try Party("eve", configuration: configuration).keyPackage(suite: other)
      let verified = try eve.keyPackage.verified(at: now, configuration: configuration)
      do throws(CygnetError) {
        _ = try scene.groups[0].commit([.add(verified)], now: now)
        Issue.record("a key package of another suite is added")
      } catch { #expect(error.rule == "K1") }
    }
  }
}
