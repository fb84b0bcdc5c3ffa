import CygnetPairwise
import CygnetPrimitives
import CygnetWire
import TestSupport
import Testing

@Suite("Contact cards")
struct ContactCardTests {
  private let name = Array("Bob from 4b".utf8)

  private func card(
    _ bob: TestDevice, name: [UInt8]? = nil, now: Timestamp = TestDevice.now
  ) throws -> ContactCard {
    try ContactCard.make(
      bob.bundleWithoutOneTimePreKey(), name: name ?? self.name, by: bob.identity, now: now)
  }

  @Test("a card comes back from its bytes, and verified it gives what a session starts from")
  func roundTrip() throws {
    var bob = try TestDevice("bob")
    for card in [
      try card(bob), try card(bob, name: []),
      try ContactCard.make(
        bob.takeBundle(), name: [UInt8](repeating: 0x61, count: 255), by: bob.identity,
        now: TestDevice.now),
    ] {
      let encoded = try card.encoded()
      #expect(try ContactCard(decoding: encoded) == card)
      #expect(wireLawViolations(ContactCard.self, encoded) == [])
      let verified = try card.verified(
        now: TestDevice.now, expecting: bob.identity.publicKey, policy: .classicalAllowed)
      #expect(verified.bundle.identity == bob.identity.publicKey)
      #expect(verified.bundle.address == bob.address && card.address == bob.address)
      #expect(verified.name == card.name && verified.createdAt == TestDevice.now)
      #expect(verified.unverifiedBundle == card.bundle)
      let alice = try TestDevice("alice")
      var session = try PairwiseSession.initiate(
        to: verified.bundle, as: alice.identity, at: alice.address)
      #expect(try bob.accept(session.encrypt([1, 2]), from: alice).plaintext == [1, 2])
    }
  }

  @Test("the signature covers every bit before it, and no other signature of the key serves")
  func signatureCoverage() throws {
    let bob = try TestDevice("bob")
    let good = try card(bob)
    let encoded = try good.encoded()
    var refused = 0
    try everyBitFlip(of: encoded) { bit, flipped in
      guard let card = try? ContactCard(decoding: flipped) else { return }
      let code = failureCode { try card.verified(now: TestDevice.now, policy: .classicalAllowed) }
      #expect(code == .authenticationFailed || code == .malformed, "bit \(bit): \(code as Any)")
      refused += 1
    }
    #expect(refused > 8 * 150)
    let other = ContactCard(
      bundle: good.bundle, name: good.name,
      createdAt: good.createdAt,
      signature: try bob.identity.signature(of: good.bundle, label: .contactCard))
    #expect(
      failureCode { try other.verified(now: TestDevice.now, policy: .classicalAllowed) }
        == .authenticationFailed)
  }

  @Test("a name from another card does not fit, though the same key signed it")
  func swappedName() throws {
    let bob = try TestDevice("bob")
    let (good, other) = (try card(bob), try card(bob, name: [0x78]))
    let mixed = ContactCard(
      bundle: good.bundle, name: other.name,
      createdAt: good.createdAt, signature: good.signature)
    #expect(
      failureCode { try mixed.verified(now: TestDevice.now, policy: .classicalAllowed) }
        == .authenticationFailed)
  }

  @Test(
    "a card whose signed prekey is older than 60 days, or that is from the future, breaks a rule")
  func age() throws {
    let bob = try TestDevice("bob")
    let card = try card(bob)
    let created = TestDevice.now.seconds
    let (oldest, earliest) = (created + Limits.maxSignedPreKeyAge, created - Limits.maxClockSkew)
    for now in [earliest, created, oldest] {
      _ = try card.verified(now: Timestamp(seconds: now), policy: .classicalAllowed)
    }
    for now in [earliest - 1, oldest + 1, 0, .max] {
      #expect(
        failureCode { try card.verified(now: Timestamp(seconds: now), policy: .classicalAllowed) }
          == .ruleViolation)
    }
    let later = try self.card(bob, now: Timestamp(seconds: created + Limits.maxClockSkew + 1))
    #expect(
      failureCode { try later.verified(now: TestDevice.now, policy: .classicalAllowed) }
        == .ruleViolation)
    let last = try self.card(bob, now: Timestamp(seconds: .max))
    #expect(
      failureCode { try last.verified(now: TestDevice.now, policy: .classicalAllowed) }
        == .ruleViolation)
  }

  @Test("another identity than the one on record is told before anything else")
  func identityChanged() throws {
    let bob = try TestDevice("bob")
    let other = try IdentityKeyPair.generate().publicKey
    let encoded = try card(bob).encoded()
    let forged = try ContactCard(decoding: encoded.dropLast() + [encoded[encoded.count - 1] ^ 1])
    for card in [try card(bob), forged] {
      #expect(
        failureCode {
          try card.verified(now: TestDevice.now, expecting: other, policy: .classicalAllowed)
        }
          == .identityChanged)
    }
  }

  @Test("only the bundle's own identity makes a card for it")
  func foreignBundle() throws {
    let (alice, bob) = (try TestDevice("alice"), try TestDevice("bob"))
    #expect(
      failureCode {
        try ContactCard.make(
          bob.bundleWithoutOneTimePreKey(), name: [], by: alice.identity, now: TestDevice.now)
      } == .wrongState)
  }

  @Test("a name is any bytes, at most 255")
  func names() throws {
    let bob = try TestDevice("bob")
    let long = [UInt8](repeating: 0x61, count: 256)
    #expect(failureCode { try self.card(bob, name: long) } == .malformed)
    let card = ContactCard(
      bundle: try bob.bundleWithoutOneTimePreKey(), name: long, createdAt: TestDevice.now,
      signature: [UInt8](repeating: 0, count: 64))
    #expect(failureCode { try ContactCard(decoding: card.encoded()) } == .malformed)
    for name: [UInt8] in [[0xff, 0], Array("Zoë\n\u{202e}".utf8), Array(long.dropLast())] {
      let card = try ContactCard(decoding: self.card(bob, name: name).encoded())
      #expect(try card.verified(now: TestDevice.now, policy: .classicalAllowed).name == name)
    }
  }
}
