internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A group played by somebody who holds every key, and what one of its clients sees of it from its
/// Welcome on: a row in the form of the working group's passive clients, with our extensions.
struct MLSPlay {
  /// How members send.
  struct Style {
    var format = MLS.WireFormat.publicMessage
    var padding = MLS.PaddingPolicy.none
    var authenticatedData: [UInt8] = []
  }

  /// Who follows the group, and how it came in.
  private struct Listener {
    let client: ForgedClient
    let place: UInt32
    let welcome: MLS.Welcome
    let tree: [UInt8]?
    let joined: MLSForge
  }

  private(set) var forge: MLSForge
  var random: SeededRandomSource
  var style = Style()
  /// Keys by their public halves, of members and of those who are to become members.
  private var keyring: [MLS.SignaturePublicKey: MLS.SignatureKeyPair] = [:]
  private var listener: Listener?
  private var proposals: [JSON] = []
  private var epochs: [JSONObject] = []
  /// Resumption secrets of other groups, which the listener has.
  private var foreignKeys: [JSON] = []

  var suite: Algorithms { forge.suite }
  /// The places of all members, ascending.
  var places: [UInt32] { forge.tree.members.map(\.0.rawValue) }
  /// The places of those who may send: the listener does not.
  var speakers: [UInt32] { places.filter { $0 != listener?.place } }
  /// The listener's place.
  var listening: UInt32? { listener?.place }

  /// A group of one, with keys that all know by these names.
  init(
    _ creator: String, extensions: MLS.Extensions = .none, externalKeys: [String] = [],
    suite: Algorithms = MLSKeyVectors.suite, random: SeededRandomSource
  ) throws(CygnetError) {
    var random = random
    var keys: [MLS.PreSharedKeyID.Kind: SecretBytes] = [:]
    for name in externalKeys {
      keys[.external(id: Array(name.utf8))] = random.secret(8 + random.number(below: 57))
    }
    let client = try ForgedClient.lasting(creator, suite, using: &random)
    try self.init(client, extensions: extensions, keys: keys, random: random)
  }

  private init(
    _ creator: ForgedClient, groupID: MLS.GroupID? = nil, extensions: MLS.Extensions,
    keys: [MLS.PreSharedKeyID.Kind: SecretBytes], random: SeededRandomSource
  ) throws(CygnetError) {
    self.random = random
    forge = try MLSForge(
      creator, groupID: groupID, extensions: extensions, preSharedKeys: keys,
      suite: creator.cipherSuite, using: &self.random)
    keyring[creator.signer.publicKey] = creator.signer
  }

  // MARK: - Clients

  /// A client that nobody has added yet.
  mutating func client(
    _ name: String, signer: MLS.SignatureKeyPair? = nil
  ) throws(CygnetError) -> ForgedClient {
    let client = try ForgedClient.lasting(name, signer: signer, suite, using: &random)
    keyring[client.signer.publicKey] = client.signer
    return client
  }

  /// A key that a member is going to sign with.
  mutating func signer() throws(CygnetError) -> MLS.SignatureKeyPair {
    let signer = try MLS.SignatureKeyPair.generate(using: &random)
    keyring[signer.publicKey] = signer
    return signer
  }

  mutating func clients(_ names: String...) throws(CygnetError) -> [ForgedClient] {
    var clients: [ForgedClient] = []
    for name in names { clients.append(try client(name)) }
    return clients
  }

  func add(_ client: ForgedClient) throws(CygnetError) -> MLS.Proposal {
    .add(try client.keyPackage(suite))
  }

  // MARK: - Proposals

  /// Sends a member's proposal.
  mutating func propose(
    _ proposal: MLS.Proposal, by member: UInt32
  ) throws(CygnetError) -> MLS.ProposalOrRef {
    try propose(
      ForgedMessage(
        forge, from: .member(LeafIndex(member)), .proposal(proposal),
        authenticating: style.authenticatedData))
  }

  /// Sends a proposal; a stranger's goes in the clear.
  mutating func propose(_ message: ForgedMessage) throws(CygnetError) -> MLS.ProposalOrRef {
    var format = MLS.WireFormat.publicMessage
    if case .member = message.content.sender { format = style.format }
    proposals.append(.hex(try encoded(message, format)))
    return try forge.hold(message.signed(as: format))
  }

  /// A member's new leaf, to be proposed.
  mutating func update(
    of member: UInt32, signer: MLS.SignatureKeyPair? = nil,
    _ edit: ForgedCommit.LeafEdit = { (_: inout ForgedLeaf) throws(CygnetError) in }
  ) throws(CygnetError) -> MLS.Proposal {
    var leaf = ForgedLeaf(try forge.leaf(member))
    leaf.encryptionKey = MLS.HPKEPublicKey(
      try suite.generateKeyPair(using: &random).publicKey.bytes)
    leaf.source = .update
    let own = try forge.signer(member)
    leaf.signatureKey = (signer ?? own).publicKey
    try edit(&leaf)
    return .update(
      try leaf.signed(by: signer ?? own, in: (forge.groupID, LeafIndex(member)), suite))
  }

  mutating func externalKey(_ name: String) -> MLS.Proposal {
    .preSharedKey(
      MLS.PreSharedKeyID(kind: .external(id: Array(name.utf8)), nonce: random.bytes(32)))
  }

  /// The secret of an epoch of this group.
  mutating func resumptionKey(_ epoch: UInt64) -> MLS.Proposal {
    resumptionKey(.application, of: forge.groupID, MLS.Epoch(epoch))
  }

  private mutating func resumptionKey(
    _ usage: MLS.ResumptionUsage, of group: MLS.GroupID, _ epoch: MLS.Epoch
  ) -> MLS.Proposal {
    .preSharedKey(
      MLS.PreSharedKeyID(
        kind: .resumption(usage, group: group, epoch: epoch), nonce: random.bytes(32)))
  }

  // MARK: - Commits

  /// What a path changes besides keys.
  struct PathChange {
    var signer: MLS.SignatureKeyPair?
    var edit: ForgedCommit.LeafEdit = { (_: inout ForgedLeaf) throws(CygnetError) in }
  }

  /// A member commits, and the epoch that follows begins.
  @discardableResult
  mutating func commit(
    by member: UInt32, _ proposals: [MLS.ProposalOrRef] = [], path: Bool = true,
    changing change: PathChange = PathChange()
  ) throws(CygnetError) -> Forged {
    var commit = try ForgedCommit(forge, by: member, proposals)
    commit.authenticatedData = style.authenticatedData
    if path { try commit.addPath(signer: change.signer, using: &random, leaf: change.edit) }
    return try finish(commit, as: style.format)
  }

  mutating func commit(
    by member: UInt32, values proposals: [MLS.Proposal], path: Bool = true
  ) throws(CygnetError) {
    try commit(by: member, proposals.map { .proposal($0) }, path: path)
  }

  /// Somebody joins by an own commit, in the place of a leaf of the same client if it has one.
  mutating func joinExternally(
    _ client: ForgedClient, replacing: UInt32? = nil, _ keys: [MLS.Proposal] = []
  ) throws(CygnetError) {
    let (kemOutput, secret) = try ExternalInit.seal(
      to: forge.externalKey(), suite: suite, using: &random)
    var proposals: [MLS.ProposalOrRef] = [.proposal(.externalInit(kemOutput: kemOutput))]
    if let replacing { proposals.append(.proposal(.remove(LeafIndex(replacing)))) }
    for key in keys { proposals.append(.proposal(key)) }
    var commit = try ForgedCommit(forge, joining: client, initSecret: secret, proposals)
    commit.authenticatedData = style.authenticatedData
    try commit.addPath(client.leaf, using: &random)
    try finish(commit, as: .publicMessage)
  }

  @discardableResult
  private mutating func finish(
    _ made: ForgedCommit, as format: MLS.WireFormat
  ) throws(CygnetError) -> Forged {
    var commit = made
    for (index, leaf) in commit.tree.members { commit.signers[index] = keyring[leaf.signatureKey] }
    let forged = try commit.finish(as: format)
    let message = try encoded(forged.message, format)
    forge = forged.next
    guard listener != nil else {
      proposals = []
      return forged
    }
    var epoch = JSONObject()
    epoch.append("proposals", .array(proposals))
    epoch.append("commit", .hex(message))
    let isRemoved = listener.map(hasLost) ?? false
    epoch.append(
      "epoch_authenticator",
      isRemoved ? .null : .hex(forge.secrets.epochAuthenticator.exposed()))
    epochs.append(epoch)
    proposals = []
    return forged
  }

  /// Whether the listener's leaf is gone. It never sends, so it has the leaf that it came with.
  private func hasLost(_ listener: Listener) -> Bool {
    let place = LeafIndex(listener.place)
    return forge.tree.leaf(place) != listener.joined.tree.leaf(place)
  }

  mutating func encoded(
    _ message: ForgedMessage, _ format: MLS.WireFormat
  ) throws(CygnetError) -> [UInt8] {
    guard format == .privateMessage else { return try message.sent() }
    return try message.privateMessage(
      padding: style.padding, &forge.secretTree, using: &random
    ).encoded()
  }

  // MARK: - The listener

  /// What a Welcome is like.
  struct Inviting {
    var hasPath = true
    var hasTree = true
    var besides: [MLS.ProposalOrRef] = []
  }

  /// Adds clients with one commit, of whom one listens from now on.
  mutating func invite(
    _ clients: [ForgedClient], by member: UInt32 = 0, listening reader: Int? = nil,
    _ inviting: Inviting = Inviting()
  ) throws(CygnetError) {
    var adds: [MLS.ProposalOrRef] = []
    for client in clients { adds.append(.proposal(try add(client))) }
    let forged = try commit(by: member, inviting.besides + adds, path: inviting.hasPath)
    guard let reader else { return }
    var welcome = try ForgedWelcome(forged, includesTree: inviting.hasTree)
    // Signed with the key of the new epoch.
    welcome.info.signer = try forge.signer(member)
    // Whoever was proposed by reference comes first.
    let place = forged.commit.added[forged.commit.added.count - clients.count + reader].leaf
    listener = Listener(
      client: clients[reader], place: place.rawValue, welcome: try welcome.sealed(using: &random),
      tree: inviting.hasTree ? nil : try TreeNodes(forge.tree).wireEncoded(), joined: forge)
  }

  /// The row.
  func row() throws(CygnetError) -> JSON {
    guard let listener else { throw CygnetError(.internalFault, "nobody listens") }
    let json = try MLSScene.client(
      listener.client, listener.client.keyPackage(suite), listener.welcome, tree: listener.tree,
      joined: listener.joined, epochs: epochs.map { .object($0) })
    guard !foreignKeys.isEmpty, var object = json.object else { return json }
    object.append("resumption_psks", .array(foreignKeys))
    return .object(object)
  }

  /// Adds to what is said of the epoch that began last.
  mutating func note(_ key: String, _ value: JSON) throws(CygnetError) {
    guard !epochs.isEmpty else { throw CygnetError(.internalFault, "no epoch to add to") }
    let last = epochs.count - 1
    let before = epochs[last][key]?.array ?? []
    epochs[last][key] = value.array.map { .array(before + $0) } ?? value
  }

  // MARK: - Other groups

  /// The listener knows the secret of another group's epoch, and so do all.
  mutating func learn(epochOf other: MLSPlay) -> MLS.Proposal {
    let (group, epoch) = (other.forge.groupID, other.forge.context.epoch)
    let secret = other.forge.secrets.resumptionPSK
    forge.preSharedKeys[.resumption(.application, group: group, epoch: epoch)] = secret
    foreignKeys.append([
      "psk_group_id": .hex(group.bytes), "psk_epoch": .integer(epoch.rawValue),
      "psk": .hex(secret.exposed()),
    ])
    return resumptionKey(.application, of: group, epoch)
  }

  /// A group that replaces this one or branches off it, of the members at these places; the
  /// listener's is among them, and the first creates it.
  mutating func found(
    _ usage: MLS.ResumptionUsage, id: MLS.GroupID? = nil, extensions: MLS.Extensions = .none,
    of members: [UInt32], hasTree: Bool = true
  ) throws(CygnetError) -> MLSPlay {
    var clients: [ForgedClient] = []
    for place in members { clients.append(try client("again", signer: forge.signer(place))) }
    guard let reader = members.firstIndex(where: { $0 == listening }), reader > 0 else {
      throw CygnetError(.internalFault, "the listener joins what another one founds")
    }
    let key = MLS.PreSharedKeyID.Kind.resumption(
      .application, group: forge.groupID, epoch: forge.context.epoch)
    var play = try MLSPlay(
      clients[0], groupID: id, extensions: extensions, keys: [key: forge.secrets.resumptionPSK],
      random: SeededRandomSource(seed: random.bytes(32)))
    for client in clients { play.keyring[client.signer.publicKey] = client.signer }
    play.style = style
    let tie = play.resumptionKey(usage, of: forge.groupID, forge.context.epoch)
    try play.invite(
      Array(clients.dropFirst()), listening: reader - 1,
      Inviting(hasTree: hasTree, besides: [.proposal(tie)]))
    return play
  }
}
