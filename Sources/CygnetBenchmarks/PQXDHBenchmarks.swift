internal import CSodium
internal import CygnetPairwise
internal import CygnetPrimitives

/// Setting up a session of suite 2, beside the same cryptography in bare calls, and beside the set-up
/// of suite 1.
struct PQXDHBenchmarks {
  private static let prefix = "pqxdh_"
  /// What the set-up of suite 2 may cost, as a multiple of suite 1's, initiator and responder together.
  static let setUpRatio = (name: "pqxdh_setup_total over setup_total", goal: 1.25)

  private let sessions: PairwiseBenchmarks

  init() throws(CygnetError) { sessions = try PairwiseBenchmarks(suite: .pqxdh) }

  func operations(floor: Floor) throws -> [Operation] {
    let kem = try KEMFloor()
    let (_, first) = try sessions.setUp()
    let (library, bare) = (PairwiseBenchmarks.peer, Floor.peer)
    return [
      .plain(library, "pqxdh_setup_initiator") { _ = try sessions.setUp() },
      .plain(bare, "pqxdh_setup_initiator") {
        floor.setUpInitiator()
        try kem.initiate()
      },
      .plain(library, "pqxdh_setup_responder") { _ = try sessions.answer(first) },
      .plain(bare, "pqxdh_setup_responder") {
        floor.setUpResponder()
        kem.respond()
      },
      .plain(library, "pqxdh_setup_total") { _ = try sessions.answer(sessions.setUp().1) },
      .plain(bare, "pqxdh_setup_total") {
        floor.setUpInitiator()
        try kem.initiate()
        floor.setUpResponder()
        kem.respond()
      },
    ]
  }

  // MARK: - The Triple Ratchet

  /// What a message of suite 2 may cost, as a multiple of one of suite 1.
  static let ratchetRatios = [
    (name: "encrypt_64_inchain", goal: 2.0), (name: "decrypt_64_inchain", goal: 2.0),
    (name: "pingpong_64_per_message", goal: 2.0),
  ]
  static let ratchetPrefix = "triple_"
  /// Messages from one state: as many as the payload under way has chunks of its own.
  private static let batch = 30

  /// Messages in a chain while a KEM key travels, and in turns with all that epochs cost.
  func ratchetOperations() throws -> [Operation] {
    let (sender, receiver) = try sendingVector()
    var (alice, bob) = (sender, receiver)
    return [
      Operation(PairwiseBenchmarks.peer, Self.ratchetPrefix + "encrypt_64_inchain") { count in
        try Self.inBatches(count) { some in
          var sender = sender
          return try Stopwatch.nanoseconds {
            for _ in 0..<some { _ = try sessions.message(&sender) }
          }
        }
      },
      Operation(PairwiseBenchmarks.peer, Self.ratchetPrefix + "decrypt_64_inchain") { count in
        try Self.inBatches(count) { some in
          var (sender, receiver) = (sender, receiver)
          let messages = try (0..<some).map { _ in try sessions.message(&sender) }
          return try Stopwatch.nanoseconds {
            for message in messages { try sessions.read(message, &receiver) }
          }
        }
      },
      .plain(PairwiseBenchmarks.peer, Self.ratchetPrefix + "pingpong_64_per_message") {
        try sessions.read(sessions.message(&bob), &alice)
        swap(&alice, &bob)
      },
    ]
  }

  private static func inBatches(
    _ count: Int, _ run: (Int) throws -> Double
  ) rethrows -> Double {
    var time = 0.0
    var left = count
    while left > 0 {
      time += try run(min(left, batch))
      left -= batch
    }
    return time
  }

  /// A pair in its third epoch, in a chain of the side that sends its KEM key.
  private func sendingVector() throws -> (PairwiseSession, PairwiseSession) {
    var (alice, bob) = try sessions.established()
    while true {
      if let braid = alice.sparseRatchet?.braid, braid.epoch == 3, case .headerSent = braid.state {
        try sessions.read(sessions.message(&alice), &bob)
        return (alice, bob)
      }
      try sessions.read(sessions.message(&bob), &alice)
      try sessions.read(sessions.message(&alice), &bob)
    }
  }

  func facts() throws -> [Figure] {
    func fact(_ name: String, _ value: Int) -> Figure {
      .fact(
        peer: PairwiseBenchmarks.peer, name: Self.prefix + name, value: Double(value), unit: "B")
    }
    let (fresh, first) = try sessions.setUp()
    var (alice, _) = try sessions.established(rounds: 4)
    let message = try sessions.message(&alice)
    return [
      fact("prekey_message_bytes_64", first.count), fact("message_overhead_64", message.count - 64),
      fact("prekey_bundle_bytes", try sessions.bundleByteCount()),
      fact("session_bytes_fresh", try fresh.state().count),
      fact("session_bytes_after_pingpong", try alice.state().count),
      fact("session_bytes_largest", try largestStateByteCount()),
    ]
  }

  /// In two epochs in turns.
  private func largestStateByteCount() throws -> Int {
    var (alice, bob) = try sessions.established()
    var largest = 0
    while (bob.sparseRatchet?.braid.epoch ?? .max) < 3 {
      try sessions.read(sessions.message(&bob), &alice)
      swap(&alice, &bob)
      largest = max(largest, try alice.state().count)
    }
    return largest
  }

  /// What PQXDH adds to X3DH: libsodium's signature and digests, and this library's own ML-KEM, since
  /// libsodium has none.
  @safe private final class KEMFloor {
    private let key: MLKEM768.DecapsulationKey
    private let message: SecretBytes
    private let ciphertext: MLKEM768.Ciphertext
    private let content = [UInt8](repeating: 7, count: 1_260)
    private var signature = [UInt8](repeating: 0, count: 64)
    private var publicKey = [UInt8](repeating: 0, count: 32)
    private var digest = [UInt8](repeating: 0, count: 32)

    init() throws(CygnetError) {
      var random = SystemRandomSource()
      key = MLKEM768.DecapsulationKey.generate(using: &random)
      message = random.secret(32)
      ciphertext = try key.encapsulationKey.encapsulate(message: message).ciphertext
      var secret = [UInt8](repeating: 0, count: 64)
      unsafe crypto_sign_keypair(&publicKey, &secret)
      unsafe crypto_sign_detached(&signature, nil, content, UInt64(content.count), secret)
    }

    func initiate() throws(CygnetError) {
      let status = unsafe crypto_sign_verify_detached(
        signature, content, UInt64(content.count), publicKey)
      precondition(status == 0, "the signature verifies")
      _ = try key.encapsulationKey.encapsulate(message: message)
      hash()
    }

    func respond() {
      _ = key.decapsulate(ciphertext)
      hash()
    }

    /// The handshake with its ciphertext, and the associated data with the KEM prekey.
    private func hash() {
      for _ in 0..<2 {
        unsafe crypto_hash_sha256(&digest, content, UInt64(content.count))
      }
    }
  }
}
