import CygnetMLS
import CygnetPrimitives
import Testing

/// Who is which client is remembered from epoch to epoch; this is to show that it is never out of date.
@Suite("Which member is which client")
struct ClientIndexTests {
  /// The member's place in the group.
  private func place(_ name: String, _ scene: Scene) throws -> LeafIndex {
    let index = try #require(scene.parties.firstIndex { $0.name == name })
    return scene.groups[index].ownIndex
  }

  private func add(_ name: String, to group: inout MLS.Group) throws -> MLS.Message {
    let verified = try Party(name).keyPackage().keyPackage.verified(
      at: now, configuration: .testing)
    return try group.commit([.add(verified)], now: now).commit
  }

  /// Nobody in the group adds any of these clients.
  private func expectKnown(_ names: [String], _ scene: Scene) throws {
    for name in names {
      for group in scene.groups {
        var group = group
        let error = #expect(throws: CygnetError.self) { try add(name, to: &group) }
        #expect(error?.rule == "V6", "\(name)")
      }
    }
  }

  @Test("V6: who joined, was updated or took another name is known, who left is not")
  func course() throws {
    var scene = try Scene(["alice", "bob", "carol", "dave"])
    try expectKnown(["alice", "bob", "carol", "dave"], scene)
    // By path and by proposal.
    try scene.commit(1)
    let update = try scene.groups[2].proposeUpdate(now: now)
    for index in [0, 1, 3] { _ = try scene.groups[index].receive(update, now: now) }
    try scene.commit(3)
    try expectKnown(["alice", "bob", "carol", "dave"], scene)
    var options = MLS.CommitOptions()
    options.leaf.credential = .basic(identity: Array("carol2".utf8))
    try scene.commit(2, options: options)
    try expectKnown(["alice", "bob", "carol", "carol2", "dave"], scene)
    try scene.commit(0, [.remove(place("bob", scene))])
    scene.groups.remove(at: 1)
    scene.parties.remove(at: 1)
    try expectKnown(["alice", "carol", "dave"], scene)
    for name in ["bob", "erin", "frank"] {
      let newcomer = try Party(name)
      scene.parties.append(newcomer)
      try scene.add([newcomer])
      try expectKnown(["alice", "carol", "dave", name], scene)
    }
    #expect(scene.agree)
    // What is remembered is not stored.
    for index in scene.groups.indices {
      scene.groups[index] = try MLS.Group(
        restoring: scene.groups[index].changes(since: nil).written, configuration: .testing)
    }
    try expectKnown(["alice", "bob", "carol", "dave", "erin", "frank"], scene)
  }

  @Test("V6: a client may be added beside its own removal")
  func replacement() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    try expectKnown(["bob"], scene)
    let bob = try Party("bob").keyPackage()
    let verified = try bob.keyPackage.verified(at: now, configuration: .testing)
    let bundle = try scene.groups[0].commit(
      [.remove(place("bob", scene)), .add(verified)], now: now)
    scene.groups.remove(at: 1)
    try scene.deliver(bundle.commit, from: 0)
    try expectKnown(["alice", "bob", "carol"], scene)
  }

  @Test("another validator is asked anew, for commits that wait as well")
  func otherValidator() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    try expectKnown(["bob"], scene)
    _ = try scene.groups[0].commit(now: now)
    scene.groups[0].configuration.credentialValidator = KeyValidator()
    try scene.groups[0].mergePendingCommit(now: now)
    // By keys, this one is another client.
    _ = try add("bob", to: &scene.groups[0])
    scene.groups[0].clearPendingCommit()
    scene.groups[0].configuration.credentialValidator = NameValidator()
    let error = #expect(throws: CygnetError.self) { try add("bob", to: &scene.groups[0]) }
    #expect(error?.rule == "V6")
  }
}

/// Tells clients apart by their keys.
private struct KeyValidator: MLS.CredentialValidator {
  func isValid(
    _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
  ) -> Bool { true }

  func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool { true }

  func clientID(
    of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
  ) -> [UInt8] { signatureKey.bytes }

  func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool { false }
}
