import Cygnet
import CygnetPairwise
import CygnetPrimitives
import CygnetStorage
import Testing

@Suite("Contacts")
struct ContactTests {
  @Test("another identity key is taken only with the number of the new key")
  func changedIdentity() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await alice.add(bob)
    #expect(try await bob.receive(alice.send("1", to: bob)) == "1")
    let old = try await alice.client.safetyNumber(with: "bob")
    _ = try await alice.client.verify("bob", number: old.grouped, now: testTime)
    #expect(try await alice.client.contact("bob").isVerified)
    // Bob begins anew under the same name.
    let newBob = try await Person("bob")
    let card = try await newBob.client.card(name: "bob", now: testTime)
    #expect(
      await code { try await alice.client.addContact("bob", card: card, now: testTime) }
        == .identityChanged)
    #expect(
      await code {
        try await alice.client.addContact(
          "bob", card: card, acceptingChange: old.digits, now: testTime)
      } == .identityChanged)
    #expect(try await alice.client.contact("bob").isVerified)
    try await newBob.add(alice)
    let greeting = try await newBob.send("new", to: alice)
    #expect(await code { try await alice.receive(greeting) } == .identityChanged)
    let new = try await newBob.client.safetyNumber(with: "alice")
    let message = try await alice.client.receive(
      greeting, acceptingChange: new.grouped, now: testTime)
    #expect(message.content.text == Array("new".utf8))
    #expect(message.contact?.isVerified == false)
    #expect(try await newBob.receive(alice.send("2", to: newBob)) == "2")
    #expect(try await alice.client.safetyNumber(with: "bob") == new)
  }

  @Test("a bundle with another identity key sends nothing")
  func changedBundle() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await alice.add(bob)
    let other = try await Person("bob")
    let bundle = try await other.client.takeBundle(now: testTime)
    let content = try MessageContent(text: [1])
    #expect(
      await code {
        try await alice.client.send(content, to: "bob", bundle: bundle, now: testTime)
      } == .identityChanged)
    #expect(try await alice.client.outgoing().isEmpty)
    #expect(try await alice.client.sessions().isEmpty)
    let right = try await bob.client.takeBundle(now: testTime)
    let sent = try await alice.client.send(content, to: "bob", bundle: right, now: testTime)
    #expect(try await bob.client.receive(sent.envelope, now: testTime).content == content)
    #expect(try await bob.client.preKeyStatus().oneTimeCount == 99)
    #expect(try await bob.client.preKeyStatus().answeredCount == 0)
  }

  @Test("names are unique whatever their case, and fit to be shown")
  func names() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let carol = try await Person("carol")
    try await alice.add(bob)
    let card = try await carol.client.card(name: "Carol", now: testTime)
    #expect(
      await code { try await alice.client.addContact("BOB", card: card, now: testTime) }
        == .wrongState)
    for name in ["", " bob", "bob ", "a\nb", "a\u{202e}b", "a\u{0}b", "a  b", "a\u{200b}b"] {
      #expect(
        await code { try await alice.client.addContact(name, card: card, now: testTime) }
          == .malformed, "\(name.unicodeScalars.map(\.value))")
    }
    _ = try await alice.client.addContact("Carol Ann", card: card, now: testTime)
    #expect(
      await code { try await alice.client.renameContact("carol ann", to: "bob") } == .wrongState)
    _ = try await alice.client.renameContact("CAROL ANN", to: "carol ann")
    #expect(try await alice.client.contacts().map(\.name) == ["bob", "carol ann"])
    _ = try await alice.client.renameContact("carol ann", to: "c")
    #expect(await code { try await alice.client.contact("carol ann") } == .notFound)
    try await alice.client.removeContact("c")
    #expect(await code { try await alice.client.contact("c") } == .notFound)
    #expect(try await alice.client.contacts().map(\.name) == ["bob"])
  }

  @Test("who writes first under a taken or unfit name gets another")
  func suggestedNames() async throws {
    let alice = try await Person("alice")
    let bob = try await Person("bob")
    try await alice.add(bob)
    let stranger = InMemoryStore()
    let second = try await Client.create(
      in: stranger, secret: testSecret, as: DeviceAddress(user: Array("bob".utf8), device: 2),
      now: testTime)
    let odd = try await Client.create(
      in: InMemoryStore(), secret: testSecret,
      as: DeviceAddress(user: Array("a\u{202e}b".utf8), device: 1), now: testTime)
    var names: [String] = []
    for client in [second, odd] {
      let card = try await alice.client.card(name: "alice", now: testTime)
      _ = try await client.addContact("alice", card: card, now: testTime)
      let sent = try await client.send(
        MessageContent(text: []), to: "alice", now: testTime)
      names.append(
        try await alice.client.receive(sent.envelope, now: testTime).contact?.name ?? "")
    }
    #expect(names == ["bob-2", "contact"])
  }

  @Test("a scanned number marks the contact, another does not")
  func scanning() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let carol = try await Person("carol")
    try await alice.add(bob)
    try await bob.add(alice)
    try await carol.add(alice)
    let shown = try await bob.client.safetyNumber(with: "alice").scannable
    let wrong = try await carol.client.safetyNumber(with: "alice").scannable
    #expect(try await !alice.client.verify("bob", scanned: wrong, now: testTime))
    #expect(try await !alice.client.contact("bob").isVerified)
    #expect(try await alice.client.verify("bob", scanned: shown, now: testTime))
    #expect(try await alice.client.contact("bob").verifiedAt == testTime)
    #expect(
      await code { try await alice.client.verify("bob", scanned: [1, 2], now: testTime) }
        == .malformed)
    #expect(try await !alice.client.setVerified("bob", false, now: testTime).isVerified)
  }
}
