public import CygnetPairwise

/// Somebody in a group, as the group and the client's own records know them.
public struct GroupMember: Sendable {
  /// Where the member's client is.
  public let address: DeviceAddress
  /// The identity key under which it is in the group, 33 bytes encoded.
  public let identity: [UInt8]
  /// The contact at this address; nil for oneself, and for somebody not on record.
  public let contact: Contact?
  /// Whether this is the client itself.
  public let isSelf: Bool

  /// Whether the member's key is the one on record for its address.
  public var isIdentityOnRecord: Bool { contact?.identity == identity }
  /// Whether the safety number was compared for the very key under which the member is in the group.
  public var isVerified: Bool { isIdentityOnRecord && contact?.isVerified == true }
}

/// Who changed identity: underlies an `identityChanged` of a step in a group, so that the person can
/// be shown the new safety number.
public struct ChangedIdentity: Error, Sendable {
  /// Whose.
  public let address: DeviceAddress
  /// The identity key now shown, 33 bytes encoded.
  public let identity: [UInt8]
}
