/// What a member of a request or an answer holds.
///
/// `description` is what `help` shows; the page Conformance explains the words in it.
indirect enum FieldType: Sendable {
  /// Bytes as lower-case hex digits, of a count in the range.
  case hex(ClosedRange<Int>)
  /// A whole number, above 2^53 as a string of decimal digits.
  case number(ClosedRange<UInt64>, name: String)
  case bool
  case text
  case choice([String])
  /// The name of an object that the server keeps.
  case handle(ObjectKind)
  /// The name of an object of any kind.
  case anyHandle
  case object([Field], name: String)
  case list(FieldType)
  /// `null` where there is no such value. In a request the member may be left out as well.
  case nullable(FieldType)
  /// The rows of `help`.
  case rows

  static let hex = FieldType.hex(0...Int.max)

  static func hex(_ count: Int) -> FieldType { .hex(count...count) }

  static let uint8 = FieldType.number(0...UInt64(UInt8.max), name: "uint8")
  static let uint16 = FieldType.number(0...UInt64(UInt16.max), name: "uint16")
  static let uint32 = FieldType.number(0...UInt64(UInt32.max), name: "uint32")
  static let uint64 = FieldType.number(0...UInt64.max, name: "uint64")

  static func number(_ range: ClosedRange<UInt64>) -> FieldType {
    .number(range, name: "number[\(range.lowerBound)..\(range.upperBound)]")
  }

  /// A device address, spelled as in the vector files.
  static let address = FieldType.object(
    [Field("user", .hex(1...255)), Field("device", .uint32)], name: "address")

  /// A member of this type may be missing from a request.
  var isNullable: Bool {
    if case .nullable = self { true } else { false }
  }
}

extension FieldType: CustomStringConvertible {
  var description: String {
    switch self {
    case .hex(let counts):
      if counts.lowerBound == counts.upperBound { return "hex[\(counts.lowerBound)]" }
      if counts == 0...Int.max { return "hex" }
      return "hex[\(counts.lowerBound)..\(counts.upperBound)]"
    case .number(_, let name): return name
    case .bool: return "bool"
    case .text: return "text"
    case .choice(let choices): return choices.map { "\"\($0)\"" }.joined(separator: " or ")
    case .handle(let kind): return "handle of \(kind.rawValue)"
    case .anyHandle: return "handle"
    case .object(_, let name): return name
    case .list(let element): return "list of \(element)"
    case .nullable(let type): return "\(type), or null"
    case .rows: return "rows"
    }
  }
}

/// A named member of a request, of an answer, or of an object inside one.
struct Field: Sendable {
  let name: String
  let type: FieldType
  /// What the name does not say; empty where it says all.
  let note: String

  init(_ name: String, _ type: FieldType, _ note: String = "") {
    self.name = name
    self.type = type
    self.note = note
  }

  /// The bytes that take the place of fresh random ones.
  static func random(_ draws: String) -> Field { Field("random", .hex, draws) }

  /// What the application binds to a message.
  static let authenticating = Field("authenticating", .nullable(.hex))
}
