import Cygnet
import CygnetPrimitives
import CygnetStorage
import Testing

@Suite("Groups of clients")
struct GroupTests {
  @Test("three people talk in a group, and restart at every turn")
  func talk() async throws {
    var people: [Person] = []
    for name in ["alice", "bob", "carol"] { people.append(try await Person(name)) }
    try await group("friends", of: people)
    for round in 0..<4 {
      for index in people.indices {
        for other in people.indices { try await people[other].restart() }
        let text = "\(round) from \(index)"
        let bytes = try await people[index].say(text, in: "friends")
        for other in people.indices where other != index {
          #expect(try await people[other].hear(bytes) == text)
          #expect(await code { try await people[other].hear(bytes) } == .duplicate)
        }
        guard case .own("friends") = try await people[index].take(bytes) else {
          Issue.record("an own message came back as another's")
          continue
        }
      }
      let step = try await people[round % 3].change("friends")
      for other in people.indices where other != round % 3 {
        try await people[other].take(step.commit)
      }
      #expect(try await Set(authenticators(people)).count == 1)
    }
    for person in people { #expect(try await person.client.check().isSound) }
  }

  private func authenticators(_ people: [Person]) async throws -> [[UInt8]] {
    var list: [[UInt8]] = []
    for person in people { list.append(try await person.authenticator("friends")) }
    return list
  }

  @Test("an invitation shows who invites into what, and joins nothing")
  func consent() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let carol = try await Person("carol")
    try await group("friends", of: [alice, carol])
    let step = try await alice.change("friends", .add(keyPackage: bob.keyPackage()))
    try await carol.take(step.commit)
    let early = try await alice.say("are you there?", in: "friends")
    guard case .invitation(let invitation) = try await bob.take(step.welcome) else {
      Issue.record("not an invitation")
      return
    }
    #expect(invitation.inviter.address.user == Array("alice".utf8))
    #expect(invitation.title == Array("friends".utf8))
    #expect(
      invitation.members.map { String(decoding: $0.address.user, as: UTF8.self) }
        == ["alice", "carol", "bob"])
    #expect(invitation.members.map(\.isSelf) == [false, false, true])
    // Nothing came of it: no group, no contact, and nothing to send.
    #expect(try await bob.client.groups().isEmpty)
    #expect(try await bob.client.contacts().isEmpty)
    #expect(try await bob.client.outgoingGroupMessages().isEmpty)
    #expect(await code { try await bob.take(early) } == .wrongState)
    // The same again is the same invitation.
    guard case .invitation(let again) = try await bob.take(step.welcome) else { return }
    #expect(again.id == invitation.id)
    #expect(try await bob.client.invitations().count == 1)
    let details = try await bob.client.accept(invitation.id, now: testTime)
    #expect(details.summary.name == "friends" && details.members.count == 3)
    #expect(try await bob.client.invitations().isEmpty)
    #expect(try await bob.client.contacts().map(\.name) == ["alice", "carol"])
    #expect(try await bob.hear(early) == "are you there?")
    #expect(try await bob.client.check().isSound)
  }

  @Test("a key package serves once: after it was accepted, and after it was declined")
  func singleUse() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let package = try await bob.keyPackage()
    for name in ["one", "two"] { _ = try await alice.client.createGroup(name, now: testTime) }
    let one = try await alice.change("one", .add(keyPackage: package))
    let two = try await alice.change("two", .add(keyPackage: package))
    guard case .invitation(let first) = try await bob.take(one.welcome),
      case .invitation(let second) = try await bob.take(two.welcome)
    else { return }
    // While another invitation needs the key package, declining one of them keeps it.
    try await bob.client.decline(first.id)
    _ = try await bob.client.accept(second.id, now: testTime)
    #expect(try await bob.client.storeStatus().keyPackageCount == 0)
    #expect(await code { try await bob.take(one.welcome) } == .notFound)
    #expect(await code { try await bob.client.accept(second.id, now: testTime) } == .notFound)

    let declined = try await bob.keyPackage()
    let three = try await alice.change("one", .remove("bob"))
    let again = try await alice.change("one", .add(keyPackage: declined))
    guard case .invitation(let third) = try await bob.take(again.welcome) else { return }
    try await bob.client.decline(third.id)
    #expect(await code { try await bob.take(again.welcome) } == .notFound)
    #expect(three.change.removed.count == 1)
  }

  @Test("a last resort serves again and again, and a new one takes its place")
  func lastResort() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let package = try await bob.client.makeKeyPackage(isLastResort: true, now: testTime)
    for name in ["one", "two"] {
      _ = try await alice.client.createGroup(name, now: testTime)
      let step = try await alice.change(name, .add(keyPackage: package))
      try await bob.join(step.welcome)
    }
    #expect(try await bob.client.groups().map(\.name) == ["one", "two"])
    #expect(try await bob.client.storeStatus().keyPackageCount == 1)
    _ = try await bob.client.makeKeyPackage(isLastResort: true, now: testTime)
    #expect(try await bob.client.storeStatus().keyPackageCount == 1)
    _ = try await alice.client.createGroup("three", now: testTime)
    let step = try await alice.change("three", .add(keyPackage: package))
    #expect(await code { try await bob.take(step.welcome) } == .notFound)
  }

  @Test("a key package that came in invites its contact, one for one use before a last resort")
  func contacts() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let lastResort = try await bob.client.makeKeyPackage(isLastResort: true, now: testTime)
    guard case .keyPackage(let contact) = try await alice.take(lastResort) else { return }
    #expect(contact.name == "bob" && !contact.isVerified)
    try await alice.take(bob.keyPackage())
    for name in ["one", "two", "three"] {
      _ = try await alice.client.createGroup(name, now: testTime)
      let step = try await alice.change(name, .addContact("bob"))
      try await bob.join(step.welcome)
      #expect(try await bob.client.storeStatus().keyPackageCount == 1, "\(name)")
    }
    _ = try await alice.client.createGroup("four", now: testTime)
    #expect(
      await code { try await alice.change("four", .addContact("nobody")) } == .notFound)
    #expect(await code { try await alice.change("one", .addContact("bob")) } == .ruleViolation)
  }

  @Test("who is removed forgets the group, and reads nothing that comes after")
  func removal() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let carol = try await Person("carol")
    try await group("friends", of: [alice, bob, carol])
    let step = try await alice.change("friends", .remove("carol"))
    #expect(step.change.removed.map(\.contact?.name) == ["carol"])
    guard case .group(let event) = try await carol.take(step.commit),
      case .change(let change) = event.content
    else { return }
    #expect(change.removesSelf && change.committer.contact?.name == "alice")
    #expect(try await carol.client.groups().isEmpty)
    try await bob.take(step.commit)
    let message = try await bob.say("without her", in: "friends")
    #expect(try await alice.hear(message) == "without her")
    #expect(await code { try await carol.hear(message) } == .notFound)
    #expect(try await carol.client.check().isSound)
    #expect(await code { try await alice.change("friends", .remove("carol")) } == .notFound)
    #expect(await code { try await alice.change("friends", .remove("alice")) } == .wrongState)
  }

  @Test("to leave takes somebody else's commit; until then nobody can write")
  func leaving() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let carol = try await Person("carol")
    try await group("friends", of: [alice, bob, carol])
    let request = try #require(try await carol.client.leaveGroup("friends", now: testTime))
    #expect(
      await code { try await carol.client.leaveGroup("friends", now: testTime) } == .wrongState)
    guard case .group(let event) = try await alice.take(request),
      case .proposal(let proposal) = event.content, case .leave = proposal.kind
    else {
      Issue.record("not a request to leave")
      return
    }
    #expect(proposal.proposer.contact?.name == "carol")
    #expect(try await alice.client.group("friends").proposals.count == 1)
    #expect(await code { try await alice.say("x", in: "friends") } == .wrongState)
    // Bob has not heard of it: a commit that takes it up makes no sense to him yet.
    let step = try await alice.change("friends")
    #expect(await code { try await bob.take(step.commit) } == .notFound)
    try await bob.take(request)
    try await bob.take(step.commit)
    try await carol.take(step.commit)
    #expect(try await carol.client.groups().isEmpty)
    #expect(try await bob.hear(alice.say("two of us", in: "friends")) == "two of us")
    // The last one goes without asking.
    try await bob.take(alice.change("friends", .remove("bob")).commit)
    #expect(try await alice.client.leaveGroup("friends", now: testTime) == nil)
    #expect(try await alice.client.groups().isEmpty)
    #expect(try await alice.client.check().isSound)
  }

  @Test("names: a group's is no contact's, and the title is everybody's")
  func names() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await bob.add(alice)
    #expect(await code { try await bob.client.createGroup("alice", now: testTime) } == .wrongState)
    #expect(await code { try await bob.client.createGroup("a\nb", now: testTime) } == .malformed)
    _ = try await bob.client.createGroup("Friends", now: testTime)
    #expect(
      await code { try await bob.client.createGroup("friends", now: testTime) } == .wrongState)
    #expect(
      await code { try await bob.client.renameContact("alice", to: "FRIENDS") } == .wrongState)
    _ = try await bob.client.renameGroup("friends", to: "my friends")
    _ = try await alice.client.createGroup("my friends", now: testTime)
    let step = try await alice.change("my friends", .add(keyPackage: bob.keyPackage()))
    try await bob.join(step.welcome)
    #expect(try await bob.client.groups().map(\.name) == ["my friends", "my friends-2"])
    try await bob.take(alice.change("my friends", .rename("ours\u{7}")).commit)
    #expect(try await bob.client.group("my friends-2").summary.title == Array("ours\u{7}".utf8))
  }

  @Test("attachments and exported secrets are the same for all, and for nobody else")
  func attachments() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    let (_, pointer) = try AttachmentEncryptor.encrypt([1, 2, 3])
    let content = try MessageContent(text: [], attachments: [pointer])
    let message = try await alice.client.send(content, toGroup: "friends", now: testTime)
    guard case .group(let event) = try await bob.take(message),
      case .message(let sender, content) = event.content
    else {
      Issue.record("the content differs")
      return
    }
    #expect(sender.contact?.name == "alice" && sender.isIdentityOnRecord && !sender.isVerified)
    let secrets = [
      try await alice.client.groupSecret(of: "friends", label: "x", context: [1], count: 40),
      try await bob.client.groupSecret(of: "friends", label: "x", context: [1], count: 40),
      try await bob.client.groupSecret(of: "friends", label: "y", context: [1], count: 40),
    ]
    #expect(secrets[0] == secrets[1] && secrets[1] != secrets[2])
  }
}
