import Cygnet
import CygnetPrimitives
import CygnetSQLite
import CygnetStorage
import CygnetWire
import TestSupport

/// Works on the store of a profile behind the program's back: without a key, as an attacker or a
/// failing disk would, or with it.
extension TestProfiles {
  func path(_ profile: String = "alice") -> String { folder.file(store(profile)) }

  /// The records of a kind as they lie there.
  func records(ofKind kind: UInt8, _ profile: String = "alice") async throws -> [StoredRecord] {
    try await SQLiteStore(path: path(profile), create: false).transaction {
      try $0.records(ofKind: kind, after: nil, limit: 1000)
    }
  }

  func put(_ records: [StoredRecord], _ profile: String = "alice") async throws {
    try await SQLiteStore(path: path(profile), create: false).transaction { transaction in
      for record in records { try transaction.put(record) }
    }
  }

  func delete(_ record: StoredRecord, _ profile: String = "alice") async throws {
    try await SQLiteStore(path: path(profile), create: false).transaction {
      try $0.delete(record.id)
    }
  }

  /// Changes bytes of the store's header.
  func alterHeader(
    _ profile: String = "alice", _ change: @Sendable (inout [UInt8]) -> Void
  ) async throws {
    try await SQLiteStore(path: path(profile), create: false).transaction { transaction in
      var header = try transaction.header() ?? []
      change(&header)
      try transaction.setHeader(header)
    }
  }

  /// The client of a profile that the key file opens.
  func client(_ profile: String = "alice") async throws -> Client {
    let text = try folder.read("key").filter { $0 != UInt8(ascii: "\n") }
    let key = try Bech32m.decode(SecretBytes(copying: text), prefix: "cygkey", byteCount: 32)
    return try await Client(
      opening: SQLiteStore(path: path(profile), create: false), secret: .keyFile(key))
  }

  /// The card of a profile, from its file.
  func card(_ profile: String) throws -> ContactCard {
    let outcome = try run(["identity", "export", "--public"], profile)
    return try ContactCard(decoding: Armor.decode(outcome.output, label: .contactCard))
  }
}

extension StoredRecord {
  /// The same with one bit of its content turned.
  var altered: StoredRecord {
    var bytes = sealed
    bytes[bytes.count / 2] ^= 1
    return StoredRecord(kind: kind, id: id, generation: generation, sealed: bytes)
  }
}
