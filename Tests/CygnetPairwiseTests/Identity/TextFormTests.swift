import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Keys as text")
struct TextFormTests {
  @Test("an identity key comes back from its text, in either case")
  func identity() throws {
    let key = try IdentityKeyPair.generate().publicKey
    let text = try key.text
    #expect(text.hasPrefix("cygid1"))
    #expect(try IdentityKey(text: text) == key)
    #expect(try IdentityKey(text: text.uppercased()) == key)
    #expect(throws: CygnetError(.malformed, "")) { try IdentityKey(text: text + "q") }
  }

  @Test("a recovery key is typed in any grouping, and no kind is taken for another")
  func recovery() throws {
    let key = RecoveryKey.generate()
    let text = String(decoding: try key.text().exposed(), as: UTF8.self)
    #expect(text.hasPrefix("cygre-c1"))
    let plain = text.filter { $0 != "-" }
    for form in [text, plain, plain.uppercased(), plain.map { "\($0) " }.joined(), text + "\n"] {
      #expect(try RecoveryKey(text: SecretBytes(copying: Array(form.utf8))) == key)
    }
    #expect(throws: CygnetError(.malformed, "")) { try IdentityKey(text: plain) }
    let other = "cygkey" + plain.dropFirst(6)
    #expect(throws: CygnetError(.malformed, "")) {
      try RecoveryKey(text: SecretBytes(copying: Array(other.utf8)))
    }
    #expect("\(key)".contains("32 bytes") && !"\(key)".contains(plain))
  }

  @Test("a scannable number comes back from its text and matches on the other side only")
  func number() throws {
    let (alice, bob) = (try TestDevice("alice"), try TestDevice("bob"))
    let ours = SafetyNumber(
      own: alice.identity.publicKey, ownUser: alice.address.user, peer: bob.identity.publicKey,
      peerUser: bob.address.user)
    let theirs = SafetyNumber(
      own: bob.identity.publicKey, ownUser: bob.address.user, peer: alice.identity.publicKey,
      peerUser: alice.address.user)
    let payload = try SafetyNumber.payload(ofText: ours.scannableText().uppercased())
    #expect(payload == ours.scannable)
    #expect(try theirs.matches(scanned: payload))
    #expect(try !ours.matches(scanned: payload))
    #expect(ours.matches(digits: theirs.grouped))
    #expect(!ours.matches(digits: String(theirs.digits.dropLast())))
  }
}

@Suite("Contact cards and envelopes")
struct ContactCardTests {
  @Test("a card verifies, and with any byte changed it does not")
  func card() throws {
    let bob = try TestDevice("bob")
    let bundle = try bob.preKeys.bundleWithoutOneTimePreKey(
      for: bob.identity.publicKey, at: bob.address)
    let card = try ContactCard.make(
      bundle, name: Array("Bob".utf8), by: bob.identity, now: TestDevice.now)
    let bytes = try card.encoded()
    let verified = try ContactCard(decoding: bytes).verified(now: TestDevice.now)
    #expect(verified.name == Array("Bob".utf8))
    #expect(verified.bundle.identity == bob.identity.publicKey)
    #expect(verified.unverifiedBundle == bundle)
    #expect(wireLawViolations(ContactCard.self, bytes) == [])
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: CygnetError.self, "byte \(index)") {
        try ContactCard(decoding: changed).verified(now: TestDevice.now)
      }
    }
    let other = try IdentityKeyPair.generate()
    #expect(throws: CygnetError(.wrongState, "")) {
      try ContactCard.make(bundle, name: [], by: other, now: TestDevice.now)
    }
    #expect(throws: CygnetError(.identityChanged, "")) {
      try card.verified(now: TestDevice.now, expecting: other.publicKey)
    }
    #expect(throws: CygnetError(.ruleViolation, "")) {
      try card.verified(now: Timestamp(seconds: TestDevice.now.seconds + 61 * 86_400))
    }
  }

  @Test("an envelope comes back, and nothing else decodes as one")
  func envelope() throws {
    var bob = try TestDevice("bob")
    let alice = try TestDevice("alice")
    var session = try alice.initiate(to: &bob)
    let envelope = Envelope(
      sender: alice.address, recipient: bob.address, message: try session.encrypt([1, 2, 3]))
    let bytes = try envelope.encoded()
    #expect(try Envelope(decoding: bytes) == envelope)
    #expect(wireLawViolations(Envelope.self, bytes) == [])
    #expect(throws: CygnetError(.malformed, "")) {
      try Envelope(decoding: envelope.message.encoded())
    }
    #expect(throws: CygnetError(.malformed, "")) { try PairwiseMessage(decoding: bytes) }
  }
}
