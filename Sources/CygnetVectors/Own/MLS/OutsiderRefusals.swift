internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Proposals by those who are no members against the rules of RFC 9420 §12.1.8, and members against
/// what a group requires (§11.1, §13.4).
enum OutsiderRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/outsiders", kind: .check, subject: "mls",
    spec: "RFC 9420 §6.1, §11.1, §12.1.8, §13.4; Cygnet Specification: MLS",
    notes: MLSRules.notes(
      "K2", "K3", "K4", "K6", "L1", "L2", "L3", "L5", "M1", "P1", "P3", "P4", "P5", "P6", "P7",
      "P8", "P9", "S7", "V3", "V4", "V5", "V6"),
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let (first, second) = (
      try MLS.SignatureKeyPair.generate(using: &writer.random),
      try MLS.SignatureKeyPair.generate(using: &writer.random)
    )
    let senders = [("server", first), ("watcher", second)].map { name, signer in
      MLS.ExternalSender(
        signatureKey: signer.publicKey, credential: .basic(identity: Array(name.utf8)))
    }
    let scene = try MLSScene.founded(
      ["alice", "bob", "carol", "dave", "erin"],
      extensions: MLS.Extensions(
        externalSenders: senders,
        requiredCapabilities: MLS.RequiredCapabilities(
          extensions: [MLSApplication.extensionType], proposals: [MLSApplication.proposalType],
          credentials: [MLSApplication.credentialType])),
      using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    let server = Outsider(sender: .external(0), signer: first)
    try external(server, other: second, &cases)
    try unsound(server, &cases)
    try newcomers(&cases)
    try committed(server, &cases)
    try required(&cases)
    try writer.group(
      .mlsMember, ["client": scene.client(), "group_info": .hex(scene.groupInfo())], cases.tests)
    try writeOpenGroup(&writer, server)
  }

  /// Somebody who is no member.
  private struct Outsider {
    var sender: MLS.Sender
    var signer: MLS.SignatureKeyPair

    func message(
      _ bench: MLSWorkbench, _ content: FramedContent.Content
    ) throws(CygnetError) -> ForgedMessage {
      try ForgedMessage(bench.forge, from: sender, content, signer: signer)
    }

    func proposal(
      _ bench: MLSWorkbench, _ proposal: MLS.Proposal
    ) throws(CygnetError) -> ForgedMessage { try message(bench, .proposal(proposal)) }
  }

  // MARK: - External senders

  private static func external(
    _ server: Outsider, other: MLS.SignatureKeyPair, _ cases: inout MLSCases
  ) throws(CygnetError) {
    let sound: [(String, (inout MLSWorkbench) throws(CygnetError) -> MLS.Proposal)] = [
      ("an Add", { (bench) throws(CygnetError) in .add(try bench.keyPackage()) }),
      ("a Remove", { (_) throws(CygnetError) in .remove(LeafIndex(3)) }),
      ("a pre-shared key", { (bench) throws(CygnetError) in bench.preSharedKey() }),
      ("a ReInit", { (bench) throws(CygnetError) in CommitRefusals.reInit(&bench) }),
      ("new extensions", { (_) throws(CygnetError) in .groupContextExtensions(.none) }),
    ]
    for (comment, making) in sound {
      try cases.accept("P8", "\(comment) by an external sender") { (bench) throws(CygnetError) in
        let proposal = try making(&bench)
        return try server.proposal(bench, proposal).sent()
      }
    }
    try cases.accept("P8", "a Remove by the second external sender") {
      (bench) throws(CygnetError) in
      try Outsider(sender: .external(1), signer: other).proposal(bench, .remove(LeafIndex(3)))
        .sent()
    }
    for index: UInt32 in [2, .max] {
      try cases.refuse("P8", "a Remove by the external sender \(index)") {
        (bench) throws(CygnetError) in
        try Outsider(sender: .external(index), signer: other)
          .proposal(bench, .remove(LeafIndex(3))).sent()
      }
    }
    try cases.refuse("P8", "an Update by an external sender", .malformed) {
      (bench) throws(CygnetError) in
      try server.proposal(bench, bench.update(of: 3)).sent()
    }
    try cases.refuse("P8", "a registered type by an external sender", .malformed) {
      (bench) throws(CygnetError) in
      try server.proposal(bench, .custom(MLSApplication.proposalType, data: [])).sent()
    }
    try cases.refuse("P6", "an ExternalInit by an external sender", about: ["P6", "P8"]) {
      (bench) throws(CygnetError) in
      guard case .proposal(let proposal) = try bench.externalInit().0 else { return [] }
      return try server.proposal(bench, proposal).sent()
    }
    try cases.refuse("S7", "application data by an external sender") {
      (bench) throws(CygnetError) in try server.message(bench, .application([1])).sent()
    }
    try cases.refuse(
      "S4", "an external sender's proposal with a membership tag", .malformed,
      about: ["S7"]
    ) { (bench) throws(CygnetError) in
      try server.proposal(bench, .remove(LeafIndex(3))).sent() + [32] + bench.random.bytes(32)
    }
    try signatures(server, other: other, &cases)
  }

  private static func signatures(
    _ server: Outsider, other: MLS.SignatureKeyPair, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try cases.refuse(
      "P8", "a Remove that the other external sender signed", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      try Outsider(sender: .external(0), signer: other).proposal(bench, .remove(LeafIndex(3)))
        .sent()
    }
    try cases.refuse(
      "P8", "an external sender's Remove that a member signed", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      try Outsider(sender: .external(0), signer: bench.forge.signer(2))
        .proposal(bench, .remove(LeafIndex(3))).sent()
    }
    try cases.refuse(
      "P8", "an external sender's Remove signed with the group's context", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      var message = try server.proposal(bench, .remove(LeafIndex(3)))
      message.signature = try message.signature(overLabel: "MLS 1.0 FramedContentTBS")
      return try message.sent()
    }
    for (comment, change) in [
      ("with one bit changed", { [$0[0] ^ 1] + $0.dropFirst() }), ("of no bytes", { _ in [] }),
      ("to whose scalar the order of the group was added", Ed25519Forms.withOrderAdded),
    ] as [(String, ([UInt8]) -> [UInt8])] {
      try cases.refuse(
        "P8", "an external sender's signature \(comment)", .authenticationFailed
      ) { (bench) throws(CygnetError) in
        var message = try server.proposal(bench, .remove(LeafIndex(3)))
        message.signature = change(try message.signed(as: .publicMessage).auth.signature)
        return try message.sent()
      }
    }
  }

  /// What no sender may propose.
  private static func unsound(
    _ server: Outsider, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try cases.refuse("P3", "an external sender's Remove of nobody") {
      (bench) throws(CygnetError) in try server.proposal(bench, .remove(LeafIndex(5))).sent()
    }
    try cases.refuse("P4", "an external sender's key with a nonce of 31 bytes") {
      (bench) throws(CygnetError) in
      try server.proposal(bench, bench.preSharedKey(nonceByteCount: 31)).sent()
    }
    try cases.refuse("P5", "an external sender's ReInit to version 0") {
      (bench) throws(CygnetError) in
      try server.proposal(
        bench,
        .reInit(
          MLS.ReInit(
            groupID: MLS.GroupID(bench.random.bytes(32)), version: MLS.ProtocolVersion(0),
            cipherSuite: bench.suite.suite, extensions: .none))
      ).sent()
    }
    try cases.refuse("K6", "an external sender's extensions with a tree") {
      (bench) throws(CygnetError) in
      try server.proposal(bench, ProposalRefusals.adopting(.ratchetTree)).sent()
    }
    try cases.refuse("L1", "extensions with an external sender whom the application refuses") {
      (bench) throws(CygnetError) in
      let mallory = MLS.ExternalSender(
        signatureKey: server.signer.publicKey, credential: .basic(identity: Array("mallory".utf8)))
      return try bench.message(
        by: 2, .proposal(.groupContextExtensions(MLS.Extensions(externalSenders: [mallory])))
      ).sent()
    }
    try cases.refuse("M1", "an external sender's proposal of the next epoch", .wrongEpoch) {
      (bench) throws(CygnetError) in
      let next = try bench.forge.context.epoch.next()
      return try server.proposal(bench, .remove(LeafIndex(3))).with(epoch: next).sent()
    }
    try cases.refuse("P9", "an external sender's proposal that is sent twice", .duplicate) {
      (bench) throws(CygnetError) in
      let message = try server.proposal(bench, .remove(LeafIndex(3)))
      _ = try bench.propose(message)
      return try message.sent()
    }
    for (rule, comment, code, keyPackage) in unsoundPackages {
      try cases.refuse(
        rule, "an external sender's Add of a key package \(comment)", code, about: [rule, "P1"]
      ) { (bench) throws(CygnetError) in
        try server.proposal(bench, .add(keyPackage(&bench))).sent()
      }
      try cases.refuse(
        rule, "a member's Add of a key package \(comment)", code, about: [rule, "P1"]
      ) { (bench) throws(CygnetError) in
        try bench.message(by: 2, .proposal(.add(keyPackage(&bench)))).sent()
      }
    }
  }

  private typealias PackageMaking = (inout MLSWorkbench) throws(CygnetError) -> MLS.KeyPackage

  private static var unsoundPackages: [(String, String, CygnetError.Code, PackageMaking)] {
    let old = MLS.Lifetime(
      notBefore: Timestamp(seconds: OwnVectorSuite.now - 60),
      notAfter: Timestamp(seconds: OwnVectorSuite.now - 1))
    return [
      (
        "K3", "that another key signed", .authenticationFailed,
        { (bench) throws(CygnetError) in
          let other = try bench.forge.signer(2)
          return try bench.client("zoe").keyPackage(bench.suite, packageSigner: other)
        }
      ),
      (
        "L2", "whose leaf another key signed", .authenticationFailed,
        { (bench) throws(CygnetError) in
          let other = try bench.forge.signer(2)
          return try bench.client("zoe").keyPackage(bench.suite, leafSigner: other)
        }
      ),
      (
        "K4", "with one key for both purposes", .ruleViolation,
        { (bench) throws(CygnetError) in
          try bench.keyPackage { (client) throws(CygnetError) in
            client.initKey = client.encryptionKey
          }
        }
      ),
      (
        "L5", "whose lifetime is over", .ruleViolation,
        { (bench) throws(CygnetError) in
          try bench.keyPackage { (client) throws(CygnetError) in
            client.leaf.source = .keyPackage(old)
          }
        }
      ),
      (
        "K6", "with a tree among its extensions", .ruleViolation,
        { (bench) throws(CygnetError) in
          try bench.keyPackage { (client) throws(CygnetError) in
            client.extensions = try MLS.Extensions([MLS.Extension(type: .ratchetTree, data: [])])
          }
        }
      ),
    ]
  }

  // MARK: - Newcomers

  private static func newcomers(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("P8", "a newcomer's own Add") { (bench) throws(CygnetError) in
      let zoe = try bench.client("zoe")
      return try asking(zoe).proposal(bench, .add(zoe.keyPackage(bench.suite))).sent()
    }
    try cases.accept("P8", "a newcomer's own Add, as if it were a member already") {
      (bench) throws(CygnetError) in
      // Whether it is one shows when the Add is committed.
      let erin = try bench.client("erin2")
      return try asking(erin).proposal(bench, .add(erin.keyPackage(bench.suite))).sent()
    }
    try cases.refuse("P8", "a newcomer's Add that another key signed", .authenticationFailed) {
      (bench) throws(CygnetError) in
      let (zoe, yves) = (try bench.client("zoe"), try bench.client("yves"))
      return try asking(yves).proposal(bench, .add(zoe.keyPackage(bench.suite))).sent()
    }
    try cases.refuse(
      "P8", "a newcomer's Add signed with the group's context", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      let zoe = try bench.client("zoe")
      var message = try asking(zoe).proposal(bench, .add(zoe.keyPackage(bench.suite)))
      message.signature = try message.signature(overLabel: "MLS 1.0 FramedContentTBS")
      return try message.sent()
    }
    let others: [(String, (inout MLSWorkbench) throws(CygnetError) -> MLS.Proposal)] = [
      ("a Remove", { (_) throws(CygnetError) in .remove(LeafIndex(3)) }),
      ("a pre-shared key", { (bench) throws(CygnetError) in bench.preSharedKey() }),
      ("an Update", { (bench) throws(CygnetError) in try bench.update(of: 3) }),
      ("a ReInit", { (bench) throws(CygnetError) in CommitRefusals.reInit(&bench) }),
      ("new extensions", { (_) throws(CygnetError) in .groupContextExtensions(.none) }),
      (
        "a registered type",
        { (_) throws(CygnetError) in .custom(MLSApplication.proposalType, data: []) }
      ),
    ]
    for (comment, making) in others {
      try cases.refuse("P8", "\(comment) by a newcomer", .malformed) {
        (bench) throws(CygnetError) in
        let (zoe, proposal) = (try bench.client("zoe"), try making(&bench))
        return try asking(zoe).proposal(bench, proposal).sent()
      }
    }
    try cases.refuse("S7", "application data by a newcomer") { (bench) throws(CygnetError) in
      let zoe = try bench.client("zoe")
      return try asking(zoe).message(bench, .application([1])).sent()
    }
    try cases.refuse("S4", "a newcomer's Add with a membership tag", .malformed, about: ["S7"]) {
      (bench) throws(CygnetError) in
      let zoe = try bench.client("zoe")
      return try asking(zoe).proposal(bench, .add(zoe.keyPackage(bench.suite))).sent()
        + [32] + bench.random.bytes(32)
    }
    try cases.refuse("K4", "a newcomer's Add with one key for both purposes", about: ["K4", "P1"]) {
      (bench) throws(CygnetError) in
      var zoe = try bench.client("zoe")
      zoe.initKey = zoe.encryptionKey
      return try asking(zoe).proposal(bench, .add(zoe.keyPackage(bench.suite))).sent()
    }
    try cases.refuse("L1", "a newcomer's Add whose credential is refused", about: ["L1", "P1"]) {
      (bench) throws(CygnetError) in
      let mallory = try bench.client("mallory")
      return try asking(mallory).proposal(bench, .add(mallory.keyPackage(bench.suite))).sent()
    }
  }

  private static func asking(_ client: ForgedClient) -> Outsider {
    Outsider(sender: .newMemberProposal, signer: client.signer)
  }

  // MARK: - Committed by members

  private static func committed(
    _ server: Outsider, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try cases.accept("P8", "a commit of what outsiders have proposed") {
      (bench) throws(CygnetError) in
      let zoe = try bench.client("zoe")
      let add = try bench.propose(
        asking(zoe).proposal(bench, .add(zoe.keyPackage(bench.suite))))
      let remove = try bench.propose(server.proposal(bench, .remove(LeafIndex(3))))
      return try bench.commit([add, remove]).sent()
    }
    try cases.refuse("V3", "a commit of the committer's Remove by an external sender") {
      (bench) throws(CygnetError) in
      let remove = try bench.propose(server.proposal(bench, .remove(LeafIndex(2))))
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      commit.proposals = [remove]
      try commit.addPath(using: &bench.random)
      return try commit.finish().sent()
    }
    try cases.refuse("V4", "a commit of one Remove by a member and one by an external sender") {
      (bench) throws(CygnetError) in
      let first = try bench.propose(server.proposal(bench, .remove(LeafIndex(3))))
      let second = try bench.propose(.remove(LeafIndex(3)), by: 4)
      return try bench.commit([first, second]).sent()
    }
    try cases.refuse("V5", "a commit of a newcomer's Add and a member's Add of the same client") {
      (bench) throws(CygnetError) in
      let zoe = try bench.client("zoe")
      let own = try bench.propose(
        asking(zoe).proposal(bench, .add(zoe.keyPackage(bench.suite))))
      let other = try bench.propose(.add(bench.keyPackage("zoe2")), by: 4)
      return try bench.commit([own, other], path: false).sent()
    }
    try cases.refuse("V6", "a commit of a member's Add, which asked as a newcomer") {
      (bench) throws(CygnetError) in
      let erin = try bench.client("erin2")
      let add = try bench.propose(
        asking(erin).proposal(bench, .add(erin.keyPackage(bench.suite))))
      return try bench.commit([add], path: false).sent()
    }
    try cases.refuse("P9", "an external sender's proposal of the epoch before", .notFound) {
      (bench) throws(CygnetError) in
      let remove = try bench.propose(server.proposal(bench, .remove(LeafIndex(3))))
      try bench.merge(bench.commit(by: 0, [MLS.Proposal]()))
      return try bench.commit([remove]).sent()
    }
  }

  // MARK: - What the group requires

  private typealias Cut = (inout MLS.Capabilities) -> Void

  private static func required(_ cases: inout MLSCases) throws(CygnetError) {
    let cuts: [(String, Cut)] = [
      ("extension", { $0.extensions = [] }), ("proposal", { $0.proposals = [] }),
      ("credential", { $0.credentials = [.basic] }),
    ]
    for (comment, cut) in cuts {
      try cases.refuse(
        "L3", "an Add of who does not list a required \(comment)", about: ["L3", "K2"]
      ) { (bench) throws(CygnetError) in
        let zoe = try bench.keyPackage { (client) throws(CygnetError) in
          cut(&client.leaf.capabilities)
        }
        return try bench.commit([.add(zoe)], path: false).sent()
      }
      try cases.refuse("L3", "an Update that gives up a required \(comment)") {
        (bench) throws(CygnetError) in
        let update = try bench.update(of: 4) { (leaf) throws(CygnetError) in
          cut(&leaf.capabilities)
        }
        return try bench.commit([bench.propose(update, by: 4)]).sent()
      }
      try cases.refuse("L3", "a path that gives up a required \(comment)") {
        (bench) throws(CygnetError) in
        var commit = try ForgedCommit(bench.forge, by: 2, [])
        try commit.addPath(using: &bench.random) { (leaf) throws(CygnetError) in
          cut(&leaf.capabilities)
        }
        return try commit.finish().sent()
      }
      try cases.refuse("L3", "a client that joins without a required \(comment)") {
        (bench) throws(CygnetError) in
        let zoe = try bench.client("zoe")
        let (externalInit, secret) = try bench.externalInit()
        var commit = try ForgedCommit(
          bench.forge, joining: zoe, initSecret: secret, [externalInit])
        try commit.addPath(zoe.leaf, using: &bench.random) { (leaf) throws(CygnetError) in
          cut(&leaf.capabilities)
        }
        return try commit.finish().sent()
      }
    }
    try cases.accept("L3", "an Add of who lacks a capability, required no longer") {
      (bench) throws(CygnetError) in
      let zoe = try bench.keyPackage { (client) throws(CygnetError) in
        client.leaf.capabilities.proposals = []
      }
      return try bench.commit([.add(zoe), .groupContextExtensions(.none)]).sent()
    }
  }

  /// A group without external senders and requirements.
  private static func writeOpenGroup(
    _ writer: inout OwnVectorWriter, _ server: Outsider
  ) throws(CygnetError) {
    let scene = try MLSScene.founded(["alice", "bob", "carol", "dave"], using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    try cases.refuse("P8", "a Remove by an external sender of a group that has none") {
      (bench) throws(CygnetError) in try server.proposal(bench, .remove(LeafIndex(3))).sent()
    }
    try cases.refuse("L3", "new requirements that a member does not meet", about: ["L3", "P7"]) {
      (bench) throws(CygnetError) in
      let required = MLS.RequiredCapabilities(proposals: [MLS.ProposalType(0xf0f8)])
      return try bench.commit([
        .groupContextExtensions(MLS.Extensions(requiredCapabilities: required))
      ]).sent()
    }
    try cases.accept("L3", "new requirements of nothing but default types") {
      (bench) throws(CygnetError) in
      let required = MLS.RequiredCapabilities(
        extensions: [.applicationID, .externalSenders], proposals: [.add, .groupContextExtensions],
        credentials: [.basic])
      return try bench.commit([
        .groupContextExtensions(MLS.Extensions(requiredCapabilities: required))
      ]).sent()
    }
    try cases.refuse("L3", "the required credential type 2, which has no default") {
      (bench) throws(CygnetError) in
      let required = MLS.RequiredCapabilities(credentials: [.x509])
      return try bench.commit([
        .groupContextExtensions(MLS.Extensions(requiredCapabilities: required))
      ]).sent()
    }
    try cases.refuse(
      "P7", "an Add of who does not list an extension of the group", about: ["P7", "K2"]
    ) { (bench) throws(CygnetError) in
      try bench.merge(bench.commit([ProposalRefusals.adopting(MLSApplication.extensionType)]))
      let zoe = try bench.keyPackage { (client) throws(CygnetError) in
        client.leaf.capabilities.extensions = []
      }
      return try bench.commit([.add(zoe)], path: false).sent()
    }
    try writer.group(
      .mlsMember, ["client": scene.client(), "group_info": .hex(scene.groupInfo())], cases.tests)
  }
}
