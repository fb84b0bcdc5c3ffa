import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import Testing

/// The two parties of a sparse ratchet.
enum Side: Int, CaseIterable {
  case initiator, responder

  var other: Side { self == .initiator ? .responder : .initiator }
}

/// A message on its way, with the key its sender used.
struct Letter {
  let from: Side
  let bytes: [UInt8]
  let key: MessageKey
}

/// Both ends of a sparse ratchet. Whatever is delivered must come out under the sender's key.
struct SparseScene {
  static let shared = SecretBytes(copying: [UInt8](0..<32))

  var random: SeededRandomSource
  private var ratchets: [SparseRatchet]

  init(_ seed: UInt64 = 1) throws {
    random = SeededRandomSource(seed, label: "sparse ratchet")
    ratchets = try [
      SparseRatchet(Self.shared, role: .initiator), SparseRatchet(Self.shared, role: .responder),
    ]
  }

  subscript(side: Side) -> SparseRatchet {
    get { ratchets[side.rawValue] }
    set { ratchets[side.rawValue] = newValue }
  }

  mutating func send(_ side: Side) throws -> Letter {
    let outgoing = try ratchets[side.rawValue].send(using: &random)
    return Letter(from: side, bytes: try outgoing.encoded(), key: outgoing.messageKey)
  }

  mutating func deliver(_ letter: Letter) throws {
    let side = letter.from.other
    let incoming = try self[side].receive(letter.bytes)
    #expect(incoming.messageKey.secret == letter.key.secret)
    try ratchets[side.rawValue].commit(incoming)
  }

  mutating func pass(_ side: Side) throws { try deliver(send(side)) }

  /// Takes turns until a party's Braid stands in `step`.
  mutating func run(until side: Side, is step: String, within turns: Int = 400) throws {
    for _ in 0..<turns {
      if self[side].braid.stepName == step { return }
      try pass(side)
      if self[side].braid.stepName == step { return }
      try pass(side.other)
    }
    Issue.record("\(side) never came to \(step)")
  }

  /// Takes turns until both have the key of `epoch` in use.
  mutating func run(toEpoch epoch: UInt64) throws {
    while min(self[.initiator].braid.epoch, self[.responder].braid.epoch) <= epoch {
      try pass(.initiator)
      try pass(.responder)
    }
  }
}

extension Braid {
  static let stepNames = [
    "keysUnsampled", "keysSampled", "headerSent", "ct1Received", "ekSentCt1Received",
    "noHeaderReceived", "headerReceived", "ct1Sampled", "ekReceivedCt1Sampled", "ct1Acknowledged",
    "ct2Sampled",
  ]

  var stepName: String {
    switch state {
    case .keysUnsampled: "keysUnsampled"
    case .keysSampled: "keysSampled"
    case .headerSent: "headerSent"
    case .ct1Received: "ct1Received"
    case .ekSentCt1Received: "ekSentCt1Received"
    case .noHeaderReceived: "noHeaderReceived"
    case .headerReceived: "headerReceived"
    case .ct1Sampled: "ct1Sampled"
    case .ekReceivedCt1Sampled: "ekReceivedCt1Sampled"
    case .ct1Acknowledged: "ct1Acknowledged"
    case .ct2Sampled: "ct2Sampled"
    }
  }
}
