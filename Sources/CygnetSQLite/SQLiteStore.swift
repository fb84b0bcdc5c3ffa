public import CygnetPrimitives
public import CygnetStorage

/// A store in one SQLite database file.
///
/// What reaches the file is sealed, so it shows how many records of each kind there are, how long
/// they are and when they changed, and nothing else. Every transaction is on disk when it returns.
/// Any number of processes may have the store open: each transaction waits for its turn, for 30 s at
/// most. Beside `PATH` stand `PATH.lock`, whose only use is that lock, and while the store is open
/// `PATH-wal` and `PATH-shm`. All are for their owner alone.
///
/// The file must lie on a local file system: locks and shared memory do not work over a network.
public actor SQLiteStore: Store {
  private let path: String
  private let file: DatabaseFile
  private let lock: StoreLock
  private var connection: Connection?

  /// Opens the database file at `path`.
  /// - Parameters:
  ///   - path: the file's path, relative to the current folder or absolute.
  ///   - create: whether to make the file where there is none.
  ///   - allowingOthers: whether to open a file that others than its owner may read or write.
  /// - Throws: `notFound` where there is no file, or an empty one, and none is to be made; `malformed` for a file that
  ///   is no database, or another program's; `unsupported` for a newer version; `storeDamaged` for a
  ///   file that was cut short or whose tables were altered; `storage` where the system refuses, or
  ///   others may read or write the file, or another process keeps the store for 30 s.
  public init(path: String, create: Bool, allowingOthers: Bool = false) throws(CygnetError) {
    try self.init(
      path: path, create: create, allowingOthers: allowingOthers, patience: .seconds(30))
  }

  /// - Parameter patience: how long to wait for other processes.
  package init(
    path: String, create: Bool, allowingOthers: Bool = false, patience: Duration
  ) throws(CygnetError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw CygnetError(.storage, "the path of the store is not a file")
    }
    // Without a slash, SQLite would take some names for something else than a file's.
    let path = path.utf8.first == UInt8(ascii: "/") ? path : "./" + path
    if try DatabaseFile(at: path) == nil && !create { throw Self.isMissing }
    let lock = try StoreLock(path: path + ".lock", patience: patience)
    try lock.acquireBlocking()
    defer { lock.release() }
    (file, connection) = try Self.open(
      path, create: create, allowingOthers: allowingOthers, patience: patience)
    (self.path, self.lock) = (path, lock)
  }

  /// Closes the file. Every later transaction fails with `wrongState`. A store that nobody holds any
  /// more closes by itself.
  public func close() { connection = nil }

  /// Runs `body` when no other transaction runs, in this process or another.
  /// - Throws: what `body` throws; a `CygnetError` of code `storage` where others keep the store for
  ///   30 s, the file was replaced or SQLite fails; `storeDamaged` for a file that is no longer whole;
  ///   `wrongState` after `close()`.
  public func transaction<Result: Sendable>(
    _ body: @Sendable (any StoreTransaction) throws -> Result
  ) async throws -> Result {
    // While this waited for its turn on the actor, another of its transactions may have given the
    // lock back, which is the process's. From here to the end nothing waits.
    repeat { try await lock.acquire() } while try !lock.tryAcquire()
    defer { lock.release() }
    guard let connection, !connection.isStuck else {
      throw CygnetError(.wrongState, "the store was closed")
    }
    // What is written into a file that has lost its name is lost with it.
    guard let current = try DatabaseFile(at: path), current.isSame(as: file) else {
      throw CygnetError(.storage, "the file of the store was replaced: open it again")
    }
    return try connection.transaction {
      let transaction = SQLiteTransaction(connection)
      defer { transaction.end() }
      return try body(transaction)
    }
  }

  private static func open(
    _ path: String, create: Bool, allowingOthers: Bool, patience: Duration
  ) throws(CygnetError) -> (DatabaseFile, Connection) {
    if try DatabaseFile(at: path) == nil {
      guard create else { throw isMissing }
      try DatabaseFile.create(at: path)
    }
    guard let file = try DatabaseFile(at: path) else { throw isMissing }
    guard allowingOthers || !file.isOpenToOthers else {
      throw CygnetError(
        .storage, "others may read or write the store: take their permissions away (chmod 600)")
    }
    let connection = try Connection(path: path, patience: patience)
    do {
      try Schema.prepare(connection, at: path, create: create)
    } catch let error as CygnetError {
      throw error
    } catch {
      throw CygnetError(.internalFault, "an unexpected error", underlying: error)
    }
    if create { try DatabaseFile.synchroniseFolder(of: path) }
    return (file, connection)
  }

  private static var isMissing: CygnetError {
    CygnetError(.notFound, "there is no store at this path")
  }
}
