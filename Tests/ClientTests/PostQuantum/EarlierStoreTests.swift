import Cygnet
import CygnetPairwise
import CygnetPrimitives
import CygnetStorage
import Testing

/// Against the section *Stored classical state and new sessions* of the page on PQXDH.
@Suite("What an earlier version stored")
struct EarlierStoreTests {
  private let stores: EarlierStores
  private let now = EarlierStores.now

  init() throws { stores = try EarlierStores() }

  @Test("a store opens as it is; its session goes on classically, in both directions, and says so")
  func goingOn() async throws {
    let (alice, bob) = (try await stores.open("alice"), try await stores.open("bob"))
    #expect(try await alice.check().isSound)
    #expect(try await bob.preKeyStatus().suite == .x3dh)
    #expect(try await alice.contact("bob").bundleSuite == .x3dh)
    #expect(try await bob.read(EarlierStores.file("from-alice.message")) == "three")
    #expect(try await alice.read(EarlierStores.file("from-bob.message")) == "four")
    // New prekeys change nothing about it.
    _ = try await bob.card()
    for round in 0..<3 {
      let sent = try await alice.send("a\(round)", to: "bob")
      #expect(sent.suite == .x3dh)
      #expect(try await bob.read(sent.envelope) == "a\(round)")
      let reply = try await bob.send("b\(round)", to: "alice")
      #expect(reply.suite == .x3dh)
      #expect(try await alice.read(reply.envelope) == "b\(round)")
    }
    #expect(try await alice.suite(with: "bob") == .x3dh)
    #expect(try await bob.suite(with: "alice") == .x3dh)
    #expect(try await bob.check().isSound)
  }

  @Test(
    "whatever is made of prekeys takes them over to suite 2, with a batch of KEM prekeys",
    arguments: ["card", "bundle", "one-time", "signed", "prune"])
  func upgrade(by way: String) async throws {
    let bob = try await stores.open("bob")
    let before = try await bob.preKeyStatus()
    #expect(before.oneTimeCount == 2 && before.unusedOneTimeCount == 1)
    #expect(before.oneTimeKEMCount == 0 && before.signedPreKeysCreatedAt.count == 1)
    switch way {
    case "card": #expect(try await bob.card().bundle.suite == .pqxdh)
    case "bundle":
      let bundle = try await bob.takeBundle(now: now)
      #expect(bundle.suite == .pqxdh && bundle.hasOneTimePreKey && bundle.hasOneTimeKEMPreKey)
      _ = try bundle.verified(now: now)
    case "one-time": try await bob.addOneTimePreKeys(3, now: now)
    case "signed": try await bob.rotateSignedPreKey(now: now)
    default: #expect(try await bob.prunePreKeys(now: now) == 0)
    }
    let after = try await bob.preKeyStatus()
    #expect(after.suite == .pqxdh)
    #expect(after.signedPreKeysCreatedAt.count == 2, "the old one answers on, beside one new one")
    #expect(after.currentSignedPreKeyID == before.currentSignedPreKeyID + 1)
    #expect(after.oneTimeCount == (way == "one-time" ? 5 : 2))
    #expect(after.oneTimeKEMCount == (way == "one-time" ? 103 : 100))
    #expect(after.answeredCount == before.answeredCount)
    #expect(try await bob.check().isSound)
  }

  @Test("a first message by an old card is answered before and after", arguments: [false, true])
  func oldCard(isUpgraded: Bool) async throws {
    let (bob, carol) = (try await stores.open("bob"), try await stores.open("carol"))
    if isUpgraded { _ = try await bob.card() }
    let first = try EarlierStores.file("from-carol.message")
    #expect(try await bob.read(first) == "first")
    #expect(try await bob.suite(with: "carol") == .x3dh)
    #expect(try await carol.read(bob.send("welcome", to: "carol").envelope) == "welcome")
    #expect(try await bob.preKeyStatus().answeredCount == 2)
    // Remembered as ever: under the signed prekey that it names.
    try await bob.resetSession(with: "carol")
    #expect(await code { try await bob.read(first) } == .duplicate)
    if !isUpgraded { _ = try await bob.card() }
    #expect(await code { try await bob.read(first) } == .duplicate)
    #expect(try await bob.check().isSound)
  }

  @Test("an old peer that still has an old bundle starts a classical session with it, once")
  func oldBundle() async throws {
    let bob = try await stores.open("bob")
    _ = try await bob.card()
    let peer = try await Person("peer")
    _ = try await peer.client.addContact(
      "bob", card: EarlierStores.card(), suitePolicy: .classicalAllowed, now: now)
    let sent = try await peer.client.send(
      "still here", to: "bob", bundle: EarlierStores.bundle(), suitePolicy: .classicalAllowed)
    #expect(sent.suite == .x3dh)
    #expect(try await bob.read(sent.envelope) == "still here")
    #expect(try await bob.suite(with: "peer") == .x3dh)
    #expect(try await bob.preKeyStatus().oneTimeCount == 1)
    try await bob.resetSession(with: "peer")
    #expect(await code { try await bob.read(sent.envelope) } == .duplicate)
  }

  @Test("a new session by the old card is refused; the new card makes it post-quantum")
  func anew() async throws {
    let (alice, bob) = (try await stores.open("alice"), try await stores.open("bob"))
    try await alice.resetSession(with: "bob")
    #expect(await code { try await alice.send("x", to: "bob") } == .ruleViolation)
    _ = try await alice.addContact("bob", card: bob.card(), now: now)
    let sent = try await alice.send("anew", to: "bob")
    #expect(sent.suite == .pqxdh)
    #expect(try await bob.read(sent.envelope) == "anew")
    #expect(try await bob.suite(with: "alice") == .pqxdh)
    #expect(try await bob.session(with: "alice").previousCount == 1)
    #expect(try await alice.read(bob.send("welcome", to: "alice").envelope) == "welcome")
    // What was on its way in the session that Bob still has opens for him; hers is gone.
    #expect(try await bob.read(EarlierStores.file("from-alice.message")) == "three")
    let lost = try EarlierStores.file("from-bob.message")
    #expect(await code { try await alice.read(lost) } != nil)
    #expect(try await bob.suite(with: "alice") == .pqxdh)
  }

  @Test("a post-quantum bundle moves a classical session on, and nothing on its way is lost")
  func moving() async throws {
    let (alice, bob) = (try await stores.open("alice"), try await stores.open("bob"))
    let classical = try EarlierStores.bundle()
    #expect(
      await code { try await alice.send("x", to: "bob", bundle: classical) } == .ruleViolation)
    let bundle = try await bob.takeBundle(now: now)
    let sent = try await alice.send("moved", to: "bob", bundle: bundle)
    #expect(sent.suite == .pqxdh)
    #expect(try await alice.session(with: "bob").previousCount == 1)
    // Late messages of the old session open on both sides and bring it back on neither.
    #expect(try await alice.read(EarlierStores.file("from-bob.message")) == "four")
    #expect(try await alice.suite(with: "bob") == .pqxdh)
    #expect(try await bob.read(sent.envelope) == "moved")
    #expect(try await bob.read(EarlierStores.file("from-alice.message")) == "three")
    #expect(try await bob.suite(with: "alice") == .pqxdh)
    let reply = try await bob.send("yes", to: "alice")
    #expect(reply.suite == .pqxdh)
    #expect(try await alice.read(reply.envelope) == "yes")
    // One that is post-quantum goes on, whatever bundle comes.
    let later = try await bob.takeBundle(now: now)
    #expect(try await bob.read(alice.send("on", to: "bob", bundle: later).envelope) == "on")
    #expect(try await bob.session(with: "alice").previousCount == 1)
  }

  @Test("a classical first message that was held back does not take the new session's place")
  func heldBack() async throws {
    let (bob, carol) = (try await stores.open("bob"), try await stores.open("carol"))
    let moved = try await carol.send("moved", to: "bob", bundle: bob.takeBundle(now: now))
    #expect(moved.suite == .pqxdh)
    #expect(try await bob.read(moved.envelope) == "moved")
    #expect(try await bob.read(EarlierStores.file("from-carol.message")) == "first")
    #expect(try await bob.suite(with: "carol") == .pqxdh)
    #expect(try await bob.session(with: "carol").previousCount == 1)
    let reply = try await bob.send("welcome", to: "carol")
    #expect(reply.suite == .pqxdh)
    #expect(try await carol.read(reply.envelope) == "welcome")
  }

  @Test("a new identity leaves nothing classical behind")
  func identity() async throws {
    let bob = try await stores.open("bob")
    let before = try await bob.preKeyStatus()
    _ = try await bob.rotateIdentity(now: now)
    let after = try await bob.preKeyStatus()
    #expect(after.suite == .pqxdh && after.oneTimeKEMCount == 100 && after.oneTimeCount == 100)
    #expect(after.currentSignedPreKeyID > before.currentSignedPreKeyID)
    #expect(try await bob.sessions().isEmpty)
    #expect(try await bob.check().isSound)
  }

  @Test("an old backup is restored with new prekeys, and its classical cards start nothing")
  func backup() async throws {
    let key = try RecoveryKey(text: EarlierBackup.recoveryText())
    let bytes = try EarlierStores.backup()
    #expect(try Client.checkBackup(bytes, key: key).contacts.map(\.name) == ["alice"])
    let bob = try await stores.open("bob")
    let restored = try await Client.restore(
      bytes, key: key, into: InMemoryStore(), secret: testSecret, now: now)
    let status = try await restored.preKeyStatus()
    #expect(status.suite == .pqxdh && status.oneTimeKEMCount == 100)
    #expect(try await status.currentSignedPreKeyID > bob.preKeyStatus().currentSignedPreKeyID)
    // Past all KEM prekeys that the lost store may have made after the backup.
    #expect(
      try await restored.takeBundle(now: now).kemPreKey.map { $0.id.rawValue > 1 << 20 } == true)
    let alice = try await stores.open("alice")
    _ = try await alice.addContact("bob", card: restored.card(), now: now)
    try await alice.resetSession(with: "bob")
    let sent = try await alice.send("again", to: "bob")
    #expect(sent.suite == .pqxdh)
    #expect(try await restored.read(sent.envelope) == "again")
  }

  @Test("backups of versions 1 and 2 are read, and a later one is refused")
  func backupVersions() async throws {
    let key = try RecoveryKey(text: EarlierBackup.recoveryText())
    let old = try EarlierBackup(opening: EarlierStores.backup(), key: key)
    #expect(old.content.prefix(2) == [0, 1])
    let bob = try await stores.open("bob")
    _ = try await bob.card()
    let ownKey = try await bob.recoveryKey()
    var new = try EarlierBackup(opening: await bob.backup(now: now), key: ownKey)
    #expect(new.content.prefix(2) == [0, 2])
    #expect(new.content.count == old.content.count + 4)
    let whole = try new.sealed(key: ownKey)
    #expect(try Client.checkBackup(whole, key: ownKey).contacts.map(\.name) == ["alice"])
    for version: UInt8 in [0, 3, 255] {
      new.content[1] = version
      let sealed = try new.sealed(key: ownKey)
      #expect(await code { try Client.checkBackup(sealed, key: ownKey) } == .unsupported)
    }
  }
}
