import Cygnet
import CygnetPrimitives
import CygnetStorage

/// The time of every test here.
let testTime = Timestamp(seconds: 1_767_225_600)

let testSecret = StoreSecret.keyFile(SecretBytes(copying: [UInt8](repeating: 7, count: 32)))

/// A person with a store in memory.
struct Person {
  let name: String
  let store: InMemoryStore
  var client: Client

  init(_ name: String) async throws {
    self.name = name
    store = InMemoryStore()
    client = try await Client.create(
      in: store, secret: testSecret, as: DeviceAddress(user: Array(name.utf8), device: 1),
      now: testTime)
  }

  /// As after the end of the process: only the store is left.
  mutating func restart() async throws {
    client = try await Client(opening: store, secret: testSecret)
  }

  func add(_ other: Person) async throws {
    let card = try await other.client.card(name: other.name, now: testTime)
    _ = try await client.addContact(other.name, card: card, now: testTime)
  }

  /// Encrypts, and confirms that it left.
  func send(_ text: String, to other: Person) async throws -> [UInt8] {
    let content = try MessageContent(text: Array(text.utf8))
    let message = try await client.send(content, to: other.name, now: testTime)
    try await client.confirmSent(message.id)
    return message.envelope
  }

  /// Decrypts, and confirms that it was shown.
  func receive(_ envelope: [UInt8]) async throws -> String {
    let message = try await client.receive(envelope, now: testTime)
    try await client.confirmDelivered(message.id)
    return String(decoding: message.content.text, as: UTF8.self)
  }
}

/// The code with which a call fails; nil when it does not.
func code<Value>(_ body: () async throws -> Value) async -> CygnetError.Code? {
  do {
    _ = try await body()
    return nil
  } catch let error as CygnetError {
    return error.code
  } catch {
    return nil
  }
}
