package import CygnetPrimitives
package import CygnetWire

/// The keys of one chain's messages that did not arrive in order, by their numbers.
///
/// Numbers are stored in ascending order, which is the order in which they were skipped: the lowest
/// is the oldest.
package struct SkippedSenderKeys: Sendable {
  private struct Entry: Sendable {
    let iteration: UInt32
    /// nil once it was used.
    var key: SenderMessageKey?
  }

  /// Ascending, from `start` on; the first of them holds a key.
  private var entries: [Entry] = []
  private var start = 0
  /// Keys held.
  package private(set) var count = 0

  package init() {}

  package func key(_ iteration: UInt32) -> SenderMessageKey? {
    guard let index = index(of: iteration) else { return nil }
    return entries[index].key
  }

  /// Takes a used key out.
  mutating func remove(_ iteration: UInt32) {
    guard let index = index(of: iteration), entries[index].key != nil else { return }
    entries[index].key = nil
    count -= 1
    tidy()
  }

  /// Stores the keys of messages `first...`, which come after all that are held.
  mutating func append(_ keys: [SenderMessageKey], from first: UInt32) {
    var iteration = first
    for key in keys {
      entries.append(Entry(iteration: iteration, key: key))
      iteration &+= 1  // numbers stay below the chain's length, which fits
    }
    count += keys.count
  }

  mutating func removeOldest() {
    guard count > 0 else { return }
    entries[start].key = nil
    count -= 1
    tidy()
  }

  /// Drops the keys of messages before `iteration`.
  mutating func removeAll(before iteration: UInt32) {
    while count > 0, entries[start].iteration < iteration { removeOldest() }
  }

  private func index(of iteration: UInt32) -> Int? {
    var low = start
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].iteration < iteration { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].iteration == iteration ? low : nil
  }

  /// Moves to the first key that is held, and forgets used entries once they are the most.
  private mutating func tidy() {
    while start < entries.count, entries[start].key == nil { start += 1 }
    guard entries.count > 2 * count + 16 else { return }
    entries = entries.filter { $0.key != nil }
    start = 0
  }
}

extension SkippedSenderKeys: WireEncodable {
  ///     struct {
  ///       uint32 iteration;
  ///       opaque message_key[32];
  ///     } SkippedSenderKey;
  ///
  ///     SkippedSenderKey SkippedSenderKeys<V>;   // ascending
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.vector { (writer) throws(CygnetError) in
      for entry in entries[start...] {
        guard let key = entry.key else { continue }
        writer.write(entry.iteration)
        writer.write(fixed: key.secret)
      }
    }
  }

  /// Only numbers in `range` are taken.
  init(in range: Range<UInt32>, from reader: inout Reader) throws(CygnetError) {
    let bound = SenderKeyLimits.maxSkippedKeys * (4 + SenderMessageKey.byteCount)
    try reader.vector(0...bound) { (reader) throws(CygnetError) in
      var next = range.lowerBound
      while reader.remaining > 0 {
        let iteration = try reader.readUInt32()
        guard iteration >= next, iteration < range.upperBound else {
          throw CygnetError(.malformed, "skipped keys ascend and lie before the next message")
        }
        let key = SenderMessageKey(try reader.readSecret(SenderMessageKey.byteCount))
        entries.append(Entry(iteration: iteration, key: key))
        next = iteration + 1  // below the range's end
      }
    }
    count = entries.count
  }
}
