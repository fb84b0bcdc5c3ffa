import Cygnet
import CygnetPrimitives
import CygnetStorage
import Testing

@Suite("Conversations of clients")
struct ConversationTests {
  @Test("two people talk; the second never added the first; both restart at every turn")
  func talk() async throws {
    var alice = try await Person("alice")
    var bob = try await Person("bob")
    try await alice.add(bob)
    let first = try await alice.send("salam", to: bob)
    let message = try await bob.client.receive(first, now: testTime)
    #expect(message.isFirstContact)
    #expect(message.contact?.name == "alice")
    #expect(message.contact?.isVerified == false)
    #expect(message.content.text == Array("salam".utf8))
    try await bob.client.confirmDelivered(message.id)
    for round in 0..<5 {
      try await alice.restart()
      try await bob.restart()
      #expect(try await alice.receive(bob.send("b\(round)", to: alice)) == "b\(round)")
      #expect(try await bob.receive(alice.send("a\(round)", to: bob)) == "a\(round)")
    }
    #expect(try await alice.client.session(with: "bob").isEstablished)
    let ours = try await alice.client.safetyNumber(with: "bob")
    #expect(try await ours == bob.client.safetyNumber(with: "alice"))
  }

  @Test("each message opens once, whatever the order; a copy is a duplicate")
  func disorder() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await alice.add(bob)
    var messages: [[UInt8]] = []
    for index in 0..<6 { messages.append(try await alice.send("\(index)", to: bob)) }
    for index in [3, 0, 5, 1, 4, 2] {
      #expect(try await bob.receive(messages[index]) == "\(index)")
    }
    for message in messages {
      #expect(await code { try await bob.receive(message) } == .duplicate)
    }
  }

  @Test("what was decrypted but not confirmed is handed out again, and only then")
  func redelivery() async throws {
    let alice = try await Person("alice")
    var bob = try await Person("bob")
    try await alice.add(bob)
    let envelope = try await alice.send("once", to: bob)
    let first = try await bob.client.receive(envelope, now: testTime)
    try await bob.restart()
    #expect(try await bob.client.incoming().map(\.id) == [first.id])
    let again = try await bob.client.receive(envelope, now: testTime)
    #expect(again.id == first.id && again.content == first.content && again.isFirstContact)
    try await bob.client.confirmDelivered(first.id)
    #expect(await code { try await bob.client.receive(envelope, now: testTime) } == .duplicate)
    #expect(try await bob.client.incoming().isEmpty)
  }

  @Test("what was encrypted but not confirmed is there after a restart, the same bytes")
  func outgoing() async throws {
    var alice = try await Person("alice")
    let bob = try await Person("bob")
    try await alice.add(bob)
    let content = try MessageContent(text: [1, 2, 3])
    let message = try await alice.client.send(content, to: "bob", now: testTime)
    try await alice.restart()
    let kept = try await alice.client.outgoing()
    #expect(kept.map(\.envelope) == [message.envelope])
    #expect(kept.first?.contact?.name == "bob")
    try await alice.client.confirmSent(message.id)
    #expect(try await alice.client.outgoing().isEmpty)
    #expect(try await bob.receive(message.envelope) == "\u{1}\u{2}\u{3}")
  }

  @Test("both write first at once, and understand each other from then on")
  func simultaneous() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await alice.add(bob)
    try await bob.add(alice)
    let fromAlice = try await alice.send("a", to: bob)
    let fromBob = try await bob.send("b", to: alice)
    #expect(try await bob.receive(fromAlice) == "a")
    #expect(try await alice.receive(fromBob) == "b")
    for round in 0..<4 {
      let (x, y) = (
        try await alice.send("x\(round)", to: bob), try await bob.send("y\(round)", to: alice)
      )
      #expect(try await bob.receive(x) == "x\(round)")
      #expect(try await alice.receive(y) == "y\(round)")
    }
  }

  @Test("after one side lost its sessions, a new handshake takes over")
  func reset() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await alice.add(bob)
    #expect(try await bob.receive(alice.send("1", to: bob)) == "1")
    #expect(try await alice.receive(bob.send("2", to: alice)) == "2")
    try await alice.client.resetSession(with: "bob")
    let lost = try await bob.send("to the old session", to: alice)
    #expect(await code { try await alice.receive(lost) } == .notFound)
    #expect(try await bob.receive(alice.send("3", to: bob)) == "3")
    #expect(try await alice.receive(bob.send("4", to: alice)) == "4")
    #expect(try await bob.client.session(with: "alice").previousCount == 1)
  }

  @Test("a message goes to the device it names, from the device it names")
  func addresses() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let carol = try await Person("carol")
    try await alice.add(bob)
    let message = try await alice.send("for bob", to: bob)
    #expect(await code { try await carol.receive(message) } == .notFound)
    // The sender's name is bound to the message: under another it does not open.
    let envelope = try Envelope(decoding: message)
    let forged = try Envelope(
      sender: DeviceAddress(user: Array("carol".utf8), device: 1), recipient: envelope.recipient,
      message: envelope.message
    ).encoded()
    #expect(await code { try await bob.receive(forged) } == .authenticationFailed)
    #expect(try await bob.client.contacts().isEmpty)
    #expect(try await bob.receive(message) == "for bob")
  }

  @Test("altered bytes of a message change nothing")
  func tampering() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await alice.add(bob)
    #expect(try await bob.receive(alice.send("1", to: bob)) == "1")
    let message = try await alice.send("2", to: bob)
    for index in stride(from: 0, to: message.count, by: 7) {
      var altered = message
      altered[index] ^= 1
      #expect(await code { try await bob.receive(altered) } != nil, "byte \(index)")
    }
    #expect(try await bob.client.contacts().count == 1)
    #expect(try await bob.receive(message) == "2")
  }

  @Test("a blocked contact is neither heard nor written to")
  func blocking() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await alice.add(bob)
    #expect(try await bob.receive(alice.send("1", to: bob)) == "1")
    _ = try await bob.client.setBlocked("alice", true)
    let message = try await alice.send("2", to: bob)
    #expect(await code { try await bob.receive(message) } == .wrongState)
    #expect(await code { try await bob.send("3", to: alice) } == .wrongState)
    _ = try await bob.client.setBlocked("alice", false)
    #expect(try await bob.receive(message) == "2")
  }

  @Test("a locked client does nothing more")
  func lock() async throws {
    var alice = try await Person("alice")
    await alice.client.lock()
    #expect(await code { try await alice.client.profile() } == .wrongState)
    #expect(await code { try await alice.client.card(name: "a", now: testTime) } == .wrongState)
    try await alice.restart()
    #expect(try await alice.client.profile().address.user == Array("alice".utf8))
  }
}
