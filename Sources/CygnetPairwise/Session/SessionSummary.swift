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
  /// The epoch in which the sparse ratchet stands, from 1 on; nil in suite 1.
  package let sparseEpoch: UInt64?
  /// Bytes that the sparse ratchet draws for the next message.
  package let sparseDrawByteCount: Int
}

extension PairwiseSession {
  /// The post-quantum ratchet, for what plays it step by step; nil in suite 1.
  package var sparseRatchet: SparseRatchet? { ratchet.sparse }

  package var summary: SessionSummary {
    let (sending, count): (SessionSummary.Sending, UInt32) =
      switch ratchet.double.sending {
      case .waiting: (.waiting, 0)
      case .chain(let chain): (.chain, chain.n)
      case .due: (.due, 0)
      }
    return SessionSummary(
      sending: sending, sendingCount: count,
      previousChainLength: ratchet.double.previousChainLength,
      receivingCount: ratchet.double.receiving?.n, skippedKeyCount: ratchet.double.skipped.count,
      sparseEpoch: ratchet.sparse?.braid.epoch,
      sparseDrawByteCount: ratchet.sparse?.braid.drawByteCount ?? 0)
  }
}
