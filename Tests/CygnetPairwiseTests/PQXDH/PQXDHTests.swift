import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("PQXDH")
struct PQXDHTests {
  /// Expects Bob to refuse `message` with `code` and to keep his prekeys as they were.
  private static func expectRefusal(
    _ message: InitialMessage, by bob: TestDevice, from sender: DeviceAddress,
    _ code: CygnetError.Code, _ comment: Comment
  ) throws {
    var preKeys = bob.preKeys
    let thrown = failureCode {
      try PairwiseSession.accept(
        message, as: bob.identity, at: bob.address, from: sender, using: &preKeys)
    }
    #expect(thrown == code, comment)
    #expect(try preKeys.state() == bob.preKeys.state(), comment)
  }

  @Test("both sides agree with one-time prekeys, with one kind of them, and with none")
  func agreement() throws {
    for (curve, kem) in [(1, 1), (1, 0), (0, 1), (0, 0)] {
      let alice = try TestDevice("alice")
      var bob = try TestDevice.postQuantum("bob", oneTimeCount: 0)
      try bob.preKeys.addOneTimePreKeys(curve)
      try bob.preKeys.addOneTimeKEMPreKeys(
        kem, for: bob.identity, at: bob.address, now: TestDevice.now)
      let bundle = try PreKeyBundle(decoding: bob.takeBundle().encoded())
      #expect(bundle.hasOneTimePreKey == (curve == 1))
      #expect(bundle.hasOneTimeKEMPreKey == (kem == 1))
      var aliceSession = try PairwiseSession.initiate(
        to: bundle.verified(now: TestDevice.now), as: alice.identity, at: alice.address)
      #expect(aliceSession.suite == .pqxdh && aliceSession.suite.isPostQuantum)
      let first = try PairwiseMessage(decoding: aliceSession.encrypt([7, 8]).encoded())
      var (bobSession, plaintext) = try bob.accept(first, from: alice)
      #expect(plaintext == [7, 8])
      #expect(bobSession.suite.isPostQuantum)
      for round in UInt8(0)..<3 {
        let reply = try PairwiseMessage(decoding: bobSession.encrypt([round]).encoded())
        #expect(try aliceSession.decrypt(reply) == [round])
        let answer = try PairwiseMessage(decoding: aliceSession.encrypt([round]).encoded())
        #expect(try bobSession.decrypt(answer) == [round])
      }
      aliceSession = try PairwiseSession(restoring: aliceSession.state())
      bobSession = try PairwiseSession(restoring: bobSession.state())
      #expect(try bobSession.decrypt(aliceSession.encrypt([9])) == [9])
      #expect(bobSession.suite.isPostQuantum)
    }
  }

  @Test("stored prekeys answer as those in memory do")
  func restoredPreKeys() throws {
    for oneTimeCount in [0, 2] {
      let alice = try TestDevice("alice")
      var bob = try TestDevice.postQuantum("bob", oneTimeCount: oneTimeCount)
      let bundle = try bob.takeBundle()
      let state = try bob.preKeys.state()
      bob.preKeys = try PreKeys(restoring: state)
      #expect(try bob.preKeys.state() == state)
      #expect(wireLawViolations(PreKeys.self, state.exposed()) == [])
      var session = try PairwiseSession.initiate(
        to: bundle.verified(now: TestDevice.now), as: alice.identity, at: alice.address)
      let first = try session.encrypt([1])
      #expect(try bob.accept(first, from: alice).plaintext == [1])
      bob.preKeys = try PreKeys(restoring: bob.preKeys.state())
      #expect(failureCode { try bob.accept(first, from: alice) } == .duplicate)
    }
  }

  @Test("a handshake with any field altered is refused and leaves the prekeys alone")
  func alteredHandshake() throws {
    let alice = try TestDevice("alice")
    let mallory = try TestDevice("mallory")
    var bob = try TestDevice.postQuantum("bob")
    try bob.preKeys.rotateSignedPreKey(for: bob.identity, at: bob.address, now: TestDevice.now)
    var session = try alice.initiate(to: &bob)
    let genuine = try InitialMessage(of: session.encrypt([1]))
    let kem = try #require(genuine.handshake.kem)
    #expect(kem.kind == .oneTime)
    func with(
      _ id: UInt32? = nil, _ kind: KEMPreKeyKind? = nil, flip: Int? = nil
    ) throws -> InitialMessage {
      var ciphertext = kem.ciphertext.bytes
      if let flip { ciphertext[flip] ^= 1 }
      return genuine.replacing(
        kem: .some(
          KEMHandshake(
            id: id.map { KEMPreKeyID($0) } ?? kem.id, kind: kind ?? kem.kind,
            ciphertext: try MLKEM768.Ciphertext(ciphertext))))
    }
    let other = try X25519.KeyPair(
      X25519.PrivateKey(SecretBytes(copying: [UInt8](repeating: 5, count: 32)))
    ).publicKey
    // Prekeys 1 and 5 are of last resort, 2 to 4 serve once.
    let cases: [(String, InitialMessage, CygnetError.Code)] = [
      ("first byte of the ciphertext", try with(flip: 0), .authenticationFailed),
      ("last byte of the ciphertext", try with(flip: 1087), .authenticationFailed),
      ("another one-time KEM prekey", try with(3), .authenticationFailed),
      ("unknown one-time KEM prekey", try with(99), .notFound),
      ("KEM prekey 0", try with(0), .notFound),
      ("kind taken for last resort", try with(nil, .lastResort), .notFound),
      ("a last resort in its place", try with(5, .lastResort), .authenticationFailed),
      ("a last resort taken for a one-time one", try with(5, .oneTime), .notFound),
      (
        "identity", genuine.replacing(identity: mallory.identity.publicKey.ed25519),
        .authenticationFailed
      ),
      ("ephemeral", genuine.replacing(ephemeral: other), .authenticationFailed),
      (
        "other signed prekey", genuine.replacing(signedPreKeyID: SignedPreKeyID(1)),
        .authenticationFailed
      ),
      ("unknown signed prekey", genuine.replacing(signedPreKeyID: SignedPreKeyID(9)), .notFound),
      (
        "other one-time prekey", genuine.replacing(oneTimePreKeyID: OneTimePreKeyID(2)),
        .authenticationFailed
      ),
      ("no one-time prekey", genuine.replacing(oneTimePreKeyID: .some(nil)), .authenticationFailed),
      ("made classical", genuine.replacing(suite: .x3dh, kem: .some(nil)), .authenticationFailed),
      ("KEM part taken out", genuine.replacing(kem: .some(nil)), .authenticationFailed),
      ("KEM part in suite 1", genuine.replacing(suite: .x3dh), .authenticationFailed),
    ]
    for (name, message, code) in cases {
      try Self.expectRefusal(message, by: bob, from: alice.address, code, "\(name)")
    }
    #expect(try bob.accept(.initial(genuine), from: alice).plaintext == [1])
    try Self.expectRefusal(genuine, by: bob, from: alice.address, .duplicate, "replay")
  }

  @Test("a base key that reaches the same secrets in another spelling does not open")
  func equivalentBaseKey() throws {
    for suite in [Suite.x3dh, .pqxdh] { try equivalentBaseKey(suite) }
  }

  private func equivalentBaseKey(_ suite: Suite) throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob", oneTimeCount: 0, suite: suite)
    var session = try alice.initiate(to: &bob)
    let genuine = try InitialMessage(of: session.encrypt([1]))
    _ = try bob.accept(.initial(genuine), from: alice)
    // The sum with the point of order two: u becomes 1 / u, and every agreement stays as it was.
    let twin = try X25519.PublicKey(inverse(of: genuine.handshake.ephemeral.bytes))
    #expect(try genuine.handshake.ephemeral.isInMainSubgroup())
    #expect(try !twin.isInMainSubgroup())
    let probe = try X25519.PrivateKey(SecretBytes(copying: [UInt8](repeating: 9, count: 32)))
    #expect(
      try X25519.agreement(probe, twin) == X25519.agreement(probe, genuine.handshake.ephemeral))
    try Self.expectRefusal(
      genuine.replacing(ephemeral: twin), by: bob, from: alice.address, .authenticationFailed,
      "twin of the base key, suite \(suite.rawValue)")
  }

  @Test("what is bound differs with every part of it")
  func associatedData() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice.postQuantum("bob", oneTimeCount: 0)
    var session = try alice.initiate(to: &bob)
    let handshake = try InitialMessage(of: session.encrypt([1])).handshake
    let key = try #require(bob.takeBundle().kemPreKey).key
    var other = try TestDevice.postQuantum("carol", oneTimeCount: 0)
    let otherKey = try #require(other.takeBundle().kemPreKey).key
    var digests: Set<[UInt8]> = []
    for key in [key, otherKey] {
      for digest in [try handshake.digest(), [UInt8](repeating: 0, count: 32)] {
        digests.insert(
          try AssociatedData(
            suite: .pqxdh, initiator: handshake.identity,
            responder: bob.identity.publicKey.ed25519, initiatorAddress: alice.address,
            responderAddress: bob.address, kem: KEMBinding(key: key, handshakeDigest: digest)
          ).digest())
      }
    }
    #expect(digests.count == 4)
  }

  /// 1 / u modulo 2^255 − 19, by Fermat, on 32-byte little-endian numbers.
  private func inverse(of u: [UInt8]) -> [UInt8] { Modular.inverse(u) }
}
