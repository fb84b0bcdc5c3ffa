public import CygnetPrimitives

/// A member's half of one sender's distribution: the newest chains that the sender shared.
///
/// A value without I/O or clock. Every call that throws leaves it byte-for-byte as it was. Store
/// `state()` together with what a decryption gave.
public struct ReceivingSenderKey: Sendable {
  /// What the chains are for.
  public let distributionID: DistributionID
  let context: SenderKeyContext
  /// Chains up to this number were given up and do not come back; 0 while none was.
  private(set) var retired: UInt32
  /// Ascending, all above `retired`, at most `SenderKeyLimits.maxChains`.
  private(set) var chains: [ReceivingSenderChain]

  init(
    distributionID: DistributionID, context: SenderKeyContext, retired: UInt32,
    chains: [ReceivingSenderChain]
  ) {
    self.distributionID = distributionID
    self.context = context
    self.retired = retired
    self.chains = chains
  }

  // MARK: - Chains

  /// Begins with the first distribution message from a sender.
  /// - Parameters:
  ///   - message: what a pairwise session with the sender decrypted.
  ///   - sender: 1 to 1024 bytes by which the sender is known, the same that it gave to
  ///     `SendingSenderKey.generate`, and as this device knows them: not from a message.
  /// - Throws: `malformed` for a sender of another length.
  public init(
    _ message: SenderKeyDistributionMessage, from sender: [UInt8]
  ) throws(CygnetError) {
    self.init(
      distributionID: message.distributionID,
      context: try SenderKeyContext(message.distributionID, sender: sender), retired: 0,
      chains: [ReceivingSenderChain(message)])
  }

  /// What became of a distribution message.
  public enum Processed: Sendable {
    /// A new chain can be read.
    case added
    /// The chain was known, and is as it was.
    case known
    /// The chain is older than those that are kept, and cannot be read any more.
    case retired
  }

  /// Takes a further distribution message of the same sender, in whatever order they come.
  ///
  /// A chain that is held stays as it is, whatever iteration the message carries: it neither goes
  /// back to keys that were used nor beyond keys that may be needed.
  /// - Parameters:
  ///   - message: what a pairwise session with the sender decrypted.
  /// - Throws: `ruleViolation` for a message of another distribution, and for one that gives a chain
  ///   that is held another signature key.
  public mutating func process(
    _ message: SenderKeyDistributionMessage
  ) throws(CygnetError) -> Processed {
    guard message.distributionID == distributionID else {
      throw CygnetError(.ruleViolation, "the message shares a chain of another distribution")
    }
    guard message.chainID.rawValue > retired else { return .retired }
    var place = chains.count
    while place > 0, chains[place - 1].id >= message.chainID { place -= 1 }
    if place < chains.count, chains[place].id == message.chainID {
      guard chains[place].signatureKey == message.signatureKey else {
        throw CygnetError(.ruleViolation, "another signature key for a chain that is held")
      }
      return .known
    }
    chains.insert(ReceivingSenderChain(message), at: place)
    guard chains.count > SenderKeyLimits.maxChains else { return .added }
    retired = chains.removeFirst().id.rawValue
    return place == 0 ? .retired : .added
  }

  /// The chains that are held, ascending.
  public var chainIDs: [SenderChainID] {
    var ids: [SenderChainID] = []
    for chain in chains { ids.append(chain.id) }
    return ids
  }

  // MARK: - Messages

  /// Decrypts a message, each exactly once. The signature is verified before any key is derived.
  /// - Parameters:
  ///   - message: as it came.
  ///   - authenticating: what the sender bound to the message.
  /// - Throws: `notFound` for a message of another distribution, of a chain that is not held, or sent
  ///   before this device was given the chain; `duplicate` for one decrypted before; `tooFarAhead`
  ///   beyond `SenderKeyLimits.maxSkip`; `authenticationFailed`.
  public mutating func decrypt(
    _ message: SenderKeyMessage, authenticating: [UInt8] = []
  ) throws(CygnetError) -> [UInt8] {
    let index = try chain(of: message)
    let header = message.header
    try chains[index].signatureKey.ed25519.verify(
      signature: message.signature,
      of: context.signedContent(header, message.ciphertext, authenticating))
    let step = try chains[index].step(to: header.iteration)
    let plaintext = try step.key.expanded().open(
      message, authenticating: context.associatedData(header, authenticating))
    chains[index].take(step, at: header.iteration)
    dropExcess()
    return plaintext
  }

  private func chain(of message: SenderKeyMessage) throws(CygnetError) -> Int {
    guard message.distributionID == distributionID else {
      throw CygnetError(.notFound, "the message is of another distribution")
    }
    for index in chains.indices.reversed() where chains[index].id == message.chainID {
      return index
    }
    if message.chainID.rawValue <= retired {
      throw CygnetError(.notFound, "the message is of a chain that was given up for newer ones")
    }
    throw CygnetError(.notFound, "the sender's chain is not held: it has to be shared first")
  }

  /// Skipped keys held in all chains.
  package var skippedKeyCount: Int {
    var count = 0
    for chain in chains { count += chain.skipped.count }
    return count
  }

  /// Beyond the bound the oldest key of the oldest chain goes first.
  private mutating func dropExcess() {
    var excess = skippedKeyCount - SenderKeyLimits.maxSkippedKeys
    var index = 0
    while excess > 0, index < chains.count {
      if chains[index].skipped.count == 0 {
        index += 1
        continue
      }
      chains[index].removeOldestSkippedKey()
      excess -= 1
    }
  }
}
