internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// Messages that an established session must read or refuse, at its bounds and beyond them. Every
/// test begins with the group's state.
///
/// A peer that breaks the rules is played with the keys of an honest one, read from its state.
enum ReceivedVectors {
  static let suite = OwnVectorSuite(
    name: "double-ratchet/received", kind: .check, subject: "double-ratchet",
    spec: "Double Ratchet §4.6; Cygnet suite 1",
    notes: [
      .init(
        flag: "Genuine", description: "what an honest peer sends", effect: "messages are lost"),
      .init(
        flag: "Bounds", description: "as many skipped messages as allowed, or one more",
        effect: "a peer makes one message cost any number of steps"),
      .init(
        flag: "Replay", description: "a message that was read before",
        effect: "a recorded message is read again"),
      .init(
        flag: "Forged", description: "what nobody with the keys has sent",
        effect: "forged content, or work for a forger"),
      .init(
        flag: "Rule", description: "an authentic header against the rules",
        effect: "a hostile peer brings a session into a state that no honest one reaches"),
    ],
    write: write)

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    let stored = try group.secret("state")
    _ = try PairwiseSession(restoring: stored)
    return { (test: inout VectorLedger) throws(CygnetError) in
      let bytes = try test.bytes("message")
      let authenticating = try test.bytes("authenticating")
      var session = try PairwiseSession(restoring: stored)
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try session.decrypt(PairwiseMessage(decoding: bytes), authenticating: authenticating)
      }
      guard let plaintext = try test.settle(outcome) else {
        guard try session.state() == stored else {
          throw test.failure("a refused message changed the state")
        }
        return
      }
      try test.expect("plaintext", bytes: plaintext)
      try test.expect("skipped_key_count", .integer(session.summary.skippedKeyCount))
      try test.expect("state_after_sha256", bytes: SHA256.hash(try session.state().exposed()))
    }
  }

  // MARK: - Writing

  private typealias Test = OwnVectorWriter.Test

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var scene = try VectorScene(&writer.random)
    try scene.establish()
    let read = try scene.aliceSends("read before")
    try scene.bobReceives(read)
    // Bob's step is due: Alice's last chain is his current one, and he has not answered.
    try writer.group(.received, ["state": try state(of: scene)], try current(scene, read))
    _ = try scene.bobSends("an answer")
    try writer.group(.received, ["state": try state(of: scene)], try next(scene))
  }

  private static func state(of scene: VectorScene) throws(CygnetError) -> JSON {
    .hex(try scene.bobSession?.state().exposed() ?? [])
  }

  private static func test(
    _ comment: String, _ flag: String, _ message: [UInt8], _ error: CygnetError.Code?,
    authenticating: [UInt8] = []
  ) -> Test {
    var members: [(String, JSON)] = [
      ("message", .hex(message)), ("authenticating", .hex(authenticating)),
      ("result", error == nil ? "valid" : "invalid"),
    ]
    if let error { members.append(("error", .string(error.name))) }
    return Test(comment, flags: [flag], members: members)
  }

  /// Messages of the current chain, of which Bob has read two.
  private static func current(
    _ start: VectorScene, _ read: PairwiseMessage
  ) throws(CygnetError) -> [Test] {
    var scene = start
    let peer = try HostilePeer(scene.aliceSession)
    let good = try scene.aliceSends("in its turn").encoded()
    var atBound: [UInt8] = []
    for count in 1...2000 {
      let message = try scene.aliceSends("number \(count) after it")
      if count == 2000 { atBound = try message.encoded() }
    }
    let beyond = try scene.aliceSends("one too far").encoded()
    var other = try VectorScene(&scene.random)
    let foreign = try other.aliceSends("to another session")
    var tests = [
      test("the next message", "Genuine", good, nil),
      test("2000 messages skipped", "Bounds", atBound, nil),
      test("2001 messages skipped", "Bounds", beyond, .tooFarAhead),
      test("read before", "Replay", try read.encoded(), .duplicate),
      test(
        "with data that was not authenticated", "Forged", good, .authenticationFailed,
        authenticating: [1]),
      test("an initial message of another session", "Forged", try foreign.encoded(), .notFound),
    ]
    for (name, offset) in [
      ("nonce of the header", 3), ("header", 19), ("tag of the header", 74), ("body", 76),
      ("tag", good.count - 1),
    ] {
      tests.append(
        test(
          "a bit flipped: \(name)", "Forged", good.replacing(at: offset, [good[offset] ^ 1]),
          .authenticationFailed))
    }
    tests += [
      test(
        "a header with a ratchet key spelt 2^255 - 19", "Rule",
        try peer.message(.current, key: HostileKeys.nonCanonical, n: 2, &scene.random),
        .ruleViolation),
      test(
        "a second step without an answer", "Rule",
        try peer.message(.next, key: peer.freshKey(&scene.random), pn: 2, &scene.random),
        .ruleViolation),
      test(
        "an honest header before a forged body", "Forged",
        try peer.message(.current, key: peer.ratchetKey, n: 2, &scene.random),
        .authenticationFailed),
    ]
    return tests
  }

  /// Messages of a new chain, which Bob's answer made possible.
  private static func next(_ start: VectorScene) throws(CygnetError) -> [Test] {
    var scene = start
    let peer = try HostilePeer(scene.aliceSession)
    let key = try peer.freshKey(&scene.random)
    func message(
      _ key: [UInt8], pn: UInt32, n: UInt32 = 0
    ) throws(CygnetError) -> [UInt8] {
      try peer.message(.next, key: key, pn: pn, n: n, &scene.random)
    }
    return [
      test(
        "the next message of the current chain", "Genuine", try scene.aliceSends("late").encoded(),
        nil),
      test(
        "the old chain shorter than what was read of it", "Rule", try message(key, pn: 1),
        .ruleViolation),
      test(
        "2001 messages left in the old chain", "Bounds", try message(key, pn: 2003), .tooFarAhead),
      test(
        "2001 messages skipped in the new chain", "Bounds", try message(key, pn: 2, n: 2001),
        .tooFarAhead),
      test(
        "1000 and 1001 messages skipped", "Bounds", try message(key, pn: 1002, n: 1001),
        .tooFarAhead),
      test(
        "a chain of 2^32 - 1 messages", "Bounds", try message(key, pn: .max, n: .max),
        .tooFarAhead),
      test(
        "a ratchet key of low order", "Rule", try message(HostileKeys.lowOrderX25519, pn: 2),
        .authenticationFailed),
      test(
        "a new chain with a forged body", "Forged", try message(key, pn: 2),
        .authenticationFailed),
    ]
  }
}

/// Alice as she must not be: her header keys, taken from her stored state, over any header.
private struct HostilePeer {
  enum Chain { case current, next }

  let ratchetKey: [UInt8]
  private let current: SecretBytes
  private let next: SecretBytes

  /// Offsets in the state of an established session that has a sending chain.
  init(_ session: PairwiseSession) throws(CygnetError) {
    let state = try session.state()
    guard session.isEstablished, session.summary.sending == .chain else {
      throw CygnetError(.wrongState, "the peer has no sending chain")
    }
    next = state.slice(119..<151)
    ratchetKey = state.slice(221..<253).exposed()
    current = state.slice(285..<317)
  }

  func freshKey(_ random: inout SeededRandomSource) throws(CygnetError) -> [UInt8] {
    try X25519.KeyPair.generate(using: &random).publicKey.bytes
  }

  /// A ratchet message with an authentic header and a body of random bytes.
  func message(
    _ chain: Chain, key: [UInt8], pn: UInt32 = 0, n: UInt32 = 0,
    _ random: inout SeededRandomSource
  ) throws(CygnetError) -> [UInt8] {
    let header = key + Self.bigEndian(pn) + Self.bigEndian(n)
    let nonce = random.bytes(16)
    let sealed = try XChaCha20Poly1305.seal(
      header, key: chain == .current ? current : next,
      nonce: nonce + [UInt8](repeating: 0, count: 8), authenticating: [])
    let body = random.bytes(20)
    return [0, 1, WireType.ratchetMessage.rawValue] + nonce + sealed + [20] + body
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
