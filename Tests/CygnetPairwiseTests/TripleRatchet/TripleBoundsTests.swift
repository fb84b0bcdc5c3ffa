import CygnetPairwise
import CygnetPrimitives
import TestSupport
import Testing

#if canImport(Glibc)
  @Suite(
    "What a session of suite 2 costs at most",
    .enabled(if: !Sanitizer.isActive, "times mean nothing under a sanitizer"))
  struct TripleBoundsTests {
    /// The least time of a few runs, in nanoseconds.
    private func time(_ runs: Int = 20, _ body: () throws -> Void) rethrows -> UInt64 {
      var least = UInt64.max
      for _ in 0..<runs {
        var failure: (any Error)?
        least = min(
          least,
          Footprint.threadTime {
            do { try body() } catch { failure = error }
          })
        if let failure { Issue.record(failure) }
      }
      return least
    }

    @Test("a stranger's message costs less than one key agreement, and no operation of the KEM")
    func forged() throws {
      var pair = try TestPair.established(suite: .pqxdh)
      for _ in 0..<Limits.maxSkippedChains {
        _ = try pair.aliceSession.encrypt([0])
        try pair.aliceToBob()
        try pair.bobToAlice()
      }
      _ = try pair.aliceSession.encrypt([0])
      try pair.aliceToBob()
      let state = try pair.bobSession.state()
      let own = try X25519.KeyPair(
        X25519.PrivateKey(SecretBytes(copying: [UInt8](repeating: 5, count: 32))))
      let agreement = try time { _ = try X25519.agreement(own.privateKey, own.publicKey) }
      for count in [113, 121] {
        let message = PairwiseMessage.ratchet(
          RatchetMessage(
            sealedHeader: [UInt8](repeating: 1, count: count),
            ciphertext: [UInt8](repeating: 2, count: 1_000)))
        var code: CygnetError.Code?
        let refusal = time(200) { code = failureCode { try pair.bobSession.decrypt(message) } }
        #expect(code == .authenticationFailed)
        #expect(refusal < agreement, "\(refusal) ns against \(agreement) ns")
      }
      #expect(try pair.bobSession.state() == state)
    }

    @Test("an authentic message that does not open costs two thousand steps of either chain")
    func skipping() throws {
      var pair = try TestPair.established(suite: .pqxdh)
      try pair.aliceToBob()
      let breaker = try #require(try RuleBreaker(pair.aliceSession))
      var sparse = try #require(pair.aliceSession.sparseRatchet)
      let chain = ChainKey(breaker.chainKey)
      let steps = try time(5) {
        for n in 1...UInt32(2_000) {
          _ = chain.step()
          _ = try SparseKeyDerivation.step(chain.secret, n: n)
        }
      }
      for _ in 0..<2_000 { _ = try sparse.send() }
      var outgoing = try sparse.send()
      outgoing = .init(message: outgoing.message, messageKey: try sparse.send().messageKey)
      let message = try breaker.message(breaker.n + 2_000, sparse: outgoing)
      let state = try pair.bobSession.state()
      var code: CygnetError.Code?
      let refusal = time(5) { code = failureCode { try pair.bobSession.decrypt(message) } }
      #expect(code == .authenticationFailed)
      // An operation of the KEM beside them would not show here; that there is none follows from the
      // order of steps, and the next test sees where there is one.
      #expect(refusal < 2 * steps, "\(refusal) ns against \(steps) ns")
      let further = SparseRatchet.Outgoing(
        message: SparseRatchetMessage(
          braid: outgoing.message.braid, n: outgoing.message.n + 1, previousChainLength: 0),
        messageKey: outgoing.messageKey)
      let tooFar = try breaker.message(breaker.n, sparse: further)
      let refusalAtOnce = time { code = failureCode { try pair.bobSession.decrypt(tooFar) } }
      #expect(code == .tooFarAhead)
      #expect(refusalAtOnce < steps / 10, "\(refusalAtOnce) ns against \(steps) ns")
      #expect(try pair.bobSession.state() == state)
    }

    @Test("a spoiled ciphertext costs its receiver at most one decapsulation each time")
    func spoiled() throws {
      var scene = try SparseScene(7)
      try scene.run(until: .initiator, is: "ekSentCt1Received")
      // Alice has one chunk of five; three more arrive, the fifth is spoiled.
      for _ in 0..<3 { try scene.pass(.responder) }
      let sent = try scene[.responder].braid.sending(using: &scene.random)
      guard case .secondCiphertext(let chunk) = sent.message.content else {
        Issue.record("no chunk of the second ciphertext is due")
        return
      }
      let braid = scene[.initiator].braid
      guard case .ekSentCt1Received(let seed, let ct1, _) = braid.state else {
        Issue.record("Alice does not wait for the second ciphertext")
        return
      }
      let other = Chunk(index: chunk.index, data: ChunkData([UInt8](repeating: 9, count: 32)))
      let spoiled = BraidMessage(epoch: braid.epoch, content: .secondCiphertext(other))
      let decapsulation = try time(10) {
        let ciphertext = try MLKEM768.Ciphertext(
          MLKEM768.FirstCiphertext(ct1),
          MLKEM768.SecondCiphertext([UInt8](repeating: 1, count: 128)))
        _ = try MLKEM768.DecapsulationKey(seed: seed).decapsulate(ciphertext)
      }
      var code: CygnetError.Code?
      let refusal = time(10) { code = failureCode { try braid.receiving(spoiled) } }
      #expect(code == .authenticationFailed)
      #expect(refusal > decapsulation / 2)
      #expect(refusal < 2 * decapsulation, "\(refusal) ns against \(decapsulation) ns")
      #expect(try braid.receiving(sent.message).braid.epoch == braid.epoch + 1)
    }
  }
#endif
