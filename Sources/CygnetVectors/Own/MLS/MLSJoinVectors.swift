internal import CygnetMLS
internal import CygnetPrimitives

/// Groups that a client is invited into, or that are published.
enum MLSJoinVectors {
  /// Welcomes. The group of tests says what the client has: its key package, the groups that it is in,
  /// and, where a new group may replace or branch off another one, how it came into that.
  static func openWelcomes(
    _ group: inout VectorLedger
  ) throws(CygnetError) -> OwnGroupType.TestRunner {
    guard let client = try group.value("client").object else {
      throw group.failure("\"client\" is not an object")
    }
    let known = Set(try group.byteStrings("known").map { MLS.GroupID($0) })
    let origin =
      try group.value("origin").isNull ? nil : try group.passiveClient("origin").group
    let sound = JSON.hex(try group.bytes("sound_welcome"))
    return { (test: inout VectorLedger) throws(CygnetError) in
      let (welcome, tree) = (try test.value("welcome"), try test.value("ratchet_tree"))
      let before = try origin?.state()
      let joining = Joining(client: client, known: known, origin: origin)
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try joining.join(welcome, tree)
      }
      if let joined = try test.settleByRule(outcome) {
        try test.expect("epoch_authenticator", secret: joined.epochAuthenticator)
        return
      }
      if let before, let origin, try !origin.state().isIdentical(to: before) {
        throw test.failure("a refused Welcome changed the group that it names")
      }
      // The key package is not used up.
      _ = try joining.join(sound, .null)
    }
  }

  private struct Joining {
    let client: JSONObject
    let known: Set<MLS.GroupID>
    let origin: MLS.Group?

    func join(_ welcome: JSON, _ tree: JSON) throws(CygnetError) -> MLS.Group {
      var row = client
      row.append("welcome", welcome)
      row.append("ratchet_tree", tree)
      return try MLSPassiveClient(
        .object(row), configuration: MLSApplication.configuration, origin: origin, known: known,
        now: vectorTime
      ).group
    }
  }

  /// GroupInfos, as a server and as somebody takes them who joins by an external commit.
  static func openGroupInfos(
    _ group: inout VectorLedger
  ) throws(CygnetError) -> OwnGroupType.TestRunner {
    { (test: inout VectorLedger) throws(CygnetError) in
      let (bytes, tree) = (try test.bytes("group_info"), try test.optionalBytes("ratchet_tree"))
      let joined = VectorLedger.attempt { () throws(CygnetError) in try join(bytes, tree) }
      let followed = VectorLedger.attempt { () throws(CygnetError) in try follow(bytes, tree) }
      guard let join = try test.settleByRule(joined) else {
        guard case .failure(let refusal) = joined else { return }
        return try compare(followed, refusal, &test)
      }
      // Whoever follows the group takes the commit that joins it.
      guard case .success(var server) = followed else {
        throw test.failure("a server refuses it")
      }
      guard case .commit = try server.receive(join.commit, now: vectorTime) else {
        throw test.failure("the join is no commit")
      }
      try test.expect("server", .string(MLSServerView.Verdict.taken.rawValue))
    }
  }

  private static func compare(
    _ followed: Result<MLS.ExternalGroup, CygnetError>, _ refusal: CygnetError,
    _ test: inout VectorLedger
  ) throws(CygnetError) {
    switch followed {
    case .success:
      // The key for joining is none of a server's business.
      guard let flags = try test.value("flags").array, flags.contains("X9") else {
        throw test.failure("a server takes it")
      }
      try test.expect("server", .string(MLSServerView.Verdict.taken.rawValue))
    case .failure(let error):
      if error.rule != refusal.rule || error.code != refusal.code {
        throw test.failure("a server refuses it otherwise: \(error)")
      }
      try test.expect("server", .string(MLSServerView.Verdict.refused.rawValue))
    }
  }

  private static func read(_ bytes: [UInt8]) throws(CygnetError) -> MLS.GroupInfo {
    guard let info = try MLS.Message(decoding: bytes).groupInfo else {
      throw CygnetError(.malformed, "not a GroupInfo")
    }
    return info
  }

  private static func follow(
    _ bytes: [UInt8], _ tree: [UInt8]?
  ) throws(CygnetError) -> MLS.ExternalGroup {
    try MLS.ExternalGroup(
      read(bytes), ratchetTree: tree, configuration: MLSApplication.configuration, now: vectorTime)
  }

  /// Joins as yuri, who is in no group, with draws of its own.
  private static func join(
    _ bytes: [UInt8], _ tree: [UInt8]?
  ) throws(CygnetError) -> MLS.ExternalJoin {
    var random = SeededRandomSource(seed: OwnVectorSuite.defaultSeed, label: "yuri")
    let signer = try MLS.SignatureKeyPair.generate(using: &random)
    return try MLS.Group.joinExternally(
      read(bytes), ratchetTree: tree, as: .basic(identity: Array("yuri".utf8)),
      signingWith: signer, configuration: MLSApplication.configuration, now: vectorTime,
      using: &random)
  }
}
