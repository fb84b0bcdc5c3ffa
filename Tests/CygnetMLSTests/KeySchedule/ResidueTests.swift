#if canImport(Glibc)
  import CygnetMLS
  import CygnetPrimitives
  import CygnetVectors
  import CygnetWire
  import TestSupport
  import Testing

  /// Each test is a process of its own, so that no other test's keys are in the memory it searches.
  @Suite(
    "A7: residues of message keys in memory",
    .enabled(if: !Sanitizer.isActive, "a sanitizer's shadow memory is too large to search"))
  struct ResidueTests {
    @Test("A7: used keys and left node secrets are gone while both trees live")
    func used() async {
      await #expect(processExitsWith: .success) {
        let scan = try #require(MemoryScan())
        var trees = try Trees()
        try trees.use(noting: scan)
        let counts = scan.occurrences()
        #expect(counts.count == 8)
        #expect(counts.last == 2, "the key of a skipped message is held once: \(counts)")
        #expect(counts.dropLast().allSatisfy { $0 == 0 }, "\(counts)")
        try trees.goOn()
      }
    }
  }

  private struct Trees {
    var sending: SecretTree
    var receiving: SecretTree
    let suite: Algorithms

    init() throws {
      suite = try Algorithms(.x25519ChaCha20SHA256Ed25519)
      var random = SystemRandomSource()
      let secret = random.secret(32)
      sending = SecretTree(encryptionSecret: secret, leafCount: LeafCount(4))
      receiving = SecretTree(encryptionSecret: secret, leafCount: LeafCount(4))
    }

    /// Uses every leaf of both trees, so that no node keeps its secret, and leaves one key over.
    @inline(never)
    mutating func use(noting scan: MemoryScan) throws {
      try noteNodes(scan)
      for leaf in (0..<4).map({ LeafIndex($0) }) {
        let key = try sending.nextSendingKey(leaf: leaf, kind: .application, suite: suite).key
        if leaf.rawValue == 0 { key.withUnsafeBytes { scan.add($0) } }
      }
      _ = try sending.nextSendingKey(leaf: LeafIndex(0), kind: .application, suite: suite)
      let last = try sending.nextSendingKey(leaf: LeafIndex(0), kind: .application, suite: suite)
      last.key.withUnsafeBytes { scan.add($0) }
      for leaf in (1..<4).map({ LeafIndex($0) }) { try receive(leaf, 0) }
      try receive(LeafIndex(0), 0)
      try receive(LeafIndex(0), 2)
      let late = try receiving.receivingKey(
        leaf: LeafIndex(0), kind: .application, generation: Generation(1), suite: suite)
      late.key.withUnsafeBytes { scan.add($0) }
    }

    /// The root, its children, and the leaves of the left one.
    @inline(never)
    private func noteNodes(_ scan: MemoryScan) throws {
      let stored = try receiving.wireEncodedSecret()
      let root = stored.slice(6..<38)
      let left = try child(root, "left")
      for secret in [root, left, try child(root, "right"), try child(left, "left")] {
        secret.withUnsafeBytes { scan.add($0) }
      }
      try child(left, "right").withUnsafeBytes { scan.add($0) }
    }

    private func child(_ secret: SecretBytes, _ side: String) throws -> SecretBytes {
      try suite.expandWithLabel(secret, label: "tree", context: Array(side.utf8), count: 32)
    }

    private mutating func receive(_ leaf: LeafIndex, _ generation: UInt32) throws {
      let key = try receiving.receivingKey(
        leaf: leaf, kind: .application, generation: Generation(generation), suite: suite)
      try receiving.consume(key)
    }

    mutating func goOn() throws { try receive(LeafIndex(0), 1) }
  }
#endif
