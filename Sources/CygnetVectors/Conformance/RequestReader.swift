/// Reads the members of a request by the table. Strict: a member that is not in the table, or that is
/// of another type than the table says, is an error.
struct RequestReader {
  /// The objects that the server keeps.
  let objects: [String: ServerObject]

  /// Everything but `id` and `op`.
  func read(_ request: JSONObject, _ fields: [Field]) throws(ConformanceError) -> Arguments {
    var members: [JSONObject.Member] = []
    for member in request.members where member.key != "id" && member.key != "op" {
      members.append(member)
    }
    return try read(members, fields, place: "")
  }

  private func read(
    _ members: [JSONObject.Member], _ fields: [Field], place: String
  ) throws(ConformanceError) -> Arguments {
    for member in members where !fields.contains(where: { $0.name == member.key }) {
      throw ConformanceError(.unknownMember, "no member \(place)\(Self.shortened(member.key))")
    }
    var arguments = Arguments()
    for field in fields {
      let stated = members.first { $0.key == field.name }?.value
      if case .nullable(let type) = field.type {
        guard let stated, !stated.isNull else { continue }
        arguments.set(field.name, try value(stated, type, "\(place)\(field.name)"))
        continue
      }
      guard let stated else {
        throw ConformanceError(.missingMember, "\(place)\(field.name) is missing")
      }
      arguments.set(field.name, try value(stated, field.type, "\(place)\(field.name)"))
    }
    return arguments
  }

  private func value(
    _ json: JSON, _ type: FieldType, _ place: String
  ) throws(ConformanceError) -> ArgumentValue {
    switch type {
    case .hex(let counts):
      if let bytes = Self.bytes(json), counts.contains(bytes.count) { return .bytes(bytes) }
    case .number(let range, _):
      if let number = Self.number(json), range.contains(number) { return .number(number) }
    case .bool:
      if let bool = json.bool { return .bool(bool) }
    case .text:
      if let text = json.string { return .text(text) }
    case .choice(let choices):
      if let text = json.string, choices.contains(text) { return .text(text) }
    case .handle, .anyHandle:
      return try handle(json, type, place)
    case .object(let fields, _):
      if let object = json.object {
        return .members(try read(object.members, fields, place: "\(place)."))
      }
    case .list(let element):
      if let array = json.array {
        var list: [ArgumentValue] = []
        for (index, item) in array.enumerated() {
          list.append(try value(item, element, "\(place)[\(index)]"))
        }
        return .list(list)
      }
    case .nullable, .rows: break
    }
    throw ConformanceError(.badMember, "\(place) takes \(type)")
  }

  private func handle(
    _ json: JSON, _ type: FieldType, _ place: String
  ) throws(ConformanceError) -> ArgumentValue {
    guard let name = json.string else {
      throw ConformanceError(.badMember, "\(place) takes \(type)")
    }
    if let object = objects[name] {
      if case .handle(let kind) = type, object.kind != kind {
        throw ConformanceError(.unknownObject, "\(place) takes \(type)")
      }
      return .handle(name, object)
    }
    throw ConformanceError(.unknownObject, "\(place) names no object that is kept")
  }

  /// Lower-case digits only, so that bytes are spelled in one way.
  private static func bytes(_ json: JSON) -> [UInt8]? {
    guard let text = json.string, !text.utf8.contains(where: { (65...70).contains($0) }) else {
      return nil
    }
    return Hex.decode(text)
  }

  /// Spelled in the one way that answers use.
  private static func number(_ json: JSON) -> UInt64? {
    guard let number = json.uint64 ?? json.string.flatMap({ UInt64($0) }),
      JSON.counting(number) == json
    else { return nil }
    return number
  }

  /// A name of the client's, cut so that an answer stays short.
  private static func shortened(_ name: String) -> String {
    name.unicodeScalars.count <= 40 ? name : String(name.prefix(40)) + "…"
  }
}
