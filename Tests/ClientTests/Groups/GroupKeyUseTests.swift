import Cygnet
import CygnetMLS
import CygnetPrimitives
import CygnetStorage
import CygnetVectors
import TestSupport
import Testing

/// A key that decrypted a message is gone, whatever was wrong with the message.
@Suite("Used keys of groups in the store")
struct GroupKeyUseTests {
  /// The group as somebody's store holds it.
  private func held(by person: Person) async throws -> MLS.Group {
    // Each person of these tests is in one group.
    let blocks = try await RecordTransaction.run(
      in: person.store, key: StoreKey.open(person.store, secret: testSecret)
    ) { (records) throws(CygnetError) in
      var blocks: [MLS.BlockName: SecretBytes] = [:]
      for block in try records.values(.groupBlock) {
        blocks[try GroupBlocks.name(of: block)] = block
      }
      return blocks
    }
    var configuration = MLS.Configuration(credentialValidator: StemValidator())
    configuration.extensionTypes = [MLS.ExtensionType(0xf0c1)]
    return try MLS.Group(restoring: blocks, configuration: configuration)
  }

  @Test("A5: a refused message that could be decrypted is a duplicate afterwards, in the store too")
  func refused() async throws {
    let alice = try await Person("alice")
    var bob = try await Person("bob")
    try await group("friends", of: [alice, bob])
    var forger = try await GroupForger(held(by: alice))
    var random = SeededRandomSource(5)
    for fault in GroupForger.Fault.allCases {
      let message = try forger.message(with: fault, using: &random)
      let refusal = await code { try await bob.take(message) }
      #expect(refusal != nil && refusal != .duplicate, "\(fault)")
      try await bob.restart()
      #expect(await code { try await bob.take(message) } == .duplicate, "\(fault)")
    }
    #expect(try await bob.client.check().isSound)
  }

  @Test("A5: so is a message whose content is none of the application's")
  func content() async throws {
    let alice = try await Person("alice")
    var bob = try await Person("bob")
    try await group("friends", of: [alice, bob])
    var group = try await held(by: alice)
    let message = try group.encrypt([0xff]).encoded()
    #expect(await code { try await bob.take(message) } == .malformed)
    try await bob.restart()
    #expect(await code { try await bob.take(message) } == .duplicate)
  }

  @Test("A5: what is not authentic uses no key and writes nothing")
  func forged() async throws {
    let (alice, bob) = (try await Person("alice"), try await Person("bob"))
    try await group("friends", of: [alice, bob])
    let genuine = try await alice.say("hello", in: "friends")
    let before = try await bob.commitCount()
    for place in [genuine.count - 1, genuine.count - 40] {
      var forged = genuine
      forged[place] ^= 1
      #expect(await code { try await bob.take(forged) } == .authenticationFailed)
    }
    #expect(try await bob.commitCount() == before)
    #expect(try await bob.hear(genuine) == "hello")
  }
}
