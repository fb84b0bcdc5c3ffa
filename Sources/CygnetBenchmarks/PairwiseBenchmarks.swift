internal import CygnetPairwise
internal import CygnetPrimitives

/// The figures of a session, each beside the same cryptography in bare calls.
struct PairwiseBenchmarks {
  static let peer = "cygnet"
  /// In-chain messages prepared at a time, off the clock.
  private static let batch = 256

  private let now = Timestamp(seconds: 1_767_225_600)
  private let plaintext = [UInt8](repeating: 0x2a, count: 64)
  private let initiatorAddress: DeviceAddress
  private let responderAddress: DeviceAddress
  private let initiator: IdentityKeyPair
  private let responder: IdentityKeyPair
  private let preKeys: PreKeys
  private let bundle: PreKeyBundle

  init(suite: Suite = .x3dh) throws(CygnetError) {
    initiatorAddress = try DeviceAddress(user: Array("alice".utf8), device: 1)
    responderAddress = try DeviceAddress(user: Array("bob".utf8), device: 1)
    initiator = try IdentityKeyPair.generate()
    responder = try IdentityKeyPair.generate()
    var preKeys = try PreKeys.generate(
      for: responder, at: responderAddress, now: now, oneTimeCount: 1, suite: suite)
    bundle = try preKeys.takeBundle(for: responder.publicKey, at: responderAddress)
    self.preKeys = preKeys
  }

  // MARK: - Parts

  /// Verify, initiate, and the first message encoded.
  func setUp() throws(CygnetError) -> (PairwiseSession, [UInt8]) {
    var session = try PairwiseSession.initiate(
      to: verified(), as: initiator, at: initiatorAddress)
    let message = try session.encrypt(plaintext).encoded()
    return (session, message)
  }

  func verified() throws(CygnetError) -> VerifiedPreKeyBundle {
    try bundle.verified(now: now, policy: .classicalAllowed)
  }

  func bundleByteCount() throws(CygnetError) -> Int { try bundle.encoded().count }

  func message(_ session: inout PairwiseSession) throws(CygnetError) -> [UInt8] {
    try session.encrypt(plaintext).encoded()
  }

  func read(_ encoded: [UInt8], _ session: inout PairwiseSession) throws(CygnetError) {
    _ = try session.decrypt(PairwiseMessage(decoding: encoded))
  }

  func answer(_ encoded: [UInt8]) throws(CygnetError) -> PairwiseSession {
    guard case .initial(let message) = try PairwiseMessage(decoding: encoded) else {
      throw CygnetError(.internalFault, "the first message carries the handshake")
    }
    var keys = preKeys
    return try PairwiseSession.accept(
      message, as: responder, at: responderAddress, from: initiatorAddress, using: &keys
    ).session
  }

  /// Two sessions that have exchanged `rounds` pairs of messages.
  func established(rounds: Int = 1) throws(CygnetError) -> (
    PairwiseSession, PairwiseSession
  ) {
    var (alice, first) = try setUp()
    var bob = try answer(first)
    for _ in 0..<rounds {
      _ = try alice.decrypt(PairwiseMessage(decoding: bob.encrypt(plaintext).encoded()))
      _ = try bob.decrypt(PairwiseMessage(decoding: alice.encrypt(plaintext).encoded()))
    }
    return (alice, bob)
  }

  // MARK: - Times

  func operations(floor: Floor) throws -> [Operation] {
    try setUpOperations(floor) + chainOperations(floor) + skipOperations(floor)
      + otherOperations(floor)
  }

  private func setUpOperations(_ floor: Floor) throws -> [Operation] {
    let (_, first) = try setUp()
    return [
      .plain(Self.peer, "setup_initiator") { _ = try setUp() },
      .plain(Floor.peer, "setup_initiator") { floor.setUpInitiator() },
      .plain(Self.peer, "setup_responder") { _ = try answer(first) },
      .plain(Floor.peer, "setup_responder") { floor.setUpResponder() },
      .plain(Self.peer, "setup_total") { _ = try answer(setUp().1) },
      .plain(Floor.peer, "setup_total") {
        floor.setUpInitiator()
        floor.setUpResponder()
      },
    ]
  }

  private func chainOperations(_ floor: Floor) throws -> [Operation] {
    var (sender, receiver) = try established()
    var (alice, bob) = try established()
    var (encrypting, _) = try established()
    return [
      .plain(Self.peer, "encrypt_64_inchain") { _ = try encrypting.encrypt(plaintext).encoded() },
      .plain(Floor.peer, "encrypt_64_inchain") { floor.encrypt() },
      Operation(Self.peer, "decrypt_64_inchain") { count in
        var time = 0.0
        var left = count
        while left > 0 {
          let messages = try (0..<min(left, Self.batch)).map { _ in
            try sender.encrypt(plaintext).encoded()
          }
          time += try Stopwatch.nanoseconds {
            for message in messages {
              _ = try receiver.decrypt(PairwiseMessage(decoding: message))
            }
          }
          left -= messages.count
        }
        return time
      },
      .plain(Floor.peer, "decrypt_64_inchain") { floor.decrypt() },
      Operation(Self.peer, "pingpong_64_per_message") { count in
        try Stopwatch.nanoseconds {
          for index in 0..<count {
            if index.isMultiple(of: 2) {
              _ = try alice.decrypt(PairwiseMessage(decoding: bob.encrypt(plaintext).encoded()))
            } else {
              _ = try bob.decrypt(PairwiseMessage(decoding: alice.encrypt(plaintext).encoded()))
            }
          }
          // An even number of messages leaves the pair as it was.
          if !count.isMultiple(of: 2) {
            _ = try bob.decrypt(PairwiseMessage(decoding: alice.encrypt(plaintext).encoded()))
          }
        } * Double(count) / Double(count + count % 2)
      },
      .plain(Floor.peer, "pingpong_64_per_message") { floor.pingPong() },
    ]
  }

  private func skipOperations(_ floor: Floor) throws -> [Operation] {
    let (sender, receiver) = try established()
    func prepared() throws -> [PairwiseMessage] {
      var sender = sender
      return try (0...1000).map { _ in
        try PairwiseMessage(decoding: sender.encrypt(plaintext).encoded())
      }
    }
    let messages = try prepared()
    return [
      Operation(Self.peer, "skip1000_first_decrypt") { count in
        var time = 0.0
        for _ in 0..<count {
          var receiver = receiver
          time += try Stopwatch.nanoseconds { _ = try receiver.decrypt(messages[1000]) }
        }
        return time
      },
      .plain(Floor.peer, "skip1000_first_decrypt") { floor.decryptAfter1000() },
      Operation(Self.peer, "skip1000_ooo_decrypt_each") { count in
        var time = 0.0
        var left = count
        while left > 0 {
          var receiver = receiver
          _ = try receiver.decrypt(messages[1000])
          let some = min(left, 1000)
          time += try Stopwatch.nanoseconds {
            for index in 0..<some { _ = try receiver.decrypt(messages[(index * 37) % 1000]) }
          }
          left -= some
        }
        return time
      },
      .plain(Floor.peer, "skip1000_ooo_decrypt_each") { floor.decryptSkipped() },
    ]
  }

  private func otherOperations(_ floor: Floor) throws -> [Operation] {
    let (session, _) = try established()
    let state = try session.state()
    var keys = preKeys
    let address = responderAddress
    return [
      .plain(Self.peer, "one_time_prekey") {
        keys = preKeys
        try keys.addOneTimePreKeys(1)
      },
      .plain(Floor.peer, "one_time_prekey") { floor.oneTimePreKey() },
      .plain(Self.peer, "verify_bundle") { _ = try verified() },
      .plain(Floor.peer, "verify_bundle") { floor.verifyBundle() },
      .plain(Self.peer, "encode_session") { _ = try session.state() },
      .plain(Self.peer, "restore_session") { _ = try PairwiseSession(restoring: state) },
      .plain(Self.peer, "safety_number") {
        _ = SafetyNumber(
          own: initiator.publicKey, ownUser: initiatorAddress.user, peer: responder.publicKey,
          peerUser: address.user)
      },
    ]
  }

  // MARK: - Sizes

  func facts() throws -> [Figure] {
    func fact(_ name: String, _ value: Int, _ unit: String = "B") -> Figure {
      .fact(peer: Self.peer, name: name, value: Double(value), unit: unit)
    }
    let (fresh, first) = try setUp()
    var (alice, bob) = try established(rounds: 20)
    let message = try alice.encrypt(plaintext).encoded()
    var figures = [
      fact("prekey_message_bytes_64", first.count),
      fact("message_bytes_64", message.count),
      fact("message_overhead_64", message.count - 64),
      fact("prekey_bundle_bytes", try bundleByteCount()),
      fact("session_bytes_fresh", try fresh.state().count),
      fact("session_bytes_after_pingpong", try alice.state().count),
    ]
    for _ in 0..<999 { _ = try alice.encrypt(plaintext) }
    _ = try bob.decrypt(alice.encrypt(plaintext))
    figures.append(fact("session_bytes_with_1000_skipped", try bob.state().count))
    figures.append(fact("session_heap_bytes", try heapPerSession()))
    figures.append(fact("max_forward_jump", Int(Limits.maxSkip), "msgs"))
    return figures
  }

  private func heapPerSession() throws -> Int {
    let (session, _) = try established(rounds: 4)
    let state = try session.state()
    let count = 20_000
    var sessions: [PairwiseSession] = []
    sessions.reserveCapacity(count)
    let before = Heap.residentBytes()
    for _ in 0..<count { sessions.append(try PairwiseSession(restoring: state)) }
    let after = Heap.residentBytes()
    return withExtendedLifetime(sessions) { (after - before) / count }
  }
}
