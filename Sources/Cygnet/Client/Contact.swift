public import CygnetPairwise
public import CygnetPrimitives
internal import CygnetWire

/// Somebody this client knows: a local name for a device's address and identity key.
public struct Contact: Sendable {
  /// What this client calls the device.
  public let name: String
  /// Where messages to it go.
  public let address: DeviceAddress
  /// The identity key on record, 33 bytes encoded.
  public let identity: [UInt8]
  /// When the safety number was compared; nil while it was not.
  public let verifiedAt: Timestamp?
  /// Whether messages from and to it are refused.
  public let isBlocked: Bool
  /// When the contact came to be, by a card or by a first message.
  public let addedAt: Timestamp
  /// What its card says its owner is called; empty when there was no card.
  public let cardName: [UInt8]
  /// Of the bundle at hand to start a new session with; nil when there is none.
  public let bundleSuite: Suite?

  /// Whether a bundle is at hand to start a new session with.
  public var hasBundle: Bool { bundleSuite != nil }

  /// Whether the safety number was compared for the identity key on record.
  public var isVerified: Bool { verifiedAt != nil }
}

/// What a contact may be called: 1 to 64 characters and at most 255 bytes, none of them a control,
/// formatting or unassigned character, and no white space but single spaces inside.
public enum ContactName {
  /// - Throws: `malformed` for a name that breaks the rule.
  public static func check(_ name: String) throws(CygnetError) {
    guard isValid(name) else {
      throw CygnetError(
        .malformed, "a name has 1 to 64 visible characters and no spaces at its ends")
    }
  }

  static func isValid(_ name: String) -> Bool {
    guard (1...64).contains(name.count), name.utf8.count <= 255 else { return false }
    var before: Unicode.Scalar = " "
    for scalar in name.unicodeScalars {
      if scalar == " " && before == " " { return false }
      if scalar != " " && !isVisible(scalar) { return false }
      before = scalar
    }
    return before != " "
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }

  /// The key of the index: names that differ in case only are one name.
  static func key(_ name: String) -> [UInt8] { Array(name.lowercased().utf8) }

  /// A name for somebody who wrote first: what they are called, if that is a fit name.
  static func suggestion(for address: DeviceAddress) -> String {
    let name = String(decoding: address.user, as: UTF8.self)
    return isValid(name) && Array(name.utf8) == address.user ? name : "contact"
  }
}

///     struct {
///       uint16 version = 1;
///       opaque name<1..255>;
///       DeviceAddress address;
///       IdentityKey identity;
///       optional<uint64> verified_at;
///       uint8 is_blocked;
///       uint64 added_at;
///       opaque card_name<0..255>;
///       opaque bundle<V>;                  // PreKeyBundle, or nothing
///     } ContactRecord;
///
/// The record's key is the encoded address; a second record leads from the name to it.
struct ContactRecord: WireEncodable, WireDecodable, Sendable {
  var name: String
  let address: DeviceAddress
  var identity: Ed25519.PublicKey
  var verifiedAt: Timestamp?
  var isBlocked: Bool
  let addedAt: Timestamp
  var cardName: [UInt8]
  var bundle: PreKeyBundle?

  init(name: String, address: DeviceAddress, identity: Ed25519.PublicKey, addedAt: Timestamp) {
    self.name = name
    self.address = address
    self.identity = identity
    self.addedAt = addedAt
    verifiedAt = nil
    isBlocked = false
    cardName = []
    bundle = nil
  }

  var contact: Contact {
    get throws(CygnetError) {
      Contact(
        name: name, address: address, identity: try identity.wireEncoded(),
        verifiedAt: verifiedAt, isBlocked: isBlocked, addedAt: addedAt, cardName: cardName,
        bundleSuite: bundle?.suite)
    }
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try encodeFields(into: &writer)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    try self.init(fieldsFrom: &reader)
  }

  /// The fields behind the version, which backups hold as well.
  func encodeFields(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: Array(name.utf8))
    try address.encode(into: &writer)
    try identity.encode(into: &writer)
    writer.write(optional: verifiedAt)
    writer.write(flag: isBlocked)
    writer.write(addedAt.seconds)
    try writer.write(opaque: cardName)
    try writer.write(opaque: bundle?.encoded() ?? [])
  }

  init(fieldsFrom reader: inout Reader) throws(CygnetError) {
    let bytes = try reader.readOpaque(1...255)
    name = String(decoding: bytes, as: UTF8.self)
    guard Array(name.utf8) == bytes, ContactName.isValid(name) else {
      throw CygnetError(.malformed, "not a contact's name")
    }
    address = try DeviceAddress(from: &reader)
    identity = try Ed25519.PublicKey(from: &reader)
    verifiedAt = try reader.readOptionalTimestamp()
    isBlocked = try reader.readFlag()
    addedAt = try reader.readTimestamp()
    cardName = try reader.readOpaque(0...255)
    let encoded = try reader.readOpaque(0...(1 << 16))
    bundle = encoded.isEmpty ? nil : try PreKeyBundle(decoding: encoded)
  }
}
