internal import CygnetPrimitives

/// Where public keys stand in the tree, as a value: a trie over the keys' hashes, in which a change
/// copies a few buckets and not the whole.
///
/// It counts, so a key may stand in several places for a while, as in a batch of changes that is
/// judged at its end. Hashing is seeded at random per process, so nobody can choose keys that fall
/// into one bucket, and equal keys share one entry: no operation scans.
package struct KeyIndex: Sendable {
  private var root = Bucket()
  /// Places beyond the first of each key.
  package private(set) var surplus = 0

  package init() {}

  /// Whether some key stands in more than one place.
  package var hasDuplicates: Bool { surplus > 0 }

  package mutating func insert(_ key: [UInt8], at place: UInt32) {
    if root.insert(Entry(key, at: place), depth: 0) { surplus += 1 }
  }

  /// - Precondition: the key stands there; the tree removes only what it holds.
  package mutating func remove(_ key: [UInt8], at place: UInt32) {
    if root.remove(Entry(key, at: place), depth: 0) { surplus -= 1 }
  }

  package func contains(_ key: [UInt8]) -> Bool { root.find(Entry(key, at: 0), depth: 0) != nil }

  /// The place of a key; nil when there is none, or more than one.
  package func place(of key: [UInt8]) -> UInt32? {
    guard let entry = root.find(Entry(key, at: 0), depth: 0), entry.count == 1 else { return nil }
    return entry.places
  }

  private struct Entry: Sendable {
    let hash: UInt
    let key: [UInt8]
    /// All places, combined by exclusive or: with one place, the place.
    var places: UInt32
    var count: UInt32 = 1

    init(_ key: [UInt8], at place: UInt32) {
      var hasher = Hasher()
      hasher.combine(all: key)
      hash = UInt(bitPattern: hasher.finalize())
      self.key = key
      places = place
    }

    func isSameKey(as other: Entry) -> Bool { hash == other.hash && key == other.key }
  }

  /// Up to twelve entries, or sixteen buckets by the next four bits of the hash.
  private struct Bucket: Sendable {
    static let capacity = 12
    static let bits = 4

    var entries: [Entry] = []
    var children: [Bucket] = []

    static func slot(_ hash: UInt, _ depth: Int) -> Int { Int(hash >> UInt(depth * bits) & 15) }

    /// Whether the key was there already.
    mutating func insert(_ entry: Entry, depth: Int) -> Bool {
      if !children.isEmpty {
        return children[Self.slot(entry.hash, depth)].insert(entry, depth: depth + 1)
      }
      for index in entries.indices where entries[index].isSameKey(as: entry) {
        entries[index].places ^= entry.places
        entries[index].count += 1
        return true
      }
      entries.append(entry)
      if entries.count > Self.capacity, (depth + 1) * Self.bits < UInt.bitWidth { split(depth) }
      return false
    }

    private mutating func split(_ depth: Int) {
      children = [Bucket](repeating: Bucket(), count: 1 << Self.bits)
      for entry in entries {
        children[Self.slot(entry.hash, depth)].entries.append(entry)
      }
      entries = []
    }

    /// Whether the key is still there.
    mutating func remove(_ entry: Entry, depth: Int) -> Bool {
      if !children.isEmpty {
        return children[Self.slot(entry.hash, depth)].remove(entry, depth: depth + 1)
      }
      for index in entries.indices where entries[index].isSameKey(as: entry) {
        entries[index].places ^= entry.places
        entries[index].count -= 1
        if entries[index].count > 0 { return true }
        entries.swapAt(index, entries.count - 1)
        entries.removeLast()
        return false
      }
      return false
    }

    func find(_ entry: Entry, depth: Int) -> Entry? {
      if !children.isEmpty {
        return children[Self.slot(entry.hash, depth)].find(entry, depth: depth + 1)
      }
      for candidate in entries where candidate.isSameKey(as: entry) { return candidate }
      return nil
    }
  }
}
