import Cygnet
import CygnetPrimitives
import CygnetStorage
import CygnetWire
import Testing

/// Alice with a list of people who are her contacts.
private struct Circle {
  var alice: Person
  var members: [Person]

  init(_ names: [String], policy: SenderKeyRotationPolicy = .standard) async throws {
    alice = try await Person("alice")
    members = []
    for name in names {
      let person = try await Person(name)
      try await alice.add(person)
      members.append(person)
    }
    _ = try await alice.client.createBroadcastList(
      "circle", members: names, policy: policy, now: testTime)
  }

  /// Writes to the list and confirms that it left; gives what is carried, by the member's name.
  func write(
    _ text: String, now: Timestamp = testTime
  ) async throws -> (envelopes: [String: [[UInt8]]], unreached: [String]) {
    let result = try await alice.client.broadcast(
      MessageContent(text: Array(text.utf8)), to: "circle", now: now)
    var envelopes: [String: [[UInt8]]] = [:]
    for message in result.messages {
      envelopes[message.contact?.name ?? "?", default: []].append(message.envelope)
      try await alice.client.confirmSent(message.id)
    }
    return (envelopes, result.unreached.map(\.name))
  }

  func list() async throws -> BroadcastList {
    try await alice.client.broadcastList("circle")
  }
}

extension Person {
  /// Takes everything in its order; gives the texts of what was a message.
  fileprivate func take(_ envelopes: [[UInt8]]?) async throws -> [String] {
    var texts: [String] = []
    for envelope in envelopes ?? [] {
      switch try await client.receiveAny(envelope, now: testTime) {
      case .message(let message):
        texts.append(String(decoding: message.content.text, as: UTF8.self))
        try await client.confirmDelivered(message.id)
      case .broadcastShared: break
      default: Issue.record("something else came in")
      }
    }
    return texts
  }
}

@Suite("Broadcast lists of clients")
struct BroadcastTests {
  @Test("all members read a message as one from the sender, and the chain is shared once")
  func everybody() async throws {
    var circle = try await Circle(["bob", "carol", "dave"])
    for round in 0..<4 {
      try await circle.alice.restart()
      let (envelopes, unreached) = try await circle.write("\(round)")
      #expect(unreached.isEmpty)
      for index in circle.members.indices {
        try await circle.members[index].restart()
        let member = circle.members[index]
        let carried = envelopes[member.name] ?? []
        #expect(carried.count == (round == 0 ? 2 : 1))
        #expect(try await member.take(carried) == ["\(round)"])
        #expect(await code { try await member.take([carried[carried.count - 1]]) } == .duplicate)
        #expect(try await member.client.check().isSound)
      }
    }
    #expect(try await circle.alice.client.check().isSound)
    let list = try await circle.list()
    #expect(list.members.map(\.wasGivenChain) == [true, true, true])
    #expect(list.members.map { $0.contact?.name } == ["bob", "carol", "dave"])
    #expect(list.chainMessageCount == 4)
  }

  @Test("a message says by which list it came, and is handed out again until it is confirmed")
  func incoming() async throws {
    let circle = try await Circle(["bob"])
    let carried = try await circle.write("hello").envelopes["bob"] ?? []
    var bob = circle.members[0]
    guard
      case .broadcastShared(let sender, let id) = try await bob.client.receiveAny(
        carried[0], now: testTime)
    else { return #expect(Bool(false), "the chain comes first") }
    #expect(sender.name == "alice")
    #expect(try await circle.list().distributionID == id)
    let message = try await bob.client.receive(carried[1], now: testTime)
    #expect(message.distributionID == id && message.contact?.name == "alice")
    #expect(!message.isFirstContact && message.sender.user == Array("alice".utf8))
    try await bob.restart()
    let again = try await bob.client.receive(carried[1], now: testTime)
    #expect(again.id == message.id && again.distributionID == id)
    #expect(try await bob.client.incoming().map(\.distributionID) == [id])
    try await bob.client.confirmDelivered(message.id)
    #expect(await code { try await bob.client.receive(carried[1], now: testTime) } == .duplicate)
    // A message in the session says of no list.
    let direct = try await circle.alice.send("only you", to: bob)
    #expect(try await bob.client.receive(direct, now: testTime).distributionID == nil)
  }

  @Test("what waits to leave is carried in an order in which it opens")
  func outgoing() async throws {
    var circle = try await Circle(["bob", "carol", "dave"])
    for text in ["1", "2"] {
      _ = try await circle.alice.client.broadcast(
        MessageContent(text: Array(text.utf8)), to: "circle", now: testTime)
    }
    try await circle.alice.restart()
    let waiting = try await circle.alice.client.outgoing()
    #expect(waiting.count == 9)
    for member in circle.members {
      let carried = waiting.filter { $0.contact?.name == member.name }.map(\.envelope)
      #expect(try await member.take(carried).sorted() == ["1", "2"])
    }
  }

  @Test("what shares a list is no message, and is taken where anything is")
  func sharedAsMessage() async throws {
    let circle = try await Circle(["bob"])
    let carried = try await circle.write("hello").envelopes["bob"] ?? []
    let bob = circle.members[0]
    #expect(await code { try await bob.client.receive(carried[0], now: testTime) } == .wrongState)
    #expect(try await bob.client.contacts().isEmpty, "nothing happened")
    // Before the chain is there the message does not open, and afterwards it does.
    #expect(await code { try await bob.take([carried[1]]) } == .notFound)
    #expect(try await bob.take(carried) == ["hello"])
  }

  @Test("who joins reads nothing from before, and who leaves nothing from after")
  func membership() async throws {
    let circle = try await Circle(["bob", "carol"])
    let dave = try await Person("dave")
    try await circle.alice.add(dave)
    let first = try await circle.write("1").envelopes
    #expect(try await circle.members[0].take(first["bob"]) == ["1"])
    #expect(try await circle.members[1].take(first["carol"]) == ["1"])
    _ = try await circle.alice.client.addMember("dave", toBroadcastList: "circle")
    let second = try await circle.write("2").envelopes
    #expect(second["bob"]?.count == 1 && second["dave"]?.count == 2)
    #expect(try await dave.take(second["dave"]) == ["2"])
    #expect(
      await code { try await dave.take([addressed(first["bob"]?.last, to: dave)]) } == .notFound)

    let left = try await circle.alice.client.removeMember(
      "carol", fromBroadcastList: "circle", now: testTime)
    #expect(left.members.map(\.wasGivenChain) == [false, false])
    let third = try await circle.write("3").envelopes
    #expect(third["carol"] == nil && third["bob"]?.count == 2)
    #expect(try await circle.members[0].take(third["bob"]) == ["3"])
    let stolen = try addressed(third["bob"]?.last, to: circle.members[1])
    #expect(await code { try await circle.members[1].take([stolen]) } == .notFound)
    // What was on its way across the rotation still opens.
    #expect(try await circle.members[1].take(second["carol"]) == ["2"])
  }

  /// The same message with another recipient on its envelope.
  private func addressed(_ envelope: [UInt8]?, to person: Person) throws -> [UInt8] {
    guard case .broadcast(let envelope) = try AnyEnvelope(decoding: envelope ?? []) else {
      throw CygnetError(.malformed, "not a message of a list")
    }
    return try BroadcastEnvelope(
      sender: envelope.sender,
      recipient: DeviceAddress(user: Array(person.name.utf8), device: 1),
      message: envelope.message
    ).wireEncoded()
  }

  @Test("a member that never had the chain can leave without a new one")
  func leftBefore() async throws {
    let circle = try await Circle(["bob", "carol"])
    let start = try await circle.list()
    _ = try await circle.alice.client.removeMember(
      "carol", fromBroadcastList: "circle", now: Timestamp(seconds: testTime.seconds + 9))
    #expect(try await circle.list().chainStartedAt == start.chainStartedAt)
  }

  @Test("a new chain begins when a member is blocked, or is no contact any more")
  func noLongerWanted() async throws {
    let circle = try await Circle(["bob", "carol", "dave"])
    _ = try await circle.write("1")
    _ = try await circle.alice.client.setBlocked("carol", true)
    let second = try await circle.write("2").envelopes
    #expect(second["carol"] == nil && second["bob"]?.count == 2 && second["dave"]?.count == 2)
    _ = try await circle.alice.client.setBlocked("carol", false)
    let third = try await circle.write("3").envelopes
    #expect(third["carol"]?.count == 2 && third["bob"]?.count == 1)
    try await circle.alice.client.removeContact("dave")
    #expect(try await circle.list().members.map { $0.contact?.name } == ["bob", "carol", nil])
    let fourth = try await circle.write("4").envelopes
    #expect(fourth["dave"] == nil && fourth["bob"]?.count == 2)
    #expect(try await circle.list().members.count == 2)
  }

  @Test("a new chain begins when a member has another identity key")
  func memberChanged() async throws {
    let circle = try await Circle(["bob", "carol"])
    let first = try await circle.write("1").envelopes
    let bob = circle.members[0]
    #expect(try await bob.take(first["bob"]) == ["1"])
    _ = try await bob.client.rotateIdentity(now: testTime)
    let card = try await bob.client.card(name: "bob", now: testTime)
    let identity = try card.verified(now: testTime, policy: .classicalAllowed).bundle.identity
    let number = try await circle.alice.client.safetyNumber(with: identity, at: card.address)
    _ = try await circle.alice.client.addContact(
      "bob", card: card, acceptingChange: number.digits, now: testTime)
    let second = try await circle.write("2").envelopes
    #expect(second["bob"]?.count == 2 && second["carol"]?.count == 2)
    #expect(try await bob.take(second["bob"]) == ["2"])
  }

  @Test("after the sender's identity changed the list goes on, for who accepts it")
  func senderChanged() async throws {
    let circle = try await Circle(["bob"])
    let bob = circle.members[0]
    #expect(try await bob.take(try await circle.write("1").envelopes["bob"]) == ["1"])
    _ = try await circle.alice.client.rotateIdentity(now: testTime)
    let carried = try await circle.write("2").envelopes["bob"] ?? []
    #expect(carried.count == 2)
    #expect(await code { try await bob.take(carried) } == .identityChanged)
    #expect(await code { try await bob.take([carried[1]]) } == .authenticationFailed)
    let card = try await circle.alice.client.card(name: "alice", now: testTime)
    let identity = try card.verified(now: testTime, policy: .classicalAllowed).bundle.identity
    let number = try await bob.client.safetyNumber(with: identity, at: card.address)
    _ = try await bob.client.receiveAny(
      carried[0], acceptingChange: number.digits, now: testTime)
    #expect(try await bob.take([carried[1]]) == ["2"])
    #expect(try await bob.client.check().isSound)
  }

  @Test("who lost the chain is given it again, by a new session or by being added again")
  func lost() async throws {
    let circle = try await Circle(["bob", "carol"])
    let bob = circle.members[0]
    #expect(try await bob.take(try await circle.write("1").envelopes["bob"]) == ["1"])
    // Bob forgets everything about Alice, then writes to her.
    try await bob.client.removeContact("alice")
    try await bob.add(circle.alice)
    #expect(try await circle.alice.receive(bob.send("it's me", to: circle.alice)) == "it's me")
    let second = try await circle.write("2").envelopes
    #expect(second["bob"]?.count == 2 && second["carol"]?.count == 1)
    #expect(try await bob.take(second["bob"]) == ["2"])

    let before = try await circle.list()
    _ = try await circle.alice.client.addMember("carol", toBroadcastList: "circle")
    #expect(try await circle.list().members.map(\.wasGivenChain) == [true, true])
    let third = try await circle.write("3").envelopes
    #expect(third["bob"]?.count == 1 && third["carol"]?.count == 2)
    #expect(try await circle.list().chainStartedAt == before.chainStartedAt)
  }

  @Test("the chain is renewed by the policy, and before its hard limit")
  func policy() async throws {
    let policy = try SenderKeyRotationPolicy(messageCount: 2, age: 100, hardLimit: 2)
    let circle = try await Circle(["bob"], policy: policy)
    var shared: [Int] = []
    for round in 0..<5 {
      let carried = try await circle.write("\(round)").envelopes["bob"] ?? []
      shared.append(carried.count)
      #expect(try await circle.members[0].take(carried) == ["\(round)"])
    }
    #expect(shared == [2, 1, 2, 1, 2])
    let later = Timestamp(seconds: testTime.seconds + 100)
    #expect(try await circle.write("later", now: later).envelopes["bob"]?.count == 2)
    #expect(try await circle.list().chainStartedAt == later)
  }

  @Test("a member without a session or a fit card is told of, and the others are written to")
  func unreached() async throws {
    let circle = try await Circle(["bob", "carol"])
    let late = Timestamp(seconds: testTime.seconds + 90 * 24 * 3600)
    #expect(await code { try await circle.write("1", now: late) } == .notFound, "all cards are old")
    #expect(try await circle.alice.client.outgoing().isEmpty)
    _ = try await circle.alice.send("hello", to: circle.members[0])
    let (envelopes, unreached) = try await circle.write("2", now: late)
    #expect(unreached == ["carol"])
    #expect(envelopes["bob"]?.count == 2 && envelopes["carol"] == nil)
  }

  @Test("a message under another sender's address, or for another device, does not open")
  func addresses() async throws {
    let circle = try await Circle(["bob", "carol"])
    let (bob, carol) = (circle.members[0], circle.members[1])
    let envelopes = try await circle.write("from Alice").envelopes
    let message = try #require(envelopes["bob"]?.last)
    _ = try await bob.take([try #require(envelopes["bob"]?.first)])
    #expect(await code { try await carol.take([message]) } == .notFound)
    try await bob.add(carol)
    guard case .broadcast(let envelope) = try AnyEnvelope(decoding: message) else {
      return #expect(Bool(false), "a message of a list")
    }
    let forged = try BroadcastEnvelope(
      sender: DeviceAddress(user: Array("carol".utf8), device: 1), recipient: envelope.recipient,
      message: envelope.message
    ).wireEncoded()
    #expect(await code { try await bob.take([forged]) } == .notFound)
    for index in stride(from: 30, to: message.count, by: 5) {
      var altered = message
      altered[index] ^= 1
      #expect(await code { try await bob.take([altered]) } != nil, "byte \(index)")
    }
    #expect(try await bob.take([message]) == ["from Alice"])
    _ = try await bob.client.setBlocked("alice", true)
    let next = try await circle.write("blocked").envelopes["bob"]
    #expect(await code { try await bob.take(next) } == .wrongState)
  }

  @Test("a contact can fill only so much of the store with its lists")
  func manyLists() async throws {
    let circle = try await Circle(["bob"])
    let bob = circle.members[0]
    var unread: [[UInt8]] = []
    for number in 0..<34 {
      let name = "list \(number)"
      _ = try await circle.alice.client.createBroadcastList(name, members: ["bob"], now: testTime)
      let content = try MessageContent(text: Array(name.utf8))
      for isRead in [true, false] {
        let result = try await circle.alice.client.broadcast(content, to: name, now: testTime)
        let carried = result.messages.map(\.envelope)
        if isRead { #expect(try await bob.take(carried) == [name]) }
        if !isRead, number == 0 { unread = carried }
      }
    }
    #expect(await code { try await bob.take(unread) } == .notFound, "its chains were dropped")
    #expect(try await bob.client.check().isSound)
    try await bob.client.removeContact("alice")
    #expect(try await bob.client.check().isSound)
  }

  @Test("lists have names of their own, and only contacts as members")
  func names() async throws {
    let circle = try await Circle(["bob"])
    let alice = circle.alice.client
    #expect(
      await code {
        try await alice.createBroadcastList("Circle", members: [], now: testTime)
      } == .wrongState)
    #expect(
      await code { try await alice.createBroadcastList(" x", members: [], now: testTime) }
        == .malformed)
    #expect(
      await code {
        try await alice.createBroadcastList("other", members: ["nobody"], now: testTime)
      } == .notFound)
    #expect(await code { try await alice.broadcastList("other") } == .notFound)
    #expect(
      await code { try await alice.addMember("nobody", toBroadcastList: "circle") } == .notFound)
    #expect(
      await code {
        try await alice.removeMember("nobody", fromBroadcastList: "circle", now: testTime)
      } == .notFound)
    _ = try await alice.createBroadcastList("bare", members: [], now: testTime)
    #expect(
      await code {
        try await alice.broadcast(MessageContent(text: []), to: "bare", now: testTime)
      } == .notFound)
    #expect(try await alice.broadcastLists().map(\.name) == ["bare", "circle"])
    try await alice.deleteBroadcastList("CIRCLE")
    #expect(try await alice.broadcastLists().map(\.name) == ["bare"])
    #expect(await code { try await alice.deleteBroadcastList("circle") } == .notFound)
    #expect(try await alice.check().isSound)
  }

  @Test("a list has at most 256 members, each once")
  func size() async throws {
    let alice = try await Person("alice")
    var names: [String] = []
    for number in 0..<257 {
      let address = try DeviceAddress(user: Array("m\(number)".utf8), device: 1)
      let keys = try IdentityKeyPair.generate()
      let preKeys = try PreKeys.generate(for: keys, at: address, now: testTime, oneTimeCount: 0)
      let card = try ContactCard.make(
        preKeys.bundleWithoutOneTimePreKey(for: keys.publicKey, at: address),
        name: Array("m\(number)".utf8), by: keys, now: testTime)
      names.append("m\(number)")
      _ = try await alice.client.addContact("m\(number)", card: card, now: testTime)
    }
    #expect(
      await code {
        try await alice.client.createBroadcastList("all", members: names, now: testTime)
      } == .limitExceeded)
    let most = Array(names.dropLast())
    let list = try await alice.client.createBroadcastList(
      "all", members: most + ["m0", "m5"], now: testTime)
    #expect(list.members.count == 256)
    #expect(
      await code { try await alice.client.addMember("m256", toBroadcastList: "all") }
        == .limitExceeded)
    let result = try await alice.client.broadcast(
      MessageContent(text: [1]), to: "all", now: testTime)
    #expect(result.messages.count == 512 && result.unreached.isEmpty)
  }
}
