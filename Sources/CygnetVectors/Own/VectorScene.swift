internal import CygnetPairwise
internal import CygnetPrimitives

/// Alice and Bob with a session between them, for vectors that need objects of some phase.
struct VectorScene {
  var random: SeededRandomSource
  let alice: VectorParty
  var bob: VectorParty
  let bundle: PreKeyBundle
  var aliceSession: PairwiseSession
  var bobSession: PairwiseSession?

  /// Bob's draws, then Alice's, then those of her session.
  init(
    _ random: inout SeededRandomSource, oneTime: Bool = true, suite: Suite = .x3dh
  ) throws(CygnetError) {
    bob = try VectorParty(
      .named("bob"), now: vectorTime, oneTimeCount: 3, suite: suite, using: &random)
    alice = try VectorParty(.named("alice"), now: vectorTime, oneTimeCount: 0, using: &random)
    bundle = oneTime ? try bob.takeBundle() : try bob.plainBundle()
    aliceSession = try PairwiseSession.initiate(
      to: bundle.verified(now: vectorTime, policy: .classicalAllowed), as: alice.identity,
      at: alice.address, using: &random)
    self.random = random
  }

  mutating func aliceSends(_ text: String) throws(CygnetError) -> PairwiseMessage {
    try aliceSession.encrypt(Array(text.utf8), using: &random)
  }

  mutating func bobSends(_ text: String) throws(CygnetError) -> PairwiseMessage {
    guard var session = bobSession else { throw CygnetError(.wrongState, "Bob has no session") }
    let message = try session.encrypt(Array(text.utf8), using: &random)
    bobSession = session
    return message
  }

  mutating func bobReceives(_ message: PairwiseMessage) throws(CygnetError) {
    if var session = bobSession {
      _ = try session.decrypt(message)
      bobSession = session
      return
    }
    guard case .initial(let initial) = message else {
      throw CygnetError(.wrongState, "Bob has no session")
    }
    bobSession = try PairwiseSession.accept(
      initial, as: bob.identity, at: bob.address, from: alice.address, using: &bob.preKeys
    ).session
  }

  mutating func aliceReceives(_ message: PairwiseMessage) throws(CygnetError) {
    _ = try aliceSession.decrypt(message)
  }

  /// Two messages and a reply, so that both sides are established.
  mutating func establish() throws(CygnetError) {
    try bobReceives(try aliceSends("first"))
    try aliceReceives(try bobSends("second"))
    try bobReceives(try aliceSends("third"))
  }
}

extension Array where Element == UInt8 {
  /// The bytes with one replaced run.
  func replacing(at offset: Int, _ bytes: [UInt8]) -> [UInt8] {
    var copy = self
    copy.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    return copy
  }
}

/// Encodings that every decoder of a key must refuse, or take for hostile.
enum HostileKeys {
  /// u = 0, of low order.
  static let lowOrderX25519 = [UInt8](repeating: 0, count: 32)
  /// 2^255 − 19, another spelling of zero.
  static let nonCanonical = [0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
  /// The neutral element of Ed25519, of order one.
  static let smallOrderEd25519 = [1] + [UInt8](repeating: 0, count: 31)
  /// A point on the curve outside the main subgroup.
  static let mixedOrderEd25519 = Sodium.invalidPoint
}
