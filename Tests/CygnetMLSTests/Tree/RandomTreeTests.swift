import CygnetHPKE
import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import Testing

/// Random changes, each compared with the naive tree: nodes, hashes, index, counters, resolutions.
@Suite("Random trees")
struct RandomTreeTests {
  static let suite = TreeFixture.suite

  struct Walk {
    var random: SeededRandomSource
    var tree: RatchetTree
    var naive: NaiveTree
    /// Earlier trees with their encodings: they must not change.
    var copies: [(tree: RatchetTree, bytes: [UInt8])] = []
    var serial = 0
    /// What signs nothing here: a walk judges no signatures.
    var bound: Int

    init(seed: UInt64, bound: Int) throws {
      random = SeededRandomSource(seed)
      self.bound = bound
      let leaf = Self.leaf(0, .update, capabilities: [], .basic)
      tree = RatchetTree(creator: leaf)
      naive = NaiveTree(creator: leaf)
    }

    mutating func below(_ bound: Int) -> Int {
      let bytes = random.bytes(4)
      return bytes.reduce(0) { $0 << 8 | Int($1) } % bound
    }

    static func key(_ serial: Int, _ kind: UInt8) -> [UInt8] {
      SHA256.hash([kind, UInt8(serial >> 16 & 255), UInt8(serial >> 8 & 255), UInt8(serial & 255)])
    }

    static func leaf(
      _ serial: Int, _ source: MLS.LeafNode.Source, capabilities: [MLS.ExtensionType],
      _ type: MLS.CredentialType, key: MLS.HPKEPublicKey? = nil
    ) -> MLS.LeafNode {
      MLS.LeafNode(
        encryptionKey: key ?? MLS.HPKEPublicKey(Self.key(serial, 1)),
        signatureKey: MLS.SignaturePublicKey(Self.key(serial, 2)),
        credential: type == .basic ? .basic(identity: [7]) : .other(type, data: [7]),
        capabilities: MLS.Capabilities(extensions: capabilities, credentials: [.basic, type]),
        source: source, extensions: .none, signature: [1, 2, 3])
    }

    mutating func newLeaf(
      _ source: MLS.LeafNode.Source, key: MLS.HPKEPublicKey? = nil
    ) -> MLS.LeafNode {
      serial += 1
      let types = [MLS.ExtensionType(0xf000), MLS.ExtensionType(0xf001)]
      return Self.leaf(
        serial, source, capabilities: Array(types[..<below(3)]),
        below(4) == 0 ? MLS.CredentialType(0xf000) : .basic, key: key)
    }

    mutating func member() -> Int {
      let members = naive.members
      return members[below(members.count)]
    }

    /// One random change of both trees.
    mutating func step() throws {
      let lifetime = MLS.Lifetime(
        notBefore: Timestamp(seconds: 1), notAfter: Timestamp(seconds: 2))
      switch below(20) {
      case 0..<6:
        if naive.members.count >= bound { return }
        let leaf = newLeaf(.keyPackage(lifetime))
        #expect(try Int(tree.add(leaf).rawValue) == naive.add(leaf))
      case 6:
        if naive.members.count + 20 >= bound { return }
        var leaves: [MLS.LeafNode] = []
        for _ in 0..<below(20) { leaves.append(newLeaf(.keyPackage(lifetime))) }
        let expected = leaves.map { naive.add($0) }
        #expect(try tree.add(leaves).map { Int($0.rawValue) } == expected)
      case 7..<9:
        let (index, leaf) = (member(), newLeaf(.update))
        tree.update(LeafIndex(UInt32(index)), leaf)
        naive.update(index, leaf)
      case 9..<13:
        if naive.members.count == 1 { return }
        let index = member()
        tree.remove(LeafIndex(UInt32(index)))
        naive.remove(index)
      case 13:
        // A stretch at the right end goes at once.
        for index in naive.members.suffix(below(naive.members.count)).reversed() {
          tree.remove(LeafIndex(UInt32(index)))
          naive.remove(index)
        }
      case 14:
        let index = try tree.reserveLeaf()
        // The naive tree gets there by adding and blanking.
        let placeholder = newLeaf(.update)
        #expect(naive.add(placeholder) == Int(index.rawValue))
        try commit(Int(index.rawValue))
      default: try commit(member())
      }
    }

    /// A path; the receiver's half must give the same tree.
    mutating func commit(_ index: Int) throws {
      let sender = LeafIndex(UInt32(index))
      var receiver = tree
      var stated: [UInt8] = []
      let template = newLeaf(.update)
      let own = try tree.replacePath(of: sender, suite: suite, using: &random) {
        (key, parentHash) throws(CygnetError) in
        stated = parentHash
        return template.with(encryptionKey: key, source: .commit(parentHash: parentHash))
      }
      let keys = own.steps.map { $0.privateKey.mlsPublicKey }
      #expect(try naive.setPath(index, keys: keys) == stated)
      let leaf = try #require(tree.leaf(sender))
      naive.nodes[2 * index] = .leaf(leaf)
      let nodes = own.steps.map { step in
        MLS.UpdatePathNode(
          encryptionKey: step.privateKey.mlsPublicKey,
          encryptedPathSecret: [MLS.HPKECiphertext](
            repeating: MLS.HPKECiphertext(kemOutput: [], ciphertext: []),
            count: receiver.resolution(of: step.copathChild).count))
      }
      try receiver.merge(
        MLS.UpdatePath(leafNode: leaf, nodes: nodes), from: sender, excluding: [], suite: suite)
      #expect(try receiver.wireEncoded() == tree.wireEncoded())
    }

    // MARK: - Comparison

    mutating func compare() throws {
      let bytes = try tree.wireEncoded()
      #expect(try bytes == naive.encoded())
      #expect(try tree.treeHash(suite) == naive.treeHash(naive.root))
      #expect(Int(tree.leafCount.rawValue) == naive.width)
      let members = naive.members
      #expect(tree.memberCount == members.count)
      compareCounters(members)
      let leaf = member()
      let path = tree.filteredDirectPath(of: LeafIndex(UInt32(leaf)))
      let expected = naive.filteredDirectPath(leaf)
      #expect(path.map { Int($0.node.rawValue) } == expected.map(\.node))
      #expect(path.map { Int($0.copathChild.rawValue) } == expected.map(\.copathChild))
      if copies.count > 6 { copies.remove(at: below(copies.count)) }
      if below(10) == 0 { copies.append((tree, bytes)) }
    }

    private func compareCounters(_ members: [Int]) {
      let leaves = members.compactMap(naive.leaf)
      for type in [MLS.ExtensionType(0xf000), MLS.ExtensionType(0xf001)] {
        #expect(
          tree.everyMemberLists(type)
            == leaves.allSatisfy { $0.capabilities.extensions.contains(type) })
      }
      let type = MLS.CredentialType(0xf000)
      #expect(
        tree.everyMemberSupports(type)
          == leaves.allSatisfy { $0.capabilities.credentials.contains(type) })
      #expect(tree.credentialTypesInUse == Set(leaves.map(\.credential.type)))
    }

    /// Every node: resolution, hash and index entry.
    mutating func compareNodes() throws {
      _ = try tree.treeHash(suite)
      for node in naive.nodes.indices {
        let index = NodeIndex(UInt32(node))
        #expect(tree.resolution(of: index).map { Int($0.rawValue) } == naive.resolution(node))
        #expect(try tree.treeHash(of: index, suite) == naive.treeHash(node))
        #expect(tree.encryptionKey(at: index)?.bytes == naive.encryptionKey(node))
        guard let key = naive.encryptionKey(node) else { continue }
        #expect(tree.node(forEncryptionKey: MLS.HPKEPublicKey(key)) == index)
        guard let leaf = naive.leaf(node / 2), node % 2 == 0 else { continue }
        #expect(tree.leaf(forSignatureKey: leaf.signatureKey) == index.leaf)
      }
      // Keys that were there once are gone.
      let held = Set(naive.members.compactMap { naive.leaf($0)?.signatureKey.bytes })
      for serial in 0...serial where !held.contains(Self.key(serial, 2)) {
        #expect(!tree.contains(signatureKey: MLS.SignaturePublicKey(Self.key(serial, 2))))
      }
    }

    func compareCopies() throws {
      for copy in copies {
        #expect(try copy.tree.wireEncoded() == copy.bytes)
        var fresh = try RatchetTree(wire: copy.bytes)
        var kept = copy.tree
        #expect(try kept.treeHash(suite) == fresh.treeHash(suite))
        try kept.checkUniqueKeys()
      }
    }
  }

  @Test("after every random change the tree is the naive one", arguments: [UInt64(1), 2, 3])
  func walk(seed: UInt64) throws {
    // Small trees show edge cases, large ones the depth.
    for (bound, steps) in [(6, 500), (40, 500), (200, 300)] {
      var walk = try Walk(seed: seed &* 1000 &+ UInt64(bound), bound: bound)
      for step in 0..<steps {
        try walk.step()
        // Comparing a large tree takes long.
        if bound < 100 || step % 3 == 0 { try walk.compare() }
        if step % 25 == 0 {
          try walk.compareNodes()
          try walk.compareCopies()
        }
      }
      // What such changes lead to is a valid tree: the signatures alone are none.
      try walk.compare()
      #expect(try walk.naive.parentHashesAreValid())
      var tree = try walk.naive.tree()
      #expect(throws: CygnetError(.authenticationFailed, "")) {
        try tree.verify(groupID: TreeFixture.groupID, suite: Self.suite)
      }
    }
  }

  @Test("T10: verification agrees with the definition on trees altered at random")
  func alteredTrees() throws {
    var walk = try Walk(seed: 77, bound: 24)
    var (valid, invalid) = (0, 0)
    for _ in 0..<600 {
      try walk.step()
      var altered = walk.naive
      let node = walk.below(altered.nodes.count)
      let flavour = walk.below(4)
      guard let parent = altered.parentNode(node) else { continue }
      switch flavour {
      case 0: altered.nodes[node] = .parent(parent.with(unmergedLeaves: []))
      case 1:
        let below = altered.subtree(node).filter { $0 % 2 == 0 && altered.nodes[$0] != nil }
        let extra = LeafIndex(UInt32(below[walk.below(below.count)] / 2))
        let leaves = Set(parent.unmergedLeaves + [extra]).sorted()
        altered.nodes[node] = .parent(parent.with(unmergedLeaves: leaves))
      case 2: altered.nodes[node] = nil
      default:
        let other = walk.below(altered.width)
        altered.nodes[2 * other] = altered.leaf(other).map { .leaf($0.with(source: .update)) }
      }
      var tree = try altered.tree()
      do {
        try tree.verify(groupID: TreeFixture.groupID, suite: Self.suite)
        Issue.record("leaves without signatures were accepted")
      } catch  where error.rule == "T11" {
        continue
      } catch {
        // Past the structural checks, the missing signatures are what is left to refuse.
        let isValid = try altered.parentHashesAreValid()
        #expect(isValid ? error.code == .authenticationFailed : error.rule == "T10")
        if isValid { valid += 1 } else { invalid += 1 }
      }
    }
    #expect(valid > 20 && invalid > 20, "\(valid) valid, \(invalid) invalid")
  }

  @Test("random groups with real paths: everyone stays together, whoever adds, removes, updates")
  func groups() throws {
    for seed in UInt64(1)...4 {
      var fixture = try TreeFixture(3, seed: seed)
      for _ in 0..<25 {
        let present = fixture.members.keys.sorted()
        func pick() -> LeafIndex { present[Int(fixture.random.bytes(1)[0]) % present.count] }
        let (sender, target) = (pick(), pick())
        if target != sender {
          switch fixture.random.bytes(1)[0] % 4 {
          case 0 where present.count > 2: fixture.remove(target)
          case 1: try fixture.update(target)
          case 2: try fixture.add()
          default: break
          }
        }
        let count = present.count < 14 ? Int(fixture.random.bytes(1)[0] % 3) : 0
        let secrets = try fixture.commit(by: sender, adding: count)
        for secret in secrets { #expect(secret == secrets[0]) }
        try fixture.tree.verify(groupID: TreeFixture.groupID, suite: Self.suite)
      }
    }
  }
}
