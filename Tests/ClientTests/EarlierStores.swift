import Cygnet
import CygnetPrimitives
import CygnetSQLite
import CygnetStorage
import CygnetWire
import TestSupport

/// Copies of the stores in `Tests/Stores/classical`, which an earlier version wrote.
struct EarlierStores {
  /// A minute after they were written.
  static let now = Timestamp(seconds: 1_795_287_258)
  static let secret = StoreSecret.keyFile(SecretBytes(copying: [UInt8](repeating: 3, count: 32)))

  private let folder: CommandLineTool.Folder

  init() throws { folder = try CommandLineTool.Folder() }

  static func file(_ name: String) throws -> [UInt8] {
    guard let bytes = RepositoryFiles.read(RepositoryFiles.path("Tests/Stores/classical/\(name)"))
    else { throw CygnetError(.notFound, "a stored file is not there") }
    return bytes
  }

  static func backup() throws -> [UInt8] { try Armor.decode(file("bob.backup"), label: .backup) }

  static func card() throws -> ContactCard {
    try ContactCard(decoding: Armor.decode(file("bob.card"), label: .contactCard))
  }

  static func bundle() throws -> PreKeyBundle { try PreKeyBundle(decoding: file("bob.bundle")) }

  /// Opened as by this version: nothing is done but opening.
  func open(_ name: String, suitePolicy: SuitePolicy = .postQuantumOnly) async throws -> Client {
    if !folder.exists("\(name).db") {
      try folder.write(Self.file("\(name).db"), "\(name).db")
      try folder.restrict("\(name).db")
    }
    return try await Client(
      opening: SQLiteStore(path: folder.file("\(name).db"), create: false), secret: Self.secret,
      suitePolicy: suitePolicy)
  }
}

extension Client {
  /// Encrypts, and confirms that it left.
  func send(
    _ text: String, to name: String, bundle: PreKeyBundle? = nil, suitePolicy: SuitePolicy? = nil
  ) async throws -> OutgoingMessage {
    let message = try await send(
      MessageContent(text: Array(text.utf8)), to: name, bundle: bundle, suitePolicy: suitePolicy,
      now: EarlierStores.now)
    try await confirmSent(message.id)
    return message
  }

  /// Decrypts, and confirms that it was shown.
  func read(_ envelope: [UInt8]) async throws -> String {
    let message = try await receive(envelope, now: EarlierStores.now)
    try await confirmDelivered(message.id)
    return String(decoding: message.content.text, as: UTF8.self)
  }

  func card() async throws -> ContactCard { try await card(name: "x", now: EarlierStores.now) }

  func suite(with name: String) async throws -> Suite { try await session(with: name).suite }
}
