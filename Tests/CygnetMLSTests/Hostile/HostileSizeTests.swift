import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a message of a mebibyte may cost who refuses it.
@Suite("Hostile messages of a mebibyte", .serialized)
struct HostileSizeTests {
  /// Milliseconds of computing on this thread, on a machine that hashes a block in a third of a
  /// microsecond; a slower or a busier one is allowed more in proportion. A debug build is far
  /// slower, and a sanitizer is more so.
  private static func limit(_ milliseconds: Double) throws -> Double {
    if Sanitizer.isActive { return .infinity }
    #if DEBUG
      return milliseconds * 60
    #else
      return try milliseconds * max(1, millisecondsPerThousandHashes() * 3)
    #endif
  }

  /// Of 48 bytes each, which are one block with its padding.
  private static func millisecondsPerThousandHashes() throws -> Double {
    var block = [UInt8](repeating: 0, count: 48)
    let start = processorTime()
    for _ in 0..<20_000 { block.replaceSubrange(0..<32, with: SHA256.hash(block)) }
    return (processorTime() - start) / 20
  }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
  }

  /// Has something refused and compares what that cost.
  private func refuse(
    _ what: String, _ bytes: [UInt8], within milliseconds: Double,
    _ body: (MLS.Message) throws -> Void
  ) throws {
    #expect(bytes.count > HostileMessages.byteCount / 3, "\(what): \(bytes.count) bytes")
    #expect(bytes.count < HostileMessages.byteCount * 5 / 4, "\(what): \(bytes.count) bytes")
    var least = Double.infinity
    var refusal: CygnetError?
    for _ in 0..<3 {
      let start = Self.processorTime()
      do {
        try body(MLS.Message(decoding: bytes))
      } catch let error as CygnetError {
        refusal = error
      }
      least = min(least, Self.processorTime() - start)
    }
    print("\(what): \((least * 100).rounded() / 100) ms, \(refusal.map { "\($0)" } ?? "accepted")")
    #expect(refusal != nil, "\(what) is accepted")
    #expect(try least < Self.limit(milliseconds), "\(what) costs \(least) ms")
  }

  // MARK: - Key packages

  @Test("lists in a key package")
  func keyPackages() throws {
    let messages = try HostileMessages()
    let check = { (message: MLS.Message) in
      _ = try message.keyPackage?.verified(
        at: GroupScene.now, configuration: messages.configuration)
    }
    var extensions: [UInt8] = []
    for index in 0..<HostileMessages.count(of: 3) {
      let type = UInt16(truncatingIfNeeded: 0x1000 + index)
      extensions += [UInt8(type >> 8), UInt8(type & 0xff), 0]
    }
    try refuse(
      "extensions of a key package",
      messages.keyPackage(extensions: HostileMessages.vector(extensions)), within: 10, check)
    let one =
      [0xf0, 0x02]
      + HostileMessages.vector(
        [UInt8](repeating: 1, count: HostileMessages.byteCount))
    try refuse(
      "one long extension of a key package",
      messages.keyPackage(extensions: HostileMessages.vector(one)), within: 30, check)
    let list = HostileMessages.vector(HostileMessages.types(HostileMessages.count(of: 10)))
    try refuse(
      "capabilities of a key package",
      messages.keyPackage(
        capabilities: Array([[UInt8]](repeating: list, count: 5).joined()), extensions: [0]),
      within: 10, check)
  }

  // MARK: - Commits

  @Test("proposals of a member's commit")
  func commits() throws {
    let messages = try HostileMessages()
    let receive = { (message: MLS.Message) in
      var group = messages.scene.groups[2]
      _ = try group.receive(message, now: GroupScene.now)
    }
    let removes = HostileMessages.count(of: 7)
    try refuse(
      "Removes", messages.commit([MLS.Proposal](repeating: .remove(LeafIndex(0)), count: removes)),
      within: 100, receive)
    let names = (0..<HostileMessages.count(of: 34)).map { index in
      MLS.ProposalOrRef.reference(
        MLS.ProposalRef(
          [UInt8(index & 0xff), UInt8(index >> 8)] + [UInt8](repeating: 0, count: 30))
      )
    }
    try refuse("references", messages.commit(names), within: 100, receive)
    var random = messages.scene.random
    let keys = (0..<HostileMessages.count(of: 40)).map { _ in
      MLS.Proposal.preSharedKey(
        MLS.PreSharedKeyID(kind: .external(id: [7]), nonce: random.bytes(32)))
    }
    try refuse("pre-shared keys", messages.commit(keys), within: 100, receive)
    let notes = [MLS.Proposal](
      repeating: .custom(.playNote, data: []), count: HostileMessages.count(of: 4))
    try refuse("custom proposals", messages.commit(notes), within: 300, receive)
    let unknown = [MLS.Proposal](
      repeating: .custom(MLS.ProposalType(0xf123), data: []), count: HostileMessages.count(of: 4))
    try refuse("unknown proposals", messages.commit(unknown), within: 100, receive)
  }

  @Test("key packages of a member's commit, of which the last is bad")
  func adds() throws {
    var messages = try HostileMessages()
    let packages = try messages.keyPackages(40)
    let size = try packages[0].wireCount() + 4
    let count = HostileMessages.count(of: size)
    let adds = (0..<count).map { MLS.Proposal.add(packages[$0 % packages.count]) }
    let commit = try messages.commit(adds)
    try refuse("Adds of the same clients", commit, within: 100) { message in
      var group = messages.scene.groups[2]
      _ = try group.receive(message, now: GroupScene.now)
    }
  }

  @Test("lists of somebody who joins")
  func externalCommits() throws {
    var messages = try HostileMessages()
    let scene = messages.scene
    let receive = { (message: MLS.Message) in
      var group = scene.groups[2]
      _ = try group.receive(message, now: GroupScene.now)
    }
    let removes = [MLS.Proposal](
      repeating: .remove(LeafIndex(0)), count: HostileMessages.count(of: 7))
    try refuse("Removes of a joiner", messages.externalCommit(removes), within: 100, receive)
    let ciphertexts = HostileMessages.count(of: 3 * 2 + 1)
    try refuse(
      "ciphertexts of a joiner",
      messages.externalCommit([], ciphertexts: ciphertexts), within: 100, receive)
    let server = try #require(scene.server)
    try refuse("Removes at a server", messages.externalCommit(removes), within: 100) { message in
      var server = server
      _ = try server.receive(message, now: GroupScene.now)
    }
  }

  // MARK: - Encrypted messages

  @Test("an encrypted message, authentic and not, far ahead of the last")
  func encrypted() throws {
    let messages = try HostileMessages()
    var random = messages.scene.random
    let receive = { (message: MLS.Message) in
      var group = messages.scene.groups[2]
      _ = try group.receive(message, now: GroupScene.now)
    }
    var forger = try GroupForger(messages.scene.groups[1])
    let content = [UInt8](repeating: 0x3f, count: HostileMessages.byteCount)
    try refuse(
      "a content that is none", forger.sealed(content, as: .commit, using: &random), within: 30,
      receive)
    for _ in 0..<MLS.Limits.forwardDistance {
      _ = try forger.view.secretTree.nextSendingKey(
        leaf: forger.ownIndex, kind: .application, suite: forger.suite)
    }
    var far = try forger.sealed(content, as: .application, using: &random)
    far[far.count - 1] ^= 1
    try refuse("a false message far ahead", far, within: 100, receive)
  }

  // MARK: - Welcomes

  @Test("lists and trees of a Welcome")
  func welcomes() throws {
    var messages = try HostileMessages()
    let scene = messages.scene
    let open = { (message: MLS.Message) in
      guard let welcome = message.welcome else { return }
      _ = try MLS.Invitation.open(
        welcome, using: scene.newcomers[0], configuration: scene.configuration,
        now: GroupScene.now)
    }
    let others = [MLS.EncryptedGroupSecrets](
      repeating: MLS.EncryptedGroupSecrets(
        newMember: MLS.KeyPackageRef([1]),
        encryptedGroupSecrets: MLS.HPKECiphertext(kemOutput: [2], ciphertext: [3, 4])),
      count: MLS.Limits.leafCount)
    try refuse(
      "newcomers",
      MLS.Message(
        MLS.Welcome(
          cipherSuite: .x25519ChaCha20SHA256Ed25519, secrets: others, encryptedGroupInfo: [1])
      )
      .encoded(), within: 100, open)
    // A quarter of a million hashes, which whoever makes up a tree can always ask for.
    try refuse("blank nodes", messages.welcome(nodes: blanks(&messages)), within: 300, open)
    try refuse("one leaf everywhere", messages.welcome(nodes: copies(&messages)), within: 200, open)
    try refuse(
      "unmerged leaves", messages.welcome(nodes: unmerged(&messages)), within: 200, open)
    try refuse(
      "unmerged leaves in every parent", messages.welcome(nodes: nested(&messages)), within: 400,
      open)
    try refuse(
      "capabilities of leaves", messages.welcome(nodes: capable(&messages)), within: 400, open)
  }

  /// As many nodes as a tree may have, nearly all blank.
  private func blanks(_ messages: inout HostileMessages) throws -> [[UInt8]] {
    let count = 2 * MLS.Limits.leafCount - 2
    let rest = [UInt8](repeating: 1, count: HostileMessages.byteCount - count)
    let leaf = try messages.leaf(credential: .other(.play, data: rest))
    return try [messages.firstLeaf(), [UInt8](repeating: 0, count: count - 1)]
      + [HostileMessages.leafNode(leaf)]
  }

  private func copies(_ messages: inout HostileMessages) throws -> [[UInt8]] {
    let leaf = try HostileMessages.leafNode(messages.leaf())
    let count = HostileMessages.count(of: leaf.count + 1)
    return try [messages.firstLeaf()] + [[UInt8]](repeating: [0] + leaf, count: count)
  }

  /// A root that lists every place many times over.
  private func unmerged(_ messages: inout HostileMessages) throws -> [[UInt8]] {
    let leaf = try HostileMessages.leafNode(messages.leaf())
    let list = [UInt32](repeating: 1, count: HostileMessages.count(of: 8))
    let root = try messages.parentNode(unmerged: list)
    return try [messages.firstLeaf(), root, leaf]
      + [[0], leaf, messages.parentNode(unmerged: list.map { _ in 2 }), leaf].dropLast(4)
      + [messages.parentNode(unmerged: []), leaf]
      + [
        messages.parentNode(unmerged: list.map { _ in 3 }),
        HostileMessages.leafNode(messages.leaf()),
      ]
  }

  /// Many leaves, each listed by every parent above it.
  private func nested(_ messages: inout HostileMessages) throws -> [[UInt8]] {
    let width: UInt32 = 2_048
    var nodes: [[UInt8]] = []
    for node in 0..<(2 * width - 1) {
      let level = UInt32((~node).trailingZeroBitCount)
      if level == 0 {
        nodes.append(
          node == 0
            ? try messages.firstLeaf() : try HostileMessages.leafNode(messages.leaf()))
        continue
      }
      let first = (node - ((1 << level) - 1)) / 2
      let list = ((first + 1)..<(first + (1 << level))).filter {
        $0.isMultiple(of: 2) || level == 11
      }
      nodes.append(try messages.parentNode(unmerged: level > 8 ? Array(list) : []))
    }
    return nodes
  }

  /// Leaves with as many capabilities as may be.
  private func capable(_ messages: inout HostileMessages) throws -> [[UInt8]] {
    var nodes = [try messages.firstLeaf()]
    var size = 0
    var number: UInt16 = 0
    while size < HostileMessages.byteCount - 6_000 {
      var capabilities = MLS.Capabilities()
      for _ in 0..<511 {
        number &+= 1
        capabilities.extensions.append(MLS.ExtensionType(0x1000 | number))
        capabilities.proposals.append(MLS.ProposalType(0x1000 | number))
        capabilities.credentials.append(MLS.CredentialType(0x1000 | number))
      }
      let node = try HostileMessages.leafNode(messages.leaf(capabilities: capabilities))
      size += node.count + 1
      nodes += [[0], node]
    }
    return nodes
  }
}
