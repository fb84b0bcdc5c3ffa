import Cygnet
import CygnetMLS
import CygnetPairwise
import CygnetPrimitives
import CygnetStorage
import CygnetWire
import Testing

/// Whose keys are believed in groups.
@Suite("Trust in groups")
struct GroupTrustTests {
  @Test(
    "a key package under another identity key than a contact's is refused, and shows the new one")
  func changedKeyPackage() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await alice.add(bob)
    let impostor = try await Person("bob")
    let package = try await impostor.keyPackage()
    _ = try await alice.client.createGroup("friends", now: testTime)
    #expect(
      await code { try await alice.change("friends", .add(keyPackage: package)) }
        == .identityChanged)
    var shown: ChangedIdentity?
    do { try await alice.take(package) } catch let error as CygnetError {
      #expect(error.code == .identityChanged)
      shown = error.underlying as? ChangedIdentity
    }
    let changed = try #require(shown)
    #expect(try await changed.identity == impostor.client.profile().identity.encoded())
    #expect(changed.address.user == Array("bob".utf8))
    #expect(try await alice.client.group("friends").members.count == 1)
    // With the number of the new key it is accepted, as for contacts.
    let number = try await alice.client.safetyNumber(
      with: IdentityKey(decoding: changed.identity), at: changed.address)
    _ = try await alice.client.receiveAny(package, acceptingChange: number.digits, now: testTime)
    try await impostor.join(alice.change("friends", .addContact("bob")).welcome)
    #expect(await code { try await alice.take(bob.keyPackage()) } == .identityChanged)
  }

  @Test("an invitation into a group with a contact's address under another key is refused")
  func changedMember() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let (carol, impostor) = (try await Person("carol"), try await Person("bob"))
    try await carol.add(bob)
    try await group("friends", of: [alice, impostor])
    let step = try await alice.change("friends", .add(keyPackage: carol.keyPackage()))
    #expect(await code { try await carol.take(step.welcome) } == .identityChanged)
    #expect(try await carol.client.invitations().isEmpty)
    let number = try await carol.client.safetyNumber(
      with: impostor.client.profile().identity, at: impostor.client.profile().address)
    guard
      case .invitation(let invitation) = try await carol.client.receiveAny(
        try #require(step.welcome).bytes, acceptingChange: number.digits, now: testTime)
    else { return }
    _ = try await carol.client.accept(invitation.id, now: testTime)
    #expect(try await carol.client.contacts().map(\.name) == ["alice", "bob"])
  }

  @Test("a new identity key takes effect in a group with the next change, and is asked about")
  func rotation() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    _ = try await alice.keyPackage()
    _ = try await alice.client.rotateIdentity(now: testTime)
    #expect(try await alice.client.storeStatus().keyPackageCount == 0)
    // Until then the old key signs.
    #expect(try await bob.hear(alice.say("still me", in: "friends")) == "still me")
    let step = try await alice.change("friends")
    #expect(await code { try await bob.take(step.commit) } == .identityChanged)
    let address = try await alice.client.profile().address
    let number = try await bob.client.safetyNumber(
      with: alice.client.profile().identity, at: address)
    _ = try await bob.client.receiveAny(
      try #require(step.commit).bytes, acceptingChange: number.digits, now: testTime)
    #expect(try await bob.hear(alice.say("me again", in: "friends")) == "me again")
    let member = try #require(
      try await bob.client.group("friends").members.first { $0.address == address })
    #expect(member.isIdentityOnRecord && !member.isVerified)
  }

  @Test("a contact's other key elsewhere shows in the group, whose messages still open")
  func stale() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    _ = try await bob.client.setVerified("alice", true, now: testTime)
    _ = try await alice.client.rotateIdentity(now: testTime)
    let card = try await alice.client.card(name: "alice", now: testTime)
    let profile = try await alice.client.profile()
    let number = try await bob.client.safetyNumber(with: profile.identity, at: profile.address)
    _ = try await bob.client.addContact(
      "alice", card: card, acceptingChange: number.digits, now: testTime)
    guard case .group(let event) = try await bob.take(alice.say("x", in: "friends")),
      case .message(let sender, _) = event.content
    else { return }
    #expect(!sender.isIdentityOnRecord && !sender.isVerified)
    try await bob.take(alice.change("friends").commit)
    #expect(try await bob.client.group("friends").members[0].isIdentityOnRecord)
  }

  @Test("a blocked contact is neither heard nor invited, and its invitations are refused")
  func blocked() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    _ = try await bob.client.setBlocked("alice", true)
    let message = try await alice.say("x", in: "friends")
    #expect(await code { try await bob.take(message) } == .wrongState)
    #expect(await code { try await bob.take(alice.keyPackage()) } == .wrongState)
    _ = try await alice.client.createGroup("more", now: testTime)
    let step = try await alice.change("more", .add(keyPackage: bob.keyPackage()))
    #expect(await code { try await bob.take(step.welcome) } == .wrongState)
    // What the group does is followed all the same.
    try await bob.take(alice.change("friends").commit)
    _ = try await bob.client.setBlocked("alice", false)
    #expect(try await bob.hear(message) == "x")
  }

  @Test("altered messages change nothing, whatever their kind")
  func tampering() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    _ = try await alice.client.createGroup("more", now: testTime)
    let welcome = try await alice.change("more", .add(keyPackage: bob.keyPackage())).welcome
    let objects = [
      try await alice.say("x", in: "friends"), try await alice.keyPackage(),
      try #require(welcome).bytes, try #require(try await alice.change("friends").commit).bytes,
    ]
    let before = try await bob.client.storeStatus()
    for (number, object) in objects.enumerated() {
      for index in stride(from: 4, to: object.count, by: 23) {
        var altered = object
        altered[index] ^= 1
        #expect(
          await code { try await bob.client.receiveAny(altered, now: testTime) } != nil,
          "object \(number), byte \(index)")
      }
      #expect(
        await code { try await bob.client.receiveAny(Array(object.dropLast()), now: testTime) }
          != nil)
    }
    let after = try await bob.client.storeStatus()
    #expect(after.incomingCount == before.incomingCount)
    #expect(after.invitationCount == 0 && after.contactCount == before.contactCount)
    for object in objects { try await bob.take(object) }
    #expect(try await bob.client.check().isSound)
  }

  @Test("records of groups that do not say what they should are found, and open nothing")
  func damage() async throws {
    let kinds: [RecordKind] = [
      .group, .groupBlock, .groupName, .ownKeyPackage, .peerKeyPackages, .invitation,
      .groupOutgoing, .groupEvent,
    ]
    for kind in kinds {
      let (alice, bob) = (try await Person("alice"), try await Person("bob"))
      try await group("friends", of: [alice, bob])
      try await bob.take(alice.change("friends").commit)
      try await bob.take(alice.keyPackage())
      _ = try await alice.client.createGroup("more", now: testTime)
      try await bob.take(alice.change("more", .add(keyPackage: bob.keyPackage())).welcome)
      _ = try await bob.client.send(MessageContent(text: []), toGroup: "friends", now: testTime)
      _ = try await bob.client.receiveAny(alice.say("x", in: "friends"), now: testTime)
      #expect(try await bob.client.check().isSound)
      try await Damage(store: bob.store).shorten(kind)
      #expect(await code { try await bob.client.check() } != nil, "kind \(kind.rawValue)")
      if [.group, .groupBlock, .groupName].contains(kind) {
        #expect(await code { try await bob.say("x", in: "friends") } != nil)
      }
    }
  }
}

/// Writes records that are sealed soundly and say too little.
private struct Damage {
  let store: InMemoryStore

  /// Every record of a kind loses its last byte.
  func shorten(_ kind: RecordKind) async throws {
    try await RecordTransaction.run(
      in: store, key: StoreKey.open(store, secret: testSecret)
    ) { (records) throws(CygnetError) in
      for (key, value) in try Self.entries(kind, records) {
        try records.put(kind, key, value.slice(0..<(value.count - 1)))
      }
    }
  }

  /// The keys are not listed anywhere, but each value tells its own.
  private static func entries(
    _ kind: RecordKind, _ records: RecordTransaction
  ) throws(CygnetError) -> [(key: [UInt8], value: SecretBytes)] {
    var entries: [(key: [UInt8], value: SecretBytes)] = []
    for value in try records.values(kind) {
      for key in try candidates(records) {
        if try records.value(kind, key) == value { entries.append((key, value)) }
      }
    }
    guard !entries.isEmpty else { throw CygnetError(.notFound, "no record of this kind") }
    return entries
  }

  private static func candidates(
    _ records: RecordTransaction
  ) throws(CygnetError) -> [[UInt8]] {
    var keys: [[UInt8]] = [Array("friends".utf8)]
    let alice = try DeviceAddress(user: Array("alice".utf8), device: 1)
    keys.append(try alice.wireEncoded())
    for value in try records.values(.group) {
      let id = try Reader.read(value) { (reader) throws(CygnetError) -> [UInt8] in
        _ = try reader.readUInt16()
        let id = try reader.readOpaque(0...255)
        _ = try reader.readFixed(reader.remaining)
        return id
      }
      keys.append(id)
      for block in try records.values(.groupBlock) {
        keys.append(try MLS.GroupID(id).wireEncoded() + GroupBlocks.name(of: block).bytes)
      }
    }
    // Behind the version: a message's id, or what a key package's name is made of.
    for kind in [RecordKind.invitation, .groupEvent] {
      for value in try records.values(kind) { keys.append(bytes(value, 2..<18)) }
    }
    for value in try records.values(.invitation) { keys.append(bytes(value, 27..<59)) }
    for value in try records.values(.groupOutgoing) {
      for start in 0..<(value.count - 4) where bytes(value, start..<(start + 4)) == [0, 1, 0, 2] {
        keys.append(Array(SHA256.hash(bytes(value, start..<value.count)).prefix(16)))
      }
    }
    return keys
  }

  private static func bytes(_ value: SecretBytes, _ range: Range<Int>) -> [UInt8] {
    value.slice(range).withExposedCopy { $0 }
  }
}
