/// A JSON value as RFC 8259 has it, kept exactly enough to be written back.
///
/// Numbers keep their literal, so 64-bit integers and `1.0` survive; members keep their order.
/// Equality is that of the written form: literal by literal and in order.
package enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  /// Parses exactly one value; bytes after it are an error.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    var parser = JSONParser(bytes)
    self = try parser.parseDocument()
  }

  /// Parses one value from text.
  package init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }

  package static func integer(_ value: Int) -> JSON { .number(String(value)) }
  package static func integer(_ value: UInt64) -> JSON { .number(String(value)) }

  /// Bytes as a string of lower-case hex digits.
  package static func hex(_ bytes: [UInt8]) -> JSON { .string(Hex.encode(bytes)) }

  /// The members of an object in the order given.
  package static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    var object = JSONObject()
    for (key, value) in members { object.append(key, value) }
    return .object(object)
  }
}

/// The members of a JSON object, in their order.
package struct JSONObject: Equatable, Sendable {
  package struct Member: Equatable, Sendable {
    package let key: String
    package var value: JSON
  }

  package private(set) var members: [Member] = []

  package init() {}

  package init(_ members: [Member]) { self.members = members }

  package var count: Int { members.count }

  package var keys: [String] {
    var keys: [String] = []
    keys.reserveCapacity(members.count)
    for member in members { keys.append(member.key) }
    return keys
  }

  /// Adds a member at the end. The caller sees to it that the key is new.
  package mutating func append(_ key: String, _ value: JSON) {
    members.append(Member(key: key, value: value))
  }

  /// The value under `key`. Setting replaces in place, appends a new key, or removes with `nil`.
  package subscript(key: String) -> JSON? {
    get {
      for member in members where member.key == key { return member.value }
      return nil
    }
    set {
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): append(key, value)
      case (nil, nil): break
      }
    }
  }
}

// MARK: - Reading a value

extension JSON {
  package var isNull: Bool { self == .null }

  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  package var array: [JSON]? {
    if case .array(let value) = self { value } else { nil }
  }

  package var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The literal of a number, as it was written.
  package var numberLiteral: String? {
    if case .number(let literal) = self { literal } else { nil }
  }

  /// An integer that fits; `nil` for fractions, exponents and numbers out of range.
  package var int: Int? { numberLiteral.flatMap { Int($0) } }

  /// An integer that fits; `nil` for fractions, exponents and numbers out of range.
  package var uint64: UInt64? { numberLiteral.flatMap { UInt64($0) } }

  /// The bytes of a string of hex digits (either case, even count, nothing else).
  package var hexBytes: [UInt8]? { string.flatMap { Hex.decode($0) } }

  /// A member of an object; `nil` if it is missing or this is no object.
  package subscript(key: String) -> JSON? { object?[key] }

  /// An element of an array; `nil` if it is missing or this is no array.
  package subscript(index: Int) -> JSON? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }
}

// MARK: - Literals

extension JSON: ExpressibleByStringInterpolation {
  package init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self = .integer(value) }
}

extension JSON: ExpressibleByBooleanLiteral {
  package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByNilLiteral {
  package init(nilLiteral: ()) { self = .null }
}

extension JSON: ExpressibleByArrayLiteral {
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSON)...) {
    var object = JSONObject()
    for (key, value) in elements { object.append(key, value) }
    self = .object(object)
  }
}
