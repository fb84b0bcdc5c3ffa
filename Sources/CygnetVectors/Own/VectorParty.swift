internal import CygnetPairwise
internal import CygnetPrimitives

extension VectorLedger {
  /// A device address: `{"user": hex, "device": number}`.
  mutating func address(_ key: String) throws(CygnetError) -> DeviceAddress {
    var user: [UInt8] = []
    var device: UInt32 = 0
    try nested(key) { (address) throws(CygnetError) in
      user = try address.bytes("user")
      device = try address.uint32("device")
    }
    return try DeviceAddress(user: user, device: device)
  }
}

extension DeviceAddress {
  /// The member that `VectorLedger.address` reads.
  var json: JSON { ["user": .hex(user), "device": .counting(UInt64(device))] }

  /// A device of a vector's person.
  static func named(_ name: String, device: UInt32 = 1) throws(CygnetError) -> DeviceAddress {
    try DeviceAddress(user: Array(name.utf8), device: device)
  }
}

/// A device of a vector, made from a random stream: the identity seed is drawn, then the signed
/// prekey, then the one-time prekeys.
struct VectorParty {
  let address: DeviceAddress
  let identity: IdentityKeyPair
  var preKeys: PreKeys

  init(
    _ address: DeviceAddress, now: Timestamp, oneTimeCount: Int, suite: Suite = .x3dh,
    using random: inout some RandomSource
  ) throws(CygnetError) {
    self.address = address
    identity = try IdentityKeyPair.generate(using: &random)
    preKeys = try PreKeys.generate(
      for: identity, at: address, now: now, oneTimeCount: oneTimeCount, suite: suite,
      using: &random)
  }

  mutating func takeBundle() throws(CygnetError) -> PreKeyBundle {
    try preKeys.takeBundle(for: identity.publicKey, at: address)
  }

  func plainBundle() throws(CygnetError) -> PreKeyBundle {
    try preKeys.bundleWithoutOneTimePreKey(for: identity.publicKey, at: address)
  }
}

/// The time of every vector file.
let vectorTime = Timestamp(seconds: OwnVectorSuite.now)
