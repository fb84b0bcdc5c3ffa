internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// Keys and objects in the form of text. A secret is named and never shown.
enum TextInspection {
  /// More than any way to write a key as text.
  private static let maxKeyByteCount = 1024

  /// What a text holds; nil for what is neither armor nor a key of ours.
  /// - Throws: `malformed` for text that begins like one and is damaged, and what the object inside
  ///   throws.
  static func of(_ bytes: [UInt8]) throws(CommandFailure) -> Inspection? {
    if Armor.isArmor(bytes) {
      do { return try armor(bytes) } catch { throw CommandFailure(error) }
    }
    guard bytes.count <= maxKeyByteCount else { return nil }
    var text = bytes.filter { !separators.contains($0) }
    defer { ConstantTime.wipe(&text) }
    guard let prefix = Bech32m.prefix(of: text), TextPrefix.all.contains(prefix) else { return nil }
    let secret = SecretBytes(copying: text)
    do { return try key(secret, prefix) } catch {
      var failure = CommandFailure(error)
      if let index = Bech32m.mistypedIndex(in: secret, prefix: prefix) {
        failure.hint =
          "look at character \(index + 1), counted without spaces and hyphens: it may be mistyped"
      }
      throw failure
    }
  }

  /// What people put between the characters of a key.
  private static let separators: [UInt8] = [0x20, 0x09, 0x0a, 0x0d, UInt8(ascii: "-")]

  private static func armor(_ text: [UInt8]) throws(CygnetError) -> Inspection {
    guard let label = Armor.label(of: text) else {
      throw CygnetError(.unsupported, "an armor of an unknown kind of object")
    }
    let object = try Armor.decode(text, label: label)
    guard try isKind(label, of: object) else {
      throw CygnetError(.malformed, "the armor holds another object than it says")
    }
    let inner = try Inspection.of(object)
    var fields = JSONObject()
    fields.append("armor", .string(label.rawValue))
    fields.append("object_bytes", .integer(object.count))
    for member in inner.fields.members { fields.append(member.key, member.value) }
    return Inspection(inner.type, inner.meaning, fields)
  }

  /// Whether an object is of the kind that its armor says.
  private static func isKind(
    _ label: Armor.Label, of object: [UInt8]
  ) throws(CygnetError) -> Bool {
    switch label {
    case .contactCard: return try WireType.peek(object) == .contactCard
    case .preKeyBundle: return try WireType.peek(object) == .preKeyBundle
    case .message: return try WireType.peek(object) == .envelope
    case .backup: return try WireType.peek(object) == .backup
    case .groupMessage, .groupInvitation, .groupInfo, .keyPackage: break
    }
    guard MLSObject.isOne(object) else { return false }
    return switch try MLS.Message(decoding: object).wireFormat {
    case .publicMessage, .privateMessage: label == .groupMessage
    case .welcome: label == .groupInvitation
    case .groupInfo: label == .groupInfo
    case .keyPackage: label == .keyPackage
    }
  }

  private static func key(
    _ text: SecretBytes, _ prefix: String
  ) throws(CygnetError) -> Inspection {
    let prefixField: KeyValuePairs<String, JSON> = ["prefix": .string(prefix)]
    switch prefix {
    case TextPrefix.storeKey:
      _ = try Bech32m.decode(text, prefix: prefix, byteCount: 32)
      return Inspection(
        "StoreKey", "a key that opens a store; it is secret, not shown", prefixField)
    case TextPrefix.recoveryKey:
      _ = try RecoveryKey(text: text)
      return Inspection("RecoveryKey", "what opens backups; it is secret, not shown", prefixField)
    case TextPrefix.safetyNumber:
      let payload = try SafetyNumber.payload(ofText: characters(text))
      guard let code = try Inspection.scannable(payload) else {
        throw CygnetError(.malformed, "not a scannable safety number")
      }
      return code
    default:
      let key = try IdentityKey(text: characters(text))
      return Inspection(
        "IdentityKey", "the public key that a device is known by",
        ["prefix": .string(prefix), "identity_fingerprint": Inspection.fingerprint(key.ed25519)])
    }
  }

  /// Only of what is no secret.
  private static func characters(_ text: SecretBytes) -> String {
    String(decoding: text.exposed(), as: UTF8.self)
  }
}
