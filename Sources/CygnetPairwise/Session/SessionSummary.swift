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
  /// The post-quantum ratchet; nil in suite 1.
  package let sparse: Sparse?

  package struct Sparse: Sendable, Equatable {
    /// Where the Braid stands: its epoch, from 1 on, and its step in that epoch.
    package let epoch: UInt64
    package let step: String
    /// The epochs whose keys this side sends and receives under; 0 is the handshake's.
    package let sendingEpoch: UInt64
    package let receivingEpoch: UInt64
    package let skippedKeyCount: Int
    /// Bytes that are drawn for the next message.
    package let drawByteCount: Int
  }
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
      sparse: ratchet.sparse.map(SessionSummary.Sparse.init))
  }
}

extension SessionSummary.Sparse {
  fileprivate init(_ ratchet: SparseRatchet) {
    self.init(
      epoch: ratchet.braid.epoch, step: ratchet.braid.state.name,
      sendingEpoch: ratchet.chains.sending.epoch, receivingEpoch: ratchet.chains.receiving.epoch,
      skippedKeyCount: ratchet.skipped.count, drawByteCount: ratchet.braid.drawByteCount)
  }
}

extension Braid.State {
  /// The step as the stored form names it (page SparseRatchet).
  fileprivate var name: String {
    switch self {
    case .keysUnsampled: "keys_unsampled"
    case .keysSampled: "keys_sampled"
    case .headerSent: "header_sent"
    case .ct1Received: "ct1_received"
    case .ekSentCt1Received: "ek_sent_ct1_received"
    case .noHeaderReceived: "no_header_received"
    case .headerReceived: "header_received"
    case .ct1Sampled: "ct1_sampled"
    case .ekReceivedCt1Sampled: "ek_received_ct1_sampled"
    case .ct1Acknowledged: "ct1_acknowledged"
    case .ct2Sampled: "ct2_sampled"
    }
  }
}
