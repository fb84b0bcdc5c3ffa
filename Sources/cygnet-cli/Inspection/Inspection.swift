internal import Cygnet
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// What an object is and what its fields say, without any key.
struct Inspection: Sendable {
  /// The name of its struct definition, or of the kind of file.
  let type: String
  /// What it is for, one line.
  let meaning: String
  /// Names and values in the order of the encoding.
  let fields: JSONObject

  init(_ type: String, _ meaning: String, _ fields: KeyValuePairs<String, JSON>) {
    self.type = type
    self.meaning = meaning
    self.fields = JSON.object(fields).object ?? JSONObject()
  }

  init(_ type: String, _ meaning: String, _ fields: JSONObject) {
    self.type = type
    self.meaning = meaning
    self.fields = fields
  }

  /// Names an object by its first bytes and decodes it strictly. Layout versions are far below 256,
  /// so what does not begin with a zero is a foreign file and no later version.
  /// - Throws: what decoding throws; `malformed` or `unsupported` for bytes that are no object.
  static func of(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    if let code = try scannable(bytes) { return code }
    if let first = bytes.first, first != 0 {
      throw CygnetError(.malformed, "not an object of this library")
    }
    if MLSObject.isOne(bytes) { return try mlsMessage(bytes) }
    switch try WireType.peek(bytes) {
    case .preKeyBundle: return try preKeyBundle(bytes)
    case .initialMessage, .ratchetMessage, .ratchetMessage2: return try message(bytes)
    case .sessionState: return try sessionState(SecretBytes(copying: bytes))
    case .preKeysState: return try preKeysState(SecretBytes(copying: bytes))
    case .identityState: return try identityState(SecretBytes(copying: bytes))
    case .attachmentPointer: return try attachmentPointer(bytes)
    case .attachmentResumption:
      return try attachmentResumption(SecretBytes(copying: bytes))
    case .envelope: return try envelope(bytes)
    case .contactCard: return try contactCard(bytes)
    case .storeHeader: return try storeHeader(bytes)
    case .backup:
      return Inspection(
        "Backup", "identity and contacts under a recovery key; nothing of it shows without", [:])
    case .messageContent: return try messageContent(bytes)
    case .senderKeyDistributionMessage: return try senderKeyDistributionMessage(bytes)
    case .senderKeyMessage: return try senderKeyMessage(bytes)
    case .sendingSenderKeyState: return try sendingSenderKeyState(SecretBytes(copying: bytes))
    case .receivingSenderKeyState:
      return try receivingSenderKeyState(SecretBytes(copying: bytes))
    case .mlsGroupState:
      return Inspection("MLSGroupState", "a member's state of a group; secret", [:])
    case .mlsGroupBlock:
      return Inspection("MLSGroupBlock", "a part of a member's state of a group; secret", [:])
    case .mlsPastEpochState:
      return Inspection("MLSPastEpochState", "what late messages of an epoch need; secret", [:])
    case .mlsOwnKeyPackage:
      return Inspection("MLSOwnKeyPackage", "a key package with its private keys; secret", [:])
    case .mlsExternalGroupState:
      return Inspection("MLSExternalGroupState", "a group as a server follows it", [:])
    case .scannableSafetyNumber:
      // The code of a safety number has a layout of its own and no header.
      throw CygnetError(.malformed, "not an object of this library")
    }
  }

  /// Lines for people: nested objects are indented.
  func lines() -> [String] {
    var lines: [String] = []
    Self.add(fields, indent: "  ", to: &lines)
    return lines
  }

  private static func add(_ object: JSONObject, indent: String, to lines: inout [String]) {
    for member in object.members {
      let name = member.key.split(separator: "_").joined(separator: " ")
      switch member.value {
      case .object(let inner):
        lines.append("\(indent)\(name)")
        add(inner, indent: indent + "  ", to: &lines)
      case .array(let elements):
        lines.append("\(indent)\(name): \(elements.isEmpty ? "none" : "")".trimmed)
        for element in elements { add(element, indent: indent + "  ", to: &lines) }
      default: lines.append("\(indent)\(name): \(text(member.value))")
      }
    }
  }

  private static func add(_ element: JSON, indent: String, to lines: inout [String]) {
    guard let object = element.object else {
      lines.append("\(indent)- \(text(element))")
      return
    }
    var parts: [String] = []
    for member in object.members {
      parts.append(
        "\(member.key.split(separator: "_").joined(separator: " ")) \(text(member.value))")
    }
    lines.append("\(indent)- \(parts.joined(separator: ", "))")
  }

  private static func text(_ value: JSON) -> String {
    switch value {
    case .null: "none"
    case .bool(let value): value ? "yes" : "no"
    case .number(let literal): literal
    case .string(let text): text.escaped
    case .array, .object: value.compact
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
