internal import CygnetPairwise
internal import CygnetPrimitives

/// A value of a request, checked against the type that the table gives it.
indirect enum ArgumentValue {
  case bytes([UInt8])
  case number(UInt64)
  case bool(Bool)
  case text(String)
  case handle(String, ServerObject)
  case members(Arguments)
  case list([ArgumentValue])
}

/// The checked members of a request, or of an object inside one, by the names in the table.
///
/// A name or type that the table does not have is a slip in the source of the operation, never of
/// the client: it ends as an internal fault.
struct Arguments {
  private var values: [String: ArgumentValue] = [:]

  mutating func set(_ name: String, _ value: ArgumentValue) { values[name] = value }

  /// Whether a member that may be absent is there.
  func has(_ name: String) -> Bool { values[name] != nil }

  /// The bytes to draw; none for an operation that draws none.
  var draws: [UInt8] {
    if case .bytes(let bytes) = values["random"] { bytes } else { [] }
  }

  func bytes(_ name: String) throws(CygnetError) -> [UInt8] {
    guard case .bytes(let bytes) = values[name] else { throw Call.slip }
    return bytes
  }

  func optionalBytes(_ name: String) throws(CygnetError) -> [UInt8]? {
    has(name) ? try bytes(name) : nil
  }

  func secret(_ name: String) throws(CygnetError) -> SecretBytes {
    SecretBytes(copying: try bytes(name))
  }

  func uint64(_ name: String) throws(CygnetError) -> UInt64 {
    guard case .number(let number) = values[name] else { throw Call.slip }
    return number
  }

  func uint32(_ name: String) throws(CygnetError) -> UInt32 {
    UInt32(truncatingIfNeeded: try integer(name, below: 1 << 32))
  }

  func uint16(_ name: String) throws(CygnetError) -> UInt16 {
    UInt16(truncatingIfNeeded: try integer(name, below: 1 << 16))
  }

  func uint8(_ name: String) throws(CygnetError) -> UInt8 {
    UInt8(truncatingIfNeeded: try integer(name, below: 1 << 8))
  }

  /// A number whose range in the table fits.
  func int(_ name: String) throws(CygnetError) -> Int {
    Int(truncatingIfNeeded: try integer(name, below: 1 << 62))
  }

  private func integer(_ name: String, below limit: UInt64) throws(CygnetError) -> UInt64 {
    let number = try uint64(name)
    guard number < limit else { throw Call.slip }
    return number
  }

  func bool(_ name: String) throws(CygnetError) -> Bool {
    guard case .bool(let bool) = values[name] else { throw Call.slip }
    return bool
  }

  func text(_ name: String) throws(CygnetError) -> String {
    guard case .text(let text) = values[name] else { throw Call.slip }
    return text
  }

  func members(_ name: String) throws(CygnetError) -> Arguments {
    guard case .members(let members) = values[name] else { throw Call.slip }
    return members
  }

  func list(_ name: String) throws(CygnetError) -> [ArgumentValue] {
    guard case .list(let list) = values[name] else { throw Call.slip }
    return list
  }

  func handle(_ name: String) throws(CygnetError) -> (handle: String, object: ServerObject) {
    guard case .handle(let handle, let object) = values[name] else { throw Call.slip }
    return (handle, object)
  }
}

// MARK: - Values of the library

extension Arguments {
  func address(_ name: String) throws(CygnetError) -> DeviceAddress {
    let members = try members(name)
    return try DeviceAddress(user: members.bytes("user"), device: members.uint32("device"))
  }

  func now() throws(CygnetError) -> Timestamp { Timestamp(seconds: try uint64("now")) }

  /// 33 bytes encoded.
  func identityKey(_ name: String) throws(CygnetError) -> IdentityKey {
    try IdentityKey(decoding: bytes(name))
  }

  func optionalIdentityKey(_ name: String) throws(CygnetError) -> IdentityKey? {
    has(name) ? try identityKey(name) : nil
  }

  /// 32 bytes without a type byte, as a private key's result or inside a header.
  func curveKey(_ name: String) throws(CygnetError) -> X25519.PublicKey {
    try X25519.PublicKey(bytes(name))
  }

  func privateKey(_ name: String) throws(CygnetError) -> X25519.PrivateKey {
    try X25519.PrivateKey(secret(name))
  }

  /// What is bound to a message; nothing where it is left out.
  func authenticating() throws(CygnetError) -> [UInt8] {
    try optionalBytes("authenticating") ?? []
  }
}
