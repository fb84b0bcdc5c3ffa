import CygnetPairwise
import CygnetPrimitives
import CygnetWire

/// The derivations of the sparse ratchet, and whole conversations of it.
enum SparseRatchetCases {
  static let all: [Case] = [
    Case("BLAKE2b with a secret key") { keep(try BLAKE2b.keyed([1, 2, 3], key: Secret.make(32))) },
    Case("sparse ratchet: chains from SEED, and of an epoch") {
      let start = try SparseKeyDerivation.start(Secret.make(32))
      keep(try SparseKeyDerivation.addEpoch(start.rootKey, key: Secret.make(32)))
    },
    Case("sparse ratchet: a step of a chain") {
      keep(try SparseKeyDerivation.step(Secret.make(32), n: 7))
    },
    Case("Triple Ratchet: the key of a message from those of both ratchets") {
      keep(
        try MessageKey.hybrid(
          doubleRatchet: MessageKey(Secret.make(32)), sparse: MessageKey(Secret.make(32))))
    },
    // Each epoch has two MACs. What is sent is public, in the form in which it travels.
    Case("sparse ratchet: two epochs with loss, late messages and restarts", outcomes: 4) {
      try Conversation().run(epochs: 2)
    },
  ]

  /// Both parties of a conversation that loses every seventh message and delays every fifth.
  private struct Conversation {
    private var ratchets: [SparseRatchet]
    private var random = HiddenSource()
    private var late: [(to: Int, bytes: [UInt8])] = []

    init() throws {
      let seed = Secret.make(32)
      ratchets = [
        try SparseRatchet(seed, role: .initiator), try SparseRatchet(seed, role: .responder),
      ]
    }

    func run(epochs: UInt64) throws {
      var copy = self
      var number = 0
      while copy.ratchets.contains(where: { $0.braid.epoch <= epochs }) {
        try copy.step(number)
        number += 1
      }
    }

    private mutating func step(_ number: Int) throws {
      let sent = try ratchets[number % 2].send(using: &random)
      let bytes = Secret.publish(try sent.message.wireEncoded())
      switch number % 35 {
      case 6, 13, 20, 27, 34: return
      case 4, 9, 14, 19, 24: late.append((1 - number % 2, bytes))
      default: try receive(1 - number % 2, bytes)
      }
      if late.count > 3 {
        let (to, bytes) = late.removeFirst()
        try receive(to, bytes)
      }
      if number % 10 == 3 {
        ratchets[0] = try SparseRatchet(wire: ratchets[0].wireEncodedSecret())
        ratchets[1] = try SparseRatchet(wire: ratchets[1].wireEncodedSecret())
      }
    }

    private mutating func receive(_ side: Int, _ bytes: [UInt8]) throws {
      let incoming = try ratchets[side].receive(SparseRatchetMessage(wire: bytes))
      keep(incoming.messageKey)
      try ratchets[side].commit(incoming)
    }
  }
}
