import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Sparse ratchet")
struct SparseRatchetTests {
  @Test("both may send first, and every message has a key of its own")
  func firstMessages() throws {
    var scene = try SparseScene()
    var letters: [Letter] = []
    for _ in 0..<5 { letters.append(try scene.send(.initiator)) }
    for _ in 0..<5 { letters.append(try scene.send(.responder)) }
    for letter in letters { try scene.deliver(letter) }
    #expect(Set(letters.map { $0.key.secret.exposed() }).count == 10)
  }

  @Test("epochs follow one another, and each renews root and chains")
  func epochs() throws {
    var scene = try SparseScene()
    var roots: Set<[UInt8]> = []
    for epoch: UInt64 in 1...6 {
      try scene.run(toEpoch: epoch)
      #expect(scene[.initiator].chains.sending.epoch >= epoch)
      roots.insert(scene[.initiator].chains.rootKey.exposed())
    }
    #expect(roots.count == 6)
  }

  @Test("messages in any order, some twice, open once each")
  func reordered() throws {
    var scene = try SparseScene()
    var random = SeededRandomSource(7)
    for _ in 0..<20 {
      var letters: [Letter] = []
      for _ in 0..<20 { letters.append(try scene.send(.initiator)) }
      for _ in 0..<20 { letters.append(try scene.send(.responder)) }
      random.shuffle(&letters)
      for letter in letters {
        try scene.deliver(letter)
        if random.number(below: 3) == 0 {
          #expect(failureCode { try scene.deliver(letter) } == .duplicate)
        }
      }
    }
    #expect(scene[.initiator].skipped.count == 0 && scene[.responder].skipped.count == 0)
    #expect(scene[.initiator].braid.epoch > 3)
  }

  @Test("a message from epochs ago still opens, and the old chain's key is gone")
  func late() throws {
    var scene = try SparseScene()
    let first = try scene.send(.initiator)
    try scene.pass(.initiator)
    let lastOfEpoch = try scene.send(.initiator)
    let key = scene[.responder].chains.receiving.key
    try scene.run(toEpoch: 3)
    #expect(scene[.responder].skipped.count == 2)
    let state = try scene[.responder].wireEncodedSecret().exposed()
    #expect(!state.contains(key.exposed()))
    try scene.deliver(lastOfEpoch)
    try scene.deliver(first)
    #expect(scene[.responder].skipped.count == 0)
    for letter in [first, lastOfEpoch] {
      #expect(failureCode { try scene.deliver(letter) } == .duplicate)
    }
  }

  @Test("receiving changes nothing until the message is committed")
  func twoSteps() throws {
    var scene = try SparseScene()
    let letters = try (0..<4).map { _ in try scene.send(.initiator) }
    let before = try scene[.responder].wireEncodedSecret()
    for letter in letters.reversed() {
      let incoming = try scene[.responder].receive(letter.bytes)
      #expect(incoming.messageKey.secret == letter.key.secret)
    }
    #expect(try scene[.responder].wireEncodedSecret() == before)
    let incoming = try scene[.responder].receive(letters[1].bytes)
    try scene.deliver(letters[3])
    #expect(failureCode { try scene[.responder].commit(incoming) } == .wrongState)
    try scene.deliver(letters[1])
  }

  @Test("a message may skip 2000 others, over two chains together, and no more")
  func skipping() throws {
    var scene = try SparseScene()
    for _ in 0..<2_000 { _ = try scene.send(.initiator) }
    var copy = scene
    try copy.deliver(copy.send(.initiator))
    #expect(copy[.responder].skipped.count == 2_000)
    _ = try scene.send(.initiator)
    let tooFar = try scene.send(.initiator)
    #expect(failureCode { try scene.deliver(tooFar) } == .tooFarAhead)

    // The end of one chain and the beginning of the next.
    try copy.run(until: .responder, is: "ct2Sampled")
    while copy[.initiator].braid.epoch == copy[.responder].braid.epoch {
      for _ in 0..<200 { _ = try copy.send(.initiator) }
      try copy.pass(.responder)
    }
    let old = copy[.initiator].chains.sending.previous - copy[.responder].chains.receiving.n
    #expect(old >= 200)
    for _ in 0..<(2_000 - Int(old)) { _ = try copy.send(.initiator) }
    let furthest = try copy.send(.initiator)
    let beyond = try copy.send(.initiator)
    #expect(failureCode { try copy.deliver(beyond) } == .tooFarAhead)
    try copy.deliver(furthest)
  }

  @Test("skipped keys are bounded in number, the oldest go first")
  func bounded() throws {
    var scene = try SparseScene()
    var letters: [Letter] = []
    for _ in 0..<3 {
      for _ in 0..<1_500 { letters.append(try scene.send(.initiator)) }
      try scene.pass(.initiator)
    }
    #expect(scene[.responder].skipped.count == 4_000)
    #expect(failureCode { try scene.deliver(letters[499]) } == .duplicate)
    try scene.deliver(letters[500])
  }

  @Test("a skipped key that waited for more than 10000 messages is gone")
  func aged() throws {
    var scene = try SparseScene()
    let letters = try (0..<2).map { _ in try scene.send(.responder) }
    try scene.pass(.responder)
    #expect(scene[.initiator].skipped.count == 2)
    for _ in 0..<9_998 { try scene.pass(.responder) }
    try scene.deliver(letters[0])
    #expect(scene[.initiator].skipped.count == 1)
    try scene.pass(.responder)
    #expect(scene[.initiator].skipped.count == 0)
    #expect(failureCode { try scene.deliver(letters[1]) } == .duplicate)
  }

  @Test("a peer that contradicts itself about the chain before is refused")
  func contradiction() throws {
    var scene = try SparseScene()
    try scene.run(until: .responder, is: "ct2Sampled")
    while scene[.initiator].braid.epoch == scene[.responder].braid.epoch {
      try scene.pass(.initiator)
      try scene.pass(.responder)
    }
    let letter = try scene.send(.initiator)
    let message = try SparseRatchetMessage(wire: letter.bytes)
    #expect(message.previousChainLength == scene[.responder].chains.receiving.n)
    for previous in [0, message.previousChainLength - 1] {
      let changed = SparseRatchetMessage(
        braid: message.braid, n: message.n, previousChainLength: previous)
      let bytes = try changed.wireEncoded()
      #expect(failureCode { try scene[.responder].receive(bytes) } == .ruleViolation)
    }
    try scene.deliver(letter)
  }

  @Test("a message of an epoch that cannot have begun is refused before any work")
  func futureEpoch() throws {
    var scene = try SparseScene()
    try scene.run(toEpoch: 2)
    let epoch = scene[.responder].braid.epoch
    for ahead: UInt64 in [2, 3, 1_000] {
      let message = SparseRatchetMessage(
        braid: BraidMessage(epoch: epoch + ahead, content: .none), n: 1, previousChainLength: 0)
      let bytes = try message.wireEncoded()
      #expect(failureCode { try scene[.responder].receive(bytes) } == .ruleViolation)
    }
  }

  @Test("parties with different secrets share no key")
  func otherSecret() throws {
    var scene = try SparseScene()
    scene[.responder] = try SparseRatchet(
      SecretBytes(copying: [UInt8](repeating: 9, count: 32)), role: .responder)
    let letter = try scene.send(.initiator)
    #expect(try scene[.responder].receive(letter.bytes).messageKey.secret != letter.key.secret)
  }

  @Test("the hybrid key depends on both keys and on their places")
  func hybrid() throws {
    let keys = (0..<3).map { MessageKey(SecretBytes(copying: [UInt8](repeating: $0, count: 32))) }
    var results: Set<[UInt8]> = []
    for left in keys {
      for right in keys {
        let key = try MessageKey.hybrid(doubleRatchet: left, sparse: right)
        #expect(key.secret.count == 32)
        results.insert(key.secret.exposed())
      }
    }
    #expect(results.count == 9)
  }
}

extension [UInt8] {
  /// Whether `part` stands somewhere in it.
  func contains(_ part: [UInt8]) -> Bool {
    guard count >= part.count else { return false }
    for start in 0...(count - part.count)
    where self[start..<(start + part.count)].elementsEqual(part) { return true }
    return false
  }
}
