internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Files of the MLS working group on whole groups, and on what their messages look like.
enum MLSGroupFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "MLS", "MLS passive client",
      recognises: { $0.firstCase(has: "initial_epoch_authenticator", "welcome", "epochs") },
      run: runPassiveClient),
    VectorFormat(
      "MLS", "MLS messages",
      recognises: { $0.firstCase(has: "mls_welcome", "public_message_application") },
      run: runMessages),
  ]

  /// A client is invited and follows the group through its epochs, sending nothing.
  @Sendable
  private static func runPassiveClient(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    guard let suite = try MLSSuite(test.int("cipher_suite"), options) else {
      return .skipped("this MLS cipher suite is not offered")
    }
    guard suite.hasAEAD else { return .skipped("AES-128-GCM is not offered") }
    var checks = VectorChecks()
    var client = try MLSPassiveClient(test.fields, suite.algorithms)
    checks.equal(
      "initial_epoch_authenticator", client.group.epochAuthenticator,
      try test.bytes("initial_epoch_authenticator"))
    for (number, epoch) in try test.fields.list("epochs").enumerated() {
      try client.follow(epoch, number, &checks)
    }
    return checks.outcome
  }

  @Sendable
  private static func runMessages(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    var checks = VectorChecks()
    for key in [
      "mls_welcome", "mls_group_info", "mls_key_package", "public_message_application",
      "public_message_proposal", "public_message_commit", "private_message",
    ] {
      let bytes = try test.bytes(key)
      checks.equal(key, try MLS.Message(decoding: bytes).encoded(), bytes)
    }
    try checkObject(test, "ratchet_tree", RatchetTree.self, &checks)
    try checkObject(test, "group_secrets", GroupSecrets.self, &checks)
    try checkObject(test, "commit", MLS.Commit.self, &checks)
    let bodies: [(key: String, type: MLS.ProposalType)] = [
      ("add_proposal", .add), ("update_proposal", .update), ("remove_proposal", .remove),
      ("pre_shared_key_proposal", .preSharedKey), ("re_init_proposal", .reInit),
      ("external_init_proposal", .externalInit),
      ("group_context_extensions_proposal", .groupContextExtensions),
    ]
    for body in bodies {
      let bytes = try test.bytes(body.key)
      let whole = try body.type.wireEncoded() + bytes
      let proposal = try MLS.Proposal(wire: whole)
      checks.that(proposal.type == body.type, "\(body.key) has another type")
      checks.equal(body.key, try proposal.wireEncoded(), whole)
    }
    return checks.outcome
  }

  private static func checkObject<Object: WireEncodable & WireDecodable>(
    _ test: VectorCase, _ key: String, _ type: Object.Type, _ checks: inout VectorChecks
  ) throws(CygnetError) {
    let bytes = try test.bytes(key)
    checks.equal(key, try Object(wire: bytes).wireEncoded(), bytes)
  }
}

/// A member who only listens.
struct MLSPassiveClient {
  var group: MLS.Group
  private let now: Timestamp

  /// The time of every row: within the lifetimes that end, and those without end have begun.
  private static let now = Timestamp(seconds: 1_690_000_000)

  /// A row of a file that knows nothing of lifetimes, names and policies.
  init(_ test: JSON, _ suite: Algorithms) throws(CygnetError) {
    var configuration = MLS.Configuration(credentialValidator: AnyCredential())
    configuration.policy = MLS.OpenPolicy()
    configuration.suites = SuiteTable([suite])
    configuration.maxLifetimeSeconds = .max
    configuration.pastEpochSeconds = .max
    configuration.extensionTypes = [MLS.ExtensionType(0xf0f0)]
    try self.init(test, configuration: configuration, now: Self.now)
  }

  /// - Parameters:
  ///   - test: How the client joins, as in the working group's files.
  ///   - configuration: What the client follows; the row says which pre-shared keys it has.
  ///   - origin: The group that this one replaces or branches off.
  ///   - known: Groups that the client is in already.
  ///   - now: The time.
  init(
    _ test: JSON, configuration: MLS.Configuration, origin: MLS.Group? = nil,
    known: Set<MLS.GroupID> = [], now: Timestamp
  ) throws(CygnetError) {
    self.now = now
    var configuration = configuration
    var keys = MLS.PreSharedKeys()
    for key in try test.list("external_psks") {
      keys.set(try key.secret("psk"), externalID: try key.bytes("psk_id"))
    }
    configuration.preSharedKeys = keys
    guard let keyPackage = try MLS.Message(decoding: test.bytes("key_package")).keyPackage,
      let welcome = try MLS.Message(decoding: test.bytes("welcome")).welcome
    else { throw CygnetError(.malformed, "not a key package and a Welcome") }
    let own = MLS.OwnKeyPackage(
      keyPackage: keyPackage, initKey: try test.secret("init_priv"),
      encryptionKey: try test.secret("encryption_priv"),
      signatureKeyPair: try MLS.SignatureKeyPair(seed: test.secret("signature_priv")))
    let tree = test["ratchet_tree"]?.string == nil ? nil : try test.bytes("ratchet_tree")
    group = try MLS.Invitation.open(
      welcome, using: own, ratchetTree: tree, known: known, origin: origin,
      configuration: configuration, now: now
    ).accept()
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
    try group.merge(staged, now: now)
    checks.equal(
      "epoch_authenticator \(number)", group.epochAuthenticator,
      try epoch.bytes("epoch_authenticator"))
    // Stored and restored in every epoch: what is kept must be enough to go on.
    group = try MLS.Group(restoring: group.state(), configuration: group.configuration)
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
