import CygnetPairwise
import CygnetPrimitives

/// The transitions of the ML-KEM Braid that compute with secrets, each by itself, with the keys of
/// its authenticator secret as well.
///
/// Of the seed of a key pair only z is secret here: what follows from d is covered by the cases of
/// ML-KEM, behind the hash that gives ρ, which is public and sampled from.
enum BraidCases {
  static let all: [Case] = [
    Case("Braid: its authenticator, from SEED and with an epoch's key") {
      let first = try BraidAuthenticator(Secret.make(32), epoch: 1)
      let key = try BraidProtocol.outputKey(Secret.make(32), epoch: 1)
      keep(try first.updated(with: key, epoch: 1))
    },
    Case("Braid: MACs and their verification") {
      let authenticator = hiddenAuthenticator
      let mac = authenticator.mac(ofHeader: header, epoch: 1)
      keep(Secret.reveal(authenticator.isValid(mac: mac, ofHeader: header, epoch: 1)))
      let zeros = [UInt8](repeating: 0, count: BraidAuthenticator.macByteCount)
      keep(Secret.reveal(authenticator.isValid(mac: zeros, ofHeader: header, epoch: 1)))
      keep(Secret.reveal(authenticator.isValid(mac: mac, ofCiphertext: header, epoch: 1)))
    },
    Case("Braid: a key pair, and chunks of its header (1)") {
      try sendMany(from: .keysUnsampled, count: 8)
    },
    Case("Braid: an encapsulation, and chunks of its first ciphertext (7)") {
      try sendMany(from: .headerReceived(header: header), count: 40)
    },
    Case("Braid: a header that is whole (6)", outcomes: 1) { try receive(.headerReceived) },
    Case("Braid: a vector that is whole (9, 10, 11)") { try receive(.ct2Sampled) },
    Case("Braid: a ciphertext that is whole (5)", outcomes: 1) {
      try receive(.noHeaderReceived)
    },
    Case("Braid: interpolating what is not yet public") {
      let secret = Secret.make(BraidPayload.secondCiphertext.byteCount)
      let encoder = secret.withExposedCopy { ErasureEncoder(Array($0), as: .secondCiphertext) }
      var decoder = ErasureDecoder(.secondCiphertext)
      for index in 9..<14 as Range<UInt16> { keep(decoder.add(encoder.chunk(at: index))) }
    },
  ]

  private static let header: [UInt8] = {
    var random = SystemRandomSource()
    return MLKEM768.DecapsulationKey.generate(using: &random).encapsulationKey.header.bytes
  }()

  private static var hiddenAuthenticator: BraidAuthenticator {
    BraidAuthenticator(rootKey: Secret.make(32), macKey: Secret.make(32))
  }

  private static func sendMany(from state: Braid.State, count: Int) throws {
    var braid = Braid(epoch: 1, authenticator: hiddenAuthenticator, state: state)
    var random = HiddenSource()
    for _ in 0..<count {
      let sent = try braid.sending(using: &random)
      keep((sent.message, sent.key))
      braid = sent.braid
    }
  }

  /// Where a party comes to.
  fileprivate enum Arrival { case headerReceived, ct2Sampled, noHeaderReceived }

  /// Plays in turns until the message that brings a party there, which it then receives with all
  /// that is secret marked so.
  private static func receive(_ arrival: Arrival) throws {
    var random = SystemRandomSource()
    let seed = random.secret(32)
    var braids = [
      try Braid(seed, role: .initiator), try Braid(seed, role: .responder),
    ]
    for number in 0..<1_000 {
      let (sender, receiver) = (number % 2, 1 - number % 2)
      let sent = try braids[sender].sending(using: &random)
      braids[sender] = sent.braid
      let next = try braids[receiver].receiving(sent.message).braid
      if arrival.isReached(from: braids[receiver].state, to: next.state) {
        keep(try hidden(braids[receiver]).receiving(sent.message))
        return
      }
      braids[receiver] = next
    }
    throw CygnetError(.internalFault, "the Braid never came there")
  }

  /// The same Braid with copies of its secrets, marked.
  private static func hidden(_ braid: Braid) -> Braid {
    func copy(_ secret: SecretBytes, from start: Int) -> SecretBytes {
      let copy = secret.slice(0..<secret.count)
      Secret.hide(copy, start..<copy.count)
      return copy
    }
    let state: Braid.State =
      switch braid.state {
      case .ekSentCt1Received(let seed, let ct1, let ct2):
        .ekSentCt1Received(seed: copy(seed, from: 32), ct1: ct1, ct2: ct2)
      case .ct1Sampled(let pending, let ct1, let vector):
        .ct1Sampled(pending: copy(pending, from: 64), ct1: ct1, vector: vector)
      case .ct1Acknowledged(let pending, let ct1, let vector):
        .ct1Acknowledged(pending: copy(pending, from: 64), ct1: ct1, vector: vector)
      default: braid.state
      }
    let old = braid.authenticator
    return Braid(
      epoch: braid.epoch,
      authenticator: BraidAuthenticator(
        rootKey: copy(old.rootKey, from: 0), macKey: copy(old.macKey, from: 0)), state: state)
  }
}

extension BraidCases.Arrival {
  fileprivate func isReached(from old: Braid.State, to new: Braid.State) -> Bool {
    switch (self, old, new) {
    case (.headerReceived, .noHeaderReceived, .headerReceived),
      (.ct2Sampled, .ct1Sampled, .ct2Sampled), (.ct2Sampled, .ct1Acknowledged, .ct2Sampled),
      (.ct2Sampled, .ct1Sampled, .ekReceivedCt1Sampled),
      (.noHeaderReceived, .ekSentCt1Received, .noHeaderReceived):
      true
    default: false
    }
  }
}
