internal import CygnetPairwise
internal import CygnetPrimitives

/// Stored states of suite 2 in layout version 1: sessions in every state of the Braid, and prekeys.
/// `StateVectors` runs them.
enum TripleStateVectors {
  static let suite = OwnVectorSuite(
    name: "state/v1/triple-ratchet", kind: .trace, subject: "state",
    spec: "Cygnet Specification: Triple Ratchet, Sparse ratchet",
    notes: [
      .init(
        flag: "Handshake", description: "before the first reply",
        effect: "a restart before the reply loses the session"),
      .init(
        flag: "Established", description: "after the first reply",
        effect: "a restart loses the session"),
      .init(
        flag: "SkippedKeys", description: "keys of messages that have not arrived",
        effect: "a restart loses late messages"),
      .init(
        flag: "Draws", description: "the next message begins a step of a ratchet",
        effect: "a restart leaves a ratchet where it was"),
    ],
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var scene = try VectorScene(&writer.random, suite: .pqxdh)
    var sessions = try handshakes(&scene)
    sessions += try everyState(&scene)
    sessions += try skippedKeys(&scene)
    try writer.group(.sessionState, sessions)

    let used = try StateVectors.preKeysTest("after one handshake", scene.bob)
    try scene.bob.preKeys.rotateSignedPreKey(
      for: scene.bob.identity, at: scene.bob.address, now: vectorTime, using: &scene.random)
    try writer.group(
      .preKeysState,
      [
        used, try StateVectors.preKeysTest("after a rotation", scene.bob),
        try StateVectors.preKeysTest(
          "with the KEM prekey of last resort alone",
          VectorParty(
            .named("dora"), now: vectorTime, oneTimeCount: 0, suite: .pqxdh,
            using: &scene.random)),
      ])
  }

  /// Receives what is given and sends.
  private static func test(
    _ comment: String, _ session: PairwiseSession?, receive: PairwiseMessage?,
    _ scene: inout VectorScene
  ) throws(CygnetError) -> OwnVectorWriter.Test {
    guard var session else { throw CygnetError(.wrongState, "there is no session yet") }
    var flags = [session.isEstablished ? "Established" : "Handshake"]
    if session.summary.skippedKeyCount > 0 { flags.append("SkippedKeys") }
    let state = try session.state()
    if let receive { _ = try session.decrypt(receive) }
    let plaintext = Array("carried on".utf8)
    var recording = RecordingRandomSource(source: scene.random)
    _ = try session.encrypt(plaintext, using: &recording)
    scene.random = recording.source
    if recording.drawn.count > 16 { flags.append("Draws") }
    return .init(
      comment, flags: flags,
      [
        "state": .hex(state.exposed()),
        "receive": try receive.map { (message) throws(CygnetError) -> JSON in
          .hex(try message.encoded())
        } ?? .null,
        "send": .hex(plaintext), "draws": .hex(recording.drawn),
      ])
  }

  /// Before and at the first reply.
  private static func handshakes(
    _ scene: inout VectorScene
  ) throws(CygnetError) -> [OwnVectorWriter.Test] {
    var tests = [
      try test("initiator, nothing sent", scene.aliceSession, receive: nil, &scene)
    ]
    let late = try scene.aliceSends("late")
    try scene.bobReceives(try scene.aliceSends("first"))
    tests.append(
      try test(
        "responder, nothing sent, one skipped", scene.bobSession, receive: late, &scene))
    let reply = try scene.bobSends("reply")
    tests.append(
      try test("initiator, the reply arrives", scene.aliceSession, receive: reply, &scene))
    try scene.bobReceives(late)
    try scene.aliceReceives(reply)
    return tests
  }

  /// Alice sends two messages for each of Bob's, until a party was in every state of the Braid. What
  /// a test receives is a message that the peer might have sent next.
  private static func everyState(
    _ scene: inout VectorScene
  ) throws(CygnetError) -> [OwnVectorWriter.Test] {
    var tests: [OwnVectorWriter.Test] = []
    var seen: Set<String> = []
    for turn in 0..<600 where seen.count < 11 {
      for (isAlice, session) in [(true, scene.aliceSession), (false, scene.bobSession)] {
        guard let state = session?.sparseRatchet?.braid.state.name, !seen.contains(state),
          var peer = isAlice ? scene.bobSession : scene.aliceSession
        else { continue }
        seen.insert(state)
        let message = try peer.encrypt(Array("next".utf8), using: &scene.random)
        tests.append(
          try test(
            "\(isAlice ? "initiator" : "responder") in \(state)", session, receive: message,
            &scene))
      }
      if turn % 3 == 2 {
        try scene.aliceReceives(try scene.bobSends("\(turn)"))
      } else {
        try scene.bobReceives(try scene.aliceSends("\(turn)"))
      }
    }
    guard seen.count == 11 else {
      throw CygnetError(.internalFault, "a state of the Braid that never came")
    }
    return tests
  }

  /// Keys skipped alone, in a gap, and in two chains.
  private static func skippedKeys(
    _ scene: inout VectorScene
  ) throws(CygnetError) -> [OwnVectorWriter.Test] {
    let first = try scene.aliceSends("late")
    try scene.bobReceives(try scene.aliceSends("in time"))
    let alone = try test(
      "a key skipped alone, its message arrives", scene.bobSession, receive: first, &scene)
    try scene.aliceReceives(try scene.bobSends("an answer"))
    for _ in 0..<2 { _ = try scene.aliceSends("lost") }
    let second = try scene.aliceSends("late as well")
    try scene.bobReceives(try scene.aliceSends("in time"))
    return [
      alone,
      try test("two chains, a key of the gap", scene.bobSession, receive: second, &scene),
      try test("two chains, a key of the first", scene.bobSession, receive: first, &scene),
    ]
  }
}

extension Braid.State {
  /// As the page *Sparse ratchet* names it.
  fileprivate var name: String {
    switch self {
    case .keysUnsampled: "KeysUnsampled"
    case .keysSampled: "KeysSampled"
    case .headerSent: "HeaderSent"
    case .ct1Received: "Ct1Received"
    case .ekSentCt1Received: "EkSentCt1Received"
    case .noHeaderReceived: "NoHeaderReceived"
    case .headerReceived: "HeaderReceived"
    case .ct1Sampled: "Ct1Sampled"
    case .ekReceivedCt1Sampled: "EkReceivedCt1Sampled"
    case .ct1Acknowledged: "Ct1Acknowledged"
    case .ct2Sampled: "Ct2Sampled"
    }
  }
}
