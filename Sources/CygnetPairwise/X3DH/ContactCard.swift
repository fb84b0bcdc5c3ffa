public import CygnetPrimitives
public import CygnetWire

/// What somebody hands out so that others can write to them: a prekey bundle, and what they are
/// called, under one signature. As it came, nothing in it is verified.
///
///     struct {
///       WireHeader header;              // contact_card
///       opaque bundle<V>;               // PreKeyBundle
///       opaque name<0..255>;            // UTF-8 by custom
///       uint64 created_at;              // seconds
///       opaque signature[64];
///     } ContactCard;
///
/// The identity key of the bundle signs the fields before the signature, header included, under the
/// label "ContactCard".
public struct ContactCard: Equatable, Sendable {
  package let bundle: PreKeyBundle
  package let name: [UInt8]
  package let createdAt: Timestamp
  package let signature: [UInt8]

  package init(
    bundle: PreKeyBundle, name: [UInt8], createdAt: Timestamp, signature: [UInt8]
  ) {
    self.bundle = bundle
    self.name = name
    self.createdAt = createdAt
    self.signature = signature
  }

  /// A card that `identity` signs.
  /// - Parameters:
  ///   - bundle: for everyone who gets the card, so without a one-time prekey.
  ///   - name: up to 255 bytes.
  ///   - identity: whose card it is.
  ///   - now: the current time, which the card carries.
  /// - Throws: `malformed` for a longer name, `wrongState` for a bundle of another identity.
  public static func make(
    _ bundle: PreKeyBundle, name: [UInt8], by identity: IdentityKeyPair, now: Timestamp
  ) throws(CygnetError) -> ContactCard {
    guard name.count <= 255 else {
      throw CygnetError(.malformed, "a name on a card has at most 255 bytes")
    }
    guard bundle.identity == identity.publicKey.ed25519 else {
      throw CygnetError(.wrongState, "the bundle is of another identity")
    }
    let content = Content(bundle: bundle, name: name, createdAt: now)
    return ContactCard(
      bundle: bundle, name: name, createdAt: now,
      signature: try identity.signature(of: content, label: .contactCard))
  }

  /// - Throws: `malformed`, or `unsupported` for a version or suite that is unknown here.
  public init(decoding bytes: [UInt8]) throws(CygnetError) { try self.init(wire: bytes) }

  /// The canonical encoding.
  public func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }

  /// The address that the card claims.
  public var address: DeviceAddress { bundle.address }

  /// The identity key that the card claims, 33 bytes encoded.
  public var unverifiedIdentity: [UInt8] { bundle.unverifiedIdentity }

  /// Checks the bundle as `PreKeyBundle.verified` does, the card's signature, and that the card is
  /// not from the future.
  /// - Parameters:
  ///   - now: the current time; a card up to a day in the future is let pass.
  ///   - expected: the identity key on record for this device, if there is one.
  ///   - policy: whether a card with a classical bundle will do.
  /// - Throws: what `PreKeyBundle.verified` throws; `authenticationFailed` for the signature,
  ///   `ruleViolation` for a card from the future.
  public func verified(
    now: Timestamp, expecting expected: IdentityKey? = nil,
    policy: SuitePolicy = .postQuantumOnly
  ) throws(CygnetError) -> VerifiedContactCard {
    let verified = try bundle.verified(now: now, expecting: expected, policy: policy)
    try bundle.identity.verify(
      signature: signature,
      of: SignedContent.bytes(.contactCard, content))
    // Else a card of any date would pass for the newest for ever.
    guard createdAt <= now.adding(Limits.maxClockSkew) else {
      throw CygnetError(.ruleViolation, "the card is from the future")
    }
    return VerifiedContactCard(
      bundle: verified, unverifiedBundle: bundle, name: name, createdAt: createdAt)
  }

  package var content: Content { Content(bundle: bundle, name: name, createdAt: createdAt) }

  /// What the signature covers.
  package struct Content: WireEncodable {
    let bundle: PreKeyBundle
    let name: [UInt8]
    let createdAt: Timestamp

    package func encode(into writer: inout Writer) throws(CygnetError) {
      WireType.contactCard.encodeHeader(into: &writer)
      try writer.vector { (writer) throws(CygnetError) in try bundle.encode(into: &writer) }
      try writer.write(opaque: name)
      writer.write(createdAt.seconds)
    }
  }
}

/// A card whose signatures and age were checked. That it is really from whom it names is for people
/// to find out.
public struct VerifiedContactCard: Sendable {
  /// What a session can start from.
  public let bundle: VerifiedPreKeyBundle
  /// The same as it came, to be stored: it is verified anew when it is used.
  public let unverifiedBundle: PreKeyBundle
  /// What the owner is called, up to 255 bytes: a claim.
  public let name: [UInt8]
  /// When the card was made.
  public let createdAt: Timestamp
}

extension ContactCard: WireEncodable, WireDecodable {
  private static let bundleByteCount = 0...(1 << 15)

  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try content.encode(into: &writer)
    writer.write(fixed: signature)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.contactCard.decodeHeader(from: &reader)
    bundle = try reader.vector(Self.bundleByteCount) { (reader) throws(CygnetError) in
      try PreKeyBundle(from: &reader)
    }
    name = try reader.readOpaque(0...255)
    createdAt = Timestamp(seconds: try reader.readUInt64())
    signature = try reader.readFixed(Ed25519.signatureByteCount)
  }
}
