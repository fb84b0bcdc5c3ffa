internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A member who only listens. Besides what the working group's files say it knows the members that
/// our scenarios add (`Vectors/README.md`).
struct MLSPassiveClient {
  var group: MLS.Group
  /// The group that this one replaces or branches off, as its Welcome says.
  let origin: MLS.Invitation.Origin?
  private let now: Timestamp

  /// The time of every row: within the lifetimes that end, and those without end have begun.
  private static let now = Timestamp(seconds: 1_690_000_000)

  /// A row of a file that knows nothing of lifetimes, names and policies. The client supports what
  /// its leaf says it does.
  init(_ test: JSON, _ suite: Algorithms) throws(CygnetError) {
    var configuration = MLS.Configuration(credentialValidator: AnyCredential())
    configuration.policy = MLS.OpenPolicy()
    configuration.suites = SuiteTable([suite])
    configuration.maxLifetimeSeconds = .max
    configuration.pastEpochSeconds = .max
    configuration.extensionTypes = [MLS.ExtensionType(0xf0f0)]
    if let own = try MLS.Message(decoding: test.bytes("key_package")).keyPackage {
      for type in own.leafNode.capabilities.proposals {
        configuration.proposalTypes[type] = .optional
      }
    }
    try self.init(test, configuration: configuration, now: Self.now)
  }

  /// - Parameters:
  ///   - test: How the client joins, as in the working group's files.
  ///   - configuration: What the client follows; the row says which pre-shared keys it has.
  ///   - parent: The group that this one replaces or branches off.
  ///   - known: Groups that the client is in already.
  ///   - now: The time.
  init(
    _ test: JSON, configuration: MLS.Configuration, origin parent: MLS.Group? = nil,
    known: Set<MLS.GroupID> = [], now: Timestamp
  ) throws(CygnetError) {
    self.now = now
    var configuration = configuration
    configuration.preSharedKeys = try Self.preSharedKeys(test)
    guard let keyPackage = try MLS.Message(decoding: test.bytes("key_package")).keyPackage,
      let welcome = try MLS.Message(decoding: test.bytes("welcome")).welcome
    else { throw CygnetError(.malformed, "not a key package and a Welcome") }
    let own = MLS.OwnKeyPackage(
      keyPackage: keyPackage, initKey: try test.secret("init_priv"),
      encryptionKey: try test.secret("encryption_priv"),
      signatureKeyPair: try MLS.SignatureKeyPair(seed: test.secret("signature_priv")))
    try Self.check(own, configuration)
    let tree = test["ratchet_tree"]?.string == nil ? nil : try test.bytes("ratchet_tree")
    let invitation = try MLS.Invitation.open(
      welcome, using: own, ratchetTree: tree, known: known, origin: parent,
      configuration: configuration, now: now)
    origin = invitation.origin
    group = invitation.accept()
  }

  /// Whether the private keys are those of the key package.
  private static func check(
    _ own: MLS.OwnKeyPackage, _ configuration: MLS.Configuration
  ) throws(CygnetError) {
    let suite = try configuration.algorithms(of: own.keyPackage.cipherSuite)
    let leaf = own.keyPackage.leafNode
    guard try suite.privateKey(own.initKey).publicKey.bytes == own.keyPackage.initKey.bytes,
      try suite.privateKey(own.encryptionKey).publicKey.bytes == leaf.encryptionKey.bytes,
      own.signatureKeyPair.publicKey == leaf.signatureKey
    else { throw CygnetError(.malformed, "a private key is not that of the key package") }
  }

  private static func preSharedKeys(_ test: JSON) throws(CygnetError) -> MLS.PreSharedKeys {
    var keys = MLS.PreSharedKeys()
    for key in try test.list("external_psks") {
      keys.set(try key.secret("psk"), externalID: try key.bytes("psk_id"))
    }
    guard test["resumption_psks"] != nil else { return keys }
    for key in try test.list("resumption_psks") {
      guard let epoch = try key.member("psk_epoch").uint64 else {
        throw CygnetError(.malformed, "an epoch is a number")
      }
      keys.set(
        try key.secret("psk"), group: MLS.GroupID(try key.bytes("psk_group_id")),
        epoch: MLS.Epoch(epoch))
    }
    return keys
  }

  /// Follows the row from the Welcome to its end.
  mutating func followAll(_ test: JSON, _ checks: inout VectorChecks) throws(CygnetError) {
    checks.equal(
      "initial_epoch_authenticator", group.epochAuthenticator,
      try test.bytes("initial_epoch_authenticator"))
    for (number, epoch) in try test.list("epochs").enumerated() {
      try follow(epoch, number, &checks)
    }
  }

  /// Takes in an epoch's proposals and its commit, and what is sent in the epoch that it begins.
  mutating func follow(
    _ epoch: JSON, _ number: Int, _ checks: inout VectorChecks
  ) throws(CygnetError) {
    for proposal in try epoch.list("proposals") {
      guard let bytes = proposal.hexBytes else {
        throw CygnetError(.malformed, "a proposal of the case is not hex")
      }
      _ = try group.receive(MLS.Message(decoding: bytes), now: now)
    }
    let commit = try MLS.Message(decoding: epoch.bytes("commit"))
    guard case .commit(let staged) = try group.receive(commit, now: now) else {
      throw CygnetError(.malformed, "not a commit")
    }
    let isLast = try epoch.member("epoch_authenticator").isNull
    checks.that(staged.removesSelf == isLast, "commit \(number) removes the client")
    try group.merge(staged, now: now)
    // Stored and restored in every epoch: what is kept must be enough to go on.
    group = try MLS.Group(restoring: group.state(), configuration: group.configuration)
    if !isLast {
      checks.equal(
        "epoch_authenticator \(number)", group.epochAuthenticator,
        try epoch.bytes("epoch_authenticator"))
    }
    try checkExtras(epoch, number, &checks)
  }

  /// What the working group's files do not have.
  private mutating func checkExtras(
    _ epoch: JSON, _ number: Int, _ checks: inout VectorChecks
  ) throws(CygnetError) {
    if epoch["application_messages"] != nil {
      for message in try epoch.list("application_messages") { try read(message, &checks) }
    }
    if let exporter = epoch["exporter"] {
      checks.equal(
        "exporter \(number)",
        try group.export(
          label: exporter.text("label"), context: exporter.bytes("context"),
          count: exporter.int("length")),
        try exporter.bytes("secret"))
    }
    if epoch["group_info"] != nil { try check(groupInfo: epoch.bytes("group_info"), &checks) }
    if epoch["derived_groups"] != nil {
      for row in try epoch.list("derived_groups") { try join(row, &checks) }
    }
  }

  private mutating func read(
    _ test: JSON, _ checks: inout VectorChecks
  ) throws(CygnetError) {
    let message = try MLS.Message(decoding: test.bytes("message"))
    guard case .application(let received) = try group.receive(message, now: now) else {
      throw CygnetError(.malformed, "not an application message")
    }
    checks.equal("plaintext", received.data, try test.bytes("plaintext"))
    checks.equal(
      "authenticated_data", received.authenticatedData, try test.bytes("authenticated_data"))
    checks.that(try Int(received.sender.rawValue) == test.int("sender"), "another sender")
  }

  /// A GroupInfo of the epoch, with the key for external commits.
  private func check(
    groupInfo bytes: [UInt8], _ checks: inout VectorChecks
  ) throws(CygnetError) {
    guard let info = try MLS.Message(decoding: bytes).groupInfo else {
      throw CygnetError(.malformed, "not a GroupInfo")
    }
    let seen = try MLS.ExternalGroup(info, configuration: group.configuration, now: now)
    checks.that(seen.context == group.context, "the GroupInfo is of the epoch")
    let own = try group.groupInfo(allowsExternalJoin: true, includesTree: false)
    checks.equal(
      "external_pub", own.extensions[.externalPub] ?? [], info.extensions[.externalPub] ?? [])
    checks.equal("confirmation tag", own.confirmationTag, info.confirmationTag)
  }

  /// The client joins a group that replaces this one or branches off it, and follows it.
  private func join(_ row: JSON, _ checks: inout VectorChecks) throws(CygnetError) {
    var client = try MLSPassiveClient(
      row, configuration: group.configuration, origin: group, known: [group.id], now: now)
    checks.that(client.origin != nil, "a group of its own origin")
    try client.followAll(row, &checks)
  }
}

/// Tells clients apart by their keys and takes any credential: the files have nobody to ask.
private struct AnyCredential: MLS.CredentialValidator {
  func isValid(
    _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
  ) -> Bool { true }

  func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool { true }

  func clientID(
    of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
  ) -> [UInt8] { signatureKey.bytes }

  func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool { true }
}
