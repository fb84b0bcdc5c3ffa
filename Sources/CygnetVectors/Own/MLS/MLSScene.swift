internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives

/// A group with one client who listens, and what was sent so that it got there: what any other
/// implementation needs to bring a client of its own to the same place.
struct MLSScene {
  /// The group of the last epoch.
  private(set) var forge: MLSForge
  private let client: ForgedClient
  private let keyPackage: MLS.KeyPackage
  private let welcome: MLS.Welcome
  private let joined: MLSForge
  private var epochs: [JSON] = []

  /// Begins where `client` joins by a Welcome.
  init(_ client: ForgedClient, _ forged: Forged, _ welcome: MLS.Welcome) throws(CygnetError) {
    self.client = client
    keyPackage = try client.keyPackage(forged.next.suite)
    self.welcome = welcome
    joined = forged.next
    forge = forged.next
  }

  /// Goes on with a commit, and what was sent before it.
  mutating func merge(_ forged: Forged, after proposals: [[UInt8]] = []) throws(CygnetError) {
    forge = forged.next
    epochs.append([
      "proposals": .array(proposals.map { .hex($0) }), "commit": .hex(try forged.sent()),
      "epoch_authenticator": .hex(forge.secrets.epochAuthenticator.exposed()),
    ])
  }

  /// The client in the form of the working group's passive clients.
  func client(tree: [UInt8]? = nil) throws(CygnetError) -> JSON {
    try Self.client(
      client, keyPackage, welcome, tree: tree, joined: joined, epochs: epochs)
  }

  /// The group's signed state as alice publishes it, for servers and for joining.
  func groupInfo() throws(CygnetError) -> [UInt8] {
    try ForgedGroupInfo.published(forge).message()
  }

  static func client(
    _ client: ForgedClient, _ keyPackage: MLS.KeyPackage, _ welcome: MLS.Welcome,
    tree: [UInt8]? = nil, joined: MLSForge, epochs: [JSON] = []
  ) throws(CygnetError) -> JSON {
    var keys: [(id: [UInt8], key: JSON)] = []
    for (kind, secret) in joined.preSharedKeys {
      guard case .external(let id) = kind else { continue }
      keys.append((id, ["psk_id": .hex(id), "psk": .hex(secret.exposed())]))
    }
    keys.sort { $0.id.lexicographicallyPrecedes($1.id) }
    return [
      "cipher_suite": .integer(Int(welcome.cipherSuite.rawValue)),
      "external_psks": .array(keys.map(\.key)),
      "key_package": .hex(try MLS.Message(keyPackage).encoded()),
      "signature_priv": .hex(client.signer.seed.exposed()),
      "encryption_priv": .hex(client.encryptionKey.secret.exposed()),
      "init_priv": .hex(client.initKey.secret.exposed()),
      "welcome": .hex(try MLS.Message(welcome).encoded()),
      "ratchet_tree": tree.map { .hex($0) } ?? .null,
      "initial_epoch_authenticator": .hex(joined.secrets.epochAuthenticator.exposed()),
      "epochs": .array(epochs),
    ]
  }
}

extension MLSScene {
  static let externalKeyID = Array("key".utf8)

  /// Eight places: alice, bob who listens, carol, heidi, erin, frank, grace, and a blank one. Heidi is
  /// unmerged at nodes 3 and 7; nodes 5, 11 and 13 are blank.
  static func eight(using random: inout SeededRandomSource) throws(CygnetError) -> MLSScene {
    var scene = try founded(
      ["alice", "bob", "carol", "dave", "erin", "frank"], using: &random)
    for committer: UInt32 in [2, 4] {
      var commit = try ForgedCommit(scene.forge, by: committer, [])
      try commit.addPath(using: &random)
      try scene.merge(commit.finish())
    }
    let suite = scene.forge.suite
    let grace = try ForgedClient("grace", suite, using: &random)
    var adding = try ForgedCommit(scene.forge, by: 5, [.proposal(.add(grace.keyPackage(suite)))])
    adding.signers[LeafIndex(6)] = grace.signer
    try scene.merge(adding.finish())
    var removing = try ForgedCommit(scene.forge, by: 0, [.proposal(.remove(LeafIndex(3)))])
    try removing.addPath(using: &random)
    try scene.merge(removing.finish())
    let heidi = try ForgedClient("heidi", suite, using: &random)
    adding = try ForgedCommit(scene.forge, by: 5, [.proposal(.add(heidi.keyPackage(suite)))])
    adding.signers[LeafIndex(3)] = heidi.signer
    try scene.merge(adding.finish())
    return scene
  }

  /// A group whose first member adds the others with one commit; the second one listens.
  static func founded(
    _ names: [String], extensions: MLS.Extensions = .none,
    using random: inout SeededRandomSource
  ) throws(CygnetError) -> MLSScene {
    let suite = try Algorithms(.x25519ChaCha20SHA256Ed25519)
    let creator = try ForgedClient(names[0], suite, using: &random)
    let group = try MLSForge(
      creator, extensions: extensions,
      preSharedKeys: [.external(id: externalKeyID): random.secret(32)], using: &random)
    var others: [ForgedClient] = []
    var proposals: [MLS.ProposalOrRef] = []
    for name in names.dropFirst() {
      let client = try ForgedClient(name, suite, using: &random)
      others.append(client)
      proposals.append(.proposal(.add(try client.keyPackage(suite))))
    }
    var commit = try ForgedCommit(group, by: 0, proposals)
    try commit.addPath(using: &random)
    for (client, place) in zip(others, commit.added) { commit.signers[place.leaf] = client.signer }
    let forged = try commit.finish()
    var welcome = try ForgedWelcome(forged)
    welcome.recipients = [welcome.recipients[0]]
    return try MLSScene(others[0], forged, welcome.sealed(using: &random))
  }
}
