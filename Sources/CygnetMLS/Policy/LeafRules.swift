internal import CygnetPrimitives

/// The rules that one leaf can break by itself (RFC 9420 §7.2, §7.3). Those that concern it and the
/// other leaves are checked once on the tree of which it becomes part (`TreeRules`).
struct LeafRules {
  let suite: Algorithms
  let configuration: MLS.Configuration
  let now: Timestamp
  /// Whether a lifetime must hold now, and not only be of an acceptable length.
  let checksLifetime: Bool

  init(
    suite: Algorithms, configuration: MLS.Configuration, now: Timestamp,
    checksLifetime: Bool = true
  ) {
    self.suite = suite
    self.configuration = configuration
    self.now = now
    self.checksLifetime = checksLifetime
  }

  /// How a leaf came, and what it must be different from.
  enum Origin {
    /// In a key package.
    case keyPackage
    /// In an Update of this leaf.
    case update(of: MLS.LeafNode)
    /// In the path of this member's commit; nil for a client that joins by it.
    case path(of: MLS.LeafNode?)
  }

  /// Checks everything but the signature.
  func check(_ leaf: MLS.LeafNode, _ origin: Origin) throws(CygnetError) {
    try checkSource(leaf, origin)
    try checkCapabilities(leaf)
    try leaf.extensions.checkPlace(.leafNode)
    guard
      configuration.credentialValidator.isValid(
        leaf.credential, signatureKey: leaf.signatureKey, at: now)
    else {
      throw CygnetError(
        .ruleViolation, "L1: the application refuses a credential (RFC 9420 §5.3.1)")
    }
  }

  /// L7, and the successor rule of L1.
  private func checkSource(_ leaf: MLS.LeafNode, _ origin: Origin) throws(CygnetError) {
    switch (origin, leaf.source) {
    case (.keyPackage, .keyPackage(let lifetime)):
      try checkLifetime(lifetime)
    case (.update(let old), .update):
      guard leaf.encryptionKey != old.encryptionKey else {
        throw CygnetError(
          .ruleViolation, "L7: an Update keeps the encryption key (RFC 9420 §7.3)")
      }
      try checkSuccessor(leaf, of: old)
    case (.path(let old), .commit):
      guard let old else { return }
      guard leaf.encryptionKey != old.encryptionKey else {
        throw CygnetError(
          .ruleViolation, "M4: a path keeps the leaf's encryption key (RFC 9420 §12.4.2)")
      }
      try checkSuccessor(leaf, of: old)
    default:
      throw CygnetError(
        .ruleViolation, "L7: a leaf's source is not where it came from (RFC 9420 §7.3)")
    }
  }

  func checkSuccessor(
    _ leaf: MLS.LeafNode, of old: MLS.LeafNode
  ) throws(CygnetError) {
    guard
      leaf.credential == old.credential
        || configuration.credentialValidator.isSuccessor(leaf.credential, of: old.credential)
    else {
      throw CygnetError(
        .ruleViolation, "L1: a credential may not follow the old one (RFC 9420 §5.3.1)")
    }
  }

  /// L5.
  func checkLifetime(_ lifetime: MLS.Lifetime) throws(CygnetError) {
    let (from, to) = (lifetime.notBefore.seconds, lifetime.notAfter.seconds)
    guard from <= to, to - from <= configuration.maxLifetimeSeconds else {
      throw CygnetError(
        .ruleViolation, "L5: a lifetime is longer than allowed (RFC 9420 §7.2)")
    }
    guard !checksLifetime || (from <= now.seconds && now.seconds <= to) else {
      throw CygnetError(.ruleViolation, "L5: a leaf's lifetime does not hold now (RFC 9420 §7.3)")
    }
  }

  /// L6, and that the leaf is of this suite and version at all.
  func checkCapabilities(_ leaf: MLS.LeafNode) throws(CygnetError) {
    let own = leaf.capabilities
    guard own.versions.contains(.mls10), own.cipherSuites.contains(suite.suite) else {
      throw CygnetError(
        .ruleViolation, "L6: a leaf does not list the group's version or suite (RFC 9420 §7.2)")
    }
    for type in own.extensions where type.isDefault { throw Self.listsDefault }
    for type in own.proposals where type.isDefault { throw Self.listsDefault }
    guard own.supports(leaf.credential.type) else {
      throw CygnetError(
        .ruleViolation, "L6: a leaf does not list its own credential type (RFC 9420 §7.2)")
    }
    // As a set: both lists are as long as their sender likes, and a tree has many leaves.
    let listed = leaf.extensions.list.isEmpty ? [] : Set(own.extensions)
    for type in leaf.extensions.types where !type.isDefault && !listed.contains(type) {
      throw CygnetError(
        .ruleViolation, "L6: a leaf does not list the type of its extension (RFC 9420 §7.3)")
    }
  }

  private static var listsDefault: CygnetError {
    CygnetError(.ruleViolation, "L6: a leaf lists a default type (RFC 9420 §7.2)")
  }
}
