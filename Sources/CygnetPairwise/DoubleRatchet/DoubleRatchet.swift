package import CygnetPrimitives
internal import CygnetWire

/// The Double Ratchet with header encryption (Double Ratchet §4).
///
/// A value: a failed call leaves every byte of it as it was, because decryption first computes what
/// would change and stores it only after the message has opened.
package struct DoubleRatchet: Sendable {
  /// The sending half. Its Diffie-Hellman step is deferred until something is sent: the bytes on the
  /// wire are the same, and no private key lies about for a chain that may never be used.
  enum Sending: Sendable {
    /// The responder before its first message: it owns a ratchet key, but has no chain.
    case waiting(own: X25519.KeyPair)
    /// A chain that can send.
    case chain(SendingChain)
    /// The peer's new ratchet key arrived; our step towards it is due.
    case due(peer: X25519.PublicKey)
  }

  struct SendingChain: Sendable {
    let ratchetKey: X25519.KeyPair  // DHs
    var chainKey: ChainKey  // CKs
    let headerKey: HeaderKey  // HKs
    var n: UInt32  // Ns
  }

  struct ReceivingChain: Sendable {
    var chainKey: ChainKey  // CKr
    let headerKey: HeaderKey  // HKr
    var n: UInt32  // Nr
  }

  let suite: Suite
  var rootKey: RootKey  // RK
  var sending: Sending
  var receiving: ReceivingChain?
  var nextSendingHeaderKey: HeaderKey  // NHKs
  var nextReceivingHeaderKey: HeaderKey  // NHKr
  var previousChainLength: UInt32  // PN
  package var skipped = SkippedMessageKeys()  // MKSKIPPED
  /// Whether a receiving chain has been replaced, so that messages of the first are late ones.
  package var hasLeftFirstReceivingChain = false

  /// RatchetInitAliceHE (Double Ratchet §4.4). Draws the first ratchet key.
  package static func initiator(
    _ start: RootKey.Start, peerRatchetKey: X25519.PublicKey, suite: Suite,
    using random: inout some RandomSource
  ) throws(CygnetError) -> DoubleRatchet {
    var ratchet = DoubleRatchet(
      suite: suite, rootKey: start.rootKey, sending: .due(peer: peerRatchetKey), receiving: nil,
      nextSendingHeaderKey: start.initiatorHeaderKey,
      nextReceivingHeaderKey: start.responderHeaderKey, previousChainLength: 0)
    try ratchet.takeSendingStep(using: &random)
    return ratchet
  }

  /// RatchetInitBobHE (Double Ratchet §4.4). The signed prekey is the first ratchet key.
  package static func responder(
    _ start: RootKey.Start, ownRatchetKey: X25519.KeyPair, suite: Suite
  ) -> DoubleRatchet {
    DoubleRatchet(
      suite: suite, rootKey: start.rootKey, sending: .waiting(own: ownRatchetKey), receiving: nil,
      nextSendingHeaderKey: start.responderHeaderKey,
      nextReceivingHeaderKey: start.initiatorHeaderKey, previousChainLength: 0)
  }
}

// MARK: - Sending

extension DoubleRatchet {
  /// The keys of a message to be sent, and what its header says of this ratchet.
  package struct Outgoing {
    package let header: RatchetHeader
    package let headerKey: HeaderKey
    package let messageKey: MessageKey
  }

  /// RatchetSendKey (Double Ratchet §6) with encrypted headers. Draws a ratchet key if a step is
  /// due; `seal` makes the message, and if it throws nothing has changed.
  package mutating func send<Source: RandomSource>(
    using random: inout Source,
    seal: (Outgoing, inout Source) throws(CygnetError) -> RatchetMessage
  ) throws(CygnetError) -> RatchetMessage {
    if case .due = sending {
      var stepped = self
      try stepped.takeSendingStep(using: &random)
      let message = try stepped.send(using: &random, seal: seal)
      self = stepped
      return message
    }
    guard case .chain(var chain) = sending else {
      throw CygnetError(.wrongState, "the responder sends after the first message it receives")
    }
    guard chain.n <= Limits.maxChainLength else {
      throw CygnetError(.limitExceeded, "the sending chain is full: start a new session")
    }
    let (messageKey, nextChainKey) = chain.chainKey.step()
    let header = RatchetHeader(
      ratchetKey: chain.ratchetKey.publicKey, previousChainLength: previousChainLength, n: chain.n)
    let message = try seal(
      Outgoing(header: header, headerKey: chain.headerKey, messageKey: messageKey), &random)
    chain.chainKey = nextChainKey
    chain.n += 1  // below the bound that was checked
    sending = .chain(chain)
    return message
  }

  /// RatchetEncryptHE (Double Ratchet §4.5), which is all there is to sending in suite 1. Draws a
  /// ratchet key if a step is due, then the nonce of the header.
  package mutating func encrypt(
    _ plaintext: [UInt8], sessionData: [UInt8], authenticating: [UInt8],
    using random: inout some RandomSource
  ) throws(CygnetError) -> RatchetMessage {
    try send(using: &random) { (outgoing, random) throws(CygnetError) in
      let sealedHeader = try outgoing.headerKey.seal(outgoing.header.encoded(), using: &random)
      return RatchetMessage(
        sealedHeader: sealedHeader,
        ciphertext: try outgoing.messageKey.seal(
          plaintext,
          authenticating: Self.associatedData(sessionData, sealedHeader, authenticating)))
    }
  }

  /// The second half of DHRatchetHE (Double Ratchet §4.6), where it is due.
  private mutating func takeSendingStep(
    using random: inout some RandomSource
  ) throws(CygnetError) {
    guard case .due(let peer) = sending else { return }
    let pair = try X25519.KeyPair.generate(using: &random)
    let step = try rootKey.step(X25519.agreement(pair.privateKey, peer), suite: suite)
    sending = .chain(
      SendingChain(
        ratchetKey: pair, chainKey: step.chainKey, headerKey: nextSendingHeaderKey, n: 0))
    rootKey = step.rootKey
    nextSendingHeaderKey = step.nextHeaderKey
  }
}

// MARK: - Receiving

extension DoubleRatchet {
  /// RatchetDecryptHE (Double Ratchet §4.6), which is all there is to receiving in suite 1.
  /// - Throws: as `receive`.
  package mutating func decrypt(
    _ message: RatchetMessage, sessionData: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    try receive(message.sealedHeader) { (_, messageKey) throws(CygnetError) in
      try messageKey.open(
        message.ciphertext,
        authenticating: Self.associatedData(sessionData, message.sealedHeader, authenticating))
    }
  }

  /// RatchetReceiveKey (Double Ratchet §6) with encrypted headers, which are opened before any key
  /// is derived. `open` gets the header and the message's key and opens the message with it; if it
  /// throws, nothing has changed.
  ///
  /// The current keys are tried before those of skipped messages, which is the frequent case; the
  /// keys differ, so the order changes nothing else.
  /// - Throws: `authenticationFailed`, `duplicate`, `tooFarAhead`, `ruleViolation`, or what `open`
  ///   throws; the state is then as it was.
  package mutating func receive(
    _ sealedHeader: [UInt8], open: Opening
  ) throws(CygnetError) -> [UInt8] {
    if let current = receiving, let opened = try current.headerKey.open(sealedHeader) {
      return try receive(try parse(opened), inCurrent: current, open)
    }
    if let opened = try nextReceivingHeaderKey.open(sealedHeader) {
      return try receiveAfterStep(try parse(opened), open)
    }
    if let (chain, opened) = try skipped.openHeader(sealedHeader) {
      return try receiveSkipped(try parse(opened), chain: chain, open)
    }
    throw CygnetError(.authenticationFailed, "the message does not belong to this session")
  }

  /// Opens a message of a header under a key.
  package typealias Opening = (Header, MessageKey) throws(CygnetError) -> [UInt8]

  /// What a header says to the ratchets of its suite.
  package struct Header {
    let double: RatchetHeader
    package let sparse: SparseRatchetMessage?
  }

  /// CONCAT(AD, enc_header) (Double Ratchet §4.5), then what the application binds. The first has a
  /// fixed length, and where the second ends its own tag tells, so the result parses in one way.
  package static func associatedData(
    _ sessionData: [UInt8], _ sealedHeader: [UInt8], _ authenticating: [UInt8]
  ) -> [UInt8] {
    var data: [UInt8] = []
    data.reserveCapacity(sessionData.count + sealedHeader.count + authenticating.count)
    data += sessionData
    data += sealedHeader
    data += authenticating
    return data
  }

  private func parse(_ bytes: [UInt8]) throws(CygnetError) -> Header {
    do throws(CygnetError) {
      guard suite.isPostQuantum else {
        return Header(double: try RatchetHeader(wire: bytes), sparse: nil)
      }
      let both = try TripleRatchetHeader(wire: bytes)
      return Header(double: both.double, sparse: both.sparse)
    } catch {
      throw CygnetError(.ruleViolation, "an authentic header that is malformed")
    }
  }

  private mutating func receive(
    _ header: Header, inCurrent chain: ReceivingChain, _ open: Opening
  ) throws(CygnetError) -> [UInt8] {
    let n = header.double.n
    if n < chain.n {
      guard let index = skipped.chain(of: chain.headerKey) else {
        throw CygnetError(.duplicate, "the message's key was used already")
      }
      return try receiveSkipped(header, chain: index, open)
    }
    var advanced = chain
    let keys = try advanced.skip(to: n, budget: Limits.maxSkip)
    let plaintext = try open(header, advanced.step())
    skipped.insert(keys, from: chain.n, headerKey: chain.headerKey)
    skipped.tick()
    receiving = advanced
    return plaintext
  }

  /// TrySkippedMessageKeysHE (Double Ratchet §4.6).
  private mutating func receiveSkipped(
    _ header: Header, chain: Int, _ open: Opening
  ) throws(CygnetError) -> [UInt8] {
    let n = header.double.n
    guard let key = skipped.key(chain: chain, n: n) else {
      throw CygnetError(.duplicate, "the message's key was used already, or dropped for its age")
    }
    let plaintext = try open(header, key)
    skipped.remove(chain: chain, n: n)
    skipped.tick()
    return plaintext
  }

  /// The first half of DHRatchetHE (Double Ratchet §4.6): the rest of the old chain is skipped up to
  /// PN and its chain key dropped, then the new chain begins. Our own step stays due.
  private mutating func receiveAfterStep(
    _ received: Header, _ open: Opening
  ) throws(CygnetError) -> [UInt8] {
    let header = received.double
    let (ownKey, ownChainLength) = try ownRatchetKey()
    var budget = Limits.maxSkip
    var old = receiving
    let oldFirst = old?.n ?? 0
    guard header.previousChainLength >= oldFirst else {
      throw CygnetError(.ruleViolation, "the old chain is shorter than what arrived of it")
    }
    guard header.previousChainLength - oldFirst <= budget else {
      throw CygnetError(.tooFarAhead, "more messages were skipped than one message may skip")
    }
    guard old != nil || header.previousChainLength == 0 else {
      throw CygnetError(.ruleViolation, "there was no chain before the first")
    }
    let oldKeys = try old?.skip(to: header.previousChainLength, budget: budget) ?? []
    budget -= UInt32(oldKeys.count)

    let step = try rootKey.step(
      X25519.agreement(ownKey.privateKey, header.ratchetKey), suite: suite)
    var chain = ReceivingChain(
      chainKey: step.chainKey, headerKey: nextReceivingHeaderKey, n: 0)
    let keys = try chain.skip(to: header.n, budget: budget)
    let plaintext = try open(received, chain.step())

    if let old { skipped.insert(oldKeys, from: oldFirst, headerKey: old.headerKey) }
    skipped.insert(keys, from: 0, headerKey: chain.headerKey)
    skipped.tick()
    hasLeftFirstReceivingChain = hasLeftFirstReceivingChain || old != nil
    previousChainLength = ownChainLength
    rootKey = step.rootKey
    nextReceivingHeaderKey = step.nextHeaderKey
    receiving = chain
    sending = .due(peer: header.ratchetKey)
    return plaintext
  }

  /// The ratchet key that the peer's next step answers, and the number of messages sent under it.
  private func ownRatchetKey() throws(CygnetError) -> (X25519.KeyPair, UInt32) {
    switch sending {
    case .waiting(let own): return (own, 0)
    case .chain(let chain): return (chain.ratchetKey, chain.n)
    case .due:
      throw CygnetError(.ruleViolation, "the peer ratcheted twice without an answer")
    }
  }
}

extension DoubleRatchet.ReceivingChain {
  /// SkipMessageKeysHE (Double Ratchet §4.6): the keys of messages `n..<until`.
  fileprivate mutating func skip(
    to until: UInt32, budget: UInt32
  ) throws(CygnetError) -> [MessageKey] {
    guard until - n <= budget else {
      throw CygnetError(.tooFarAhead, "more messages were skipped than one message may skip")
    }
    var keys: [MessageKey] = []
    keys.reserveCapacity(Int(until - n))
    while n < until {
      let (messageKey, next) = chainKey.step()
      keys.append(messageKey)
      chainKey = next
      n += 1
    }
    return keys
  }

  /// The key of message `n`, over which the chain steps.
  fileprivate mutating func step() throws(CygnetError) -> MessageKey {
    guard n <= Limits.maxChainLength else {
      throw CygnetError(.limitExceeded, "the receiving chain is full")
    }
    let (messageKey, next) = chainKey.step()
    chainKey = next
    n += 1
    return messageKey
  }
}
