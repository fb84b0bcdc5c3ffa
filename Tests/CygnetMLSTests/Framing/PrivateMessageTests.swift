import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Encrypted messages")
struct PrivateMessageTests {
  private var fixture: EpochFixture

  init() throws { fixture = try EpochFixture() }

  @Test("what is sent is what is received, each kind of content")
  mutating func roundTrip() throws {
    for content in [.application([]), .application([1, 2, 3]), someProposal, someCommit] {
      let message = try fixture.send(content)
      #expect(try fixture.senderData(message).leafIndex == EpochFixture.sender)
      #expect(try fixture.receive(message) == fixture.framed(content))
    }
  }

  @Test("messages arrive in any order, each once")
  mutating func anyOrder() throws {
    var messages: [PrivateMessage] = []
    for number: UInt8 in 0..<6 { messages.append(try fixture.send(.application([number]))) }
    for index in [3, 5, 0, 4, 2, 1] {
      let content = try fixture.receive(messages[index]).content
      #expect(content == .application([UInt8(index)]))
      #expect(failure { try fixture.open(messages[index]) } == "duplicate A5")
    }
  }

  @Test("A1: four random bytes are drawn; a sender whose state went back repeats no nonce")
  mutating func reuseGuard() throws {
    var random = CountingRandomSource(4)
    let signed = try fixture.signed(fixture.framed())
    let older = fixture.sending
    var messages: [PrivateMessage] = []
    for _ in 0..<2 {
      fixture.sending = older
      messages.append(
        try PrivateMessage.protect(
          signed, senderDataSecret: fixture.secrets.senderDataSecret,
          secretTree: &fixture.sending, padding: .none, suite: fixture.suite, using: &random))
      #expect(random.takeDraws() == [4])
    }
    let sent = try messages.map { try fixture.senderData($0) }
    #expect(sent[0].generation == sent[1].generation)
    #expect(sent[0].reuseGuard != sent[1].reuseGuard)
    #expect(messages[0].ciphertext != messages[1].ciphertext)
    _ = try fixture.receive(messages[1])
  }

  @Test("A1: the guard is XORed onto the first four bytes of the nonce")
  func guardedNonce() throws {
    let nonce = SecretBytes(copying: [UInt8](repeating: 0x55, count: 12))
    let guarded = try nonce.withGuarded(by: [0x55, 0xaa, 0, 0xff]) { $0 }
    #expect(guarded == [0, 0xff, 0x55, 0xaa] + [UInt8](repeating: 0x55, count: 8))
  }

  @Test("A1, A3: the content is sealed under the guarded nonce, with the place and the data")
  mutating func sealedContent() throws {
    let message = try fixture.send()
    let data = try fixture.senderData(message)
    let key = try fixture.receiving.receivingKey(
      leaf: EpochFixture.sender, kind: .application, generation: Generation(0),
      suite: fixture.suite)
    var nonce = key.nonce.exposed()
    for index in 0..<4 { nonce[index] ^= data.reuseGuard[index] }
    let associated: [UInt8] = [3, 7, 7, 7] + [0, 0, 0, 0, 0, 0, 0, 5] + [1] + [2, 4, 5]
    let plaintext = try fixture.suite.aead.open(
      message.ciphertext, key: key.key, nonce: nonce, authenticating: associated)
    #expect(Array(plaintext.exposed().prefix(6)) == [3, 1, 2, 3, 0x40, 64])
    #expect(plaintext.count == 6 + 64)
  }

  @Test("A2: sender data are keyed by the first 32 bytes of the ciphertext, or by all there are")
  mutating func sample() throws {
    let secret = fixture.secrets.senderDataSecret
    let bytes = [UInt8](0..<64)
    for count in [0, 1, 31, 32, 33, 64] {
      let (key, nonce) = try SenderData.keyAndNonce(
        secret: secret, ciphertext: Array(bytes.prefix(count)), suite: fixture.suite)
      let sample = Array(bytes.prefix(min(count, 32)))
      #expect(
        try key
          == fixture.suite.expandWithLabel(secret, label: "key", context: sample, count: 32))
      #expect(
        try nonce
          == fixture.suite.expandWithLabel(secret, label: "nonce", context: sample, count: 12))
    }
    let message = try fixture.send(.application([UInt8](repeating: 1, count: 64)))
    for (index, isSampled) in [(0, true), (31, true), (32, false)] {
      var ciphertext = message.ciphertext
      ciphertext[index] ^= 1
      let other = message.with(ciphertext: ciphertext)
      #expect(
        failure { try fixture.senderData(other) } == (isSampled ? "authenticationFailed A2" : nil))
      #expect(
        failure { try fixture.open(other) } == "authenticationFailed \(isSampled ? "A2" : "A3")")
    }
  }

  @Test("A2: sender data are bound to group, epoch and kind of content")
  mutating func senderDataBinding() throws {
    let message = try fixture.send()
    for other in [
      message.with(groupID: [7, 7]), message.with(epoch: 6), message.with(type: .proposal),
    ] { #expect(failure { try fixture.senderData(other) } == "authenticationFailed A2") }
  }

  @Test("A3: the content is bound to the authenticated data, the sender data are not")
  mutating func contentBinding() throws {
    let message = try fixture.send()
    let other = message.with(authenticatedData: [4, 6])
    _ = try fixture.senderData(other)
    #expect(failure { try fixture.open(other) } == "authenticationFailed A3")
    _ = try fixture.receive(message)
  }

  @Test("A4: sender data of another length are malformed, once they open")
  mutating func senderDataLength() throws {
    let message = try fixture.send()
    let suite = fixture.suite
    let (key, nonce) = try SenderData.keyAndNonce(
      secret: fixture.secrets.senderDataSecret, ciphertext: message.ciphertext, suite: suite)
    for (count, rule) in [(0, "S3"), (11, "S3"), (13, "S4")] {
      let plaintext = SecretBytes(copying: [UInt8](repeating: 0, count: count))
      let sealed = try suite.aead.seal(
        plaintext, key: key, nonce: nonce.exposed(),
        authenticating: fixture.place(.application).wireEncoded())
      #expect(
        failure { try fixture.senderData(message.with(senderData: sealed)) }
          == "malformed \(rule)")
    }
  }

  @Test("A4: a message too far ahead is refused and changes nothing")
  mutating func tooFarAhead() throws {
    let before = try fixture.receiving.wireEncoded()
    let ciphertext = [UInt8](repeating: 3, count: 100)
    for generation in [UInt32.max, MLS.Limits.generationCount, MLS.Limits.forwardDistance + 1] {
      let data = SenderData(
        leafIndex: LeafIndex(0), generation: Generation(generation), reuseGuard: [0, 0, 0, 0])
      let sealed = try data.sealed(
        secret: fixture.secrets.senderDataSecret, ciphertext: ciphertext,
        authenticating: fixture.place(.application), suite: fixture.suite)
      let message = PrivateMessage(
        groupID: fixture.groupContext.groupID, epoch: fixture.groupContext.epoch,
        contentType: .application, authenticatedData: [], encryptedSenderData: sealed,
        ciphertext: ciphertext)
      #expect(failure { try fixture.open(message) } == "tooFarAhead A4")
    }
    #expect(try fixture.receiving.wireEncoded() == before)
  }

  @Test("A5: a ciphertext that does not open uses up no key, and changes nothing")
  mutating func forgedCiphertext() throws {
    let message = try fixture.send(.application([UInt8](repeating: 1, count: 64)))
    let before = try fixture.receiving.wireEncoded()
    var ciphertext = message.ciphertext
    ciphertext[40] ^= 1
    let forged = message.with(ciphertext: ciphertext)
    for _ in 0..<3 { #expect(failure { try fixture.open(forged) } == "authenticationFailed A3") }
    #expect(try fixture.receiving.wireEncoded() == before)
    _ = try fixture.receive(message)
  }

  @Test("A5: a message that opens uses its key up, whatever is wrong with its content")
  mutating func brokenContent() throws {
    // No content; a signature cut short; padding with a bit in it.
    for plaintext in [[], [1, 9, 5, 1, 2], [1, 9, 2, 1, 2, 0, 0, 1]] as [[UInt8]] {
      let message = try fixture.forge(opensTo: plaintext)
      #expect(failure { try fixture.open(message) }?.hasPrefix("malformed") == true)
      #expect(failure { try fixture.open(message) } == "duplicate A5")
    }
    let unsigned = try fixture.forge(opensTo: [1, 9, 2, 1, 2])
    let opened = try fixture.open(unsigned)
    #expect(
      failure {
        try opened.verified(
          by: fixture.signatureKey.publicKey, context: fixture.context, suite: fixture.suite)
      } == "authenticationFailed M3")
    #expect(failure { try fixture.open(unsigned) } == "duplicate A5")
  }

  @Test("S8: padding that is not all zero is refused, at its first, middle and last byte")
  mutating func padding() throws {
    let signed = try fixture.signed(fixture.framed())
    let content = try [3, 1, 2, 3] + signed.auth.wireEncoded()
    for position in [0, 50, 99] {
      var padding = [UInt8](repeating: 0, count: 100)
      padding[position] = 1
      let message = try fixture.forge(opensTo: content + padding)
      #expect(failure { try fixture.open(message) } == "malformed S8")
    }
    let message = try fixture.forge(opensTo: content + [UInt8](repeating: 0, count: 100))
    _ = try fixture.open(message)
  }

  @Test("A6: a message of one kind does not open as another")
  mutating func kinds() throws {
    let message = try fixture.send(someProposal)
    // The sender data are made anew for the other kind, as an insider can.
    for type in [MLS.ContentType.commit, .application] {
      let sealed = try fixture.senderData(message).sealed(
        secret: fixture.secrets.senderDataSecret, ciphertext: message.ciphertext,
        authenticating: fixture.place(type), suite: fixture.suite)
      let other = message.with(type: type, senderData: sealed)
      #expect(failure { try fixture.open(other) } == "authenticationFailed A3")
    }
  }

  @Test("S8: only members send encrypted")
  mutating func sendersOutside() throws {
    for (sender, content) in [
      (MLS.Sender.external(0), someProposal), (.newMemberProposal, someProposal),
      (.newMemberCommit, someCommit),
    ] {
      let signed = try fixture.signed(fixture.framed(content, from: sender))
      #expect(failure { try fixture.protect(signed) } == "ruleViolation S8")
    }
  }

  @Test("S7: a commit without its confirmation tag is not sent, and no key is used")
  mutating func confirmationTag() throws {
    let before = try fixture.sending.wireEncoded()
    let commit = try AuthenticatedContent.sign(
      fixture.framed(someCommit), as: .privateMessage, context: fixture.context,
      by: fixture.signatureKey, suite: fixture.suite)
    #expect(failure { try fixture.protect(commit) } == "internalFault S7")
    #expect(try fixture.sending.wireEncoded() == before)
  }

  @Test("no truncation and no change of a bit of a message is taken for it")
  mutating func everyAlteration() throws {
    let message = try fixture.send(.application([1, 2, 3]), padding: .step(128))
    let encoded = try message.wireEncoded()
    #expect(wireLawViolations(PrivateMessage.self, encoded) == [])
    for count in 0..<message.ciphertext.count {
      let cut = message.with(ciphertext: Array(message.ciphertext.prefix(count)))
      let rule = count < 32 ? "A2" : "A3"
      #expect(failure { try fixture.open(cut) } == "authenticationFailed \(rule)")
    }
    for count in 0..<message.encryptedSenderData.count {
      let cut = message.with(senderData: Array(message.encryptedSenderData.prefix(count)))
      #expect(failure { try fixture.open(cut) } == "authenticationFailed A2")
    }
    let before = try fixture.receiving.wireEncoded()
    var tried = 0
    try everyBitFlip(of: encoded) { bit, flipped in
      guard let other = try? PrivateMessage(wire: flipped) else { return }
      tried += 1
      let failure = failure { try fixture.open(other) }
      #expect(failure?.hasPrefix("authenticationFailed A") == true, "bit \(bit)")
    }
    #expect(tried > 1_000)
    #expect(try fixture.receiving.wireEncoded() == before)
    #expect(try fixture.receive(message) == fixture.framed())
  }

  @Test("a receiver that was stored and restored goes on where it was")
  mutating func restored() throws {
    let first = try fixture.send(.application([1]))
    let second = try fixture.send(.application([2]))
    _ = try fixture.receive(second)
    fixture.receiving = try SecretTree(wire: fixture.receiving.wireEncodedSecret())
    fixture.sending = try SecretTree(wire: fixture.sending.wireEncodedSecret())
    #expect(failure { try fixture.open(second) } == "duplicate A5")
    #expect(try fixture.receive(first).content == .application([1]))
    #expect(try fixture.receive(fixture.send(.application([3]))).content == .application([3]))
  }
}

extension PrivateMessage {
  /// The same with other parts.
  fileprivate func with(
    groupID: [UInt8]? = nil, epoch: UInt64? = nil, type: MLS.ContentType? = nil,
    authenticatedData: [UInt8]? = nil, senderData: [UInt8]? = nil, ciphertext: [UInt8]? = nil
  ) -> PrivateMessage {
    PrivateMessage(
      groupID: groupID.map { MLS.GroupID($0) } ?? self.groupID,
      epoch: epoch.map { MLS.Epoch($0) } ?? self.epoch, contentType: type ?? contentType,
      authenticatedData: authenticatedData ?? self.authenticatedData,
      encryptedSenderData: senderData ?? encryptedSenderData,
      ciphertext: ciphertext ?? self.ciphertext)
  }
}
