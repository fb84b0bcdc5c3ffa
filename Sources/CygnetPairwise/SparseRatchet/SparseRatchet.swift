package import CygnetPrimitives
internal import CygnetWire

/// The sparse post-quantum ratchet (Double Ratchet §5): message keys from chains that the ML-KEM
/// Braid renews, epoch after epoch.
///
/// A value: a failed call leaves every byte of it as it was. Receiving comes in two steps, so that
/// only a message that has opened changes anything: `receive` derives the message's key, `commit`
/// follows once the message has been authenticated under it.
package struct SparseRatchet: Sendable {
  package let role: SparseRatchetRole
  package private(set) var braid: Braid
  package private(set) var chains: SparseChains
  package private(set) var skipped: SkippedSparseKeys

  /// Both parties start from one secret of 32 bytes that serves nothing else (Double Ratchet §7.1).
  package init(_ shared: SecretBytes, role: SparseRatchetRole) throws(CygnetError) {
    self.init(
      role: role, braid: try Braid(shared, role: role),
      chains: try SparseChains(shared, role: role), skipped: SkippedSparseKeys())
  }

  init(
    role: SparseRatchetRole, braid: Braid, chains: SparseChains, skipped: SkippedSparseKeys
  ) {
    self.role = role
    self.braid = braid
    self.chains = chains
    self.skipped = skipped
  }

  /// What a message brings along, and the key it counts with.
  package struct Outgoing {
    /// To be authenticated with the message.
    package let message: SparseRatchetMessage
    package let messageKey: MessageKey

    package init(message: SparseRatchetMessage, messageKey: MessageKey) {
      self.message = message
      self.messageKey = messageKey
    }
  }

  /// SCKARatchetSendKey (Double Ratchet §5.5). Draws 64 bytes where a key pair is due, 32 where an
  /// encapsulation is, and nothing otherwise.
  package mutating func send() throws(CygnetError) -> Outgoing {
    var random = SystemRandomSource()
    return try send(using: &random)
  }

  package mutating func send(
    using random: inout some RandomSource
  ) throws(CygnetError) -> Outgoing {
    let step = try sending(using: &random)
    advance(to: step)
    return step.outgoing
  }

  /// A message to be sent, and what the ratchet is after it.
  struct SendingStep {
    let outgoing: Outgoing
    fileprivate let braid: Braid
    fileprivate let chains: SparseChains
  }

  /// The first half of `send`, which changes nothing.
  func sending(using random: inout some RandomSource) throws(CygnetError) -> SendingStep {
    let sent = try braid.sending(using: &random)
    var advanced = chains
    if let key = sent.key { try advanced.add(key, role: role) }
    try advanced.send(in: sent.message.epoch - 1)  // epochs begin with 1
    let messageKey = try advanced.stepSending()
    let message = SparseRatchetMessage(
      braid: sent.message, n: advanced.sending.n,
      previousChainLength: advanced.sending.previous)
    return SendingStep(
      outgoing: Outgoing(message: message, messageKey: messageKey), braid: sent.braid,
      chains: advanced)
  }

  /// The second half of `send`, after which the key is used.
  mutating func advance(to step: SendingStep) {
    braid = step.braid
    chains = step.chains
  }
}

// MARK: - Receiving

extension SparseRatchet {
  /// A message whose key is known and which has not been authenticated.
  package struct Incoming: Sendable {
    package let messageKey: MessageKey
    package let message: SparseRatchetMessage
    let effect: Effect
    /// Messages received before, to tell that nothing came between `receive` and `commit`.
    let clock: UInt32
  }

  /// What becomes of the chains.
  enum Effect: Sendable {
    /// A stored key is used up.
    case skippedKey
    /// The chain moves on, or a new one begins; keys are set aside.
    case advanced(SparseChains.Receiving, isNew: Bool, aside: [Aside])
  }

  /// Keys of messages `first...` of an epoch.
  struct Aside: Sendable {
    let epoch: UInt64
    let first: UInt32
    let keys: [MessageKey]
  }

  /// The first half of SCKARatchetReceiveKey (Double Ratchet §5.6): the key of a message. Costs at
  /// most `Limits.maxSkip` steps and no public-key operation.
  /// - Throws: `duplicate` for a key that was used or dropped, `tooFarAhead` beyond
  ///   `Limits.maxSkip`, `ruleViolation` for an epoch that cannot have begun.
  package func receive(_ message: SparseRatchetMessage) throws(CygnetError) -> Incoming {
    let epoch = message.braid.epoch - 1  // at least 0: decoding saw to it
    if epoch < chains.receiving.epoch
      || (epoch == chains.receiving.epoch && message.n <= chains.receiving.n)
    {
      guard let key = skipped.key(epoch: epoch, n: message.n) else {
        throw CygnetError(.duplicate, "the message's key was used already, or dropped for its age")
      }
      return Incoming(
        messageKey: key, message: message, effect: .skippedKey, clock: skipped.clock)
    }
    return try advance(to: message, epoch: epoch)
  }

  private func advance(
    to message: SparseRatchetMessage, epoch: UInt64
  ) throws(CygnetError) -> Incoming {
    var chain = chains.receiving
    var aside: [Aside] = []
    var budget = Limits.maxSkip
    let isNew = epoch != chain.epoch
    if isNew {
      guard let next = chains.next, next.epoch == epoch, let key = next.receiving else {
        throw CygnetError(.ruleViolation, "an epoch that cannot have begun")
      }
      guard message.previousChainLength >= chain.n else {
        throw CygnetError(.ruleViolation, "the old chain is shorter than what arrived of it")
      }
      let first = chain.n + 1  // numbers lie below 2^30
      let keys = try chain.skip(through: message.previousChainLength, budget: budget)
      budget -= UInt32(keys.count)
      if !keys.isEmpty { aside.append(Aside(epoch: chain.epoch, first: first, keys: keys)) }
      chain = SparseChains.Receiving(epoch: epoch, key: key, n: 0)
    }
    let first = chain.n + 1
    // Up to the number before the message's own: Double Ratchet §5.6 derives one key too many.
    let keys = try chain.skip(through: message.n - 1, budget: budget)
    if !keys.isEmpty { aside.append(Aside(epoch: epoch, first: first, keys: keys)) }
    let messageKey = try chain.step()
    return Incoming(
      messageKey: messageKey, message: message,
      effect: .advanced(chain, isNew: isNew, aside: aside), clock: skipped.clock)
  }

  /// The second half: the message opened under its key, so what it brings counts.
  /// - Throws: `authenticationFailed` or `malformed` where key material that is now whole is not what
  ///   was announced, `ruleViolation` for an epoch that cannot have begun, `wrongState` if something
  ///   else was received since. The message counts as not received then.
  package mutating func commit(_ incoming: Incoming) throws(CygnetError) {
    guard incoming.clock == skipped.clock else {
      throw CygnetError(.wrongState, "another message was received in between")
    }
    if braid.takeChunk(of: incoming.message.braid) {
      chains.receive(incoming.effect)
      return settle(incoming)
    }
    let received = try braid.receiving(incoming.message.braid)
    if received.key != nil || received.braid.epoch != braid.epoch {
      var advanced = chains
      advanced.receive(incoming.effect)
      if let key = received.key { try advanced.add(key, role: role) }
      try advanced.send(in: received.braid.epoch - 1)
      chains = advanced
    } else {
      chains.receive(incoming.effect)
    }
    braid = received.braid
    settle(incoming)
  }

  private mutating func settle(_ incoming: Incoming) {
    switch incoming.effect {
    case .skippedKey:
      skipped.remove(epoch: incoming.message.braid.epoch - 1, n: incoming.message.n)
    case .advanced(_, _, let aside):
      for some in aside { skipped.insert(some.keys, epoch: some.epoch, from: some.first) }
    }
    skipped.tick()
  }
}

extension SparseRatchet {
  /// Drops skipped keys, those of the oldest messages first, beyond as many as the other ratchet
  /// holds: it has keys of fewer chains, and a message opens under keys of both or not at all.
  mutating func keepSkipped(_ count: Int) { skipped.keepLatest(count) }
}

extension SparseChains {
  fileprivate mutating func receive(_ effect: SparseRatchet.Effect) {
    guard case .advanced(let chain, let isNew, _) = effect else { return }
    receiving = chain
    if isNew { leaveReceivingOfNext() }
  }

  /// The receiving chain of the next epoch is in use.
  private mutating func leaveReceivingOfNext() {
    next?.receiving = nil
    if next?.sending == nil { next = nil }
  }
}
