public import CygnetPrimitives

/// A sender's own half of a distribution: one chain of message keys and one signature key, both
/// replaced when it rotates.
///
/// A value without I/O or clock. Every call that throws leaves it byte-for-byte as it was. Store
/// `state()` before a ciphertext leaves: a state used twice would use a message key twice.
///
/// Members are given the chain by `distributionMessage()` over pairwise sessions. Whoever has it
/// reads on until the next rotation, so rotate whenever a member leaves.
public struct SendingSenderKey: Sendable {
  /// What the chains are for.
  public let distributionID: DistributionID
  /// When to rotate. A change holds for the current chain too.
  public var policy: SenderKeyRotationPolicy
  /// The current chain.
  public private(set) var chainID: SenderChainID
  /// When the current chain was begun.
  public private(set) var startedAt: Timestamp
  /// Messages sent in the current chain; the number of the next one.
  public private(set) var iteration: UInt32
  let context: SenderKeyContext
  private(set) var chainKey: SenderChainKey
  let signingKey: Ed25519.PrivateKey

  init(
    distributionID: DistributionID, context: SenderKeyContext, policy: SenderKeyRotationPolicy,
    chainID: SenderChainID, startedAt: Timestamp, iteration: UInt32, chainKey: SenderChainKey,
    signingKey: Ed25519.PrivateKey
  ) {
    self.distributionID = distributionID
    self.context = context
    self.policy = policy
    self.chainID = chainID
    self.startedAt = startedAt
    self.iteration = iteration
    self.chainKey = chainKey
    self.signingKey = signingKey
  }

  // MARK: - Chains

  /// Begins the first chain of a distribution.
  /// - Parameters:
  ///   - distributionID: a fresh id. A sender that lost its state takes another one, since members
  ///     refuse a second first chain.
  ///   - sender: 1 to 1024 bytes by which this device is known to every member, such as its encoded
  ///     identity key and address. Every message is bound to them.
  ///   - policy: when to rotate.
  ///   - now: the current time.
  /// - Throws: `malformed` for a sender of another length.
  public static func generate(
    for distributionID: DistributionID, sender: [UInt8],
    policy: SenderKeyRotationPolicy = .standard, now: Timestamp
  ) throws(CygnetError) -> SendingSenderKey {
    var random = SystemRandomSource()
    return try generate(
      for: distributionID, sender: sender, policy: policy, now: now, using: &random)
  }

  /// Draws the 32 bytes of the chain key, then the 32-byte seed of the signature key.
  package static func generate(
    for distributionID: DistributionID, sender: [UInt8],
    policy: SenderKeyRotationPolicy = .standard, now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) -> SendingSenderKey {
    let chainKey = SenderChainKey(random.secret(SenderChainKey.byteCount))
    return SendingSenderKey(
      distributionID: distributionID,
      context: try SenderKeyContext(distributionID, sender: sender), policy: policy,
      chainID: .first, startedAt: now, iteration: 0, chainKey: chainKey,
      signingKey: try Ed25519.PrivateKey(seed: random.secret(Ed25519.seedByteCount)))
  }

  /// What lets a member read from the next message on, and nothing before. Encrypt it for each
  /// member in a pairwise session.
  public func distributionMessage() -> SenderKeyDistributionMessage {
    SenderKeyDistributionMessage(
      distributionID: distributionID, chainID: chainID, iteration: iteration, chainKey: chainKey,
      signatureKey: SenderSignatureKey(signingKey.publicKey))
  }

  /// Whether a new chain is due by the policy: after so many messages, after so much time, or
  /// because the clock stands before the start of the chain, so that its age is not known.
  public func needsRotation(now: Timestamp) -> Bool {
    if iteration >= policy.messageCount || now < startedAt { return true }
    return now >= startedAt.adding(policy.age)
  }

  /// Begins a new chain with a new signature key; the old ones are gone. Call it when a member
  /// leaves, when `needsRotation` says so, and whenever the device may have been read by others.
  /// Then give every remaining member the new `distributionMessage()` before anything is sent.
  /// - Throws: `limitExceeded` after 2^32 − 1 chains.
  public mutating func rotate(now: Timestamp) throws(CygnetError) {
    var random = SystemRandomSource()
    try rotate(now: now, using: &random)
  }

  /// Draws the 32 bytes of the chain key, then the 32-byte seed of the signature key.
  package mutating func rotate(
    now: Timestamp, using random: inout some RandomSource
  ) throws(CygnetError) {
    guard let next = chainID.next else {
      throw CygnetError(.limitExceeded, "chains are used up: take a new distribution id")
    }
    let chainKey = SenderChainKey(random.secret(SenderChainKey.byteCount))
    let signingKey = try Ed25519.PrivateKey(seed: random.secret(Ed25519.seedByteCount))
    self = SendingSenderKey(
      distributionID: distributionID, context: context, policy: policy, chainID: next,
      startedAt: now, iteration: 0, chainKey: chainKey, signingKey: signingKey)
  }

  // MARK: - Messages

  /// Encrypts up to 256 KiB, once for all members. `authenticating` is bound to the message and not
  /// sent; members pass the same bytes.
  /// - Throws: `limitExceeded` for a longer plaintext, or when the chain reached the policy's hard
  ///   limit.
  public mutating func encrypt(
    _ plaintext: [UInt8], authenticating: [UInt8] = []
  ) throws(CygnetError) -> SenderKeyMessage {
    guard plaintext.count <= SenderKeyLimits.maxPlaintextByteCount else {
      throw CygnetError(.limitExceeded, "a message holds at most 256 KiB: send an attachment")
    }
    guard iteration < policy.hardLimit else {
      throw CygnetError(.limitExceeded, "the chain is full: rotate")
    }
    let (messageKey, next) = chainKey.step()
    let expanded = try messageKey.expanded()
    let header = SenderKeyHeader(
      distributionID: distributionID, chainID: chainID, iteration: iteration,
      commitment: expanded.commitment)
    let ciphertext = try expanded.seal(
      plaintext, authenticating: context.associatedData(header, authenticating))
    let signature = try signingKey.signature(
      of: context.signedContent(header, ciphertext, authenticating))
    chainKey = next
    iteration += 1  // below the hard limit, which fits
    return SenderKeyMessage(header: header, ciphertext: ciphertext, signature: signature)
  }
}
