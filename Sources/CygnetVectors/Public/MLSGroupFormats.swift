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
    try client.followAll(test.fields, &checks)
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
