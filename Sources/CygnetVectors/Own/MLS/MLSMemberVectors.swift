internal import CygnetMLS
internal import CygnetPrimitives

/// Messages that a member receives. The group of tests says how the member got where it is; every
/// test begins there.
enum MLSMemberVectors {
  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    let client = try group.passiveClient("client")
    let server = try MLSServerView(group.bytes("group_info"))
    return { (test: inout VectorLedger) throws(CygnetError) in
      var (member, server) = (client.group, server)
      for message in try test.byteStrings("before") {
        try take(MLS.Message(decoding: message), &member)
        try server.follow(message)
      }
      let bytes = try test.bytes("message")
      let before = try member.state()
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try member.receive(MLS.Message(decoding: bytes), now: vectorTime)
      }
      guard let received = try test.settleByRule(outcome) else {
        try checkUnchanged(since: before, &member, bytes, &test)
        guard case .failure(let refusal) = outcome else { return }
        return try server.judge(bytes, refusal: refusal, next: nil, &test)
      }
      let next = try check(received, &member, &test)
      try server.judge(bytes, refusal: nil, next: next, &test)
    }
  }

  /// Takes in what comes before the message of a test.
  private static func take(
    _ message: MLS.Message, _ member: inout MLS.Group
  ) throws(CygnetError) {
    switch try member.receive(message, now: vectorTime) {
    case .commit(let staged): try member.merge(staged, now: vectorTime)
    case .proposal, .application: break
    case .ownCommit, .ownMessage:
      throw CygnetError(.malformed, "the member has not sent anything")
    }
  }

  /// Byte for byte, but for the key of a message that could be decrypted: that one is used up, so the
  /// same message is a duplicate now.
  private static func checkUnchanged(
    since before: MLS.StoredGroup, _ member: inout MLS.Group, _ bytes: [UInt8],
    _ test: inout VectorLedger
  ) throws(CygnetError) {
    let after = try member.state()
    let isUnchanged = after.isIdentical(to: before)
    try test.expect("key_used", .bool(!isUnchanged))
    if isUnchanged { return }
    let message = try MLS.Message(decoding: bytes)
    let again = VectorLedger.attempt { () throws(CygnetError) in
      try member.receive(message, now: vectorTime)
    }
    guard message.wireFormat == .privateMessage, case .failure(let error) = again,
      error.code == .duplicate, try member.state().isIdentical(to: after)
    else { throw test.failure("a refused message changed the state") }
  }

  /// - Returns: what the members agree on in the epoch that a commit begins.
  private static func check(
    _ received: MLS.Received, _ member: inout MLS.Group, _ test: inout VectorLedger
  ) throws(CygnetError) -> MLS.GroupContext? {
    switch received {
    case .commit(let staged):
      try test.expect("received", "commit")
      try test.expect("removes_self", .bool(staged.removesSelf))
      if staged.removesSelf { return nil }
      try member.merge(staged, now: vectorTime)
      try test.expect("epoch_authenticator", secret: member.epochAuthenticator)
      return member.context
    case .proposal(_, let reference):
      try test.expect("received", "proposal")
      try test.expect("reference", bytes: reference.bytes)
    case .application(let message):
      try test.expect("received", "application")
      try test.expect("plaintext", bytes: message.data)
    case .ownCommit, .ownMessage:
      try test.expect("received", "own")
    }
    return nil
  }
}

extension MLS.StoredGroup {
  func isIdentical(to other: MLS.StoredGroup) -> Bool {
    guard current == other.current, past.count == other.past.count else { return false }
    for (one, another) in zip(past, other.past)
    where one.epoch != another.epoch || one.state != another.state { return false }
    return true
  }
}

extension VectorLedger {
  /// As `settle`, and an invalid case must be refused by its `rule`.
  mutating func settleByRule<Value>(
    _ outcome: Result<Value, CygnetError>
  ) throws(CygnetError) -> Value? {
    let value = try settle(outcome)
    guard case .failure(let thrown) = outcome else { return value }
    let rule = try text("rule")
    if thrown.rule != rule { throw failure("should break \(rule), is \(thrown)") }
    return nil
  }

  mutating func byteStrings(_ key: String) throws(CygnetError) -> [[UInt8]] {
    guard let list = try value(key).array else { throw failure("\"\(key)\" is not an array") }
    var strings: [[UInt8]] = []
    for item in list {
      guard let bytes = item.hexBytes else { throw failure("\"\(key)\" is not all hex") }
      strings.append(bytes)
    }
    return strings
  }

  /// A client that has joined a group and followed it through its epochs.
  mutating func passiveClient(_ key: String) throws(CygnetError) -> MLSPassiveClient {
    try MLSPassiveClient(replaying: value(key), &self)
  }
}

extension MLSPassiveClient {
  /// Joins, and follows every epoch.
  init(replaying json: JSON, _ ledger: inout VectorLedger) throws(CygnetError) {
    try self.init(json, configuration: MLSApplication.configuration, now: vectorTime)
    var checks = VectorChecks()
    try followAll(json, &checks)
    if case .failed(let what) = checks.outcome { throw ledger.failure(what) }
  }
}
