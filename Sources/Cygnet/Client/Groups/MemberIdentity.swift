internal import CygnetMLS
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

///     struct {
///       DeviceAddress address;
///       IdentityKey identity;
///     } MemberIdentity;
///
/// Who a leaf of a group claims to be: the basic credential holds the encoded address, and the
/// signature key is the identity key. Specification: Messages
struct MemberIdentity: Hashable, Sendable {
  let address: DeviceAddress
  let key: Ed25519.PublicKey

  init(address: DeviceAddress, key: Ed25519.PublicKey) {
    self.address = address
    self.key = key
  }

  /// - Throws: `malformed` for a credential that is no address, or a key that is no identity key.
  init(
    _ credential: MLS.Credential, _ signatureKey: MLS.SignaturePublicKey
  ) throws(CygnetError) {
    guard case .basic(let identity) = credential else {
      throw CygnetError(.malformed, "a member is named by a basic credential")
    }
    address = try DeviceAddress(wire: identity)
    key = try Ed25519.PublicKey(signatureKey.bytes)
    guard key.isCanonical else { throw CygnetError(.malformed, "not an identity key") }
  }

  init(_ leaf: MLS.LeafNode) throws(CygnetError) {
    try self.init(leaf.credential, leaf.signatureKey)
  }

  init(_ member: MLS.Member) throws(CygnetError) { try self.init(member.leaf) }

  /// The credential of the client at an address.
  static func credential(_ address: DeviceAddress) throws(CygnetError) -> MLS.Credential {
    .basic(identity: try address.wireEncoded())
  }
}

extension MemberIdentity: WireEncodable, WireDecodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    try address.encode(into: &writer)
    try key.encode(into: &writer)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    address = try DeviceAddress(from: &reader)
    key = try Ed25519.PublicKey(from: &reader)
  }
}

extension ProfileRecord {
  func memberIdentity() throws(CygnetError) -> MemberIdentity {
    MemberIdentity(address: address, key: try identity().publicKey.ed25519)
  }

  /// The identity key as the key that signs in groups. One key may do both: what it signs here begins
  /// with a label of this library, what it signs there with one of MLS, each behind its length, so
  /// that no content of one kind is content of the other.
  func groupSigner() throws(CygnetError) -> MLS.SignatureKeyPair {
    try MLS.SignatureKeyPair(seed: try identity().seed)
  }
}
