public import CygnetPairwise
public import CygnetPrimitives
internal import CygnetWire

/// Who a store belongs to.
public struct Profile: Sendable {
  /// The address that others write to.
  public let address: DeviceAddress
  /// The public half of the identity key.
  public let identity: IdentityKey
  /// When the store was set up.
  public let createdAt: Timestamp
  /// When the store was made from a backup; nil for one that was not. Sessions begin anew then.
  public let restoredAt: Timestamp?
}

///     struct {
///       uint16 version = 1;
///       DeviceAddress address;
///       uint64 created_at;
///       optional<uint64> restored_at;
///       opaque identity_state<V>;          // IdentityState
///       opaque recovery_key<V>;            // 32 bytes, or none before the first backup
///     } ProfileRecord;
struct ProfileRecord: WireEncodable, WireDecodable, Sendable {
  let address: DeviceAddress
  let createdAt: Timestamp
  let restoredAt: Timestamp?
  /// Not taken apart: a step in an existing session has no need of the key.
  var identityState: SecretBytes
  var recoveryKey: SecretBytes?

  func identity() throws(CygnetError) -> IdentityKeyPair {
    try IdentityKeyPair(restoring: identityState)
  }

  func profile() throws(CygnetError) -> Profile {
    Profile(
      address: address, identity: try identity().publicKey, createdAt: createdAt,
      restoredAt: restoredAt)
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try address.encode(into: &writer)
    writer.write(createdAt.seconds)
    writer.write(optional: restoredAt)
    try writer.write(opaqueSecret: identityState)
    if let recoveryKey {
      try writer.write(opaqueSecret: recoveryKey)
    } else {
      try writer.write(opaque: [])
    }
  }

  init(
    address: DeviceAddress, createdAt: Timestamp, restoredAt: Timestamp?,
    identity: IdentityKeyPair, recoveryKey: SecretBytes?
  ) throws(CygnetError) {
    self.address = address
    self.createdAt = createdAt
    self.restoredAt = restoredAt
    identityState = try identity.state()
    self.recoveryKey = recoveryKey
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    address = try DeviceAddress(from: &reader)
    createdAt = try reader.readTimestamp()
    restoredAt = try reader.readOptionalTimestamp()
    identityState = try reader.readOpaqueSecret(0...64)
    let key = try reader.readOpaqueSecret(0...32)
    guard key.count == 0 || key.count == 32 else {
      throw CygnetError(.malformed, "a recovery key has 32 bytes")
    }
    recoveryKey = key.count == 0 ? nil : key
  }
}
