import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("X3DH")
struct X3DHTests {
  private static func initial(_ message: PairwiseMessage) throws -> InitialMessage {
    guard case .initial(let initial) = message else { throw NotInitial() }
    return initial
  }

  /// `handshake` with some fields replaced.
  private static func changed(
    _ message: InitialMessage, suite: Suite? = nil, identity: Ed25519.PublicKey? = nil,
    ephemeral: X25519.PublicKey? = nil, signedPreKeyID: UInt32? = nil,
    oneTimePreKeyID: OneTimePreKeyID?? = nil
  ) -> InitialMessage {
    let old = message.handshake
    return InitialMessage(
      handshake: Handshake(
        suite: suite ?? old.suite, identity: identity ?? old.identity,
        ephemeral: ephemeral ?? old.ephemeral,
        signedPreKeyID: signedPreKeyID.map { SignedPreKeyID($0) } ?? old.signedPreKeyID,
        oneTimePreKeyID: oneTimePreKeyID ?? old.oneTimePreKeyID),
      body: message.body)
  }

  /// Expects Bob to refuse `message` with one of `codes` and to keep his prekeys as they were.
  private static func expectRefusal(
    _ message: InitialMessage, by bob: TestDevice, from sender: DeviceAddress,
    at own: DeviceAddress,
    _ codes: Set<CygnetError.Code>, _ comment: Comment
  ) throws {
    var preKeys = bob.preKeys
    let code = failureCode {
      try PairwiseSession.accept(
        message, as: bob.identity, at: own, from: sender, using: &preKeys)
    }
    #expect(code.map { codes.contains($0) } == true, comment)
    #expect(try preKeys.state() == bob.preKeys.state(), comment)
  }

  @Test("both sides agree with and without a one-time prekey")
  func agreement() throws {
    for oneTimeCount in [0, 1] {
      let alice = try TestDevice("alice")
      var bob = try TestDevice("bob", oneTimeCount: oneTimeCount)
      let bundle = try bob.takeBundle()
      #expect(bundle.hasOneTimePreKey == (oneTimeCount == 1))
      var aliceSession = try PairwiseSession.initiate(
        to: bundle.verified(now: TestDevice.now, policy: .classicalAllowed), as: alice.identity,
        at: alice.address)
      var (bobSession, plaintext) = try bob.accept(aliceSession.encrypt([7, 8]), from: alice)
      #expect(plaintext == [7, 8])
      #expect(try aliceSession.decrypt(bobSession.encrypt([9])) == [9])
      #expect(bobSession.isPeer(alice.identity.publicKey))
      #expect(aliceSession.isPeer(bob.identity.publicKey))
      #expect(try bobSession.peerIdentity() == alice.identity.publicKey)
    }
  }

  @Test("a handshake with any field altered is refused and leaves the prekeys alone")
  func alteredHandshake() throws {
    let alice = try TestDevice("alice")
    let mallory = try TestDevice("mallory")
    var bob = try TestDevice("bob")
    try bob.preKeys.rotateSignedPreKey(for: bob.identity, at: bob.address, now: TestDevice.now)
    var session = try alice.initiate(to: &bob)
    let genuine = try Self.initial(session.encrypt([1]))
    let other = try X25519.KeyPair(
      X25519.PrivateKey(SecretBytes(copying: [UInt8](repeating: 5, count: 32)))
    ).publicKey
    let refused: Set<CygnetError.Code> = [.authenticationFailed]
    let cases: [(String, InitialMessage, Set<CygnetError.Code>)] = [
      ("suite", Self.changed(genuine, suite: Suite(rawValue: 2)), refused),
      (
        "identity",
        Self.changed(genuine, identity: mallory.identity.publicKey.ed25519), refused
      ),
      ("ephemeral", Self.changed(genuine, ephemeral: other), refused),
      ("other signed prekey", Self.changed(genuine, signedPreKeyID: 1), refused),
      ("unknown signed prekey", Self.changed(genuine, signedPreKeyID: 99), [.notFound]),
      (
        "other one-time prekey",
        Self.changed(genuine, oneTimePreKeyID: .some(OneTimePreKeyID(2))), refused
      ),
      (
        "unknown one-time prekey",
        Self.changed(genuine, oneTimePreKeyID: .some(OneTimePreKeyID(99))), [.notFound]
      ),
      ("no one-time prekey", Self.changed(genuine, oneTimePreKeyID: .some(nil)), refused),
    ]
    for (name, message, codes) in cases {
      try Self.expectRefusal(
        message, by: bob, from: alice.address, at: bob.address, codes, "\(name)")
    }
    #expect(try bob.accept(.initial(genuine), from: alice).plaintext == [1])
  }

  @Test("a message under another address or to another identity is refused")
  func alteredParties() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob")
    var session = try alice.initiate(to: &bob)
    let genuine = try Self.initial(session.encrypt([1]))
    let otherDevice = try DeviceAddress(user: alice.address.user, device: 2)
    let otherUser = try DeviceAddress(user: Array("bobby".utf8), device: 1)
    try Self.expectRefusal(
      genuine, by: bob, from: otherDevice, at: bob.address, [.authenticationFailed], "sender")
    try Self.expectRefusal(
      genuine, by: bob, from: alice.address, at: otherUser, [.authenticationFailed], "own")
    try Self.expectRefusal(
      genuine, by: bob, from: bob.address, at: alice.address, [.authenticationFailed], "swapped")
    var preKeys = bob.preKeys
    #expect(throws: CygnetError(.authenticationFailed, "")) {
      try PairwiseSession.accept(
        genuine, as: IdentityKeyPair.generate(), at: bob.address, from: alice.address,
        using: &preKeys)
    }
    #expect(throws: CygnetError(.identityChanged, "")) {
      try PairwiseSession.accept(
        genuine, as: bob.identity, at: bob.address, from: alice.address,
        expecting: bob.identity.publicKey, using: &preKeys)
    }
    #expect(throws: CygnetError(.authenticationFailed, "")) {
      try PairwiseSession.accept(
        genuine, as: bob.identity, at: bob.address, from: alice.address, using: &preKeys,
        authenticating: [0])
    }
    #expect(try preKeys.state() == bob.preKeys.state())
    let accepted = try PairwiseSession.accept(
      genuine, as: bob.identity, at: bob.address, from: alice.address,
      expecting: alice.identity.publicKey, using: &preKeys)
    #expect(accepted.plaintext == [1])
  }

  /// The canonical encodings of the points whose order divides 8, on curve and twist.
  private static let lowOrder: [String] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ]

  @Test("low-order keys in a bundle or a handshake are refused", arguments: lowOrder)
  func lowOrderKeys(hex: String) throws {
    let point = try X25519.PublicKey(#require(bytes(hex)))
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob")
    let good = try bob.takeBundle()
    let content = SignedContentForTests(address: bob.address, key: point)
    let badSigned = PreKeyBundle(
      suite: .x3dh, identity: bob.identity.publicKey.ed25519, address: bob.address,
      signedPreKey: SignedPreKey(
        id: SignedPreKeyID(1), createdAt: TestDevice.now, key: point,
        signature: try bob.identity.signature(of: content, label: .signedPreKey)),
      oneTimePreKey: nil)
    let badOneTime = PreKeyBundle(
      suite: .x3dh, identity: good.identity, address: good.address,
      signedPreKey: good.signedPreKey,
      oneTimePreKey: OneTimePreKey(id: OneTimePreKeyID(1), key: point))
    for bundle in [badSigned, badOneTime] {
      let verified = try bundle.verified(now: TestDevice.now, policy: .classicalAllowed)
      #expect(throws: CygnetError(.authenticationFailed, "")) {
        try PairwiseSession.initiate(to: verified, as: alice.identity, at: alice.address)
      }
    }
    var session = try alice.initiate(to: &bob)
    let genuine = try Self.initial(session.encrypt([1]))
    try Self.expectRefusal(
      Self.changed(genuine, ephemeral: point), by: bob, from: alice.address, at: bob.address,
      [.authenticationFailed], "low-order ephemeral")
  }

  @Test("the associated data tells apart who began, both addresses and the suite")
  func associatedData() throws {
    let alice = try TestDevice("alice")
    let bob = try TestDevice("bob")
    let (a, b) = (alice.identity.publicKey.ed25519, bob.identity.publicKey.ed25519)
    var digests: Set<[UInt8]> = []
    for suite in [Suite.x3dh, Suite(rawValue: 2)] {
      for (first, second) in [(a, b), (b, a)] {
        for (from, to) in [(alice.address, bob.address), (bob.address, alice.address)] {
          digests.insert(
            try AssociatedData(
              suite: suite, initiator: first, responder: second, initiatorAddress: from,
              responderAddress: to
            ).digest())
        }
      }
    }
    #expect(digests.count == 8)
  }

  private func bytes(_ hex: String) -> [UInt8]? { Hex.decode(hex) }
}
