import Cygnet
import CygnetPrimitives
import CygnetStorage
import Testing

@Suite("Backups")
struct BackupTests {
  @Test("identity, contacts and marks come back; sessions begin anew")
  func restore() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await alice.add(bob)
    #expect(try await bob.receive(alice.send("1", to: bob)) == "1")
    #expect(try await alice.receive(bob.send("2", to: alice)) == "2")
    _ = try await alice.client.setVerified("bob", true, now: testTime)
    let number = try await alice.client.safetyNumber(with: "bob")
    let key = try await alice.client.recoveryKey()
    let backup = try await alice.client.backup(now: testTime)
    let summary = try Client.checkBackup(backup, key: key)
    #expect(summary.contacts.map(\.name) == ["bob"])
    let restored = try await Client.restore(
      backup, key: key, into: InMemoryStore(), secret: testSecret, now: testTime)
    #expect(try await restored.profile().identity == alice.client.profile().identity)
    #expect(try await restored.profile().restoredAt == testTime)
    #expect(try await restored.contact("bob").isVerified)
    #expect(try await restored.safetyNumber(with: "bob") == number)
    #expect(try await restored.sessions().isEmpty)
    #expect(try await restored.recoveryKey().secret == key.secret)
    // A message to the session that is gone does not open; a new handshake serves both.
    let lost = try await bob.send("lost", to: alice)
    #expect(await code { try await restored.receive(lost, now: testTime) } == .notFound)
    let sent = try await restored.send(
      MessageContent(text: Array("anew".utf8)), to: "bob", now: testTime)
    #expect(try await bob.receive(sent.envelope) == "anew")
    let reply = try await bob.send("welcome", to: alice)
    let received = try await restored.receive(reply, now: testTime)
    #expect(received.content.text == Array("welcome".utf8))
  }

  @Test("no id of a prekey is given twice, and cards from before are refused, not confused")
  func preKeyIDs() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await bob.add(alice)
    let key = try await alice.client.recoveryKey()
    let backup = try await alice.client.backup(now: testTime)
    let before = try await alice.client.preKeyStatus().currentSignedPreKeyID
    let restored = try await Client.restore(
      backup, key: key, into: InMemoryStore(), secret: testSecret, now: testTime)
    #expect(try await restored.preKeyStatus().currentSignedPreKeyID > before)
    let late = try await bob.send("by the old card", to: alice)
    #expect(await code { try await restored.receive(late, now: testTime) } == .notFound)
  }

  @Test("another key, altered bytes and a cut file are refused")
  func damage() async throws {
    let alice = try await Person("alice")
    let key = try await alice.client.recoveryKey()
    let backup = try await alice.client.backup(now: testTime)
    #expect(
      await code { try Client.checkBackup(backup, key: RecoveryKey.generate()) }
        == .authenticationFailed)
    for index in stride(from: 0, to: backup.count, by: 11) {
      var altered = backup
      altered[index] ^= 0x40
      #expect(await code { try Client.checkBackup(altered, key: key) } != nil, "byte \(index)")
    }
    for count in stride(from: 0, to: backup.count, by: 37) {
      let cut = Array(backup[..<count])
      #expect(await code { try Client.checkBackup(cut, key: key) } != nil, "\(count) bytes")
    }
    #expect(await code { try Client.checkBackup(backup + [0], key: key) } != nil)
  }

  @Test("a store that is set up is not overwritten")
  func occupied() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    let key = try await alice.client.recoveryKey()
    let backup = try await alice.client.backup(now: testTime)
    #expect(
      await code {
        try await Client.restore(
          backup, key: key, into: bob.store, secret: testSecret, now: testTime)
      } == .wrongState)
    #expect(try await bob.client.profile().address.user == Array("bob".utf8))
  }
}
