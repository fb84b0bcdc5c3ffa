internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives

/// Welcomes by themselves (RFC 9420 §12.4.3.1), of which the secrets, the state of the group, its
/// signature and its confirmation tag are looked at.
enum MLSWelcomeVectors {
  static let suite = MLSVectorSuite("welcome", "Welcome", write: write)

  private struct Invitation {
    /// How many are added, and which of them reads the Welcome.
    var count = 1
    var reader = 0
    /// Who adds them, out of members that are there before.
    var members = 1
    var committer: UInt32 = 0
    var hasPath = true
    var hasTree = true
    /// Extensions of the GroupInfo, the group and the key package, and bytes of each.
    var extensions = 0
    var extensionSize = 16
  }

  private static let invitations: [Invitation] = [
    // No path secret, no tree: the shortest Welcome.
    Invitation(hasPath: false, hasTree: false), Invitation(), Invitation(hasPath: false),
    Invitation(count: 3, reader: 2, hasTree: false), Invitation(count: 9, reader: 4),
    Invitation(count: 2, reader: 1, members: 4, committer: 3, extensions: 1, extensionSize: 63),
    Invitation(
      members: 3, committer: 2, hasPath: false, hasTree: false, extensions: 3, extensionSize: 64),
    Invitation(count: 2, members: 5, committer: 4, extensions: 2, extensionSize: 1_000),
  ]

  @Sendable
  private static func write(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    let suite = writer.suite
    for invitation in invitations {
      try writer.add { (random) throws(CygnetError) in try test(invitation, suite, &random) }
    }
  }

  private static func test(
    _ plan: Invitation, _ suite: Algorithms, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> JSON {
    let creator = try ForgedClient.lasting("creator", suite, using: &random)
    var forge = try MLSForge(
      creator, extensions: extensions(plan, &random), suite: suite.suite, using: &random)
    for number in 1..<max(plan.members, 1) {
      forge = try invite(
        [ForgedClient.lasting("member\(number)", suite, using: &random)], to: forge, by: 0,
        hasPath: true, &random
      ).next
    }
    var newcomers: [ForgedClient] = []
    for number in 0..<plan.count {
      var client = try ForgedClient.lasting("newcomer\(number)", suite, using: &random)
      client.extensions = try extensions(plan, &random)
      newcomers.append(client)
    }
    let forged = try invite(
      newcomers, to: forge, by: plan.committer, hasPath: plan.hasPath, &random)
    var welcome = try ForgedWelcome(forged, includesTree: plan.hasTree)
    welcome.info.extensions += try extensions(plan, &random).list
    let sealed = try welcome.sealed(using: &random)
    let reader = newcomers[plan.reader]
    return [
      "cipher_suite": suite.number,
      "init_priv": .hex(reader.initKey.secret.exposed()),
      "signer_pub": .hex(welcome.info.signer.publicKey.bytes),
      "key_package": .hex(try MLS.Message(reader.keyPackage(suite)).encoded()),
      "welcome": .hex(try MLS.Message(sealed).encoded()),
    ]
  }

  private static func invite(
    _ clients: [ForgedClient], to forge: MLSForge, by committer: UInt32, hasPath: Bool,
    _ random: inout SeededRandomSource
  ) throws(CygnetError) -> Forged {
    var proposals: [MLS.ProposalOrRef] = []
    for client in clients { proposals.append(.proposal(.add(try client.keyPackage(forge.suite)))) }
    var commit = try ForgedCommit(forge, by: committer, proposals)
    if hasPath { try commit.addPath(using: &random) }
    for (client, place) in zip(clients, commit.added) { commit.signers[place.leaf] = client.signer }
    return try commit.finish()
  }

  private static func extensions(
    _ plan: Invitation, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> MLS.Extensions {
    var list: [MLS.Extension] = []
    for number in 0..<plan.extensions {
      list.append(
        MLS.Extension(
          type: MLS.ExtensionType(0xf0f0 + UInt16(number)), data: random.bytes(plan.extensionSize)))
    }
    return try MLS.Extensions(list)
  }
}
