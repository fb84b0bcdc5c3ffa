internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// Keys and objects as text.
enum TextOperations {
  static let all: [Operation] = [
    Operation(
      "text.bech32m_encode", "Writes a key as Bech32m",
      takes: [prefixField, Field("bytes", .hex)], gives: [textField],
      { (call: inout Call) throws(CygnetError) in
        let prefix = try call.arguments.text("prefix")
        let bytes = try call.arguments.secret("bytes")
        guard try bytes.count == byteCount(prefix) else {
          throw CygnetError(.malformed, "another length than the kind's")
        }
        return .of(["text": text(try Bech32m.encode(bytes, prefix: prefix))])
      }),
    Operation(
      "text.bech32m_decode", "Reads a key of an expected kind",
      takes: [prefixField, textField], gives: [Field("bytes", .hex)],
      { (call: inout Call) throws(CygnetError) in
        let prefix = try call.arguments.text("prefix")
        let bytes = try Bech32m.decode(
          secret(call.arguments.text("text")), prefix: prefix, byteCount: byteCount(prefix))
        return .of(["bytes": .hex(bytes)])
      }),
    Operation(
      "text.recovery_key", "Writes a recovery key in groups",
      takes: [Field("key", .hex(32))], gives: [textField],
      { (call: inout Call) throws(CygnetError) in
        let key = try RecoveryKey(secret: call.arguments.secret("key"))
        return .of(["text": text(try key.text())])
      }),
    Operation(
      "text.read_recovery_key", "Reads a recovery key as people type it",
      takes: [textField], gives: [Field("key", .hex(32))],
      { (call: inout Call) throws(CygnetError) in
        let key = try RecoveryKey(text: secret(call.arguments.text("text")))
        return .of(["key": .hex(key.secret)])
      }),
    Operation(
      "text.armor", "Writes bytes in armor",
      takes: [labelField, Field("bytes", .hex)], gives: [textField],
      { (call: inout Call) throws(CygnetError) in
        let armor = Armor.encode(try call.arguments.bytes("bytes"), label: try label(call))
        return .of(["text": .string(String(decoding: armor, as: UTF8.self))])
      }),
    Operation(
      "text.dearmor", "Reads the armor of an expected kind of object",
      takes: [labelField, textField], gives: [Field("bytes", .hex)],
      { (call: inout Call) throws(CygnetError) in
        let text = Array(try call.arguments.text("text").utf8)
        return .of(["bytes": .hex(try Armor.decode(text, label: label(call)))])
      }),
  ]

  private static let textField = Field("text", .text)
  private static let prefixField = Field("prefix", .choice(TextPrefix.all))
  private static let labelField = Field("label", .choice(Armor.Label.allCases.map(\.rawValue)))

  private static func byteCount(_ prefix: String) throws(CygnetError) -> Int {
    switch prefix {
    case TextPrefix.identityKey: 33
    case TextPrefix.safetyNumber: SafetyNumber.scannableByteCount
    case TextPrefix.storeKey, TextPrefix.recoveryKey: 32
    default: throw Call.slip
    }
  }

  private static func label(_ call: Call) throws(CygnetError) -> Armor.Label {
    guard let label = Armor.Label(rawValue: try call.arguments.text("label")) else {
      throw Call.slip
    }
    return label
  }

  private static func secret(_ text: String) -> SecretBytes {
    SecretBytes(copying: Array(text.utf8))
  }

  private static func text(_ secret: SecretBytes) -> JSON {
    .string(String(decoding: secret.exposed(), as: UTF8.self))
  }
}
