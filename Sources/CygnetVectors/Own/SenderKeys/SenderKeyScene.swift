internal import CygnetPrimitives
internal import CygnetSenderKeys

/// Alice who sends, and Bob who was given her chain from its beginning, for vectors that need
/// objects of some phase.
struct SenderKeyScene {
  static let sender = Array("alice".utf8)

  var random: SeededRandomSource
  var alice: SendingSenderKey
  var bob: ReceivingSenderKey

  /// Draws the distribution id, then what the first chain draws.
  init(
    _ random: inout SeededRandomSource, policy: SenderKeyRotationPolicy = .standard
  ) throws(CygnetError) {
    let id = DistributionID.generate(using: &random)
    alice = try SendingSenderKey.generate(
      for: id, sender: Self.sender, policy: policy, now: vectorTime, using: &random)
    bob = try ReceivingSenderKey(alice.distributionMessage(), from: Self.sender)
    self.random = random
  }

  /// A policy that is never in the way.
  static func unlimited() throws(CygnetError) -> SenderKeyRotationPolicy {
    try SenderKeyRotationPolicy(
      messageCount: SenderKeyLimits.maxChainLength, age: .max,
      hardLimit: SenderKeyLimits.maxChainLength)
  }

  mutating func send(_ text: String) throws(CygnetError) -> SenderKeyMessage {
    try alice.encrypt(Array(text.utf8))
  }

  mutating func read(_ message: SenderKeyMessage) throws(CygnetError) {
    _ = try bob.decrypt(message)
  }

  mutating func rotate() throws(CygnetError) { try alice.rotate(now: vectorTime, using: &random) }

  mutating func share() throws(CygnetError) { _ = try bob.process(alice.distributionMessage()) }
}

/// A sender as it must not be: it signs whatever it likes with its own keys, taken from its state.
struct HostileSender {
  let distribution: SenderKeyDistributionMessage
  private let context: SenderKeyContext
  private let signingKey: Ed25519.PrivateKey

  init(
    _ key: SendingSenderKey, sender: [UInt8] = SenderKeyScene.sender
  ) throws(CygnetError) {
    distribution = key.distributionMessage()
    context = try SenderKeyContext(key.distributionID, sender: sender)
    // Where the seed of the signature key stands in the state.
    signingKey = try Ed25519.PrivateKey(seed: try key.state().slice(117..<149))
  }

  /// The key of message `number` of the current chain.
  func messageKey(_ number: UInt32) -> SenderMessageKey {
    var chainKey = distribution.chainKey
    for _ in distribution.iteration..<number { chainKey = chainKey.step().next }
    return chainKey.step().messageKey
  }

  /// A signed message with any number, under any key and with a commitment to any other.
  func message(
    number: UInt32, key: SenderMessageKey, commitment: SenderMessageKey? = nil,
    flippingTag: Bool = false
  ) throws(CygnetError) -> [UInt8] {
    let expanded = try key.expanded()
    let committed = if let commitment { try commitment.expanded() } else { expanded }
    let header = SenderKeyHeader(
      distributionID: distribution.distributionID, chainID: distribution.chainID,
      iteration: number, commitment: committed.commitment)
    var ciphertext = try ChaCha20Poly1305.seal(
      Array("hostile".utf8), key: expanded.key, nonce: expanded.nonce,
      authenticating: context.associatedData(header, []))
    if flippingTag { ciphertext[ciphertext.count - 1] ^= 1 }
    let signature = try signingKey.signature(
      of: context.signedContent(header, ciphertext, []))
    return try SenderKeyMessage(header: header, ciphertext: ciphertext, signature: signature)
      .encoded()
  }
}
