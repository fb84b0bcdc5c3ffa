package import CygnetPrimitives

/// One object of a vector file, read member by member.
///
/// The code that describes a computation serves both directions: it reads the inputs and names each
/// value it computes. While emitting, a named value is added to the object; while checking, it is
/// compared with what stands there. A member that nobody asked for is an error.
package struct VectorLedger {
  package enum Mode: Sendable { case emitting, checking }

  package let mode: Mode
  package private(set) var object: JSONObject
  private var used: Set<String> = []
  /// What first went wrong, with the member's name.
  package private(set) var problem: String?

  package init(_ object: JSONObject, mode: Mode) {
    self.object = object
    self.mode = mode
  }

  /// Notes what is wrong and gives the error to throw.
  package mutating func failure(_ what: String) -> CygnetError {
    if problem == nil { problem = what }
    return CygnetError(.malformed, "the vector does not hold")
  }

  /// - Throws: for a member that was never read.
  package mutating func demandAllUsed() throws(CygnetError) {
    for key in object.keys where !used.contains(key) {
      throw failure("unknown member \"\(key)\"")
    }
  }
}

// MARK: - Inputs

extension VectorLedger {
  /// - Throws: for a member that is missing.
  package mutating func value(_ key: String) throws(CygnetError) -> JSON {
    guard let value = object[key] else { throw failure("no member \"\(key)\"") }
    used.insert(key)
    return value
  }

  /// Whether a member is there; it counts as read only when it is read.
  package func has(_ key: String) -> Bool { object[key] != nil }

  package mutating func bytes(_ key: String) throws(CygnetError) -> [UInt8] {
    let value = try value(key)
    guard let text = value.string, let bytes = Hex.decode(text), Hex.encode(bytes) == text else {
      throw failure("\"\(key)\" is not lower-case hex")
    }
    return bytes
  }

  package mutating func optionalBytes(_ key: String) throws(CygnetError) -> [UInt8]? {
    if try value(key).isNull { return nil }
    return try bytes(key)
  }

  package mutating func secret(_ key: String) throws(CygnetError) -> SecretBytes {
    SecretBytes(copying: try bytes(key))
  }

  package mutating func text(_ key: String) throws(CygnetError) -> String {
    guard let text = try value(key).string else { throw failure("\"\(key)\" is not a string") }
    return text
  }

  package mutating func bool(_ key: String) throws(CygnetError) -> Bool {
    guard let bool = try value(key).bool else { throw failure("\"\(key)\" is not a boolean") }
    return bool
  }

  /// A number, or above 2^53 a decimal string.
  package mutating func integer(_ key: String) throws(CygnetError) -> UInt64 {
    let value = try value(key)
    guard let number = value.uint64 ?? value.string.flatMap({ UInt64($0) }),
      JSON.counting(number) == value
    else { throw failure("\"\(key)\" is not an integer") }
    return number
  }

  package mutating func uint32(_ key: String) throws(CygnetError) -> UInt32 {
    guard let number = UInt32(exactly: try integer(key)) else {
      throw failure("\"\(key)\" does not fit in 32 bits")
    }
    return number
  }
}

// MARK: - Outputs

extension VectorLedger {
  /// Adds a computed value, or compares it.
  package mutating func expect(_ key: String, _ computed: JSON) throws(CygnetError) {
    used.insert(key)
    guard let stated = object[key] else {
      guard mode == .emitting else { throw failure("no member \"\(key)\"") }
      object.append(key, computed)
      return
    }
    if stated != computed {
      throw failure("\"\(key)\" should be \(stated.compact), is \(computed.compact)")
    }
  }

  package mutating func expect(_ key: String, bytes: [UInt8]?) throws(CygnetError) {
    try expect(key, bytes.map { JSON.hex($0) } ?? .null)
  }

  package mutating func expect(_ key: String, secret: SecretBytes) throws(CygnetError) {
    try expect(key, bytes: secret.exposed())
  }

  /// A member that is itself an object.
  package mutating func nested(
    _ key: String, _ body: (inout VectorLedger) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    used.insert(key)
    if object[key] == nil && mode == .emitting { object.append(key, .object(JSONObject())) }
    guard let inner = object[key]?.object else { throw failure("\"\(key)\" is not an object") }
    var ledger = VectorLedger(inner, mode: mode)
    do throws(CygnetError) {
      try body(&ledger)
      try ledger.demandAllUsed()
    } catch {
      throw failure("in \"\(key)\": \(ledger.problem ?? error.description)")
    }
    object[key] = .object(ledger.object)
  }

  /// The objects of a list that the inputs give.
  package mutating func each(
    _ key: String, _ body: (inout VectorLedger) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    guard let elements = try value(key).array else {
      throw failure("\"\(key)\" is not an array")
    }
    var written: [JSON] = []
    for (index, element) in elements.enumerated() {
      guard let inner = element.object else {
        throw failure("\"\(key)\" has an element that is not an object")
      }
      var ledger = VectorLedger(inner, mode: mode)
      do throws(CygnetError) {
        try body(&ledger)
        try ledger.demandAllUsed()
      } catch {
        throw failure("in \"\(key)\", element \(index): \(ledger.problem ?? error.description)")
      }
      written.append(.object(ledger.object))
    }
    object[key] = .array(written)
  }

  /// Compares an outcome with `result` and, for an invalid case, `error`.
  /// - Returns: the value of a valid case.
  package mutating func settle<Value>(
    _ outcome: Result<Value, CygnetError>
  ) throws(CygnetError) -> Value? {
    let result = try text("result")
    let error = result == "invalid" ? try text("error") : nil
    switch (result, outcome) {
    case ("valid", .success(let value)): return value
    case ("valid", .failure(let thrown)): throw failure("refused: \(thrown)")
    case ("invalid", .success): throw failure("accepted, should be \(error ?? "refused")")
    case ("invalid", .failure(let thrown)):
      if thrown.code.name != error {
        throw failure("should be \(error ?? "refused"), is \(thrown)")
      }
      return nil
    default: throw failure("\"result\" is neither valid nor invalid")
    }
  }

  /// What `body` gives or throws, as a value.
  package static func attempt<Value>(
    _ body: () throws(CygnetError) -> Value
  ) -> Result<Value, CygnetError> {
    do throws(CygnetError) { return .success(try body()) } catch { return .failure(error) }
  }
}

extension JSON {
  /// An integer as vector files spell it: above 2^53 a decimal string, since many readers hold
  /// numbers as doubles.
  package static func counting(_ value: UInt64) -> JSON {
    value > 1 << 53 ? .string(String(value)) : .integer(value)
  }
}
