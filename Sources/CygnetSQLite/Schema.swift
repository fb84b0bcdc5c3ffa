internal import CSQLite
internal import CygnetPrimitives

/// The tables of a store, and how a file is recognised as one (Specification: StoredRecords).
enum Schema {
  /// "Cygn": what tells our databases from others.
  static let applicationID: Int64 = 0x4379_676e
  /// The version of the tables.
  static let version: Int64 = 1
  /// STRICT tables are there since SQLite 3.37.
  private static let oldestLibrary: Int32 = 3_037_000

  private static let recordTable: StaticString = """
    CREATE TABLE record(\
    id BLOB NOT NULL PRIMARY KEY, kind INTEGER NOT NULL, generation INTEGER NOT NULL, \
    sealed BLOB NOT NULL) STRICT, WITHOUT ROWID
    """
  private static let kindIndex: StaticString = "CREATE INDEX record_kind ON record(kind, id)"
  private static let metaTable: StaticString =
    "CREATE TABLE meta(k TEXT NOT NULL PRIMARY KEY, v BLOB NOT NULL) STRICT, WITHOUT ROWID"

  /// Makes sure that the database is a store, and sets one up in an empty database if `create`.
  /// Nothing is changed in a database that is none.
  /// - Throws: `notFound` for an empty database, `malformed` for a foreign one, `unsupported` for a newer version of the tables or
  ///   a SQLite that is too old, `storeDamaged` for tables that are not ours.
  static func prepare(_ connection: Connection, at path: String, create: Bool) throws {
    guard sqlite3_libversion_number() >= oldestLibrary else {
      throw CygnetError(.unsupported, "SQLite is older than 3.37")
    }
    // Before anything is read of a schema that may be hostile.
    try connection.run("PRAGMA trusted_schema = OFF")
    try connection.run("PRAGMA cell_size_check = ON")
    if try isEmpty(connection) {
      // What is left of a file that was cut short passes for a database without tables as well.
      guard DatabaseFile.isEmpty(at: path) else {
        throw CygnetError(.malformed, "the file is not a store")
      }
      guard create else { throw CygnetError(.notFound, "the store was never set up") }
      try setUp(connection)
    }
    try check(connection)
    try configure(connection)
  }

  private static func isEmpty(_ connection: Connection) throws(CygnetError) -> Bool {
    guard try connection.integer("PRAGMA application_id") == 0 else { return false }
    return try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
  }

  private static func setUp(_ connection: Connection) throws {
    // Parts of the integrity tree are longer than what a page of 4096 bytes keeps in place.
    try connection.run("PRAGMA page_size = 8192")
    try connection.transaction {
      try connection.run(recordTable)
      try connection.run(kindIndex)
      try connection.run(metaTable)
      try connection.run("PRAGMA application_id = 0x4379676e")
      try connection.run("PRAGMA user_version = 1")
    }
  }

  private static func check(_ connection: Connection) throws(CygnetError) {
    guard try connection.integer("PRAGMA application_id") == applicationID else {
      throw CygnetError(.malformed, "the file is a database of another program")
    }
    guard try connection.integer("PRAGMA user_version") == version else {
      throw CygnetError(.unsupported, "a store of a newer version")
    }
    // A view or trigger that somebody added would run with each statement.
    let found = try connection.texts("SELECT sql FROM sqlite_schema ORDER BY rowid")
    let wanted = [recordTable, kindIndex, metaTable].map { "\($0)" }
    guard found == wanted else {
      throw CygnetError(.storeDamaged, "the tables of the store were altered")
    }
  }

  private static func configure(_ connection: Connection) throws(CygnetError) {
    guard try connection.texts("PRAGMA journal_mode = WAL") == ["wal"] else {
      throw CygnetError(.storage, "the file system of the store cannot share memory")
    }
    // With less, the last commit can be lost with the power, and a ratchet would go back a step.
    try connection.run("PRAGMA synchronous = FULL")
    // On Darwin, an ordinary flush leaves data in the disk's own cache.
    try connection.run("PRAGMA fullfsync = ON")
    try connection.run("PRAGMA checkpoint_fullfsync = ON")
    try connection.run("PRAGMA secure_delete = ON")
    try connection.run("PRAGMA temp_store = MEMORY")
    try connection.run("PRAGMA mmap_size = 0")
    // Old versions of records stay in the log until it is used anew, so it is kept short.
    try connection.run("PRAGMA wal_autocheckpoint = 128")
    try connection.run("PRAGMA journal_size_limit = 1048576")
  }
}
