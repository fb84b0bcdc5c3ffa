internal import CygnetPrimitives

/// One case of a vector file, with the fields that its group states for all.
struct VectorCase {
  let id: String
  let fields: JSON
  let group: JSON

  /// The cases of a file: an array at the top, or under `tests`, or `tests` under `testGroups` or
  /// `groups`. A file of another shape has none.
  static func all(in file: JSON) -> [VectorCase] {
    if let rows = file.array { return number(rows, in: .null, after: 0) }
    if let tests = file["tests"]?.array { return number(tests, in: file, after: 0) }
    var cases: [VectorCase] = []
    for group in (file["testGroups"] ?? file["groups"])?.array ?? [] {
      cases += number(group["tests"]?.array ?? [], in: group, after: cases.count)
    }
    return cases
  }

  private static func number(_ rows: [JSON], in group: JSON, after start: Int) -> [VectorCase] {
    var cases: [VectorCase] = []
    cases.reserveCapacity(rows.count)
    for row in rows {
      let given = row["tcId"]?.numberLiteral ?? row["name"]?.string
      let id = given ?? String(start + cases.count + 1)
      cases.append(VectorCase(id: id, fields: row, group: group))
    }
    return cases
  }

  func has(_ key: String) -> Bool { fields[key] != nil }

  func bytes(_ key: String) throws(CygnetError) -> [UInt8] { try fields.bytes(key) }

  func secret(_ key: String) throws(CygnetError) -> SecretBytes { try fields.secret(key) }

  func int(_ key: String) throws(CygnetError) -> Int { try fields.int(key) }

  func text(_ key: String) throws(CygnetError) -> String { try fields.text(key) }

  /// Whether the file takes the case for valid.
  /// - Throws: `malformed` where `result` is neither `valid` nor `invalid`.
  func isValid() throws(CygnetError) -> Bool {
    switch try text("result") {
    case "valid": return true
    case "invalid": return false
    default: throw CygnetError(.malformed, "a result is valid or invalid")
    }
  }
}

/// The fields of a case; one that is missing or of another kind fails the case.
extension JSON {
  func member(_ key: String) throws(CygnetError) -> JSON {
    guard let value = self[key] else {
      throw CygnetError(.malformed, "the case lacks a field")
    }
    return value
  }

  func bytes(_ key: String) throws(CygnetError) -> [UInt8] {
    guard let bytes = try member(key).hexBytes else {
      throw CygnetError(.malformed, "a field of the case is not hex")
    }
    return bytes
  }

  func secret(_ key: String) throws(CygnetError) -> SecretBytes {
    SecretBytes(copying: try bytes(key))
  }

  func int(_ key: String) throws(CygnetError) -> Int {
    guard let int = try member(key).int else {
      throw CygnetError(.malformed, "a field of the case is not an integer")
    }
    return int
  }

  func text(_ key: String) throws(CygnetError) -> String {
    guard let text = try member(key).string else {
      throw CygnetError(.malformed, "a field of the case is not a string")
    }
    return text
  }

  func list(_ key: String) throws(CygnetError) -> [JSON] {
    guard let list = try member(key).array else {
      throw CygnetError(.malformed, "a field of the case is not an array")
    }
    return list
  }
}
