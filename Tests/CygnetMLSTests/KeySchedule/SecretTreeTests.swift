import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("The secret tree")
struct SecretTreeTests {
  private let suite: Algorithms
  private let root = SecretBytes(copying: [UInt8](1...32))

  init() throws { suite = try Algorithms(.x25519ChaCha20SHA256Ed25519) }

  private func tree(_ width: UInt32 = 4) -> SecretTree {
    SecretTree(encryptionSecret: root, leafCount: LeafCount(width))
  }

  private func child(_ secret: SecretBytes, _ side: String) throws -> SecretBytes {
    try suite.expandWithLabel(secret, label: "tree", context: Array(side.utf8), count: 32)
  }

  private func receive(
    _ tree: inout SecretTree, _ leaf: UInt32, _ generation: UInt32,
    _ kind: SecretTree.Kind = .application
  ) throws -> SecretTree.ReceivingKey {
    let key = try tree.receivingKey(
      leaf: LeafIndex(leaf), kind: kind, generation: Generation(generation), suite: suite)
    try tree.consume(key)
    return key
  }

  @Test("keys are those of the formulas, written out for leaf 2 of 4")
  func formulas() throws {
    let leaf = try child(child(root, "right"), "left")
    for (kind, label) in [(SecretTree.Kind.handshake, "handshake"), (.application, "application")] {
      var secret = try suite.deriveSecret(leaf, label: Label(label))
      var sending = tree()
      for generation: UInt32 in 0..<3 {
        let number = Generation(generation)
        let (sent, key, nonce) = try sending.nextSendingKey(
          leaf: LeafIndex(2), kind: kind, suite: suite)
        #expect(sent == number)
        #expect(
          try key
            == suite.deriveTreeSecret(secret, label: "key", generation: number, count: 32))
        #expect(
          try nonce
            == suite.deriveTreeSecret(secret, label: "nonce", generation: number, count: 12))
        secret = try suite.deriveTreeSecret(
          secret, label: "secret", generation: number, count: 32)
      }
    }
  }

  @Test("A6: the generation enters a derivation in four bytes")
  func generationContext() throws {
    let derived = try suite.deriveTreeSecret(
      root, label: "key", generation: Generation(0x0102_0304), count: 32)
    #expect(
      try derived == suite.expandWithLabel(root, label: "key", context: [1, 2, 3, 4], count: 32))
  }

  @Test("A6: proposals and commits share a ratchet, application messages have their own")
  func kinds() throws {
    #expect(SecretTree.Kind(of: .proposal) == .handshake)
    #expect(SecretTree.Kind(of: .commit) == .handshake)
    #expect(SecretTree.Kind(of: .application) == .application)
    var tree = tree()
    let first = try receive(&tree, 0, 0, .handshake)
    let second = try receive(&tree, 0, 0, .application)
    #expect(first.key != second.key && first.nonce != second.nonce)
  }

  @Test("every leaf of a tree sends what the others receive", arguments: [1, 2, 8, 64] as [UInt32])
  func agreement(_ width: UInt32) throws {
    var (sending, receiving) = (tree(width), tree(width))
    for leaf in 0..<width {
      let sent = try sending.nextSendingKey(
        leaf: LeafIndex(leaf), kind: .application, suite: suite)
      let received = try receive(&receiving, leaf, 0)
      #expect(sent.key == received.key && sent.nonce == received.nonce)
    }
  }

  @Test("A4: a leaf outside the tree has no key", arguments: [4, 5, 1 << 30, UInt32.max])
  func outside(_ leaf: UInt32) throws {
    var tree = tree()
    #expect(failure { try receive(&tree, leaf, 0) } == "notFound A4")
    #expect(
      failure {
        try tree.nextSendingKey(leaf: LeafIndex(leaf), kind: .handshake, suite: suite)
      } == "notFound A4")
  }

  @Test("A4: a message may skip as many as the limit says, and one more is refused")
  func forwardLimit() throws {
    let limit = MLS.Limits.forwardDistance
    var tree = tree()
    let before = try tree.wireEncoded()
    for generation in [limit + 1, MLS.Limits.generationCount, UInt32.max] {
      #expect(failure { try receive(&tree, 1, generation) } == "tooFarAhead A4")
    }
    #expect(try tree.wireEncoded() == before)
    _ = try receive(&tree, 1, limit)
    #expect(failure { try receive(&tree, 1, 2 * limit + 2) } == "tooFarAhead A4")
    _ = try receive(&tree, 1, 2 * limit + 1)
  }

  @Test("A5: deriving a key changes nothing; a consumed one is gone")
  func consuming() throws {
    var tree = tree()
    let before = try tree.wireEncoded()
    let key = try tree.receivingKey(
      leaf: LeafIndex(3), kind: .application, generation: Generation(2), suite: suite)
    #expect(try tree.wireEncoded() == before)
    try tree.consume(key)
    #expect(failure { try receive(&tree, 3, 2) } == "duplicate A5")
    for generation: UInt32 in [1, 0] {
      _ = try receive(&tree, 3, generation)
      #expect(failure { try receive(&tree, 3, generation) } == "duplicate A5")
    }
    #expect(tree.skippedKeyCount == 0)
  }

  @Test("keys of skipped messages come in any order and equal those in order")
  func outOfOrder() throws {
    var ordered: [SecretBytes] = []
    var tree = tree()
    for generation: UInt32 in 0..<8 { ordered.append(try receive(&tree, 2, generation).key) }
    var shuffled = self.tree()
    for generation: UInt32 in [5, 0, 7, 3, 6, 1, 2, 4] {
      #expect(try receive(&shuffled, 2, generation).key == ordered[Int(generation)])
    }
    #expect(shuffled.skippedKeyCount == 0)
    #expect(try shuffled.wireEncoded() == tree.wireEncoded())
  }

  @Test("A4: of the keys of skipped messages the oldest goes first")
  func window() throws {
    let limit = MLS.Limits.forwardDistance
    var tree = tree()
    _ = try receive(&tree, 0, limit)
    #expect(tree.skippedKeyCount == MLS.Limits.skippedKeyCount)
    _ = try receive(&tree, 0, limit + 3)
    #expect(tree.skippedKeyCount == MLS.Limits.skippedKeyCount)
    #expect(failure { try receive(&tree, 0, 0) } == "duplicate A5")
    #expect(failure { try receive(&tree, 0, 1) } == "duplicate A5")
    _ = try receive(&tree, 0, 2)
    _ = try receive(&tree, 0, limit + 2)
    #expect(tree.skippedKeyCount == MLS.Limits.skippedKeyCount - 2)
  }

  @Test("A4: over all senders no more keys of skipped messages are kept than the limit says")
  func windowOfAll() throws {
    let limit = MLS.Limits.epochSkippedKeyCount
    var tree = tree(32)
    for leaf: UInt32 in 0..<20 { _ = try receive(&tree, leaf, MLS.Limits.forwardDistance) }
    #expect(tree.skippedKeyCount == limit)
    #expect(try SecretTree(wire: tree.wireEncoded()).skippedKeyCount == limit)
    // Who skips now keeps none, and goes on all the same.
    _ = try receive(&tree, 30, 5)
    #expect(failure { try receive(&tree, 30, 4) } == "duplicate A5")
    _ = try receive(&tree, 30, 6)
    // A key that is used makes room for one: the newest of those passed over.
    _ = try receive(&tree, 0, 999)
    _ = try receive(&tree, 31, 5)
    #expect(failure { try receive(&tree, 31, 3) } == "duplicate A5")
    _ = try receive(&tree, 31, 4)
  }

  @Test("A7: on the way to a leaf node secrets are deleted and those of siblings kept")
  func deletion() throws {
    let (left, right) = (try child(root, "left"), try child(root, "right"))
    let (leaf2, leaf3) = (try child(right, "left"), try child(right, "right"))
    var tree = tree()
    #expect(try tree.wireEncoded().contains(sequence: root.exposed()))
    _ = try receive(&tree, 2, 1)
    let state = try tree.wireEncoded()
    let handshake = try suite.deriveSecret(leaf2, label: "handshake")
    for kept in [left, leaf3, handshake] { #expect(state.contains(sequence: kept.exposed())) }
    for gone in [root, right, leaf2] { #expect(!state.contains(sequence: gone.exposed())) }
  }

  @Test("A7: a used key, its nonce and the ratchet behind it are deleted, a skipped key is kept")
  func ratchetDeletion() throws {
    let leaf = try child(child(root, "left"), "left")
    let first = try suite.deriveSecret(leaf, label: "application")
    let second = try suite.deriveTreeSecret(
      first, label: "secret", generation: Generation(0), count: 32)
    let third = try suite.deriveTreeSecret(
      second, label: "secret", generation: Generation(1), count: 32)
    let skipped = try suite.deriveTreeSecret(
      first, label: "key", generation: Generation(0), count: 32)
    var tree = tree()
    let used = try receive(&tree, 0, 1)
    var state = try tree.wireEncoded()
    for gone in [first, second, used.key, used.nonce] {
      #expect(!state.contains(sequence: gone.exposed()))
    }
    for kept in [third, skipped] { #expect(state.contains(sequence: kept.exposed())) }
    _ = try receive(&tree, 0, 0)
    state = try tree.wireEncoded()
    #expect(!state.contains(sequence: skipped.exposed()))
  }

  @Test("A7: a key for sending is nowhere in the tree")
  func sendingDeletion() throws {
    var tree = tree()
    let sent = try tree.nextSendingKey(leaf: LeafIndex(1), kind: .application, suite: suite)
    let state = try tree.wireEncoded()
    #expect(!state.contains(sequence: sent.key.exposed()))
    #expect(failure { try receive(&tree, 1, 0) } == "duplicate A5")
  }

  @Test("A5: keys that were derived side by side bring back nothing when both are consumed")
  func stale() throws {
    var tree = tree()
    let ahead = try tree.receivingKey(
      leaf: LeafIndex(0), kind: .application, generation: Generation(3), suite: suite)
    let behind = try tree.receivingKey(
      leaf: LeafIndex(0), kind: .application, generation: Generation(1), suite: suite)
    try tree.consume(behind)
    try tree.consume(ahead)
    for generation: UInt32 in [1, 3] {
      #expect(failure { try receive(&tree, 0, generation) } == "duplicate A5")
    }
    let zero = try receive(&tree, 0, 0)
    _ = try receive(&tree, 0, 2)
    try tree.consume(zero)
    try tree.consume(ahead)
    #expect(tree.skippedKeyCount == 0)
    var plain = self.tree()
    for generation: UInt32 in 0..<4 { _ = try receive(&plain, 0, generation) }
    #expect(try tree.wireEncoded() == plain.wireEncoded())
  }

  @Test("a key of one tree is not consumed in another")
  func foreignKey() throws {
    var first = tree()
    _ = try receive(&first, 0, 0)
    let key = try first.receivingKey(
      leaf: LeafIndex(0), kind: .application, generation: Generation(1), suite: suite)
    var second = tree()
    let before = try second.wireEncoded()
    #expect(failure { try second.consume(key) } == "internalFault")
    #expect(try second.wireEncoded() == before)
  }

  @Test("a copy goes its own way, and neither sees the other's changes")
  func values() throws {
    var first = tree(8)
    _ = try receive(&first, 5, 2)
    let state = try first.wireEncoded()
    var second = first
    _ = try receive(&second, 5, 0)
    _ = try receive(&second, 6, 0)
    #expect(try first.wireEncoded() == state)
    let secondState = try second.wireEncoded()
    _ = try receive(&first, 5, 1)
    _ = try first.nextSendingKey(leaf: LeafIndex(0), kind: .handshake, suite: suite)
    #expect(try second.wireEncoded() == secondState)
    #expect(try receive(&first, 5, 0).key != receive(&second, 5, 1).key)
  }

  @Test("A10: at the last generation a sender stops and a receiver refuses")
  func lastGeneration() throws {
    var tree = try SecretTree(wire: Self.nearTheEnd(MLS.Limits.generationCount - 1))
    let last = try tree.nextSendingKey(leaf: LeafIndex(0), kind: .application, suite: suite)
    #expect(last.generation.rawValue == MLS.Limits.generationCount - 1)
    let before = try tree.wireEncoded()
    #expect(
      failure {
        try tree.nextSendingKey(leaf: LeafIndex(0), kind: .application, suite: suite)
      } == "limitExceeded A10")
    #expect(
      failure { try receive(&tree, 0, MLS.Limits.generationCount) } == "tooFarAhead A4")
    #expect(try tree.wireEncoded() == before)
  }

  @Test("a stored tree comes back, goes on, and nothing else is accepted")
  func storage() throws {
    var tree = tree()
    _ = try receive(&tree, 1, 2)
    _ = try tree.nextSendingKey(leaf: LeafIndex(2), kind: .handshake, suite: suite)
    let encoded = try tree.wireEncoded()
    #expect(wireLawViolations(SecretTree.self, encoded) == [])
    #expect(try SecretTree(wire: tree.wireEncodedSecret()).wireEncoded() == encoded)
    var restored = try SecretTree(wire: encoded)
    for generation: UInt32 in [0, 1, 3] {
      #expect(try receive(&restored, 1, generation).key == receive(&tree, 1, generation).key)
    }
    #expect(failure { try receive(&restored, 1, 2) } == "duplicate A5")
  }

  @Test("A8: an epoch that is over keeps keys of messages, skipped too, and none of handshakes")
  func over() throws {
    var live = tree(8)
    for leaf: UInt32 in [0, 1, 6] {
      for kind in SecretTree.Kind.allCases { _ = try receive(&live, leaf, 2, kind) }
    }
    var over = live.withoutHandshakes()
    #expect(live.skippedKeyCount == 12 && over.skippedKeyCount == 6)
    for leaf: UInt32 in 0..<8 {
      for generation: UInt32 in [0, 1, 3] {
        let kept = try receive(&over, leaf, generation)
        let known = try live.receivingKey(
          leaf: LeafIndex(leaf), kind: .application, generation: Generation(generation),
          suite: suite)
        #expect(kept.key == known.key && kept.nonce == known.nonce)
        #expect(throws: CygnetError(.wrongEpoch, "")) {
          try over.receivingKey(
            leaf: LeafIndex(leaf), kind: .handshake, generation: Generation(generation),
            suite: suite)
        }
      }
    }
    // What was never derived there is not in its stored form either.
    let stored = try over.wireEncoded()
    for leaf: UInt32 in [0, 1, 6] {
      let key = try live.receivingKey(
        leaf: LeafIndex(leaf), kind: .handshake, generation: Generation(0), suite: suite)
      let needle = key.key.withExposedCopy { $0 }
      #expect(!stored.indices.contains { stored[$0...].starts(with: needle) })
      let whole = try live.wireEncoded()
      #expect(whole.indices.contains { whole[$0...].starts(with: needle) })
    }
    var back = try SecretTree(wire: stored)
    #expect(try back.wireEncoded() == stored)
    #expect(throws: CygnetError(.duplicate, "")) { try receive(&back, 0, 2) }
  }

  @Test("stored trees of no possible shape are refused")
  func impossibleStates() throws {
    let width = { (count: UInt32) in
      (0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * $0)) }
    }
    let secret = [1, 32] + [UInt8](repeating: 7, count: 32)
    #expect(failure { try SecretTree(wire: width(4) + secret) } == nil)
    for count: UInt32 in [0, 3, 1 << 18, 1 << 31] {
      #expect(failure { try SecretTree(wire: width(count) + secret) } == "malformed")
    }
    // A leaf that is split, a parent with ratchets, an unknown state.
    #expect(failure { try SecretTree(wire: width(1) + [2] + secret + secret) } == "malformed")
    let end = Self.nearTheEnd(0)
    #expect(failure { try SecretTree(wire: end) } == nil)
    #expect(failure { try SecretTree(wire: width(2) + end.dropFirst(4)) } == "malformed")
    for state: UInt8 in [0, 5, 6] {
      #expect(failure { try SecretTree(wire: width(1) + [state] + secret) } == "malformed")
    }
    #expect(
      failure { try SecretTree(wire: Self.nearTheEnd(MLS.Limits.generationCount + 1)) }
        == "malformed")
    // Skipped keys that do not ascend, and one that is not behind the ratchet.
    for generations: [UInt32] in [[1, 1], [2, 1], [5]] {
      let state = Self.nearTheEnd(5, skipped: generations)
      #expect(failure { try SecretTree(wire: state) } == "malformed")
    }
    #expect(failure { try SecretTree(wire: Self.nearTheEnd(5, skipped: [1, 4])) } == nil)
  }

  /// A tree of one leaf whose ratchets stand at a generation.
  private static func nearTheEnd(_ generation: UInt32, skipped: [UInt32] = []) -> [UInt8] {
    let bytes = { (number: UInt32) in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
    }
    var keys: [UInt8] = []
    for number in skipped { keys += bytes(number) + [1, 7, 1, 7] }
    let ratchet =
      [32] + [UInt8](repeating: 7, count: 32) + bytes(generation) + [UInt8(keys.count)] + keys
    return [0, 0, 0, 1, 3] + ratchet + ratchet
  }
}
