import CygnetHPKE
import CygnetPrimitives
import TestSupport
import Testing

@Suite("HPKE contexts")
struct ContextTests {
  @Test(
    "in every mode, messages open in the order of sealing", arguments: modes(of: sealingSuites))
  func order(suite: HPKE.CipherSuite, mode: Mode) throws {
    var fixture = try Fixture(suite)
    var sender = try fixture.makeSender(mode)
    var recipient = try fixture.makeRecipient(sender.encapsulatedKey, mode)
    for number in 0..<300 {
      let plaintext = [UInt8](repeating: UInt8(number & 0xff), count: number)
      let ciphertext = try sender.seal(plaintext, authenticating: [UInt8(number & 0x7f)])
      #expect(ciphertext.count == plaintext.count + 16)
      #expect(
        try recipient.open(ciphertext, authenticating: [UInt8(number & 0x7f)]) == plaintext)
    }
    #expect(sender.sequenceNumber == 300)
    #expect(recipient.sequenceNumber == 300)
  }

  @Test("the forms for applications make the same contexts, from the system's random source")
  func publicForms() throws {
    let f = try Fixture()
    let (key, own, psk) = (f.recipient.publicKey, f.sender, f.preSharedKey)
    var sender = try HPKE.Sender(to: key, suite: f.suite, info: f.info)
    var recipient = try HPKE.Recipient(
      sender.encapsulatedKey, for: f.recipient, suite: f.suite, info: f.info)
    #expect(try recipient.open(sender.seal([1])) == [1])

    sender = try HPKE.Sender(to: key, suite: f.suite, info: f.info, preSharedKey: psk)
    recipient = try HPKE.Recipient(
      sender.encapsulatedKey, for: f.recipient, suite: f.suite, info: f.info, preSharedKey: psk)
    #expect(try recipient.open(sender.seal([2])) == [2])

    sender = try HPKE.Sender(to: key, suite: f.suite, info: f.info, authenticatedBy: own)
    recipient = try HPKE.Recipient(
      sender.encapsulatedKey, for: f.recipient, suite: f.suite, info: f.info,
      authenticatedBy: own.publicKey)
    #expect(try recipient.open(sender.seal([3])) == [3])

    sender = try HPKE.Sender(
      to: key, suite: f.suite, info: f.info, authenticatedBy: own, preSharedKey: psk)
    recipient = try HPKE.Recipient(
      sender.encapsulatedKey, for: f.recipient, suite: f.suite, info: f.info,
      authenticatedBy: own.publicKey, preSharedKey: psk)
    #expect(try recipient.open(sender.seal([4])) == [4])
  }

  @Test("two senders to one key share nothing")
  func fresh() throws {
    let f = try Fixture()
    var first = try HPKE.Sender(to: f.recipient.publicKey, suite: f.suite, info: f.info)
    var second = try HPKE.Sender(to: f.recipient.publicKey, suite: f.suite, info: f.info)
    #expect(first.encapsulatedKey != second.encapsulatedKey)
    #expect(try first.seal([1, 2, 3]) != second.seal([1, 2, 3]))
    #expect(try first.export(context: [], count: 32) != second.export(context: [], count: 32))
  }

  @Test("a copy, a later message and a lost one's successor are refused and change nothing")
  func outOfTurn() throws {
    var fixture = try Fixture()
    var sender = try fixture.makeSender()
    var recipient = try fixture.makeRecipient(sender.encapsulatedKey)
    let messages = [try sender.seal([0]), try sender.seal([1]), try sender.seal([2])]
    #expect(failureCode { try recipient.open(messages[1]) } == .authenticationFailed)
    #expect(recipient.sequenceNumber == 0)
    #expect(try recipient.open(messages[0]) == [0])
    #expect(failureCode { try recipient.open(messages[0]) } == .authenticationFailed)
    #expect(failureCode { try recipient.open(messages[2]) } == .authenticationFailed)
    #expect(recipient.sequenceNumber == 1)
    #expect(try recipient.open(messages[1]) == [1])
    #expect(try recipient.open(messages[2]) == [2])
  }

  @Test("every shortening and every changed bit of a ciphertext is refused and changes nothing")
  func ciphertexts() throws {
    var fixture = try Fixture()
    var sender = try fixture.makeSender()
    var recipient = try fixture.makeRecipient(sender.encapsulatedKey)
    let ciphertext = try sender.seal(Array("salam".utf8), authenticating: [7])
    for count in 0..<ciphertext.count {
      let code = failureCode {
        try recipient.open(Array(ciphertext[..<count]), authenticating: [7])
      }
      #expect(code == .authenticationFailed, "\(count) bytes")
    }
    try everyBitFlip(of: ciphertext) { bit, flipped in
      let code = failureCode { try recipient.open(flipped, authenticating: [7]) }
      #expect(code == .authenticationFailed, "bit \(bit)")
    }
    for associated in [[], [6], [7, 7]] as [[UInt8]] {
      let code = failureCode { try recipient.open(ciphertext, authenticating: associated) }
      #expect(code == .authenticationFailed, "\(associated)")
    }
    #expect(recipient.sequenceNumber == 0)
    #expect(try recipient.open(ciphertext, authenticating: [7]) == Array("salam".utf8))
  }

  @Test("every changed bit of the encapsulated key, and every other length of it, is refused")
  func encapsulatedKeys() throws {
    var fixture = try Fixture()
    var sender = try fixture.makeSender()
    let ciphertext = try sender.seal([1, 2, 3])
    try everyBitFlip(of: sender.encapsulatedKey) { bit, flipped in
      let code = failureCode {
        var recipient = try fixture.makeRecipient(flipped)
        return try recipient.open(ciphertext)
      }
      #expect(code == .authenticationFailed, "bit \(bit)")
    }
    for count in [0, 1, 31, 33, 64, 1120] {
      let key = [UInt8](repeating: 9, count: count)
      #expect(failureCode { try fixture.makeRecipient(key) } == .malformed, "\(count) bytes")
    }
  }

  @Test(
    "another info, key or mode opens nothing, and exports other secrets", arguments: Mode.allCases)
  func otherInputs(mode: Mode) throws {
    var f = try Fixture()
    var sender = try f.makeSender(mode)
    let enc = sender.encapsulatedKey
    let ciphertext = try sender.seal([1])
    let exported = try sender.export(context: [], count: 32)
    var others: [HPKE.Recipient] = [
      try HPKE.Recipient(
        enc, for: f.recipient, suite: f.suite, info: f.info + [0], mode: f.recipientMode(mode)),
      try HPKE.Recipient(
        enc, for: f.sender, suite: f.suite, info: f.info, mode: f.recipientMode(mode)),
      try HPKE.Recipient(
        enc, for: f.recipient, suite: .x25519SHA512ChaCha20Poly1305, info: f.info,
        mode: f.recipientMode(mode)),
    ]
    for other in Mode.allCases where other != mode {
      others.append(try f.makeRecipient(enc, other))
    }
    for index in others.indices {
      let code = failureCode { try others[index].open(ciphertext) }
      #expect(code == .authenticationFailed, "\(index)")
      #expect(try others[index].export(context: [], count: 32) != exported, "\(index)")
    }
    var recipient = try f.makeRecipient(enc, mode)
    #expect(try recipient.open(ciphertext) == [1])
    #expect(try recipient.export(context: [], count: 32) == exported)
  }

  @Test("the message limit is met before a nonce could come twice")
  func limit() throws {
    var fixture = try Fixture()
    var sender = try fixture.makeSender(at: .max - 1)
    var recipient = try fixture.makeRecipient(sender.encapsulatedKey, at: .max - 1)
    let last = try sender.seal([1])
    #expect(failureCode { try sender.seal([2]) } == .limitExceeded)
    #expect(try recipient.open(last) == [1])
    #expect(failureCode { try recipient.open(last) } == .limitExceeded)
    #expect(sender.sequenceNumber == .max)
    #expect(recipient.sequenceNumber == .max)
    let export = try sender.export(context: [], count: 32)
    #expect(try recipient.export(context: [], count: 32) == export)
  }

  @Test("the nonce is the base nonce with the number in its last bytes")
  func nonces() throws {
    let base = secret("000102030405060708090a0b")
    for (number, nonce) in [
      (0, "000102030405060708090a0b"), (1, "000102030405060708090a0a"),
      (0x0102, "000102030405060708090b09"), (UInt64.max, "00010203fbfaf9f8f7f6f5f4"),
    ] {
      let computed = try HPKE.Context.nonce(base: base, sequenceNumber: number)
      #expect(computed.hexDigits == nonce)
    }
  }
}
