internal import CygnetPrimitives
internal import CygnetWire

/// A sender's chain as a member holds it.
struct ReceivingSenderChain: Sendable {
  let id: SenderChainID
  let signatureKey: SenderSignatureKey
  /// The number of the first message that the member was given the key of.
  let first: UInt32
  private(set) var chainKey: SenderChainKey
  /// The number of the message whose key `chainKey` gives.
  private(set) var next: UInt32
  private(set) var skipped = SkippedSenderKeys()

  init(_ message: SenderKeyDistributionMessage) {
    id = message.chainID
    signatureKey = message.signatureKey
    first = message.iteration
    chainKey = message.chainKey
    next = message.iteration
  }

  /// Where a message's key comes from, and what using it changes.
  enum Step {
    case skipped(SenderMessageKey)
    case ahead(skipped: [SenderMessageKey], key: SenderMessageKey, next: SenderChainKey)

    var key: SenderMessageKey {
      switch self {
      case .skipped(let key): key
      case .ahead(_, let key, _): key
      }
    }
  }

  /// The key of a message; nothing changes before `take`.
  /// - Throws: `notFound` for a message before the first, `duplicate`, `tooFarAhead`.
  func step(to iteration: UInt32) throws(CygnetError) -> Step {
    guard iteration >= first else {
      throw CygnetError(.notFound, "the message was sent before the sender shared its chain")
    }
    if iteration < next {
      guard let key = skipped.key(iteration) else {
        throw CygnetError(.duplicate, "the message's key was used already, or dropped for its age")
      }
      return .skipped(key)
    }
    guard iteration - next <= SenderKeyLimits.maxSkip else {
      throw CygnetError(.tooFarAhead, "more messages were skipped than one message may skip")
    }
    var keys: [SenderMessageKey] = []
    keys.reserveCapacity(Int(iteration - next))
    var chainKey = chainKey
    for _ in next..<iteration {
      let (key, following) = chainKey.step()
      keys.append(key)
      chainKey = following
    }
    let (key, following) = chainKey.step()
    return .ahead(skipped: keys, key: key, next: following)
  }

  /// Moves on after the message has opened.
  mutating func take(_ step: Step, at iteration: UInt32) {
    switch step {
    case .skipped: skipped.remove(iteration)
    case .ahead(let keys, _, let following):
      skipped.append(keys, from: next)
      chainKey = following
      next = iteration + 1  // a decoded number is below the chain's length, which fits
      if next > SenderKeyLimits.maxSkippedKeyAge {
        skipped.removeAll(before: next - SenderKeyLimits.maxSkippedKeyAge)
      }
    }
  }

  mutating func removeOldestSkippedKey() { skipped.removeOldest() }
}

extension ReceivingSenderChain: WireEncodable, WireDecodable {
  ///     struct {
  ///       SenderChainID chain_id;
  ///       SenderSignatureKey signature_key;
  ///       uint32 first;
  ///       opaque chain_key[32];
  ///       uint32 next;                       // at least first, at most 2^32 − 2
  ///       SkippedSenderKey skipped<V>;       // at least first, below next, ascending
  ///     } ReceivingSenderChain;
  func encode(into writer: inout Writer) throws(CygnetError) {
    try id.encode(into: &writer)
    try signatureKey.encode(into: &writer)
    writer.write(first)
    writer.write(fixed: chainKey.secret)
    writer.write(next)
    try skipped.encode(into: &writer)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    id = try SenderChainID(from: &reader)
    signatureKey = try SenderSignatureKey(from: &reader)
    first = try reader.readUInt32()
    chainKey = SenderChainKey(try reader.readSecret(SenderChainKey.byteCount))
    next = try reader.readUInt32()
    guard first <= next, next <= SenderKeyLimits.maxChainLength else {
      throw CygnetError(.malformed, "a chain's numbers are out of order")
    }
    skipped = try SkippedSenderKeys(in: first..<next, from: &reader)
  }
}
