import CygnetPairwise
import CygnetPrimitives
import CygnetVectors

/// A device in a test: who it is and what it holds.
package struct TestDevice {
  package static let now = Timestamp(seconds: 1_767_225_600)

  package let address: DeviceAddress
  package let identity: IdentityKeyPair
  package var preKeys: PreKeys

  package init(
    _ user: String, device: UInt32 = 1, seed: UInt64 = 1, now: Timestamp = now,
    oneTimeCount: Int = 3, suite: Suite = .x3dh
  ) throws {
    var random = SeededRandomSource(seed, label: "\(user)/\(device)")
    address = try DeviceAddress(user: Array(user.utf8), device: device)
    identity = try IdentityKeyPair.generate(using: &random)
    preKeys = try PreKeys.generate(
      for: identity, at: address, now: now, oneTimeCount: oneTimeCount, suite: suite,
      using: &random)
  }

  package mutating func takeBundle() throws -> PreKeyBundle {
    try preKeys.takeBundle(for: identity.publicKey, at: address)
  }

  package func bundleWithoutOneTimePreKey() throws -> PreKeyBundle {
    try preKeys.bundleWithoutOneTimePreKey(for: identity.publicKey, at: address)
  }

  /// A session of this device towards `peer`, with one of the peer's one-time prekeys if any is left.
  package func initiate(to peer: inout TestDevice) throws -> PairwiseSession {
    try PairwiseSession.initiate(
      to: peer.takeBundle().verified(now: Self.now, policy: .classicalAllowed), as: identity,
      at: address)
  }

  /// Answers an initial message that came from `sender`.
  package mutating func accept(
    _ message: PairwiseMessage, from sender: TestDevice, authenticating: [UInt8] = []
  ) throws -> (session: PairwiseSession, plaintext: [UInt8]) {
    guard case .initial(let initial) = message else { throw NotInitial() }
    return try PairwiseSession.accept(
      initial, as: identity, at: address, from: sender.address, using: &preKeys,
      authenticating: authenticating)
  }
}

package struct NotInitial: Error {
  package init() {}
}

/// Alice, who wrote first, and Bob, with a session on each side.
package struct TestPair {
  package var alice: TestDevice
  package var bob: TestDevice
  package var aliceSession: PairwiseSession
  package var bobSession: PairwiseSession

  /// After Alice's first message has arrived and before Bob's first reply.
  package init(seed: UInt64 = 1, oneTimeCount: Int = 3, suite: Suite = .x3dh) throws {
    alice = try TestDevice("alice", seed: seed)
    bob = try TestDevice("bob", seed: seed, oneTimeCount: oneTimeCount, suite: suite)
    aliceSession = try alice.initiate(to: &bob)
    let first = try aliceSession.encrypt([1])
    bobSession = try bob.accept(first, from: alice).session
  }

  /// After Bob's first reply has arrived.
  package static func established(seed: UInt64 = 1, suite: Suite = .x3dh) throws -> TestPair {
    var pair = try TestPair(seed: seed, suite: suite)
    try pair.bobToAlice()
    return pair
  }

  /// Alice sends something that arrives.
  package mutating func aliceToBob(_ text: [UInt8] = [2]) throws {
    guard try bobSession.decrypt(aliceSession.encrypt(text)) == text else { throw OtherPlaintext() }
  }

  /// Bob sends something that arrives.
  package mutating func bobToAlice(_ text: [UInt8] = [3]) throws {
    guard try aliceSession.decrypt(bobSession.encrypt(text)) == text else { throw OtherPlaintext() }
  }
}

package struct OtherPlaintext: Error {
  package init() {}
}
