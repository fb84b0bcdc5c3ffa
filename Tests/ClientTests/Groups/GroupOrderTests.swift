import Cygnet
import CygnetPrimitives
import CygnetStorage
import Testing

/// What happens when things come late, twice, at the same time, or not at all.
@Suite("The order of things in groups")
struct GroupOrderTests {
  @Test("a message ahead of its change changes nothing, and opens once the change has come")
  func ahead() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    let late = try await alice.say("before", in: "friends")
    let step = try await alice.change("friends")
    let message = try await alice.say("after", in: "friends")
    let count = try await bob.commitCount()
    #expect(await code { try await bob.take(message) } == .wrongEpoch)
    #expect(try await bob.commitCount() == count)
    try await bob.take(step.commit)
    #expect(try await bob.hear(message) == "after")
    // Of the epoch that is over, from the record that is kept of it.
    #expect(try await bob.hear(late) == "before")
    #expect(await code { try await bob.hear(late) } == .duplicate)
    #expect(await code { try await bob.take(step.commit) } == .duplicate)
  }

  @Test("epochs beyond the last few are forgotten, in the store as well")
  func pastEpochs() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    let late = try await alice.say("too late", in: "friends")
    for _ in 0..<5 { try await bob.take(alice.change("friends").commit) }
    #expect(await code { try await bob.take(late) } == .wrongEpoch)
    let held = try await RecordTransaction.run(
      in: bob.store, key: StoreKey.open(bob.store, secret: testSecret)
    ) { (records) throws(CygnetError) in
      var epochs: Set<MLS.Epoch> = []
      for block in try records.values(.groupBlock) {
        if let epoch = try GroupBlocks.name(of: block).pastEpoch { epochs.insert(epoch) }
      }
      return epochs.count
    }
    #expect(held == MLS.Limits.pastEpochCount)
    #expect(try await bob.client.check().isSound)
  }

  @Test("a change that waits takes effect when it is confirmed, or comes back, and not before")
  func pending() async throws {
    var alice = try await Person("alice")
    let bob = try await Person("bob")
    try await group("friends", of: [alice, bob])
    for comesBack in [false, true] {
      let epoch = try await alice.client.group("friends").summary.epoch
      let step = try await alice.client.change("friends", mode: .pending, now: testTime)
      try await alice.restart()
      let waiting = try await alice.client.group("friends").summary
      #expect(waiting.epoch == epoch && waiting.pendingChange?.epoch == epoch + 1)
      #expect(
        await code { try await alice.client.change("friends", now: testTime) } == .wrongState)
      if comesBack {
        guard case .group(let event) = try await alice.take(step.commit),
          case .change(let change) = event.content
        else { return }
        #expect(change.committer.isSelf && change.epoch == epoch + 1)
      } else {
        #expect(
          try await alice.client.confirmCommit("friends", now: testTime).epoch == epoch + 1)
      }
      try await bob.take(step.commit)
      #expect(try await alice.authenticator("friends") == bob.authenticator("friends"))
    }
    #expect(
      await code { try await alice.client.confirmCommit("friends", now: testTime) } == .wrongState)
    let given = try await alice.client.change("friends", mode: .pending, now: testTime)
    try await alice.client.withdrawCommit("friends")
    #expect(try await !alice.client.outgoingGroupMessages().contains { $0.id == given.commit?.id })
    #expect(try await bob.hear(alice.say("as before", in: "friends")) == "as before")
  }

  @Test("of two changes at a time one is taken, and the other goes with what it would have sent")
  func competition() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let carol = try await Person("carol")
    try await group("friends", of: [alice, bob])
    let lost = try await alice.client.change(
      "friends", [.add(keyPackage: carol.keyPackage())], mode: .pending, now: testTime)
    let won = try await bob.client.change("friends", mode: .pending, now: testTime)
    _ = try await bob.client.confirmCommit("friends", now: testTime)
    #expect(try await alice.client.outgoingGroupMessages().count == 2)
    try await alice.take(won.commit)
    #expect(try await alice.client.outgoingGroupMessages().isEmpty)
    #expect(try await alice.client.group("friends").summary.pendingChange == nil)
    #expect(await code { try await bob.take(lost.commit) } == .wrongEpoch)
    #expect(try await alice.authenticator("friends") == bob.authenticator("friends"))
  }

  @Test("after two changes at a time that both took effect, one comes back by the other's state")
  func fork() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let carol = try await Person("carol")
    try await group("friends", of: [alice, bob, carol])
    let (ours, theirs) = (try await alice.change("friends"), try await bob.change("friends"))
    try await carol.take(ours.commit)
    #expect(await code { try await alice.take(theirs.commit) } == .wrongEpoch)
    #expect(await code { try await bob.take(ours.commit) } == .wrongEpoch)
    let info = try await alice.client.exportGroupInfo("friends")
    let (details, step) = try await bob.client.rejoinGroup(info, now: testTime)
    #expect(details.members.count == 3 && step.welcome == nil)
    for person in [alice, carol] {
      guard case .group(let event) = try await person.take(step.commit),
        case .change(let change) = event.content
      else { return }
      #expect(change.isReturn && change.added.isEmpty && change.removed.isEmpty)
      #expect(change.committer.contact?.name == "bob")
    }
    #expect(try await bob.client.groups().map(\.name) == ["friends"])
    #expect(try await carol.hear(bob.say("here again", in: "friends")) == "here again")
    #expect(try await bob.client.check().isSound)
    // What was exported before is of no use any more.
    #expect(await code { try await bob.client.rejoinGroup(info, now: testTime) } == .wrongEpoch)
  }

  @Test("a client restored from a backup comes back into its groups")
  func restore() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    let backup = try await bob.client.backup(now: testTime)
    let store = InMemoryStore()
    let restored = try await Client.restore(
      backup, key: bob.client.recoveryKey(), into: store, secret: testSecret, now: testTime)
    #expect(try await restored.groups().isEmpty)
    let info = try await alice.client.exportGroupInfo("friends")
    let (_, step) = try await restored.rejoinGroup(info, as: "old friends", now: testTime)
    try await alice.take(step.commit)
    let message = try await alice.say("welcome back", in: "friends")
    guard case .group(let event) = try await restored.receiveAny(message, now: testTime) else {
      return
    }
    #expect(event.groupName == "old friends")
  }

  @Test("nobody comes in who is no member, whatever was exported")
  func intruder() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let mallory = try await Person("mallory")
    try await group("friends", of: [alice, bob])
    let info = try await alice.client.exportGroupInfo("friends")
    #expect(await code { try await mallory.client.rejoinGroup(info, now: testTime) } == .wrongState)
    // Under Bob's address and a key of her own.
    let impostor = try await Person("bob")
    let (_, step) = try await impostor.client.rejoinGroup(info, now: testTime)
    #expect(await code { try await alice.take(step.commit) } == .identityChanged)
    #expect(try await alice.authenticator("friends") == bob.authenticator("friends"))
    // The state of a group is not for taking in.
    #expect(await code { try await alice.take(info) } == .wrongState)
  }

  @Test("what was made is kept until it left, and what came in until it was shown")
  func keeping() async throws {
    var (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    let content = try MessageContent(text: [1])
    let message = try await alice.client.send(content, toGroup: "friends", now: testTime)
    let step = try await alice.client.change("friends", now: testTime)
    try await alice.restart()
    let kept = try await alice.client.outgoingGroupMessages()
    #expect(kept.map(\.bytes) == [message.bytes, step.commit?.bytes])
    for one in kept {
      guard case .group(let event) = try await bob.client.receiveAny(one.bytes, now: testTime),
        case .group(let again) = try await bob.client.receiveAny(one.bytes, now: testTime)
      else { return }
      #expect(event.id == again.id)
    }
    try await bob.restart()
    let events = try await bob.client.groupEvents()
    #expect(events.map(\.epoch) == [1, 2])
    for event in events { try await bob.client.confirmDelivered(event.id) }
    for one in kept {
      #expect(
        await code { try await bob.client.receiveAny(one.bytes, now: testTime) } == .duplicate)
    }
  }
}
