internal import CygnetVectors

/// Vector files, ours and those of others.
enum VectorFileInspection {
  /// nil for what is no JSON object.
  static func of(_ bytes: [UInt8]) -> Inspection? {
    guard bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{"),
      let json = try? JSON(parsing: bytes)
    else { return nil }
    return OwnVectorFile.recognises(json) ? own(json) : nil
  }

  private static func own(_ json: JSON) -> Inspection {
    var types: [JSON] = []
    for group in json["groups"]?.array ?? [] { types.append(group["type"] ?? .null) }
    var parties: [JSON] = []
    for party in json["parties"]?.object?.keys ?? [] { parties.append(.string(party)) }
    return Inspection(
      "VectorFile", "test vectors in this project's format",
      [
        "kind": json["kind"] ?? .null,
        "protocol": json["protocol"] ?? .null,
        "spec": json["spec"] ?? .null,
        "tests": json["numberOfTests"] ?? .null,
        "groups": .array(types),
        "parties": .array(parties),
      ])
  }
}
