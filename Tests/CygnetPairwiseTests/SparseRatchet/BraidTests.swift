import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("ML-KEM Braid")
struct BraidTests {
  /// Two Braids alone, without chains around them.
  struct Pair {
    var random = SeededRandomSource(9)
    var alice: Braid
    var bob: Braid
    var keys: [Side: [Braid.EpochKey]] = [.initiator: [], .responder: []]

    init() throws {
      alice = try Braid(SparseScene.shared, role: .initiator)
      bob = try Braid(SparseScene.shared, role: .responder)
    }

    mutating func aliceSends() throws -> BraidMessage {
      let sent = try alice.sending(using: &random)
      alice = sent.braid
      if let key = sent.key { keys[.initiator, default: []].append(key) }
      return sent.message
    }

    mutating func bobSends() throws -> BraidMessage {
      let sent = try bob.sending(using: &random)
      bob = sent.braid
      if let key = sent.key { keys[.responder, default: []].append(key) }
      return sent.message
    }

    mutating func toBob(_ message: BraidMessage) throws {
      let received = try bob.receiving(message)
      bob = received.braid
      if let key = received.key { keys[.responder, default: []].append(key) }
    }

    mutating func toAlice(_ message: BraidMessage) throws {
      let received = try alice.receiving(message)
      alice = received.braid
      if let key = received.key { keys[.initiator, default: []].append(key) }
    }

    var steps: [String] { [alice.stepName, bob.stepName] }
  }

  @Test("an epoch goes through transitions 1 to 8, 11 and 13, and the parties change places")
  func wholeEpoch() throws {
    var pair = try Pair()
    #expect(pair.steps == ["keysUnsampled", "noHeaderReceived"])
    #expect(try pair.bobSends().content == .none)
    var message = try pair.aliceSends()  // 1
    #expect(pair.steps == ["keysSampled", "noHeaderReceived"])
    for _ in 0..<2 {
      try pair.toBob(message)
      #expect(pair.bob.stepName == "noHeaderReceived")
      message = try pair.aliceSends()
      guard case .header = message.content else { return #expect(Bool(false), "no header") }
    }
    try pair.toBob(message)  // 6
    #expect(pair.steps == ["keysSampled", "headerReceived"])
    #expect(pair.keys[.responder]?.isEmpty == true)
    var reply = try pair.bobSends()  // 7
    #expect(pair.bob.stepName == "ct1Sampled")
    #expect(pair.keys[.responder]?.map(\.epoch) == [1], "the encapsulating side has the key first")
    try pair.toAlice(reply)  // 2
    #expect(pair.steps == ["headerSent", "ct1Sampled"])
    for _ in 1..<30 {
      reply = try pair.bobSends()
      guard case .firstCiphertext = reply.content else { return #expect(Bool(false), "no ct1") }
      #expect(pair.alice.stepName == "headerSent")
      try pair.toAlice(reply)
    }
    #expect(pair.steps == ["ct1Received", "ct1Sampled"])  // 3
    message = try pair.aliceSends()
    guard case .vectorAcknowledging = message.content else { return #expect(Bool(false), "no ek") }
    try pair.toBob(message)  // 8
    #expect(pair.steps == ["ct1Received", "ct1Acknowledged"])
    #expect(try pair.bobSends().content == .none)
    for _ in 1..<36 {
      #expect(pair.bob.stepName == "ct1Acknowledged")
      try pair.toBob(pair.aliceSends())
    }
    #expect(pair.steps == ["ct1Received", "ct2Sampled"])  // 11
    try pair.toAlice(pair.bobSends())  // 4
    #expect(pair.steps == ["ekSentCt1Received", "ct2Sampled"])
    #expect(try pair.aliceSends().content == .none)
    for _ in 1..<5 {
      #expect(pair.alice.stepName == "ekSentCt1Received")
      try pair.toAlice(pair.bobSends())
    }
    #expect(pair.steps == ["noHeaderReceived", "ct2Sampled"])  // 5
    #expect([pair.alice.epoch, pair.bob.epoch] == [2, 1])
    #expect(pair.keys[.initiator] == pair.keys[.responder])
    try pair.toBob(pair.aliceSends())  // 13
    #expect(pair.steps == ["noHeaderReceived", "keysUnsampled"])
    #expect([pair.alice.epoch, pair.bob.epoch] == [2, 2])
    #expect(pair.alice.authenticator == pair.bob.authenticator)
  }

  /// A pair where Bob has made ct1, and Alice has its first chunk, or all of it.
  private func afterFirstCiphertext(whole: Bool) throws -> Pair {
    var pair = try Pair()
    for _ in 0..<3 { try pair.toBob(pair.aliceSends()) }
    for _ in 0..<(whole ? 30 : 1) { try pair.toAlice(pair.bobSends()) }
    #expect(pair.steps == [whole ? "ct1Received" : "headerSent", "ct1Sampled"])
    return pair
  }

  @Test("transition 9: the last chunk of the vector brings the acknowledgement")
  func vectorCompletesWithAcknowledgement() throws {
    var pair = try afterFirstCiphertext(whole: false)
    for _ in 0..<35 { try pair.toBob(pair.aliceSends()) }
    #expect(pair.bob.stepName == "ct1Sampled")
    for _ in 1..<30 { try pair.toAlice(pair.bobSends()) }
    try pair.toBob(pair.aliceSends())
    #expect(pair.bob.stepName == "ct2Sampled")
  }

  @Test("transitions 10 and 12: the vector is whole before the acknowledgement")
  func vectorCompletesFirst() throws {
    var pair = try afterFirstCiphertext(whole: false)
    for _ in 0..<36 { try pair.toBob(pair.aliceSends()) }
    #expect(pair.bob.stepName == "ekReceivedCt1Sampled")
    guard case .firstCiphertext = try pair.bobSends().content else {
      return #expect(Bool(false), "ct1 goes on until it is acknowledged")
    }
    try pair.toBob(pair.aliceSends())
    #expect(pair.bob.stepName == "ekReceivedCt1Sampled", "more of the vector changes nothing")
    for _ in 0..<30 { try pair.toAlice(pair.bobSends()) }
    try pair.toBob(pair.aliceSends())
    #expect(pair.bob.stepName == "ct2Sampled")
    for _ in 0..<5 { try pair.toAlice(pair.bobSends()) }
    #expect(pair.keys[.initiator] == pair.keys[.responder])
  }

  @Test("an acknowledgement without a chunk is understood where one with a chunk is")
  func bareAcknowledgement() throws {
    let acknowledgement = BraidMessage(epoch: 1, content: .acknowledgement)
    var pair = try afterFirstCiphertext(whole: true)
    try pair.toBob(acknowledgement)
    #expect(pair.bob.stepName == "ct1Acknowledged")
    pair = try afterFirstCiphertext(whole: false)
    for _ in 0..<36 { try pair.toBob(pair.aliceSends()) }
    try pair.toBob(acknowledgement)
    #expect(pair.bob.stepName == "ct2Sampled")
  }

  @Test(
    "chunks of the vector without an acknowledgement count after one, as reordering brings them")
  func lateVectorChunks() throws {
    var pair = try afterFirstCiphertext(whole: false)
    let late = try (0..<35).map { _ in try pair.aliceSends() }
    for _ in 1..<30 { try pair.toAlice(pair.bobSends()) }
    try pair.toBob(pair.aliceSends())
    #expect(pair.bob.stepName == "ct1Acknowledged")
    for message in late { try pair.toBob(message) }
    #expect(pair.bob.stepName == "ct2Sampled")
  }

  @Test("what does not concern a state leaves it as it is, for every state and type")
  func ignored() throws {
    let chunk = Chunk(index: 9_000, data: ChunkData([UInt8](repeating: 7, count: 32)))
    let contents: [(name: String, content: BraidMessage.Content)] = [
      ("none", .none), ("header", .header(chunk)), ("vector", .vector(chunk)),
      ("vectorAcknowledging", .vectorAcknowledging(chunk)), ("acknowledgement", .acknowledgement),
      ("firstCiphertext", .firstCiphertext(chunk)),
      ("secondCiphertext", .secondCiphertext(chunk)),
    ]
    let concerned: [String: Set<String>] = [
      "keysSampled": ["firstCiphertext"], "headerSent": ["firstCiphertext"],
      "ct1Received": ["secondCiphertext"], "ekSentCt1Received": ["secondCiphertext"],
      "noHeaderReceived": ["header"],
      "ct1Sampled": ["vector", "vectorAcknowledging", "acknowledgement"],
      "ct1Acknowledged": ["vector", "vectorAcknowledging"],
      "ekReceivedCt1Sampled": ["vectorAcknowledging", "acknowledgement"],
    ]
    let braids = try Self.everyStep()
    #expect(Set(braids.keys) == Set(Braid.stepNames))
    for (step, braid) in braids {
      for (name, content) in contents {
        let message = BraidMessage(epoch: braid.epoch, content: content)
        let after = try braid.receiving(message)
        let changes = concerned[step]?.contains(name) ?? false
        #expect((after.braid != braid) == changes, "\(name) in \(step)")
        #expect(after.key == nil)
      }
    }
  }

  @Test("an earlier epoch changes nothing, and a later one only where it can have begun")
  func otherEpochs() throws {
    for (step, braid) in try Self.everyStep() {
      for content in [BraidMessage.Content.none, .acknowledgement] {
        if braid.epoch > 1 {
          let early = BraidMessage(epoch: braid.epoch - 1, content: content)
          #expect(try braid.receiving(early).braid == braid, "\(step)")
        }
        let next = BraidMessage(epoch: braid.epoch + 1, content: content)
        if step == "ct2Sampled" {
          let after = try braid.receiving(next).braid
          #expect(after.stepName == "keysUnsampled" && after.epoch == braid.epoch + 1)
        } else {
          #expect(failureCode { try braid.receiving(next) } == .ruleViolation, "\(step)")
        }
        for epoch in [braid.epoch + 2, Braid.maxEpoch] {
          let far = BraidMessage(epoch: epoch, content: content)
          #expect(failureCode { try braid.receiving(far) } == .ruleViolation, "\(step)")
        }
      }
    }
  }

  @Test("64 bytes are drawn for a key pair, 32 for an encapsulation, and nothing otherwise")
  func draws() throws {
    for (step, braid) in try Self.everyStep() {
      var random = CountingRandomSource(1)
      let sent = try braid.sending(using: &random)
      let due = ["keysUnsampled": [64], "headerReceived": [32]][step] ?? []
      #expect(random.takeDraws() == due, "\(step)")
      #expect((sent.key != nil) == (step == "headerReceived"))
      #expect(sent.message.epoch == braid.epoch)
    }
  }

  /// One Braid in each step as it comes there first, in the second epoch or later.
  static func everyStep() throws -> [String: Braid] {
    var braids: [String: Braid] = [:]
    for schedule in 0..<2 {
      var scene = try SparseScene()
      try scene.run(toEpoch: 1)
      func note(_ scene: SparseScene) {
        for side in Side.allCases {
          let name = scene[side].braid.stepName
          if braids[name] == nil { braids[name] = scene[side].braid }
        }
      }
      while braids.count < Braid.stepNames.count, scene[.initiator].braid.epoch < 5 {
        // One side talks much more in the second schedule, so that the vector is whole first.
        for _ in 0..<(schedule == 0 ? 1 : 4) {
          try scene.pass(.initiator)
          note(scene)
        }
        try scene.pass(.responder)
        note(scene)
      }
    }
    return braids
  }
}
