internal import CygnetPairwise
internal import CygnetPrimitives

/// Stored states of layout version 1. Every later version must load them, write them back the same
/// while it still writes version 1, and carry on.
enum StateVectors {
  static let suite = OwnVectorSuite(
    name: "state/v1/pairwise", kind: .trace, subject: "state",
    spec: "Cygnet Specification: Double Ratchet, Identity",
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
    ],
    write: write)

  // MARK: - Checking

  /// Loads a session, writes it back, receives what is given and sends what is asked.
  static func runSession(_ test: inout VectorLedger) throws(CygnetError) {
    let stored = try test.secret("state")
    var session = try PairwiseSession(restoring: stored)
    guard try session.state() == stored else { throw test.failure("re-encodes differently") }
    try test.expect("suite", .integer(Int(session.suite.rawValue)))
    try test.expect("is_established", .bool(session.isEstablished))
    try test.expect("peer_identity_key", bytes: try session.peerIdentity().encoded())
    try test.expect("skipped_key_count", .integer(session.summary.skippedKeyCount))
    if let message = try test.optionalBytes("receive") {
      let plaintext = try session.decrypt(PairwiseMessage(decoding: message))
      try test.expect("received", bytes: plaintext)
    } else {
      try test.expect("received", .null)
    }
    if let plaintext = try test.optionalBytes("send") {
      var random = ReplayRandomSource(try test.bytes("draws"))
      let message = try session.encrypt(plaintext, using: &random)
      guard random.isUsedUpExactly else { throw test.failure("other draws than documented") }
      try test.expect("sent", bytes: try message.encoded())
    } else {
      try test.expect("draws", .null)
      try test.expect("sent", .null)
    }
    try test.expect("state_after", secret: try session.state())
  }

  /// Loads prekeys, writes them back and hands out a bundle.
  static func runPreKeys(_ test: inout VectorLedger) throws(CygnetError) {
    let stored = try test.secret("state")
    var preKeys = try PreKeys(restoring: stored)
    guard try preKeys.state() == stored else { throw test.failure("re-encodes differently") }
    let identity = try IdentityKey(decoding: try test.bytes("identity_key"))
    let address = try test.address("address")
    try test.expect("unused_one_time_pre_keys", .integer(preKeys.unusedOneTimePreKeyCount))
    let bundle = try preKeys.takeBundle(for: identity, at: address)
    try test.expect("bundle", bytes: try bundle.encoded())
    try test.expect("state_after", secret: try preKeys.state())
  }

  static func runIdentity(_ test: inout VectorLedger) throws(CygnetError) {
    let stored = try test.secret("state")
    let identity = try IdentityKeyPair(restoring: stored)
    guard try identity.state() == stored else { throw test.failure("re-encodes differently") }
    try test.expect("identity_key", bytes: identity.publicKey.encoded())
    try test.expect("x25519_key", bytes: identity.publicKey.x25519.bytes)
    try test.expect("x25519_private", secret: identity.agreementKey.secret)
  }

  // MARK: - Writing

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var scene = try VectorScene(&writer.random)
    try writer.group(
      .identityState,
      [.init("an identity", ["state": .hex(try scene.alice.identity.state().exposed())])])
    var sessions = try handshakeTests(&scene)
    sessions += try establishedTests(&scene)
    try writer.group(.sessionState, sessions)

    var bob = scene.bob
    let used = try preKeysTest("after one handshake", bob)
    try bob.preKeys.rotateSignedPreKey(
      for: bob.identity, at: bob.address, now: vectorTime, using: &scene.random)
    try bob.preKeys.addOneTimePreKeys(2, using: &scene.random)
    let rotated = try preKeysTest("two signed prekeys, more one-time prekeys", bob)
    let fresh = try VectorParty(
      .named("dora"), now: vectorTime, oneTimeCount: 2, using: &scene.random)
    let bare = try VectorParty(
      .named("emil"), now: vectorTime, oneTimeCount: 0, using: &scene.random)
    try writer.group(
      .preKeysState,
      [
        used, rotated, try preKeysTest("fresh", fresh),
        try preKeysTest("without one-time prekeys", bare),
      ])
  }

  static func preKeysTest(
    _ comment: String, _ party: VectorParty
  ) throws(CygnetError) -> OwnVectorWriter.Test {
    .init(
      comment,
      [
        "state": .hex(try party.preKeys.state().exposed()),
        "identity_key": .hex(party.identity.publicKey.encoded()), "address": party.address.json,
      ])
  }

  /// A session test. `draws` is what sending takes: a ratchet key where a step is due, then a nonce.
  private static func test(
    _ comment: String, _ flags: [String], _ session: PairwiseSession?, receive: PairwiseMessage?,
    draws: Int?, _ scene: inout VectorScene
  ) throws(CygnetError) -> OwnVectorWriter.Test {
    guard let state = try session?.state() else {
      throw CygnetError(.wrongState, "there is no session yet")
    }
    let message: JSON = if let receive { .hex(try receive.encoded()) } else { .null }
    let send: JSON = draws == nil ? .null : .hex(Array("carried on".utf8))
    let bytes: JSON = if let draws { .hex(scene.random.bytes(draws)) } else { .null }
    return .init(
      comment, flags: flags,
      ["state": .hex(state.exposed()), "receive": message, "send": send, "draws": bytes])
  }

  private static func handshakeTests(
    _ scene: inout VectorScene
  ) throws(CygnetError) -> [OwnVectorWriter.Test] {
    var tests = [
      try test(
        "initiator, nothing sent", ["Handshake"], scene.aliceSession, receive: nil, draws: 16,
        &scene)
    ]
    let first = try scene.aliceSends("one")
    let second = try scene.aliceSends("two")
    let third = try scene.aliceSends("three")
    try scene.bobReceives(second)
    tests.append(
      try test(
        "responder, nothing sent, one skipped", ["SkippedKeys"], scene.bobSession,
        receive: first, draws: 48, &scene))
    let reply = try scene.bobSends("four")
    tests.append(
      try test(
        "initiator, three sent, the reply arrives", ["Handshake"], scene.aliceSession,
        receive: reply, draws: 48, &scene))
    tests.append(
      try test(
        "responder with a sending chain, another initial message arrives", ["SkippedKeys"],
        scene.bobSession, receive: third, draws: 16, &scene))
    try scene.aliceReceives(reply)
    return tests
  }

  private static func establishedTests(
    _ scene: inout VectorScene
  ) throws(CygnetError) -> [OwnVectorWriter.Test] {
    var tests = [
      try test(
        "initiator, a step is due", ["Established"], scene.aliceSession, receive: nil, draws: 48,
        &scene)
    ]
    let lost = try scene.aliceSends("five")
    try scene.bobReceives(try scene.aliceSends("six"))
    try scene.aliceReceives(try scene.bobSends("seven"))
    let late = try scene.aliceSends("eight")
    try scene.bobReceives(try scene.aliceSends("nine"))
    tests.append(
      try test(
        "keys skipped in three chains, a late message arrives",
        ["Established", "SkippedKeys"], scene.bobSession, receive: lost, draws: 48, &scene))
    tests.append(
      try test(
        "a late message of the current chain arrives", ["Established", "SkippedKeys"],
        scene.bobSession, receive: late, draws: nil, &scene))
    return tests
  }
}
