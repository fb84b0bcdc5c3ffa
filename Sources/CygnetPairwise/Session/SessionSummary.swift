/// What may be said of a session without its keys, for diagnostics.
package struct SessionSummary: Sendable, Equatable {
  package enum Sending: String, Sendable {
    /// The responder before its first message arrived in full.
    case waiting
    /// A chain that sends.
    case chain
    /// The next message begins a new chain.
    case due
  }

  package let sending: Sending
  /// Messages sent in the current sending chain.
  package let sendingCount: UInt32
  /// Messages sent in the chain before it, PN.
  package let previousChainLength: UInt32
  /// The next number expected in the current receiving chain; nil before the first.
  package let receivingCount: UInt32?
  package let skippedKeyCount: Int
}

extension PairwiseSession {
  package var summary: SessionSummary {
    let (sending, count): (SessionSummary.Sending, UInt32) =
      switch ratchet.sending {
      case .waiting: (.waiting, 0)
      case .chain(let chain): (.chain, chain.n)
      case .due: (.due, 0)
      }
    return SessionSummary(
      sending: sending, sendingCount: count, previousChainLength: ratchet.previousChainLength,
      receivingCount: ratchet.receiving?.n, skippedKeyCount: ratchet.skipped.count)
  }
}
