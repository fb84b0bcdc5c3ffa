import Cygnet
import CygnetPairwise
import CygnetPrimitives

/// A device of the time before post-quantum sessions, without a store: it knows suite 1 alone.
struct ClassicalDevice {
  let name: String
  let identity: IdentityKeyPair
  let address: DeviceAddress
  var preKeys: PreKeys

  init(_ name: String) throws {
    self.name = name
    identity = try IdentityKeyPair.generate()
    address = try DeviceAddress(user: Array(name.utf8), device: 1)
    preKeys = try PreKeys.generate(
      for: identity, at: address, now: testTime, oneTimeCount: 3, suite: .x3dh)
  }

  func card() throws -> ContactCard {
    try ContactCard.make(
      preKeys.bundleWithoutOneTimePreKey(for: identity.publicKey, at: address),
      name: Array(name.utf8), by: identity, now: testTime)
  }

  /// After an update of its software.
  mutating func upgrade() throws {
    try preKeys.upgrade(for: identity, at: address, now: testTime)
  }

  /// A bundle of the suite that the device has come to.
  mutating func takeBundle() throws -> PreKeyBundle {
    try preKeys.takeBundle(for: identity.publicKey, at: address)
  }
}
