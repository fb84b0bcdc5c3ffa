import Cygnet
import CygnetPrimitives
import CygnetStorage
import Testing

extension Person {
  /// Transactions that wrote to the store.
  func commitCount() async throws -> UInt64 {
    try await RecordTransaction.run(in: store, key: StoreKey.open(store, secret: testSecret)) {
      (records) throws(CygnetError) in records.commitCount
    }
  }

  /// Carries something made for a group to somebody else, who confirms that it was shown.
  @discardableResult
  func take(_ message: OutgoingGroupMessage?) async throws -> Received {
    try await take(#require(message).bytes)
  }

  @discardableResult
  func take(_ bytes: [UInt8]) async throws -> Received {
    let received = try await client.receiveAny(bytes, now: testTime)
    if case .group(let event) = received { try await client.confirmDelivered(event.id) }
    return received
  }

  /// Sends to a group and confirms that it left.
  func say(_ text: String, in group: String) async throws -> [UInt8] {
    let message = try await client.send(
      MessageContent(text: Array(text.utf8)), toGroup: group, now: testTime)
    try await client.confirmSent(message.id)
    return message.bytes
  }

  /// The text of a message in a group.
  func hear(_ bytes: [UInt8]) async throws -> String {
    guard case .group(let event) = try await take(bytes),
      case .message(_, let content) = event.content
    else { throw CygnetError(.notFound, "not a message") }
    return String(decoding: content.text, as: UTF8.self)
  }

  /// Takes an invitation in and accepts it.
  func join(_ welcome: OutgoingGroupMessage?) async throws {
    let message = try #require(welcome)
    guard case .invitation(let invitation) = try await take(message) else {
      throw CygnetError(.notFound, "not an invitation")
    }
    _ = try await client.accept(invitation.id, now: testTime)
  }

  /// The commit of a change that is carried to nobody yet.
  func change(_ group: String, _ edits: GroupEdit...) async throws -> GroupStep {
    let step = try await client.change(group, edits, now: testTime)
    for message in [step.commit, step.welcome] {
      if let message { try await client.confirmSent(message.id) }
    }
    return step
  }

  func keyPackage() async throws -> [UInt8] { try await client.makeKeyPackage(now: testTime) }

  func authenticator(_ group: String) async throws -> [UInt8] {
    try await client.group(group).authenticator
  }
}

/// A group of which the first of the people is the creator, and all the others accepted.
func group(_ name: String, of people: [Person]) async throws {
  _ = try await people[0].client.createGroup(name, now: testTime)
  guard people.count > 1 else { return }
  var edits: [GroupEdit] = []
  for person in people.dropFirst() { edits.append(.add(keyPackage: try await person.keyPackage())) }
  let step = try await people[0].client.change(name, edits, now: testTime)
  try await people[0].client.confirmSent(#require(step.welcome).id)
  for person in people.dropFirst() { try await person.join(step.welcome) }
}
