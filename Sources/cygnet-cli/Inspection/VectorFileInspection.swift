internal import CygnetVectors

/// Vector files, ours and those of others.
enum VectorFileInspection {
  /// nil for what is no vector file of a known format.
  static func of(_ bytes: [UInt8]) -> Inspection? {
    let first = bytes.first { !" \t\r\n".utf8.contains($0) }
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
      let json = try? JSON(parsing: bytes)
    else { return nil }
    switch VectorFile.recognise(json) {
    case .own: return own(json)
    case .published(let format): return published(json, format)
    case .unknown: return nil
    }
  }

  private static func published(_ json: JSON, _ format: VectorFormat) -> Inspection {
    let source = json["source"] ?? json["algorithm"] ?? .null
    return Inspection(
      "VectorFile", "test vectors of another project",
      [
        "family": .string(format.family),
        "kind": .string(format.name),
        "source": source,
        "tests": json["numberOfTests"] ?? .integer(VectorRun.caseCount(json)),
        "runs_here": .bool(format.notOffered == nil),
      ])
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
