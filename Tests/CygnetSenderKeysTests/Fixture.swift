import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import CygnetWire
import TestSupport

/// A sender with its members, each of whom was given the chain.
struct Fixture {
  static let now = Timestamp(seconds: 1_767_225_600)
  static let sender = Array("alice's identity and address".utf8)

  var random: SeededRandomSource
  let distributionID: DistributionID
  var alice: SendingSenderKey
  var members: [ReceivingSenderKey] = []

  init(
    members count: Int = 1, policy: SenderKeyRotationPolicy = .standard, seed: UInt64 = 1
  ) throws {
    random = SeededRandomSource(seed, label: "sender keys")
    distributionID = DistributionID.generate(using: &random)
    alice = try SendingSenderKey.generate(
      for: distributionID, sender: Self.sender, policy: policy, now: Self.now, using: &random)
    for _ in 0..<count { try join() }
  }

  /// A policy that never is in the way.
  static func unlimited() throws -> SenderKeyRotationPolicy {
    try SenderKeyRotationPolicy(
      messageCount: SenderKeyLimits.maxChainLength, age: .max,
      hardLimit: SenderKeyLimits.maxChainLength)
  }

  /// One more member, who reads from the next message on.
  mutating func join() throws {
    members.append(try ReceivingSenderKey(alice.distributionMessage(), from: Self.sender))
  }

  /// Rotates and gives every member the new chain.
  mutating func rotate() throws {
    try alice.rotate(now: Self.now, using: &random)
    for index in members.indices { _ = try members[index].process(alice.distributionMessage()) }
  }

  /// Writes another number into the states of the sender and of its one member, who are both in the
  /// first chain and have read as much as was sent.
  mutating func moveOn(to iteration: UInt32) throws {
    let number = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: iteration >> $0) }
    var sending = try alice.state().exposed()
    sending.replaceSubrange(81..<85, with: number)
    alice = try SendingSenderKey(restoring: SecretBytes(copying: sending))
    var receiving = try members[0].state().exposed()
    receiving.replaceSubrange(132..<136, with: number)
    members[0] = try ReceivingSenderKey(restoring: SecretBytes(copying: receiving))
  }

  mutating func send(_ text: String) throws -> SenderKeyMessage {
    try alice.encrypt(Array(text.utf8))
  }

  /// What the first member reads.
  mutating func read(_ message: SenderKeyMessage) throws -> String {
    String(decoding: try members[0].decrypt(message), as: UTF8.self)
  }

  /// The code with which the first member refuses a message, after seeing that nothing changed; nil
  /// where it reads it or changes.
  mutating func refusal(
    _ message: SenderKeyMessage, authenticating: [UInt8] = []
  ) throws -> CygnetError.Code? {
    let before = try members[0].state()
    let code = failureCode { try members[0].decrypt(message, authenticating: authenticating) }
    return try members[0].state() == before ? code : nil
  }
}

/// A sender that breaks the rules with its own keys: it signs whatever header and ciphertext it
/// likes.
struct RuleBreakingSender {
  /// Where the seed of the signature key stands in a sender's state.
  static let seedRange = 117..<149

  let context: SenderKeyContext
  let distribution: SenderKeyDistributionMessage
  let signingKey: Ed25519.PrivateKey

  init(_ key: SendingSenderKey, sender: [UInt8] = Fixture.sender) throws {
    context = try SenderKeyContext(key.distributionID, sender: sender)
    distribution = key.distributionMessage()
    signingKey = try Ed25519.PrivateKey(seed: key.state().slice(Self.seedRange))
  }

  /// The key of the message with this number.
  func messageKey(_ iteration: UInt32) -> SenderMessageKey {
    var chainKey = distribution.chainKey
    for _ in distribution.iteration..<iteration { chainKey = chainKey.step().next }
    return chainKey.step().messageKey
  }

  /// A message under `key` with any number, chain and commitment, signed as it is.
  func message(
    _ plaintext: [UInt8], number: UInt32, key: SenderMessageKey, chain: SenderChainID? = nil,
    commitment: [UInt8]? = nil, tamper: ([UInt8]) -> [UInt8] = { $0 }
  ) throws -> SenderKeyMessage {
    let expanded = try key.expanded()
    let header = SenderKeyHeader(
      distributionID: distribution.distributionID, chainID: chain ?? distribution.chainID,
      iteration: number, commitment: commitment ?? expanded.commitment)
    let ciphertext = tamper(
      try ChaCha20Poly1305.seal(
        plaintext, key: expanded.key, nonce: expanded.nonce,
        authenticating: context.associatedData(header, [])))
    return SenderKeyMessage(
      header: header, ciphertext: ciphertext,
      signature: try signingKey.signature(of: context.signedContent(header, ciphertext, [])))
  }
}
