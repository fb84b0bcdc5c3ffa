public import CygnetPrimitives
internal import CygnetWire

extension MLS {
  /// A key package whose signatures verify, whose credential the application accepted, and whose
  /// lifetime holds: what can be added to groups (RFC 9420 §10.1).
  public struct VerifiedKeyPackage: Hashable, Sendable {
    /// The package.
    public let keyPackage: KeyPackage

    /// Whether it is marked for use by more than one group (RFC 9420 §16.8).
    public var isLastResort: Bool { keyPackage.extensions[.lastResort] != nil }

    fileprivate init(_ keyPackage: KeyPackage) { self.keyPackage = keyPackage }
  }
}

extension MLS.KeyPackage {
  /// Checks everything that can be checked before a group is known (RFC 9420 §10.1): what a member
  /// does before an Add, and what a directory does before it stores the package.
  /// - Throws: `unsupported` for another version or suite; `authenticationFailed`;
  ///   `ruleViolation` with the rule's id.
  public func verified(
    at now: Timestamp, configuration: MLS.Configuration
  ) throws(CygnetError) -> MLS.VerifiedKeyPackage {
    guard version == .mls10 else {
      throw CygnetError(.unsupported, "K1: unknown version of MLS (RFC 9420 §10.1)")
    }
    guard configuration.suites.offered.contains(cipherSuite) else {
      throw CygnetError(
        .unsupported, "K1: a key package of a suite that is not offered (RFC 9420 §10.1)")
    }
    let suite = try configuration.algorithms(of: cipherSuite)
    let rules = LeafRules(suite: suite, configuration: configuration, now: now)
    try check(rules)
    try verifySignatures(rules)
    return MLS.VerifiedKeyPackage(self)
  }

  /// Checks many at once, as before a commit that adds them: their signatures on all processors.
  /// - Parameters:
  ///   - packages: Of any clients.
  ///   - now: The time.
  ///   - configuration: What is accepted.
  /// - Throws: what ``verified(at:configuration:)`` throws for the first that fails.
  public static func verified(
    _ packages: [MLS.KeyPackage], at now: Timestamp, configuration: MLS.Configuration
  ) throws(CygnetError) -> [MLS.VerifiedKeyPackage] {
    try Parallel.map(packages, threshold: 6) { (keyPackage) throws(CygnetError) in
      try keyPackage.verified(at: now, configuration: configuration)
    }
  }

  /// Everything but the signatures.
  func check(_ rules: LeafRules) throws(CygnetError) {
    guard version == .mls10, cipherSuite == rules.suite.suite else {
      throw CygnetError(
        .ruleViolation, "K1: a key package of another version or suite (RFC 9420 §10.1)")
    }
    guard initKey != leafNode.encryptionKey else {
      throw CygnetError(
        .ruleViolation, "K4: a key package uses one key for both purposes (RFC 9420 §10.1)")
    }
    try extensions.checkPlace(.keyPackage)
    for type in extensions.types
    where !leafNode.capabilities.supports(type) && !type.isGREASE && type != .lastResort {
      throw CygnetError(
        .ruleViolation, "L6: a key package does not list the type of its extension (RFC 9420 §10)")
    }
    try rules.suite.checkEncryptionKey(initKey)
    try rules.suite.checkEncryptionKey(leafNode.encryptionKey)
    try rules.check(leafNode, .keyPackage)
  }

  /// K3 and L2: two signatures.
  func verifySignatures(_ rules: LeafRules) throws(CygnetError) {
    try leafNode.verifySignature(
      groupID: MLS.GroupID([]), leafIndex: LeafIndex(0), suite: rules.suite)
    let content = try KeyPackageTBS(self).wireEncoded()
    do throws(CygnetError) {
      try rules.suite.verify(
        signature: signature, of: content, label: KeyPackageTBS.label, by: leafNode.signatureKey)
    } catch {
      throw CygnetError(
        .authenticationFailed,
        "K3: the signature of a key package does not verify (RFC 9420 §10.1)")
    }
  }
}
