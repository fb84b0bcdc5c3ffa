import CygnetPrimitives
import CygnetStorage
import TestSupport

/// A key file's secret, which costs nothing to open with.
func keyFile(_ byte: UInt8 = 7) -> StoreSecret {
  .keyFile(SecretBytes(copying: [UInt8](repeating: byte, count: 32)))
}

func passphrase(_ text: String) -> StoreSecret {
  .passphrase(SecretBytes(copying: Array(text.utf8)))
}

/// The least that Argon2id takes, so that tests are quick.
let cheap = PassphraseCost(memoryKiB: 64, passes: 1)

func secret(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }

/// What a store holds, for comparison and for tampering.
struct Contents: Equatable {
  var header: [UInt8]?
  var records: [StoredRecord]

  static func of(_ store: any Store) async throws -> Contents {
    try await store.transaction { transaction in
      Contents(
        header: try transaction.header(), records: try transaction.records(in: allNames()))
    }
  }

  /// Makes the store hold exactly this.
  func restore(to store: any Store) async throws {
    try await store.transaction { transaction in
      for record in try transaction.records(in: allNames()) { try transaction.delete(record.id) }
      for record in records { try transaction.put(record) }
      if let header { try transaction.setHeader(header) }
    }
  }
}

func allNames() throws -> ClosedRange<RecordID> {
  try RecordID([UInt8](repeating: 0, count: 16))...RecordID([UInt8](repeating: 255, count: 16))
}

/// A store with a few records of three kinds, and its key.
func filledStore(records: Int = 3) async throws -> (InMemoryStore, StoreKey) {
  let store = InMemoryStore()
  let key = try await StoreKey.create(in: store, secret: keyFile())
  try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
    for index in 0..<records {
      for kind in [RecordKind.session, .contact, .incoming] {
        try transaction.put(kind, [UInt8(index & 255), UInt8(index >> 8)], secret("\(index)"))
      }
    }
  }
  return (store, key)
}

/// The code with which an asynchronous `body` fails.
func failureCode<Value>(_ body: () async throws -> Value) async -> CygnetError.Code? {
  do {
    _ = try await body()
    return nil
  } catch {
    return (error as? CygnetError)?.code
  }
}
