import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("KEM prekeys of last resort")
struct LastResortTests {
  /// A handshake in memory, with `base` as the seed of its base key.
  private static func handshake(
    from alice: TestDevice, base: UInt8, signed: UInt32 = 1, kem: UInt32 = 1,
    kind: KEMPreKeyKind = .lastResort, ciphertext: UInt8 = 0, oneTime: UInt32? = nil
  ) throws -> Handshake {
    let secret = SecretBytes(copying: [UInt8](repeating: base, count: 32))
    return Handshake(
      suite: .pqxdh, identity: alice.identity.publicKey.ed25519,
      ephemeral: try X25519.KeyPair(X25519.PrivateKey(secret)).publicKey,
      signedPreKeyID: SignedPreKeyID(signed), oneTimePreKeyID: oneTime.map { OneTimePreKeyID($0) },
      kem: KEMHandshake(
        id: KEMPreKeyID(kem), kind: kind,
        ciphertext: try MLKEM768.Ciphertext(
          [UInt8](repeating: ciphertext, count: MLKEM768.ciphertextByteCount))))
  }

  @Test("a repeated base key for the same prekeys is a replay, whatever else changed")
  func repeatedBaseKey() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice.postQuantum("bob", oneTimeCount: 0)
    try bob.preKeys.addOneTimePreKeys(2)
    var session = try alice.initiate(to: &bob)
    let first = try session.encrypt([1])
    let genuine = try InitialMessage(of: first)
    let kem = try #require(genuine.handshake.kem)
    #expect(kem.kind == .lastResort && genuine.handshake.oneTimePreKeyID != nil)
    #expect(try bob.accept(first, from: alice).plaintext == [1])

    var ciphertext = kem.ciphertext.bytes
    ciphertext[5] ^= 4
    let altered = KEMHandshake(
      id: kem.id, kind: kem.kind, ciphertext: try MLKEM768.Ciphertext(ciphertext))
    let copies = [
      genuine.replacing(oneTimePreKeyID: .some(nil)),
      genuine.replacing(oneTimePreKeyID: OneTimePreKeyID(2)),
      genuine.replacing(oneTimePreKeyID: .some(nil), kem: altered),
      genuine,
    ]
    for stage in ["at once", "after a restart", "after a rotation"] {
      if stage == "after a restart" { bob.preKeys = try PreKeys(restoring: bob.preKeys.state()) }
      if stage == "after a rotation" {
        try bob.preKeys.rotateSignedPreKey(
          for: bob.identity, at: bob.address, now: TestDevice.now)
      }
      let before = try bob.preKeys.state()
      for (index, copy) in copies.enumerated() {
        #expect(
          failureCode { try bob.accept(.initial(copy), from: alice) } == .duplicate,
          "\(stage), copy \(index)")
      }
      #expect(try bob.preKeys.state() == before)
    }
  }

  @Test("the name of a use has both prekey ids and the base key, and nothing else")
  func names() throws {
    let alice = try TestDevice("alice")
    let name = try Self.handshake(from: alice, base: 1).replayName()
    #expect(name != nil)
    #expect(try Self.handshake(from: alice, base: 1, ciphertext: 9).replayName() == name)
    #expect(try Self.handshake(from: alice, base: 1, oneTime: 7).replayName() == name)
    #expect(try Self.handshake(from: alice, base: 2).replayName() != name)
    #expect(try Self.handshake(from: alice, base: 1, signed: 2).replayName() != name)
    #expect(try Self.handshake(from: alice, base: 1, kem: 2).replayName() != name)
    #expect(try Self.handshake(from: alice, base: 1, kind: .oneTime).replayName() == nil)
  }

  @Test("at the bound a handshake is refused, never an old base key forgotten")
  func fullMemory() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice.postQuantum("bob", oneTimeCount: 0)
    var session = try alice.initiate(to: &bob)
    let first = try session.encrypt([1])
    let handshake = try InitialMessage(of: first).handshake
    _ = try bob.accept(first, from: alice)
    var random = SeededRandomSource(seed: [7], label: "full memory")
    for _ in 1..<Limits.maxRememberedHandshakes {
      try bob.preKeys.consume(
        Handshake(
          suite: .pqxdh, identity: alice.identity.publicKey.ed25519,
          ephemeral: X25519.KeyPair.generate(using: &random).publicKey,
          signedPreKeyID: handshake.signedPreKeyID, oneTimePreKeyID: nil, kem: handshake.kem))
    }
    let before = try bob.preKeys.state()
    #expect(try PreKeys(restoring: before).state() == before)
    var late = try alice.initiate(to: &bob)
    let refused = try late.encrypt([2])
    #expect(failureCode { try bob.accept(refused, from: alice) } == .limitExceeded)
    #expect(failureCode { try bob.accept(first, from: alice) } == .duplicate)
    #expect(try bob.preKeys.state() == before)
    try bob.preKeys.rotateSignedPreKey(for: bob.identity, at: bob.address, now: TestDevice.now)
    var next = try alice.initiate(to: &bob)
    _ = try bob.accept(next.encrypt([3]), from: alice)
    #expect(failureCode { try bob.accept(first, from: alice) } == .duplicate)
  }

  @Test("a key of last resort goes with its signed prekey")
  func rotation() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice.postQuantum("bob", oneTimeCount: 0)
    var session = try alice.initiate(to: &bob)
    let first = try session.encrypt([1])
    for kept in 2...Limits.maxSignedPreKeys {
      try bob.preKeys.rotateSignedPreKey(for: bob.identity, at: bob.address, now: TestDevice.now)
      #expect(bob.preKeys.summary.lastResortCount == kept)
    }
    #expect(try bob.accept(first, from: alice).plaintext == [1])
    try bob.preKeys.rotateSignedPreKey(for: bob.identity, at: bob.address, now: TestDevice.now)
    #expect(bob.preKeys.summary.lastResortCount == Limits.maxSignedPreKeys)
    #expect(failureCode { try bob.accept(first, from: alice) } == .notFound)
    let state = try bob.preKeys.state()
    #expect(try PreKeys(restoring: state).state() == state)
  }

  @Test("prekeys of suite 1 that were taken over answer both suites, each under its own prekeys")
  func upgrade() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob", oneTimeCount: 2)
    var classical = try alice.initiate(to: &bob)
    let classicalFirst = try classical.encrypt([1])
    try bob.preKeys.upgrade(for: bob.identity, at: bob.address, now: TestDevice.now)
    #expect(bob.preKeys.suite == .pqxdh)
    bob.preKeys = try PreKeys(restoring: bob.preKeys.state())
    let bundle = try bob.takeBundle()
    #expect(bundle.suite == .pqxdh && bundle.hasOneTimePreKey && !bundle.hasOneTimeKEMPreKey)
    var session = try PairwiseSession.initiate(
      to: bundle.verified(now: TestDevice.now), as: alice.identity, at: alice.address)
    let first = try session.encrypt([2])
    // Neither suite is answered under the other's signed prekey.
    let swapped = try InitialMessage(of: first).replacing(signedPreKeyID: SignedPreKeyID(1))
    #expect(
      failureCode { try bob.accept(.initial(swapped), from: alice) } == .authenticationFailed)
    let (bobSession, plaintext) = try bob.accept(first, from: alice)
    #expect(plaintext == [2] && bobSession.suite.isPostQuantum)
    let (old, oldPlaintext) = try bob.accept(classicalFirst, from: alice)
    #expect(oldPlaintext == [1] && !old.suite.isPostQuantum)
    let state = try bob.preKeys.state()
    try bob.preKeys.upgrade(for: bob.identity, at: bob.address, now: TestDevice.now)
    #expect(try bob.preKeys.state() == state)
  }

  @Test("a stored form with a bit flipped is refused, or is one that can be used and stored")
  func flippedState() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice.postQuantum("bob", oneTimeCount: 1)
    _ = try bob.takeBundle()
    var session = try alice.initiate(to: &bob)
    _ = try bob.accept(session.encrypt([1]), from: alice)
    let count = try bob.preKeys.state().count
    var tried = 0
    try everyBitFlip(of: try bob.preKeys.state().exposed()) { (bit, flipped) throws in
      // Keys and signatures are any bytes: one bit in each of their bytes will do.
      guard bit % 8 == bit / 8 % 8 else { return }
      tried += 1
      do {
        let preKeys = try PreKeys(restoring: SecretBytes(copying: flipped))
        #expect(try preKeys.state().exposed() == flipped, "bit \(bit)")
        _ = preKeys.unusedOneTimeKEMPreKeyCount
        _ = try preKeys.bundleWithoutOneTimePreKey(for: bob.identity.publicKey, at: bob.address)
      } catch let error as CygnetError {
        #expect([.malformed, .unsupported].contains(error.code), "bit \(bit): \(error)")
      }
    }
    #expect(tried == count)
  }
}
