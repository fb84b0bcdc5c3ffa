internal import Cygnet
internal import CygnetPrimitives
internal import CygnetSQLite
internal import CygnetStorage

/// The open store of a profile, and the client that works with it.
///
/// For a command: `let session = try await StoreSession.open(invocation)`, then steps of
/// `session.client`. What a step throws may be handed on as it comes. Keys go with the session.
struct StoreSession: Sendable {
  let folder: ProfileFolder
  let store: SQLiteStore
  let client: Client
  /// What opened it: for commands that write it anew. Wiped with the session.
  let secret: StoreSecret

  /// How often a person may try a passphrase.
  private static let attempts = 3

  // MARK: Opening

  /// Opens the store that the command line names.
  /// - Throws: `unknown` for a profile that is not set up, `locked` without the right secret,
  ///   `authentication` for a damaged store, `stale` for one of a newer version, `inputOutput` for
  ///   one that others can read or that the system does not give.
  static func open(_ invocation: Invocation) async throws(CommandFailure) -> StoreSession {
    let folder = try ProfileFolder(invocation.arguments)
    let store = try existingStore(folder, mayBeEmpty: false)
    let reader = try SecretReader(invocation, of: "profile \(folder.name)")
    for attempt in 1...attempts {
      let secret = try reader.existing()
      do {
        let client = try await Client(opening: store, secret: secret)
        return StoreSession(folder: folder, store: store, client: client, secret: secret)
      } catch {
        let isLast = !reader.canRepeat || attempt == attempts
        guard error.code == .locked, !isLast else { throw failure(error, folder, secret) }
        invocation.output.note("That passphrase does not open the store.")
      }
    }
    // The last attempt returns or throws.
    throw CommandFailure(.internalError, "no attempt was made to open the store")
  }

  /// - Parameter mayBeEmpty: whether to take a file into which nothing was written yet.
  private static func existingStore(
    _ folder: ProfileFolder, mayBeEmpty: Bool
  ) throws(CommandFailure) -> SQLiteStore {
    guard try folder.hasStore() else { throw notSetUp(folder) }
    try folder.demandPrivate()
    let isEmpty = FileStatus.of(folder.store)?.size == 0
    if isEmpty && !mayBeEmpty { throw notSetUp(folder) }
    let name = try folder.storeName()
    do {
      return try SQLiteStore(path: name, create: mayBeEmpty)
    } catch { throw failure(error, folder, nil) }
  }

  // MARK: Setting up

  /// Makes the store of a profile that has none, and fills it.
  /// - Throws: `unknown` if the profile is set up already, and what `open` throws.
  static func create(
    _ invocation: Invocation,
    _ fill: (SQLiteStore, StoreSecret) async throws(CygnetError) -> Client
  ) async throws(CommandFailure) -> StoreSession {
    let folder = try ProfileFolder(invocation.arguments)
    try await demandNoStore(folder)
    try folder.create()
    do {
      return try await SecretReader(invocation, of: "profile \(folder.name)").new { secret in
        do {
          let store = try SQLiteStore(path: folder.storeName(), create: true)
          let client = try await fill(store, secret)
          return StoreSession(folder: folder, store: store, client: client, secret: secret)
        } catch let error as CygnetError {
          throw error.code == .wrongState ? isSetUp(folder) : failure(error, folder, secret)
        }
      }
    } catch { throw CommandFailure(error) }
  }

  /// - Throws: `unknown` if the profile that the command line names is set up already.
  static func demandNotSetUp(_ invocation: Invocation) async throws(CommandFailure) {
    try await demandNoStore(ProfileFolder(invocation.arguments))
  }

  /// A file without a header is what an interrupted set-up leaves; it may be used.
  private static func demandNoStore(_ folder: ProfileFolder) async throws(CommandFailure) {
    guard try folder.hasStore() else { return }
    let store = try existingStore(folder, mayBeEmpty: true)
    let isEmpty: Bool
    do { isEmpty = try await store.transaction { try $0.header() == nil } } catch {
      guard let error = error as? CygnetError else { throw CommandFailure(error) }
      throw failure(error, folder, nil)
    }
    guard isEmpty else { throw isSetUp(folder) }
  }

  private static func isSetUp(_ folder: ProfileFolder) -> CommandFailure {
    var failure = CommandFailure(
      .unknown, "profile \(folder.name) is set up already",
      hint: "look at it with '\(folder.line("identity show"))', or choose another with --profile")
    failure.libraryCode = CygnetError.Code.wrongState.name
    return failure
  }

  /// What the store shows without a key: its header.
  func header() async throws -> StoreHeaderSummary {
    guard let header = try await store.transaction({ try $0.header() }) else {
      throw CygnetError(.notFound, "the store has no header")
    }
    return try StoreHeaderSummary(decoding: header)
  }

  // MARK: Failures

  private static func notSetUp(_ folder: ProfileFolder) -> CommandFailure {
    var failure = CommandFailure(
      .unknown, "profile \(folder.name) is not set up",
      hint: "set it up with '\(folder.line("init"))'")
    failure.libraryCode = CygnetError.Code.notFound.name
    return failure
  }

  /// Why the store does not open.
  private static func failure(
    _ error: CygnetError, _ folder: ProfileFolder, _ secret: StoreSecret?
  ) -> CommandFailure {
    var failure = CommandFailure(error)
    switch error.code {
    case .notFound: return notSetUp(folder)
    case .locked:
      if case .keyFile = secret {
        failure.message = "the key file does not open profile \(folder.name)"
      } else {
        failure.message = "the passphrase does not open profile \(folder.name)"
      }
    case .unsupported:
      failure.message = "\(folder.store) was written by a newer version"
      failure.hint = "update cygnet; nothing was changed"
    default: failure.message = "\(folder.store): \(failure.message)"
    }
    return failure
  }
}

extension ProfileFolder {
  /// The store's path as the library takes it.
  /// - Throws: `usage` for a path that is not UTF-8.
  fileprivate func storeName() throws(CommandFailure) -> String {
    guard let name = String(validating: store.bytes, as: UTF8.self) else {
      throw .usage("the path of the store is not UTF-8: \(store)", hint: "choose another --home")
    }
    return name
  }
}
