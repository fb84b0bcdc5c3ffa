package import CygnetPrimitives
package import CygnetWire

/// MKSKIPPED, the keys of messages that did not arrive in order (Double Ratchet §4.3), indexed by
/// header key and message number, and bounded in number, in chains and in age.
package struct SkippedMessageKeys: Sendable {
  /// Keys that one message skipped, so that they age together.
  struct Batch: Sendable {
    let storedAt: UInt32
    let first: UInt32
    let end: UInt32
    var remaining: Int
  }

  /// The skipped keys of one chain.
  struct Chain: Sendable {
    let headerKey: HeaderKey
    var keys: [UInt32: MessageKey] = [:]
    var batches: [Batch] = []  // ascending in number and in time
  }

  private(set) var chains: [Chain] = []  // oldest first
  /// All keys held.
  package private(set) var count = 0
  /// Messages decrypted in this session so far, modulo 2^32: the clock by which keys age.
  private(set) var clock: UInt32 = 0

  package init() {}

  /// The chain whose header key opens `sealed`, and the header.
  func openHeader(_ sealed: [UInt8]) throws(CygnetError) -> (chain: Int, header: [UInt8])? {
    for (index, chain) in chains.enumerated().reversed() {
      if let header = try chain.headerKey.open(sealed) { return (index, header) }
    }
    return nil
  }

  func key(chain: Int, n: UInt32) -> MessageKey? { chains[chain].keys[n] }

  func chain(of headerKey: HeaderKey) -> Int? {
    for (index, chain) in chains.enumerated().reversed()
    where chain.headerKey.secret == headerKey.secret { return index }
    return nil
  }

  /// Takes a used key out, and its chain with the last one.
  mutating func remove(chain: Int, n: UInt32) {
    guard chains[chain].keys.removeValue(forKey: n) != nil else { return }
    count -= 1
    if chains[chain].keys.isEmpty {
      chains.remove(at: chain)
      return
    }
    let index = chains[chain].batchIndex(of: n)
    chains[chain].batches[index].remaining -= 1
    if chains[chain].batches[index].remaining == 0 { chains[chain].batches.remove(at: index) }
  }

  /// Stores the keys of messages `first...` of a chain, then evicts what exceeds the bounds.
  mutating func insert(_ keys: [MessageKey], from first: UInt32, headerKey: HeaderKey) {
    if keys.isEmpty { return }
    let index: Int
    if let known = chain(of: headerKey) {
      index = known
    } else {
      index = chains.count
      chains.append(Chain(headerKey: headerKey))
    }
    var n = first
    for key in keys {
      chains[index].keys[n] = key
      n &+= 1  // numbers stay below the chain's length, which fits
    }
    chains[index].batches.append(
      Batch(storedAt: clock, first: first, end: n, remaining: keys.count))
    count += keys.count
    while chains.count > Limits.maxSkippedChains || count > Limits.maxSkippedKeys {
      evictOldestBatch()
    }
  }

  /// One more message was decrypted: keys that waited too long go.
  mutating func tick() {
    clock &+= 1
    var index = 0
    while index < chains.count {
      let before = chains.count
      while let batch = chains[index].batches.first,
        clock &- batch.storedAt > Limits.maxSkippedKeyAge
      {
        evictFirstBatch(of: index)
        if chains.count < before { break }
      }
      if chains.count == before { index += 1 }
    }
  }

  private mutating func evictOldestBatch() { evictFirstBatch(of: 0) }

  private mutating func evictFirstBatch(of chain: Int) {
    let batch = chains[chain].batches.removeFirst()
    var n = batch.first
    while n != batch.end {
      if chains[chain].keys.removeValue(forKey: n) != nil { count -= 1 }
      n &+= 1
    }
    if chains[chain].keys.isEmpty { chains.remove(at: chain) }
  }
}

extension SkippedMessageKeys.Chain {
  /// The batch that holds message `n`; batches ascend, so a binary search finds it.
  fileprivate func batchIndex(of n: UInt32) -> Int {
    var low = 0
    var high = batches.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if batches[middle].first <= n { low = middle } else { high = middle - 1 }
    }
    return low
  }
}

extension SkippedMessageKeys: WireEncodable, WireDecodable {
  ///     struct {
  ///       uint32 n;
  ///       opaque message_key[32];
  ///     } SkippedKey;
  ///
  ///     struct {
  ///       uint32 stored_at;
  ///       SkippedKey keys<V>;          // n ascending, never empty
  ///     } SkippedBatch;
  ///
  ///     struct {
  ///       opaque header_key[32];
  ///       SkippedBatch batches<V>;     // ascending, never empty
  ///     } SkippedChain;
  ///
  ///     struct {
  ///       uint32 clock;
  ///       SkippedChain chains<V>;
  ///     } SkippedMessageKeys;
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(clock)
    try writer.vector { (writer) throws(CygnetError) in
      for chain in chains {
        writer.write(fixed: chain.headerKey.secret)
        try writer.vector { (writer) throws(CygnetError) in
          for batch in chain.batches { try chain.encode(batch, into: &writer) }
        }
      }
    }
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    clock = try reader.readUInt32()
    let bound = Limits.maxSkippedKeys * 45 + Limits.maxSkippedChains * 40
    chains = try reader.vector(0...bound) { (reader) throws(CygnetError) in
      var chains: [Chain] = []
      while reader.remaining > 0 {
        guard chains.count < Limits.maxSkippedChains else {
          throw CygnetError(.malformed, "too many chains of skipped keys")
        }
        chains.append(try Chain(from: &reader, bound: bound))
      }
      return chains
    }
    for chain in chains { count += chain.keys.count }
    guard count <= Limits.maxSkippedKeys else {
      throw CygnetError(.malformed, "too many skipped keys")
    }
  }
}

extension SkippedMessageKeys.Chain {
  fileprivate func encode(
    _ batch: SkippedMessageKeys.Batch, into writer: inout Writer
  ) throws(CygnetError) {
    writer.write(batch.storedAt)
    try writer.vector { (writer) throws(CygnetError) in
      var n = batch.first
      while n != batch.end {
        if let key = keys[n] {
          writer.write(n)
          writer.write(fixed: key.secret)
        }
        n &+= 1
      }
    }
  }

  fileprivate init(from reader: inout Reader, bound: Int) throws(CygnetError) {
    headerKey = HeaderKey(try reader.readSecret(HeaderKey.byteCount))
    var keys: [UInt32: MessageKey] = [:]
    var batches: [SkippedMessageKeys.Batch] = []
    try reader.vector(1...bound) { (reader) throws(CygnetError) in
      var end: UInt32 = 0
      while reader.remaining > 0 {
        let storedAt = try reader.readUInt32()
        var first: UInt32?
        var remaining = 0
        try reader.vector(1...bound) { (reader) throws(CygnetError) in
          while reader.remaining > 0 {
            let n = try reader.readUInt32()
            guard n >= end, n < .max else {
              throw CygnetError(.malformed, "skipped keys are stored in ascending order")
            }
            keys[n] = MessageKey(try reader.readSecret(MessageKey.byteCount))
            if first == nil { first = n }
            end = n + 1
            remaining += 1
          }
        }
        guard let first, end - first <= Limits.maxSkip else {
          throw CygnetError(.malformed, "a batch of skipped keys is too long")
        }
        batches.append(
          SkippedMessageKeys.Batch(
            storedAt: storedAt, first: first, end: end, remaining: remaining))
      }
    }
    self.keys = keys
    self.batches = batches
  }
}
