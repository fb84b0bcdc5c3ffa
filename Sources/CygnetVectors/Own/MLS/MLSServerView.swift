internal import CygnetMLS
internal import CygnetPrimitives

/// The same messages as a server sees them that follows the group without any key.
struct MLSServerView {
  private var group: MLS.ExternalGroup

  /// Whether it takes a secret of the group, or the reader's own memory, to see why a message in the
  /// clear is refused.
  private static func isHidden(_ refusal: CygnetError) -> Bool {
    switch refusal.rule {
    case "C3", "C11", "C12", "M5", "M11", "T5": true
    case "M4": refusal.code == .notFound
    default: false
    }
  }

  /// What becomes of a message.
  enum Verdict: String {
    /// Refused by code and rule as a member refuses it.
    case refused
    /// Taken: what is wrong with it, if anything is, only members can see.
    case taken
    /// Passed on, since it cannot be read.
    case encrypted
  }

  /// - Parameter groupInfo: The group's signed state, with the tree.
  init(_ groupInfo: [UInt8]) throws(CygnetError) {
    guard let info = try MLS.Message(decoding: groupInfo).groupInfo else {
      throw CygnetError(.malformed, "not a GroupInfo")
    }
    group = try MLS.ExternalGroup(
      info, configuration: MLSApplication.configuration, now: vectorTime)
  }

  /// Takes what comes before the message of a test.
  mutating func follow(_ message: [UInt8]) throws(CygnetError) {
    if case .commit(let staged) = try receive(message) { try group.merge(staged) }
  }

  private mutating func receive(
    _ bytes: [UInt8]
  ) throws(CygnetError) -> MLS.ExternalGroup.Received {
    try group.receive(MLS.Message(decoding: bytes), now: vectorTime)
  }

  /// Receives the message of a test.
  /// - Parameters:
  ///   - bytes: The message.
  ///   - refusal: Why members refuse it; nil when they take it.
  ///   - next: What members agree on afterwards, when it is a commit that they merged.
  mutating func judge(
    _ bytes: [UInt8], refusal: CygnetError?, next: MLS.GroupContext?,
    _ test: inout VectorLedger
  ) throws(CygnetError) {
    let before = try group.state()
    let verdict: Verdict
    switch VectorLedger.attempt({ () throws(CygnetError) in try receive(bytes) }) {
    case .success(.encrypted): verdict = .encrypted
    case .success(let received):
      if let refusal, !Self.isHidden(refusal) {
        throw test.failure("a server takes what is refused: \(refusal)")
      }
      verdict = .taken
      guard let next, case .commit(let staged) = received else { break }
      try group.merge(staged)
      if group.context != next { throw test.failure("a server comes to another state") }
    case .failure(let error):
      guard let refusal else { throw test.failure("a server refuses it: \(error)") }
      if error.rule != refusal.rule || error.code != refusal.code {
        throw test.failure("a server refuses it otherwise: \(error)")
      }
      verdict = .refused
    }
    try test.expect("server", .string(verdict.rawValue))
    if verdict == .refused, try group.state() != before {
      throw test.failure("a refused message changed the server's state")
    }
  }
}
