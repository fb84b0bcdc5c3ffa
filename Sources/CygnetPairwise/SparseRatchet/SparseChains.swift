package import CygnetPrimitives

/// The chains of the sparse ratchet (Double Ratchet §5.1): in each direction the one in use, and
/// those of the next epoch as soon as its key is known and until both directions use it.
package struct SparseChains: Equatable, Sendable {
  package struct Sending: Equatable, Sendable {
    package var epoch: UInt64
    package var key: SecretBytes
    /// Messages sent in this chain.
    package var n: UInt32
    /// Messages sent in the chain before.
    package var previous: UInt32
  }

  package struct Receiving: Equatable, Sendable {
    package var epoch: UInt64
    package var key: SecretBytes
    /// The number of the latest message whose key was derived.
    package var n: UInt32
  }

  /// Chains of an epoch that is not in use in both directions.
  package struct Next: Equatable, Sendable {
    package let epoch: UInt64
    package var sending: SecretBytes?
    package var receiving: SecretBytes?
  }

  package internal(set) var rootKey: SecretBytes
  package internal(set) var sending: Sending
  package internal(set) var receiving: Receiving
  package internal(set) var next: Next?

  package init(rootKey: SecretBytes, sending: Sending, receiving: Receiving, next: Next?) {
    self.rootKey = rootKey
    self.sending = sending
    self.receiving = receiving
    self.next = next
  }

  /// KDF_SCKA_INIT gives the chains of epoch 0.
  package init(_ shared: SecretBytes, role: SparseRatchetRole) throws(CygnetError) {
    let start = try SparseKeyDerivation.start(shared)
    let (own, peer) = start.directed(role)
    rootKey = start.rootKey
    sending = Sending(epoch: 0, key: own, n: 0, previous: 0)
    receiving = Receiving(epoch: 0, key: peer, n: 0)
    next = nil
  }

  /// An epoch's key has become known.
  /// - Throws: `internalFault` where epochs do not follow one another; the Braid puts them out in
  ///   order, and a next epoch has its key only after both directions use the one before.
  mutating func add(
    _ key: Braid.EpochKey, role: SparseRatchetRole
  ) throws(CygnetError) {
    guard next == nil, key.epoch == sending.epoch + 1 else {
      throw CygnetError(.internalFault, "an epoch's key out of turn")
    }
    let chains = try SparseKeyDerivation.addEpoch(rootKey, key: key.secret)
    let (own, peer) = chains.directed(role)
    rootKey = chains.rootKey
    next = Next(epoch: key.epoch, sending: own, receiving: peer)
  }

  /// Both parties know the key of `epoch`, so messages go into its chain from now on.
  mutating func send(in epoch: UInt64) throws(CygnetError) {
    if epoch == sending.epoch { return }
    guard var next, next.epoch == epoch, let key = next.sending else {
      throw CygnetError(.internalFault, "no chain of the epoch to send in")
    }
    next.sending = nil
    self.next = next.receiving == nil ? nil : next
    sending = Sending(epoch: epoch, key: key, n: 0, previous: sending.n)
  }

  /// The next message key of the sending chain.
  mutating func stepSending() throws(CygnetError) -> MessageKey {
    guard sending.n < SparseRatchetMessage.maxNumber else {
      throw CygnetError(.limitExceeded, "the sending chain is full: start a new session")
    }
    sending.n += 1
    let step = try SparseKeyDerivation.step(sending.key, n: sending.n)
    sending.key = step.next
    return step.messageKey
  }
}

extension SparseKeyDerivation.Chains {
  /// The chain to send in and the one to receive in.
  fileprivate func directed(_ role: SparseRatchetRole) -> (own: SecretBytes, peer: SecretBytes) {
    switch role {
    case .initiator: (initiator, responder)
    case .responder: (responder, initiator)
    }
  }
}

extension SparseChains.Receiving {
  /// SkipMessageKeys (Double Ratchet §5.6): the keys of the messages after `n` up to and with
  /// `last`.
  mutating func skip(
    through last: UInt32, budget: UInt32
  ) throws(CygnetError) -> [MessageKey] {
    guard last > n else { return [] }
    guard last - n <= budget else {
      throw CygnetError(.tooFarAhead, "more messages were skipped than one message may skip")
    }
    var keys: [MessageKey] = []
    keys.reserveCapacity(Int(last - n))
    while n < last { keys.append(try step()) }
    return keys
  }

  mutating func step() throws(CygnetError) -> MessageKey {
    n += 1  // callers stay below numbers that a message can carry
    let step = try SparseKeyDerivation.step(key, n: n)
    key = step.next
    return step.messageKey
  }
}
