import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Stored sparse ratchets")
struct SparseRatchetStateTests {
  /// Ratchets in every step of the Braid, with and without skipped keys.
  static func phases() throws -> [String: SparseRatchet] {
    var phases: [String: SparseRatchet] = [:]
    for share in [1, 4] {
      var scene = try SparseScene(UInt64(share))
      while scene[.initiator].braid.epoch < 4 {
        for _ in 0..<share { try scene.pass(.initiator) }
        _ = try scene.send(.responder)
        try scene.pass(.responder)
        for side in Side.allCases {
          phases[scene[side].braid.stepName, default: scene[side]] = scene[side]
        }
      }
    }
    return phases
  }

  @Test("every step of the Braid comes back byte for byte, in at most 3000 bytes")
  func identity() throws {
    let phases = try Self.phases()
    #expect(Set(phases.keys) == Set(Braid.stepNames))
    for (name, ratchet) in phases {
      let state = try ratchet.wireEncodedSecret()
      #expect(try SparseRatchet(wire: state).wireEncodedSecret() == state, "\(name)")
      #expect(state.count - 44 * ratchet.skipped.count <= 3_000, "\(name): \(state.count)")
      guard ratchet.skipped.count < 40 else { continue }
      #expect(wireLawViolations(SparseRatchet.self, state.exposed()) == [], "\(name)")
    }
  }

  @Test("both sides may restart after every message: what follows is the same")
  func restarts() throws {
    var scene = try SparseScene()
    var restarted = try SparseScene()
    while scene[.initiator].braid.epoch < 4 {
      for side in Side.allCases {
        let letter = try scene.send(side)
        let other = try restarted.send(side)
        #expect(letter.bytes == other.bytes && letter.key.secret == other.key.secret)
        for side in Side.allCases {
          restarted[side] = try SparseRatchet(wire: restarted[side].wireEncodedSecret())
        }
        try scene.deliver(letter)
        try restarted.deliver(other)
        for side in Side.allCases {
          restarted[side] = try SparseRatchet(wire: restarted[side].wireEncodedSecret())
          #expect(
            try restarted[side].wireEncodedSecret() == scene[side].wireEncodedSecret())
        }
      }
    }
  }

  @Test("a copy goes its own way")
  func copies() throws {
    var scene = try SparseScene()
    try scene.run(until: .responder, is: "ct1Sampled")
    let letter = try scene.send(.initiator)
    let before = try scene[.responder].wireEncodedSecret()
    var copy = scene
    try copy.deliver(letter)
    #expect(try scene[.responder].wireEncodedSecret() == before)
    try scene.deliver(letter)
  }

  @Test("a state with any byte changed is refused, or is one that can be used and stored")
  func changed() throws {
    for (name, ratchet) in try Self.phases() {
      let state = try ratchet.wireEncodedSecret().exposed()
      var random = SeededRandomSource(5)
      for offset in stride(from: 0, to: state.count, by: state.count < 400 ? 1 : 17) {
        for bits: UInt8 in [0x01, 0xff] {
          var changed = state
          changed[offset] ^= bits
          do {
            var restored = try SparseRatchet(wire: SecretBytes(copying: changed))
            #expect(try restored.wireEncodedSecret().exposed() == changed, "\(name) \(offset)")
            try use(&restored, &random)
          } catch let error as CygnetError {
            #expect([.malformed, .unsupported].contains(error.code), "\(name) \(offset)")
          }
        }
      }
    }
  }

  /// Sends, and receives what the peer might send; only errors of the library may come of it.
  private func use(_ ratchet: inout SparseRatchet, _ random: inout SeededRandomSource) throws {
    _ = failureCode { try ratchet.send(using: &random) }
    let epoch = ratchet.braid.epoch
    let chunk = Chunk(index: 100, data: ChunkData([UInt8](repeating: 1, count: 32)))
    for content in [BraidMessage.Content.secondCiphertext(chunk), .header(chunk)] {
      for epoch in [epoch, epoch + 1] {
        let message = SparseRatchetMessage(
          braid: BraidMessage(epoch: epoch, content: content),
          n: min(ratchet.chains.receiving.n, 1 << 20) + 1, previousChainLength: 1 << 20)
        let bytes = try message.wireEncoded()
        _ = failureCode { try ratchet.commit(ratchet.receive(bytes)) }
      }
    }
    _ = try SparseRatchet(wire: ratchet.wireEncodedSecret())
  }

  @Test("other versions and parties are refused")
  func foreign() throws {
    let state = try SparseScene()[.initiator].wireEncodedSecret().exposed()
    for (offset, code) in [(0, CygnetError.Code.unsupported), (1, .malformed)] {
      var changed = state
      changed[offset] = 2
      let bytes = SecretBytes(copying: changed)
      #expect(failureCode { try SparseRatchet(wire: bytes) } == code)
    }
  }

  @Test("chains of other epochs than the Braid's are refused")
  func inconsistent() throws {
    var scene = try SparseScene()
    try scene.run(toEpoch: 2)
    let later = scene[.initiator].braid
    #expect(failureCode { try SparseScene()[.initiator].replacing(braid: later) } == .malformed)
    var other = try SparseScene()
    try other.run(until: .responder, is: "ct1Sampled")
    let sampled = other[.responder].braid
    #expect(failureCode { try SparseScene()[.responder].replacing(braid: sampled) } == .malformed)
  }
}
