import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("A hostile peer in the Braid")
struct BraidHostileTests {
  /// A Braid that lacks one chunk of what it waits for, and the message that would complete it.
  private func lastChunk(
    of name: String, in scene: inout SparseScene, to side: Side
  ) throws -> (Braid, BraidMessage) {
    for _ in 0..<200 {
      let message = try SparseRatchetMessage(wire: scene.send(side.other).bytes)
      let before = scene[side].braid
      let after = try before.receiving(message.braid)
      if after.braid.stepName == name && before.stepName != name { return (before, message.braid) }
      let incoming = try scene[side].receive(SparseScene.encoded(message))
      try scene[side].commit(incoming)
      try scene.pass(side)
    }
    throw CygnetError(.notFound, "the scene never came there")
  }

  private func altered(_ message: BraidMessage) throws -> BraidMessage {
    func change(_ chunk: Chunk) -> Chunk {
      var bytes = chunk.data.bytes
      bytes[5] ^= 1
      return Chunk(index: chunk.index, data: ChunkData(bytes))
    }
    let content: BraidMessage.Content =
      switch message.content {
      case .header(let chunk): .header(change(chunk))
      case .vector(let chunk): .vector(change(chunk))
      case .vectorAcknowledging(let chunk): .vectorAcknowledging(change(chunk))
      case .firstCiphertext(let chunk): .firstCiphertext(change(chunk))
      case .secondCiphertext(let chunk): .secondCiphertext(change(chunk))
      case .none, .acknowledgement: throw CygnetError(.malformed, "no chunk to change")
      }
    return BraidMessage(epoch: message.epoch, content: content)
  }

  @Test("a changed header is refused by its MAC")
  func header() throws {
    var scene = try SparseScene()
    let (braid, message) = try lastChunk(of: "headerReceived", in: &scene, to: .responder)
    let changed = try altered(message)
    #expect(failureCode { try braid.receiving(changed) } == .authenticationFailed)
    #expect(try braid.receiving(message).braid.stepName == "headerReceived")
  }

  @Test("a changed vector is refused by the hash in the header, or for its form")
  func vector() throws {
    var scene = try SparseScene()
    let (braid, message) = try lastChunk(of: "ct2Sampled", in: &scene, to: .responder)
    let changed = try altered(message)
    let code = failureCode { try braid.receiving(changed) }
    #expect(code == .authenticationFailed || code == .malformed)
    #expect(try braid.receiving(message).braid.stepName == "ct2Sampled")
  }

  @Test("a changed ciphertext of either half is refused by the MAC of both")
  func ciphertext() throws {
    var scene = try SparseScene()
    let (braid, message) = try lastChunk(of: "noHeaderReceived", in: &scene, to: .initiator)
    let changed = try altered(message)
    #expect(failureCode { try braid.receiving(changed) } == .authenticationFailed)
    #expect(try braid.receiving(message).braid.stepName == "noHeaderReceived")

    var other = try SparseScene()
    let (waiting, last) = try lastChunk(of: "ct1Received", in: &other, to: .initiator)
    other[.initiator] = try other[.initiator].replacing(
      braid: waiting.receiving(altered(last)).braid)
    var failure: CygnetError.Code?
    for _ in 0..<100 where failure == nil {
      try other.pass(.initiator)
      let letter = try other.send(.responder)
      failure = failureCode { try other.deliver(letter) }
    }
    #expect(failure == .authenticationFailed)
  }

  @Test("a message that the Braid refuses counts as not received, and nothing has changed")
  func refusedMessage() throws {
    var scene = try SparseScene()
    let (_, last) = try lastChunk(of: "headerReceived", in: &scene, to: .responder)
    let before = try scene[.responder].wireEncodedSecret()
    let chains = scene[.initiator].chains
    let message = SparseRatchetMessage(
      braid: try altered(last), n: chains.sending.n, previousChainLength: 0)
    let incoming = try scene[.responder].receive(SparseScene.encoded(message))
    #expect(failureCode { try scene[.responder].commit(incoming) } == .authenticationFailed)
    #expect(try scene[.responder].wireEncodedSecret() == before)
    // The true message of the same number is taken afterwards.
    let honest = SparseRatchetMessage(braid: last, n: chains.sending.n, previousChainLength: 0)
    let received = try scene[.responder].receive(SparseScene.encoded(honest))
    try scene[.responder].commit(received)
    #expect(scene[.responder].braid.stepName == "headerReceived")
  }

  @Test("endless chunks of one payload are held only until they suffice")
  func floods() throws {
    var scene = try SparseScene()
    try scene.run(until: .responder, is: "ct1Sampled")
    var random = SeededRandomSource(3)
    var braid = scene[.responder].braid
    let size = try braid.wireEncodedSecret().count
    var refusals = 0
    for index in 0..<200 {
      let chunk = Chunk(index: UInt16(index * 300), data: ChunkData(random.bytes(32)))
      do {
        braid = try braid.receiving(
          BraidMessage(epoch: braid.epoch, content: .vector(chunk))
        ).braid
      } catch { refusals += 1 }
    }
    #expect(refusals == 200 - 35, "35 wait, and every further one makes a wrong whole")
    #expect(try braid.wireEncodedSecret().count <= size + 35 * 34 + 1)
  }

  @Test("random messages from a peer with all keys bring typed errors and no trap")
  func randomMessages() throws {
    var random = SeededRandomSource(11)
    for round in 0..<60 {
      var scene = try SparseScene(UInt64(round))
      for _ in 0..<random.number(below: 120) {
        try scene.pass(random.number(below: 2) == 0 ? .initiator : .responder)
      }
      var ratchet = scene[.responder]
      for _ in 0..<60 {
        let chunk = Chunk(index: random.uint16() % 80, data: ChunkData(random.bytes(32)))
        let content: BraidMessage.Content =
          switch random.number(below: 7) {
          case 0: .none
          case 1: .header(chunk)
          case 2: .vector(chunk)
          case 3: .vectorAcknowledging(chunk)
          case 4: .acknowledgement
          case 5: .firstCiphertext(chunk)
          default: .secondCiphertext(chunk)
          }
        let near = Int(ratchet.braid.epoch) + random.number(below: 4) - 2
        let message = SparseRatchetMessage(
          braid: BraidMessage(epoch: UInt64(max(near, 1)), content: content),
          n: ratchet.chains.receiving.n + UInt32(random.number(below: 5)) + 1,
          previousChainLength: ratchet.chains.receiving.n + UInt32(random.number(below: 3)))
        let before = try ratchet.wireEncodedSecret()
        do throws(CygnetError) {
          try ratchet.commit(ratchet.receive(SparseScene.encoded(message)))
        } catch {
          let codes: [CygnetError.Code] = [
            .ruleViolation, .authenticationFailed, .malformed, .duplicate, .tooFarAhead,
          ]
          #expect(codes.contains(error.code), "\(error)")
          #expect(try ratchet.wireEncodedSecret() == before)
        }
        _ = try SparseRatchet(wire: ratchet.wireEncodedSecret())
        _ = try ratchet.send(using: &random)
      }
    }
  }
}

extension SparseScene {
  static func encoded(_ message: SparseRatchetMessage) throws(CygnetError) -> [UInt8] {
    try message.wireEncoded()
  }
}

extension SparseRatchet {
  /// The same ratchet with another Braid, as a stored state would bring it.
  func replacing(braid: Braid) throws -> SparseRatchet {
    let old = try self.braid.wireEncodedSecret().exposed()
    let state = try wireEncodedSecret().exposed()
    let changed = state.prefix(2) + (try braid.wireEncodedSecret().exposed())
    return try SparseRatchet(
      wire: SecretBytes(copying: Array(changed + state.dropFirst(2 + old.count))))
  }
}
