import Cygnet
import CygnetPairwise
import CygnetPrimitives
import CygnetStorage
import CygnetVectors
import Testing

@Suite("Post-quantum sessions of clients")
struct PostQuantumTests {
  private func text(_ text: String) throws -> MessageContent {
    try MessageContent(text: Array(text.utf8))
  }

  @Test("a new client has as many KEM prekeys, and its sessions are post-quantum")
  func byDefault() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let status = try await bob.client.preKeyStatus()
    #expect(status.suite == .pqxdh)
    #expect(status.oneTimeKEMCount == 100 && status.unusedOneTimeKEMCount == 100)
    try await alice.add(bob)
    #expect(try await alice.client.contact("bob").bundleSuite == .pqxdh)
    let sent = try await alice.client.send(text("1"), to: "bob", now: testTime)
    #expect(sent.suite == .pqxdh)
    #expect(try await bob.receive(sent.envelope) == "1")
    #expect(try await alice.client.session(with: "bob").suite == .pqxdh)
    #expect(try await bob.client.session(with: "alice").suite == .pqxdh)
    #expect(try await alice.client.storeStatus().oneTimeKEMPreKeyCount == 100)
    #expect(try await bob.client.check().isSound)
  }

  @Test("a bundle takes one of each kind, and its session uses both up")
  func bundle() async throws {
    let alice = try await Person("alice")
    var bob = try await Person("bob")
    try await alice.add(bob)
    let bundle = try await bob.client.takeBundle(now: testTime)
    #expect(bundle.hasOneTimePreKey && bundle.hasOneTimeKEMPreKey)
    let handedOut = try await bob.client.preKeyStatus()
    #expect(handedOut.unusedOneTimeCount == 99 && handedOut.unusedOneTimeKEMCount == 99)
    #expect(handedOut.oneTimeCount == 100 && handedOut.oneTimeKEMCount == 100)
    let sent = try await alice.client.send(text("x"), to: "bob", bundle: bundle, now: testTime)
    try await bob.restart()
    #expect(try await bob.receive(sent.envelope) == "x")
    let used = try await bob.client.preKeyStatus()
    #expect(used.oneTimeCount == 99 && used.oneTimeKEMCount == 99)
    #expect(used.answeredCount == 0)
    // The keys are gone, so a copy opens nothing new.
    try await bob.client.resetSession(with: "alice")
    #expect(await code { try await bob.receive(sent.envelope) } == .duplicate)
  }

  @Test("a base key under a KEM prekey of last resort serves once, whatever happened since")
  func lastResort() async throws {
    let alice = try await Person("alice")
    var bob = try await Person("bob")
    try await alice.add(bob)
    let first = try await alice.send("once", to: bob)
    #expect(try await bob.receive(first) == "once")
    #expect(try await bob.client.preKeyStatus().oneTimeKEMCount == 100)
    #expect(try await bob.client.preKeyStatus().answeredCount == 1)
    try await bob.client.resetSession(with: "alice")
    try await bob.restart()
    #expect(await code { try await bob.receive(first) } == .duplicate)
    // A rotation keeps the key and the memory; the fourth drops both.
    for _ in 0..<3 {
      try await bob.client.rotateSignedPreKey(now: testTime)
      #expect(await code { try await bob.receive(first) } == .duplicate)
    }
    try await bob.client.rotateSignedPreKey(now: testTime)
    #expect(await code { try await bob.receive(first) } == .notFound)
    #expect(try await bob.client.preKeyStatus().answeredCount == 0)
    #expect(try await bob.client.check().isSound)
  }

  @Test("a card from before a rotation goes on being answered, with its own key of last resort")
  func rotation() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let carol = try await Person("carol")
    try await alice.add(bob)
    let before = try await bob.client.card(name: "bob", now: testTime).bundle
    try await bob.client.rotateSignedPreKey(now: testTime)
    let after = try await bob.client.card(name: "bob", now: testTime).bundle
    #expect(before.kemPreKey?.id != after.kemPreKey?.id)
    #expect(after.kemPreKey?.kind == .lastResort)
    try await carol.add(bob)
    #expect(try await bob.receive(alice.send("by the old one", to: bob)) == "by the old one")
    #expect(try await bob.receive(carol.send("by the new one", to: bob)) == "by the new one")
  }

  @Test("no KEM prekey is handed out twice: not by a copy, not after a restart, not after a backup")
  func ids() async throws {
    var bob = try await Person("bob")
    var ids: Set<UInt32> = []
    var count = 0
    func take(_ client: Client) async throws {
      let bundle = try await client.takeBundle(now: testTime)
      ids.insert(try #require(bundle.kemPreKey).id.rawValue)
      count += 1
    }
    try await take(bob.client)
    try await take(bob.client)
    let key = try await bob.client.recoveryKey()
    let backup = try await bob.client.backup(now: testTime)
    try await bob.restart()
    for _ in 0..<3 { try await take(bob.client) }
    try await bob.client.rotateSignedPreKey(now: testTime)
    try await bob.client.addOneTimePreKeys(2, now: testTime)
    for _ in 0..<97 { try await take(bob.client) }
    // All are handed out now; the one of last resort is for anybody.
    let last = try await bob.client.takeBundle(now: testTime)
    #expect(!last.hasOneTimeKEMPreKey && !last.hasOneTimePreKey)
    #expect(ids.insert(try #require(last.kemPreKey).id.rawValue).inserted)
    count += 1
    _ = try await bob.client.rotateIdentity(now: testTime)
    try await take(bob.client)
    let restored = try await Client.restore(
      backup, key: key, into: InMemoryStore(), secret: testSecret, now: testTime)
    #expect(try await restored.preKeyStatus().oneTimeKEMCount == 100)
    try await take(restored)
    #expect(ids.count == count)
  }

  @Test("one-time prekeys of both kinds are made up to the bound, or none")
  func replenishing() async throws {
    let bob = try await Person("bob")
    try await bob.client.addOneTimePreKeys(7, now: testTime)
    let status = try await bob.client.preKeyStatus()
    #expect(status.oneTimeCount == 107 && status.oneTimeKEMCount == 107)
    #expect(status.unusedOneTimeKEMCount == 107)
    #expect(
      await code {
        try await bob.client.addOneTimePreKeys(Limits.maxOneTimeKEMPreKeys, now: testTime)
      } == .limitExceeded)
    #expect(try await bob.client.preKeyStatus().oneTimeKEMCount == 107)
  }

  // MARK: - Classical offers

  @Test("a classical card or bundle is refused, and nothing is stored")
  func downgrade() async throws {
    let alice = try await Person("alice")
    var bob = try ClassicalDevice("bob")
    let card = try bob.card()
    #expect(alice.client.suitePolicy == .postQuantumOnly)
    #expect(
      await code { try await alice.client.addContact("bob", card: card, now: testTime) }
        == .ruleViolation)
    #expect(try await alice.client.contacts().isEmpty)
    // What a server has of a device that went on to suite 2.
    let old = try bob.takeBundle()
    try bob.upgrade()
    _ = try await alice.client.addContact("bob", card: bob.card(), now: testTime)
    let content = try text("x")
    #expect(
      await code {
        try await alice.client.send(content, to: "bob", bundle: old, now: testTime)
      } == .ruleViolation)
    #expect(try await alice.client.outgoing().isEmpty)
    #expect(try await alice.client.sessions().isEmpty)
    // Nor does the old card take the place of the new one.
    #expect(
      await code { try await alice.client.addContact("bob", card: card, now: testTime) }
        == .ruleViolation)
    #expect(try await alice.client.contact("bob").bundleSuite == .pqxdh)
  }

  @Test("what policy allows is started, and says what it is", arguments: [false, true])
  func allowed(forOneCall: Bool) async throws {
    var alice = try await Person("alice")
    let bob = try ClassicalDevice("bob")
    if !forOneCall {
      alice.client = try await Client(
        opening: alice.store, secret: testSecret, suitePolicy: .classicalAllowed)
    }
    let policy: SuitePolicy? = forOneCall ? .classicalAllowed : nil
    let contact = try await alice.client.addContact(
      "bob", card: bob.card(), suitePolicy: policy, now: testTime)
    #expect(contact.bundleSuite == .x3dh)
    let content = try text("1")
    if forOneCall {
      #expect(
        await code { try await alice.client.send(content, to: "bob", now: testTime) }
          == .ruleViolation)
    }
    let sent = try await alice.client.send(
      content, to: "bob", suitePolicy: policy, now: testTime)
    #expect(sent.suite == .x3dh)
    #expect(try await alice.client.session(with: "bob").suite == .x3dh)
    // Going on is no start.
    let second = try await alice.client.send(content, to: "bob", now: testTime)
    #expect(second.suite == .x3dh)
  }

  @Test("a broadcast list does not begin a classical session behind the policy")
  func broadcast() async throws {
    let alice = try await Person("alice")
    let (bob, carol) = (try ClassicalDevice("bob"), try await Person("carol"))
    _ = try await alice.client.addContact(
      "bob", card: bob.card(), suitePolicy: .classicalAllowed, now: testTime)
    try await alice.add(carol)
    _ = try await alice.client.createBroadcastList(
      "all", members: ["bob", "carol"], now: testTime)
    let result = try await alice.client.broadcast(text("x"), to: "all", now: testTime)
    #expect(result.unreached.map(\.name) == ["bob"])
    #expect(result.messages.map(\.suite) == [.pqxdh, nil])
  }

  // MARK: - Records

  @Test("a session with as many skipped keys as it may hold is stored, and the late messages open")
  func fullSession() async throws {
    var bob = try await Person("bob")
    let (alice, address) = (
      try IdentityKeyPair.generate(), try DeviceAddress(user: Array("alice".utf8), device: 1)
    )
    let bundle = try await bob.client.takeBundle(now: testTime).verified(now: testTime)
    var session = try PairwiseSession.initiate(to: bundle, as: alice, at: address)
    var envelopes: [[UInt8]] = []
    for number in 0...Limits.maxSkip * 2 {
      let content = try text("\(number)").encoded()
      let message = try session.encrypt(content)
      envelopes.append(
        try Envelope(sender: address, recipient: bundle.address, message: message).encoded())
    }
    // Two gaps as long as a gap may be.
    let shown = [0, Int(Limits.maxSkip), Int(Limits.maxSkip) * 2]
    for index in shown { #expect(try await bob.receive(envelopes[index]) == "\(index)") }
    try await bob.restart()
    let held = try await bob.client.session(with: "alice").skippedKeyCount
    #expect(held == envelopes.count - shown.count)
    for index in [1, 1999, 3999] { #expect(try await bob.receive(envelopes[index]) == "\(index)") }
    #expect(try await bob.client.check().isSound)
  }

  @Test("a KEM prekey of a later version, or one that was never made, is not taken")
  func records() async throws {
    let bob = try await Person("bob")
    let key = try await StoreKey.open(bob.store, secret: testSecret)
    let one: [UInt8] = [0, 0, 0, 2]  // the key of last resort has the first id
    let bytes = try await RecordTransaction.run(in: bob.store, key: key) {
      (records) throws(CygnetError) in
      try records.value(.oneTimeKEMPreKey, one)?.exposed() ?? []
    }
    #expect(bytes.count == 142)
    let cases: [(CygnetError.Code, at: Int, value: UInt8)] = [
      (.unsupported, 1, 2), (.malformed, 5, 1), (.malformed, 2, 0xff), (.malformed, 5, 0),
    ]
    for (expected, index, value) in cases {
      try await RecordTransaction.run(in: bob.store, key: key) { (records) throws(CygnetError) in
        var altered = bytes
        altered[index] = value
        try records.put(.oneTimeKEMPreKey, one, SecretBytes(copying: altered))
      }
      #expect(await code { try await bob.client.check() } == expected, "byte \(index)")
    }
    try await RecordTransaction.run(in: bob.store, key: key) { (records) throws(CygnetError) in
      try records.put(.oneTimeKEMPreKey, one, SecretBytes(copying: bytes))
    }
    #expect(try await bob.client.check().isSound)
  }
}
