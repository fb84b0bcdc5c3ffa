package import CygnetPrimitives
package import CygnetWire

/// MKSKIPPED of the sparse ratchet (Double Ratchet §5.1): keys of messages that did not arrive in
/// order, by epoch and number, with the bounds of the Double Ratchet's own, so that a message which
/// one of the two can open is not lost to the other.
package struct SkippedSparseKeys: Sendable {
  /// Keys of one chain that one message skipped, so that they age together. Never empty.
  struct Batch: Sendable {
    let epoch: UInt64
    let first: UInt32
    let storedAt: UInt32
    var keys: [MessageKey?]
    var remaining: Int
  }

  /// Ascending in epoch and number, and so in age.
  private(set) var batches: [Batch] = []
  /// All keys held.
  package private(set) var count = 0
  /// Messages received in this session so far, modulo 2^32: the clock by which keys age.
  package private(set) var clock: UInt32 = 0

  package init() {}

  package func key(epoch: UInt64, n: UInt32) -> MessageKey? {
    guard let (batch, offset) = place(epoch, n) else { return nil }
    return batches[batch].keys[offset]
  }

  /// Takes a used key out.
  mutating func remove(epoch: UInt64, n: UInt32) {
    guard let (batch, offset) = place(epoch, n), batches[batch].keys[offset] != nil else { return }
    count -= 1
    if batches[batch].remaining == 1 {
      batches.remove(at: batch)
    } else {
      batches[batch].keys[offset] = nil
      batches[batch].remaining -= 1
    }
  }

  /// Stores the keys of messages `first...` of an epoch's chain, all later than those held, then
  /// evicts what exceeds the bound.
  mutating func insert(_ keys: [MessageKey], epoch: UInt64, from first: UInt32) {
    if keys.isEmpty { return }
    batches.append(
      Batch(
        epoch: epoch, first: first, storedAt: clock, keys: keys, remaining: keys.count))
    count += keys.count
    keepLatest(Limits.maxSkippedKeys)
  }

  /// Drops keys, those of the oldest messages first, until at most `bound` are held.
  mutating func keepLatest(_ bound: Int) {
    while count > bound {
      let excess = count - bound
      guard let first = batches.first, first.remaining > excess else {
        evictFirst()
        continue
      }
      batches[0].dropFirst(excess)
      count = bound
    }
  }

  /// One more message was received: keys that waited too long go.
  mutating func tick() {
    clock &+= 1
    while let batch = batches.first, clock &- batch.storedAt > Limits.maxSkippedKeyAge {
      evictFirst()
    }
  }

  private mutating func evictFirst() { count -= batches.removeFirst().remaining }

  /// Where the key of a message would be.
  private func place(_ epoch: UInt64, _ n: UInt32) -> (batch: Int, offset: Int)? {
    var low = 0
    var high = batches.count
    while low < high {
      let middle = (low + high) / 2
      let batch = batches[middle]
      if (batch.epoch, batch.first) <= (epoch, n) { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let batch = batches[low - 1]
    guard batch.epoch == epoch, n - batch.first < batch.keys.count else { return nil }
    return (low - 1, Int(n - batch.first))
  }
}

extension SkippedSparseKeys: WireEncodable, WireDecodable {
  ///     struct {
  ///       uint32 n;
  ///       opaque message_key[32];
  ///     } SkippedKey;
  ///
  ///     struct {
  ///       uint64 epoch;
  ///       uint32 stored_at;
  ///       SkippedKey keys<V>;              // n ascending, never empty, within 2000 numbers
  ///     } SkippedSparseBatch;
  ///
  ///     struct {
  ///       uint32 clock;
  ///       SkippedSparseBatch batches<V>;   // (epoch, n) ascending
  ///     } SkippedSparseKeys;
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(clock)
    try writer.vector { (writer) throws(CygnetError) in
      for batch in batches { try batch.encode(into: &writer) }
    }
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    clock = try reader.readUInt32()
    let bound = Limits.maxSkippedKeys * (36 + 16)
    batches = try reader.vector(0...bound) { (reader) throws(CygnetError) in
      var batches: [Batch] = []
      while reader.remaining > 0 {
        let batch = try Batch(from: &reader)
        if let last = batches.last, (last.epoch, last.end) >= (batch.epoch, batch.first) {
          throw CygnetError(.malformed, "skipped keys are stored in ascending order")
        }
        batches.append(batch)
      }
      return batches
    }
    for batch in batches { count += batch.remaining }
    guard count <= Limits.maxSkippedKeys else {
      throw CygnetError(.malformed, "too many skipped keys")
    }
  }
}

extension SkippedSparseKeys.Batch {
  /// Drops the first keys that are left; fewer than all.
  fileprivate mutating func dropFirst(_ number: Int) {
    remaining -= number
    var left = number
    for index in keys.indices where left > 0 && keys[index] != nil {
      keys[index] = nil
      left -= 1
    }
  }

  /// The number of the last key.
  fileprivate var end: UInt32 { first + UInt32(keys.count) - 1 }

  fileprivate func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(epoch)
    writer.write(storedAt)
    try writer.vector { (writer) throws(CygnetError) in
      var n = first
      for key in keys {
        if let key {
          writer.write(n)
          writer.write(fixed: key.secret)
        }
        n += 1
      }
    }
  }

  fileprivate init(from reader: inout Reader) throws(CygnetError) {
    epoch = try reader.readUInt64()
    storedAt = try reader.readUInt32()
    var first: UInt32 = 0
    var keys: [MessageKey?] = []
    var remaining = 0
    try reader.vector(1...Int(Limits.maxSkip) * 36) { (reader) throws(CygnetError) in
      while reader.remaining > 0 {
        let n = try reader.readUInt32()
        if keys.isEmpty { first = n }
        guard n > 0, n <= SparseRatchetMessage.maxNumber, n >= first,
          n - first < Limits.maxSkip, Int(n - first) >= keys.count
        else { throw CygnetError(.malformed, "skipped keys out of order or too far apart") }
        while keys.count < Int(n - first) { keys.append(nil) }
        keys.append(MessageKey(try reader.readSecret(MessageKey.byteCount)))
        remaining += 1
      }
    }
    self.first = first
    self.keys = keys
    self.remaining = remaining
  }
}
