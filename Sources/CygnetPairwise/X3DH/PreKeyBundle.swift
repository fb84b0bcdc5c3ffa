public import CygnetPrimitives
public import CygnetWire

/// What a device publishes so that others can write to it while it is away (X3DH §3.2, PQXDH §3.2), as
/// it came from a server: nothing in it is verified. Only `verified(now:expecting:)` gives what a session
/// can start from.
///
///     struct {
///       WireHeader header;              // pre_key_bundle
///       Suite suite;
///       IdentityKey identity;
///       DeviceAddress address;
///       SignedPreKey signed_pre_key;
///       optional<OneTimePreKey> one_time_pre_key;
///       opaque suite_data<V>;           // empty in suite 1, KEMPreKey in suite 2
///     } PreKeyBundle;
public struct PreKeyBundle: Equatable, Sendable {
  /// The algorithms the device offers.
  public let suite: Suite
  package let identity: Ed25519.PublicKey
  /// The device's address as the bundle claims it.
  public let address: DeviceAddress
  package let signedPreKey: SignedPreKey
  package let oneTimePreKey: OneTimePreKey?
  /// There in suite 2 and nowhere else.
  package let kemPreKey: KEMPreKey?

  package init(
    suite: Suite, identity: Ed25519.PublicKey, address: DeviceAddress, signedPreKey: SignedPreKey,
    oneTimePreKey: OneTimePreKey?, kemPreKey: KEMPreKey? = nil
  ) {
    self.suite = suite
    self.identity = identity
    self.address = address
    self.signedPreKey = signedPreKey
    self.oneTimePreKey = oneTimePreKey
    self.kemPreKey = kemPreKey
  }

  /// - Throws: `malformed`, or `unsupported` for a version or suite that is unknown here.
  public init(decoding bytes: [UInt8]) throws(CygnetError) { try self.init(wire: bytes) }

  /// The canonical encoding.
  public func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }

  /// Whether a one-time prekey is in it. Without one the first message can be replayed while the
  /// signed prekey lives, and its forward secrecy waits for the first reply.
  public var hasOneTimePreKey: Bool { oneTimePreKey != nil }

  /// Whether anything in it serves one session only.
  package var servesOneSession: Bool { oneTimePreKey != nil || kemPreKey?.kind == .oneTime }

  /// What is left of it after a session: nil where its KEM prekey serves one only.
  package var afterOneSession: PreKeyBundle? {
    if kemPreKey?.kind == .oneTime { return nil }
    return PreKeyBundle(
      suite: suite, identity: identity, address: address, signedPreKey: signedPreKey,
      oneTimePreKey: nil, kemPreKey: kemPreKey)
  }

  /// Whether a session from it is post-quantum by a KEM prekey that no other session uses. Without
  /// one, its post-quantum forward secrecy waits until the device drops the key of last resort.
  public var hasOneTimeKEMPreKey: Bool { kemPreKey?.kind == .oneTime }

  /// The identity key that the bundle claims, 33 bytes encoded: what to show when it is not the one
  /// on record.
  public var unverifiedIdentity: [UInt8] { [KeyType.ed25519.rawValue] + identity.bytes }

  /// Checks the identity key's point, and the signature and the age of the signed prekey and, in
  /// suite 2, of the KEM prekey.
  /// - Parameters:
  ///   - now: the current time; a key up to a day in the future is let pass.
  ///   - expected: the identity key on record for this device, if there is one.
  ///   - policy: whether a classical bundle will do.
  /// - Throws: `malformed` for an invalid identity key, `identityChanged` for one that is not the
  ///   expected, `authenticationFailed` for a signature, `ruleViolation` for a suite that the policy
  ///   refuses and for a prekey that is too old or from the future.
  public func verified(
    now: Timestamp, expecting expected: IdentityKey? = nil,
    policy: SuitePolicy = .postQuantumOnly
  ) throws(CygnetError) -> VerifiedPreKeyBundle {
    try policy.demand(suite)
    guard suite.isPostQuantum == (kemPreKey != nil) else {
      throw CygnetError(.malformed, "a KEM prekey belongs to suite 2 and to no other")
    }
    if let expected, expected.ed25519 != identity {
      throw CygnetError(.identityChanged, "the bundle's identity key is not the one on record")
    }
    try identity.verify(
      signature: signedPreKey.signature,
      of: SignedContent.bytes(
        .signedPreKey,
        SignedPreKeyContent(
          suite: suite, address: address, id: signedPreKey.id, createdAt: signedPreKey.createdAt,
          key: signedPreKey.key)))
    guard signedPreKey.createdAt <= now.adding(Limits.maxClockSkew) else {
      throw CygnetError(.ruleViolation, "the signed prekey is from the future")
    }
    guard now <= signedPreKey.createdAt.adding(Limits.maxSignedPreKeyAge) else {
      throw CygnetError(.ruleViolation, "the signed prekey is too old")
    }
    try kemPreKey?.verify(under: identity, suite: suite, address: address, now: now)
    let key = if let expected { expected } else { try IdentityKey(identity) }
    return VerifiedPreKeyBundle(
      suite: suite, identity: key, address: address, signedPreKeyID: signedPreKey.id,
      signedPreKey: signedPreKey.key, oneTimePreKey: oneTimePreKey, kemPreKey: kemPreKey)
  }
}

/// A bundle whose identity key, signatures and age were checked.
public struct VerifiedPreKeyBundle: Sendable {
  /// The algorithms a session from it will have.
  public let suite: Suite
  /// The identity key that signed. Whether it belongs to the person is for people to compare.
  public let identity: IdentityKey
  /// The device's address, which the signature covers.
  public let address: DeviceAddress
  let signedPreKeyID: SignedPreKeyID
  let signedPreKey: X25519.PublicKey
  let oneTimePreKey: OneTimePreKey?
  package let kemPreKey: KEMPreKey?

  /// Whether a one-time prekey is in it; see `PreKeyBundle.hasOneTimePreKey`.
  public var hasOneTimePreKey: Bool { oneTimePreKey != nil }
}

extension PreKeyBundle: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.preKeyBundle.encodeHeader(into: &writer)
    try suite.encode(into: &writer)
    try identity.encode(into: &writer)
    try address.encode(into: &writer)
    try signedPreKey.encode(into: &writer)
    try writer.write(optional: oneTimePreKey)
    try writer.vector { (writer) throws(CygnetError) in try kemPreKey?.encode(into: &writer) }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.preKeyBundle.decodeHeader(from: &reader)
    suite = try Suite(from: &reader)
    identity = try Ed25519.PublicKey(from: &reader)
    address = try DeviceAddress(from: &reader)
    signedPreKey = try SignedPreKey(from: &reader)
    oneTimePreKey = try reader.readOptional()
    if suite.isPostQuantum {
      kemPreKey = try reader.vector(Limits.suiteDataByteCount) { (reader) throws(CygnetError) in
        try KEMPreKey(from: &reader)
      }
    } else {
      kemPreKey = nil
      try Suite.decodeNoData(from: &reader)
    }
  }
}
