/// Which members are which clients, by the application's word (rules V6, X8). To ask it about every
/// member at each Add would cost as much as the group is large; so its answers are kept from epoch to
/// epoch, as digests, and who joins or changes is added to them.
struct ClientIndex: Sendable {
  /// Of the configuration whose validator was asked.
  let rules: Mark
  private let validator: any MLS.CredentialValidator
  /// Of the client at each leaf. What stands at a leaf that is blank by now does no harm: whom a
  /// digest points to is asked about again.
  private var digests: [Int] = []

  /// - Parameters:
  ///   - tree: The members.
  ///   - validator: Who tells one client from another.
  ///   - rules: Stands for the validator.
  init(_ tree: RatchetTree, validator: any MLS.CredentialValidator, rules: Mark) {
    self.validator = validator
    self.rules = rules
    digests.reserveCapacity(Int(tree.leafCount.rawValue))
    // The visit itself throws nothing.
    try? tree.visitLeaves { (index, leaf) in note(Self.digest(id(leaf.node)), at: index) }
  }

  /// The index after some leaves were filled or replaced.
  func changed(at leaves: [LeafIndex], in tree: RatchetTree) -> ClientIndex {
    var next = self
    for index in leaves {
      guard let leaf = tree.leaf(index) else { continue }
      next.note(Self.digest(id(leaf)), at: index)
    }
    return next
  }

  /// The members who are one of these clients.
  func members(_ ids: Set<[UInt8]>, in tree: RatchetTree) -> [LeafIndex] {
    let wanted = Set(ids.map(Self.digest))
    var found: [LeafIndex] = []
    for (place, digest) in digests.enumerated() where wanted.contains(digest) {
      let index = LeafIndex(UInt32(place))
      if let leaf = tree.leaf(index), ids.contains(id(leaf)) { found.append(index) }
    }
    return found
  }

  private func id(_ leaf: MLS.LeafNode) -> [UInt8] {
    validator.clientID(of: leaf.credential, signatureKey: leaf.signatureKey)
  }

  private mutating func note(_ digest: Int, at index: LeafIndex) {
    let place = Int(index.rawValue)
    while digests.count <= place { digests.append(0) }
    if digests[place] != digest { digests[place] = digest }
  }

  /// Seeded at random per process, so nobody can choose ids that fall together.
  private static func digest(_ id: [UInt8]) -> Int {
    var hasher = Hasher()
    hasher.combine(id)
    return hasher.finalize()
  }
}

extension PublicGroup {
  /// Sees to it that ``clients`` is of these rules, where it is there at all.
  /// - Parameters:
  ///   - configuration: Has the validator.
  ///   - rules: Stands for it.
  ///   - isNeeded: Whether somebody is about to join.
  mutating func prepareClients(
    _ configuration: MLS.Configuration, _ rules: Mark, isNeeded: Bool
  ) {
    if clients?.rules === rules { return }
    clients =
      isNeeded
      ? ClientIndex(tree, validator: configuration.credentialValidator, rules: rules) : nil
  }

  /// The members who are one of these clients.
  func members(
    clients ids: Set<[UInt8]>, _ configuration: MLS.Configuration
  ) -> [LeafIndex] {
    let index =
      clients ?? ClientIndex(tree, validator: configuration.credentialValidator, rules: Mark())
    return index.members(ids, in: tree)
  }
}

extension MLS.Commit {
  /// Whether somebody joins by it.
  func addsMember(by sender: MLS.Sender, _ held: ProposalCache) -> Bool {
    if sender == .newMemberCommit { return true }
    return proposals.contains { item in
      switch item {
      case .proposal(let proposal): proposal.type == .add
      case .reference(let reference): held[reference]?.proposal.type == .add
      }
    }
  }
}
