import Cygnet
import CygnetMLS
import CygnetPrimitives
import CygnetStorage
import CygnetWire
import Testing

@Suite("Groups in a client's store")
struct GroupBlockTests {
  private static let kinds: [RecordKind] = [.group, .groupBlock, .groupState, .groupEpoch]

  /// What the store holds of groups.
  private func records(_ person: Person) async throws -> [RecordKind: Set<[UInt8]>] {
    try await RecordTransaction.run(
      in: person.store, key: StoreKey.open(person.store, secret: testSecret)
    ) { (records) throws(CygnetError) in
      var found: [RecordKind: Set<[UInt8]>] = [:]
      for kind in Self.kinds {
        var values: Set<[UInt8]> = []
        for value in try records.values(kind) { values.insert(value.withExposedCopy { $0 }) }
        found[kind] = values
      }
      return found
    }
  }

  @Test("a message writes one small record of its group's, and a late one does")
  func small() async throws {
    let people = [
      try await Person("alice"), try await Person("bob"), try await Person("carol"),
      try await Person("dave"),
    ]
    try await group("friends", of: people)
    _ = try await people[1].hear(people[0].say("the first of the epoch", in: "friends"))
    let late = try await people[0].say("late", in: "friends")
    for round in 0..<3 {
      let before = [try await records(people[0]), try await records(people[1])]
      if round < 2 {
        let message = try await people[0].say("more", in: "friends")
        #expect(try await people[1].hear(message) == "more")
      } else {
        let step = try await people[0].change("friends")
        try await people[1].take(step.commit)
        let between = try await records(people[1])
        #expect(try await people[1].hear(late) == "late")
        let after = try await records(people[1])
        #expect(after[.groupBlock]!.subtracting(between[.groupBlock]!).count == 1)
        continue
      }
      for who in 0...1 {
        let after = try await records(people[who])
        let written = after[.groupBlock]!.subtracting(before[who][.groupBlock]!)
        #expect(written.count == 1 && written.first!.count < 500)
        #expect(after[.groupBlock]!.count == before[who][.groupBlock]!.count)
        #expect(after[.group] == before[who][.group])
      }
    }
    for person in people.prefix(2) { #expect(try await person.client.check().isSound) }
  }

  @Test("a group that is left leaves nothing behind")
  func deleted() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    _ = try await bob.hear(alice.say("x", in: "friends"))
    try await bob.take(alice.change("friends").commit)
    try await bob.take(alice.change("friends", .remove("bob")).commit)
    for (_, values) in try await records(bob) { #expect(values.isEmpty) }
    #expect(try await bob.client.check().isSound)
  }

  @Test("a store of the first layout goes on, and has the second after its next step")
  func firstLayout() async throws {
    var bob = try await Person("bob")
    let alice = try await Person("alice")
    try await group("friends", of: [alice, bob])
    let late = try await alice.say("late", in: "friends")
    try await bob.take(alice.change("friends").commit)
    try await FirstLayout(store: bob.store).putBack()
    try await bob.restart()
    let old = try await records(bob)
    #expect(old[.groupState]?.count == 1 && old[.groupEpoch]?.count == 1)
    #expect(old[.groupBlock]?.isEmpty == true)
    #expect(try await bob.client.check().isSound)
    #expect(try await bob.authenticator("friends") == alice.authenticator("friends"))
    #expect(try await bob.hear(late) == "late")
    let new = try await records(bob)
    #expect(new[.groupState]?.isEmpty == true && new[.groupEpoch]?.isEmpty == true)
    #expect(new[.groupBlock]?.isEmpty == false)
    #expect(try await bob.client.check().isSound)
    #expect(await code { try await bob.hear(late) } == .duplicate)
    #expect(try await alice.hear(bob.say("back", in: "friends")) == "back")
    try await FirstLayout(store: bob.store).putBack()
    _ = try await bob.client.renameGroup("friends", to: "others")
    #expect(try await bob.client.check().isSound)
    #expect(try await bob.hear(alice.say("again", in: "friends")) == "again")
    try await FirstLayout(store: bob.store).putBack()
    try await bob.take(alice.change("friends", .remove("bob")).commit)
    for (_, values) in try await records(bob) { #expect(values.isEmpty) }
  }
}

/// Rewrites the only group of a store as version 1 of its record had it.
private struct FirstLayout {
  let store: InMemoryStore

  func putBack() async throws {
    try await RecordTransaction.run(
      in: store, key: StoreKey.open(store, secret: testSecret)
    ) { (records) throws(CygnetError) in
      var blocks: [MLS.BlockName: SecretBytes] = [:]
      for block in try records.values(.groupBlock) {
        blocks[try GroupBlocks.name(of: block)] = block
      }
      let group = try MLS.Group(
        restoring: blocks, configuration: MLS.Configuration(credentialValidator: Nobody()))
      let state = try group.state()
      let id = try group.id.wireEncoded()
      try records.put(.groupState, group.id.bytes, state.current)
      for past in state.past {
        try records.put(.groupEpoch, id + past.epoch.wireEncoded(), past.state)
      }
      for name in blocks.keys { try records.delete(.groupBlock, id + name.bytes) }
      for record in try records.values(.group) {
        let epochs = try state.past.map(\.epoch).wireEncoded()
        try records.put(.group, group.id.bytes, Self.first(record, epochs))
      }
    }
  }

  /// Version 1 has the past epochs in the place of the blocks.
  private static func first(
    _ record: SecretBytes, _ epochs: [UInt8]
  ) throws(CygnetError) -> SecretBytes {
    let (head, tail) = try Reader.read(record) { (reader) throws(CygnetError) in
      let start = reader.position
      try reader.skip(2)
      try reader.skipOpaque(0...255)
      try reader.skipOpaque(1...255)
      // The title has a version of its own.
      try reader.skip(2)
      try reader.skipOpaque(0...255)
      try reader.skip(8 + 8 + 4 + 1)
      let head = reader.bytes(since: start)
      try reader.skipOpaque(0...(1 << 24))
      let middle = reader.position
      try reader.skip(reader.remaining)
      return (head, reader.bytes(since: middle))
    }
    return SecretBytes(copying: [0, 1] + head.dropFirst(2) + epochs + tail)
  }
}

extension [MLS.Epoch] {
  fileprivate func wireEncoded() throws(CygnetError) -> [UInt8] {
    try EpochList(list: self).wireEncoded()
  }

  private struct EpochList: WireEncodable {
    let list: [MLS.Epoch]

    func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(vector: list)
    }
  }
}

/// Is asked by nobody: a group that is only moved from one layout to another judges nothing.
private struct Nobody: MLS.CredentialValidator {
  func isValid(
    _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
  ) -> Bool { false }

  func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool { false }

  func clientID(
    of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
  ) -> [UInt8] { [] }

  func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool { false }
}
