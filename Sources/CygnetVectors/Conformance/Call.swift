internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetSenderKeys

/// One running operation: what it was given, and what it wants to change. Nothing changes for the
/// server before the operation has succeeded and the random bytes were used up exactly.
struct Call {
  let arguments: Arguments
  /// The bytes given in place of fresh ones.
  var random: ReplayRandomSource
  /// Every handle that is kept, for the operations about objects themselves.
  let handles: [String]
  private(set) var changes: [String: ServerObject] = [:]
  private(set) var created: [ServerObject] = []
  /// Handles that are gone after this operation, even where it fails: a stream that is finished
  /// cannot be given back.
  private(set) var usedUp: Set<String> = []
  private let nextNumber: UInt64

  init(_ arguments: Arguments, handles: [String], nextNumber: UInt64) {
    self.arguments = arguments
    random = ReplayRandomSource(arguments.draws)
    self.handles = handles
    self.nextNumber = nextNumber
  }

  /// For what cannot happen unless an operation and its row of the table disagree.
  static var slip: CygnetError {
    CygnetError(.internalFault, "an operation and its row of the table disagree")
  }

  /// Keeps a new object and gives its handle.
  mutating func create(_ object: ServerObject) -> JSON {
    let number = nextNumber + UInt64(created.count)
    created.append(object)
    return .string("\(object.kind.rawValue)-\(number)")
  }

  /// Puts another object under a handle that was given.
  mutating func replace(_ name: String, _ object: ServerObject) throws(CygnetError) {
    changes[try arguments.handle(name).handle] = object
  }

  mutating func useUp(_ handle: String) { usedUp.insert(handle) }

  /// Ends the life of a stream that was given.
  mutating func useUp(given name: String) throws(CygnetError) {
    useUp(try arguments.handle(name).handle)
  }
}

// MARK: - Objects that were given

extension Call {
  func identity(_ name: String = "identity") throws(CygnetError) -> IdentityKeyPair {
    guard case .identity(let identity) = try arguments.handle(name).object else { throw Self.slip }
    return identity
  }

  func preKeys() throws(CygnetError) -> PreKeys {
    guard case .preKeys(let preKeys) = try arguments.handle("pre_keys").object else {
      throw Self.slip
    }
    return preKeys
  }

  func session() throws(CygnetError) -> PairwiseSession {
    guard case .session(let session) = try arguments.handle("session").object else {
      throw Self.slip
    }
    return session
  }

  func ratchet() throws(CygnetError) -> DoubleRatchet {
    guard case .ratchet(let ratchet) = try arguments.handle("ratchet").object else {
      throw Self.slip
    }
    return ratchet
  }

  func senderKey() throws(CygnetError) -> SendingSenderKey {
    guard case .senderKey(let key) = try arguments.handle("sender_key").object else {
      throw Self.slip
    }
    return key
  }

  func memberKey() throws(CygnetError) -> ReceivingSenderKey {
    guard case .memberKey(let key) = try arguments.handle("member_key").object else {
      throw Self.slip
    }
    return key
  }

  func encryptor() throws(CygnetError) -> EncryptorBox {
    guard case .encryptor(let box) = try arguments.handle("encryptor").object else {
      throw Self.slip
    }
    return box
  }

  func decryptor() throws(CygnetError) -> DecryptorBox {
    guard case .decryptor(let box) = try arguments.handle("decryptor").object else {
      throw Self.slip
    }
    return box
  }

  func verifier() throws(CygnetError) -> VerifierBox {
    guard case .verifier(let box) = try arguments.handle("verifier").object else {
      throw Self.slip
    }
    return box
  }
}

extension JSONObject {
  /// The members of an answer, in the order of the table.
  static func of(_ members: KeyValuePairs<String, JSON>) -> JSONObject {
    var object = JSONObject()
    for (key, value) in members { object.append(key, value) }
    return object
  }
}

extension JSON {
  static func hex(_ secret: SecretBytes) -> JSON { .hex(secret.exposed()) }

  /// `null` for what is not there.
  static func hex(optional bytes: [UInt8]?) -> JSON { bytes.map { JSON.hex($0) } ?? .null }
}
