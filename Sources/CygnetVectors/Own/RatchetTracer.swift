internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// One party of the Double Ratchet with header encryption, written down as the specification says
/// it and without the library's bounds: it names every value it computes (Double Ratchet §4).
struct RatchetTracer {
  private struct Chain {
    var chainKey: ChainKey
    let headerKey: HeaderKey
    var n: UInt32
  }

  private struct Skipped {
    let headerKey: HeaderKey
    let n: UInt32
    let messageKey: MessageKey
  }

  private let suite: Suite
  private let sessionData: [UInt8]
  private var rootKey: RootKey
  private var own: X25519.KeyPair?
  private var peer: X25519.PublicKey?
  private var sending: Chain?
  private var receiving: Chain?
  private var nextSendingHeaderKey: HeaderKey
  private var nextReceivingHeaderKey: HeaderKey
  private var previousChainLength: UInt32 = 0
  private var skipped: [Skipped] = []

  init(
    _ start: RootKey.Start, suite: Suite = .x3dh, isInitiator: Bool, own: X25519.KeyPair?,
    peer: X25519.PublicKey?, _ sessionData: [UInt8]
  ) {
    self.suite = suite
    self.sessionData = sessionData
    rootKey = start.rootKey
    self.own = own
    self.peer = peer
    nextSendingHeaderKey = isInitiator ? start.initiatorHeaderKey : start.responderHeaderKey
    nextReceivingHeaderKey = isInitiator ? start.responderHeaderKey : start.initiatorHeaderKey
  }

  var skippedCount: Int { skipped.count }

  // MARK: - Sending

  /// The half of a step that makes a sending chain.
  mutating func sendingStep(
    _ pair: X25519.KeyPair, _ ledger: inout VectorLedger
  ) throws(CygnetError) {
    guard let peer else { throw ledger.failure("no key of the peer to step towards") }
    previousChainLength = sending?.n ?? 0
    own = pair
    let step = try rootStep(pair, peer, ledger: &ledger)
    sending = Chain(chainKey: step.chainKey, headerKey: nextSendingHeaderKey, n: 0)
    nextSendingHeaderKey = step.nextHeaderKey
  }

  private mutating func rootStep(
    _ pair: X25519.KeyPair, _ peer: X25519.PublicKey, ledger: inout VectorLedger
  ) throws(CygnetError) -> RootKey.Step {
    let output = try X25519.agreement(pair.privateKey, peer)
    let step = try rootKey.step(output, suite: suite)
    try ledger.expect("own_ratchet_key", bytes: pair.publicKey.bytes)
    try ledger.expect("peer_ratchet_key", bytes: peer.bytes)
    try ledger.expect("dh_output", secret: output)
    try ledger.expect("root_key", secret: step.rootKey.secret)
    try ledger.expect("chain_key", secret: step.chainKey.secret)
    try ledger.expect("next_header_key", secret: step.nextHeaderKey.secret)
    rootKey = step.rootKey
    return step
  }

  /// The keys of the next message and its header.
  mutating func sendingKeys(
    _ test: inout VectorLedger
  ) throws(CygnetError) -> (header: RatchetHeader, headerKey: HeaderKey, messageKey: MessageKey) {
    guard var chain = sending, let own else { throw test.failure("no sending chain") }
    let (messageKey, next) = chain.chainKey.step()
    try test.expect("chain_key", secret: chain.chainKey.secret)
    try test.expect("message_key", secret: messageKey.secret)
    try test.expect("next_chain_key", secret: next.secret)
    try test.expect("header_key", secret: chain.headerKey.secret)
    try test.expect("previous_chain_length", .counting(UInt64(previousChainLength)))
    try test.expect("n", .counting(UInt64(chain.n)))
    let header = RatchetHeader(
      ratchetKey: own.publicKey, previousChainLength: previousChainLength, n: chain.n)
    chain.chainKey = next
    chain.n += 1
    sending = chain
    return (header, chain.headerKey, messageKey)
  }

  mutating func send(
    _ plaintext: [UInt8], nonce: [UInt8], authenticating: [UInt8], _ test: inout VectorLedger
  ) throws(CygnetError) -> RatchetMessage {
    let keys = try sendingKeys(&test)
    return try seal(
      plaintext, header: keys.header.encoded(), under: keys.headerKey, keys.messageKey,
      nonce: nonce, authenticating: authenticating, &test)
  }

  func seal(
    _ plaintext: [UInt8], header: [UInt8], under headerKey: HeaderKey, _ messageKey: MessageKey,
    nonce: [UInt8], authenticating: [UInt8], _ test: inout VectorLedger
  ) throws(CygnetError) -> RatchetMessage {
    try test.expect("header", bytes: header)
    let sealedHeader =
      try nonce
      + XChaCha20Poly1305.seal(
        header, key: headerKey.secret, nonce: nonce + Self.headerPadding, authenticating: [])
    try test.expect("sealed_header", bytes: sealedHeader)
    let associatedData = sessionData + sealedHeader + authenticating
    try test.expect("associated_data", bytes: associatedData)
    let ciphertext = try ChaCha20Poly1305.seal(
      plaintext, key: messageKey.secret, nonce: Self.messageNonce, authenticating: associatedData)
    try test.expect("ciphertext", bytes: ciphertext)
    let message = RatchetMessage(sealedHeader: sealedHeader, ciphertext: ciphertext)
    try test.expect("message", bytes: try PairwiseMessage.ratchet(message).encoded())
    return message
  }

  private static let headerPadding = [UInt8](repeating: 0, count: 8)
  private static let messageNonce = [UInt8](repeating: 0, count: 12)

  // MARK: - Receiving

  /// The header of a message, opened, and the message's key.
  mutating func receivingKey(
    _ message: RatchetMessage, _ test: inout VectorLedger
  ) throws(CygnetError) -> (header: [UInt8], messageKey: MessageKey) {
    let (opened, headerKey, whole) = try openHeader(message.sealedHeader, &test)
    let header = try RatchetHeader(wire: Array(whole.prefix(RatchetHeader.byteCount)))
    try test.expect("opened_by", .string(opened))
    try test.expect("header_key", secret: headerKey.secret)
    try test.expect("header", bytes: whole)
    let known = skipped.count
    var key = opened == "next" ? nil : takeSkipped(headerKey, header.n)
    if opened == "next" {
      skip(to: header.previousChainLength)
      try test.nested("step") { (step) throws(CygnetError) in
        try receivingStep(header.ratchetKey, &step)
      }
    } else {
      try test.expect("step", .null)
    }
    if key == nil {
      skip(to: header.n)
      guard var chain = receiving else { throw test.failure("no receiving chain") }
      let (messageKey, next) = chain.chainKey.step()
      chain.chainKey = next
      chain.n += 1
      receiving = chain
      key = messageKey
      try test.expect("next_chain_key", secret: next.secret)
    } else {
      try test.expect("next_chain_key", .null)
    }
    guard let key else { throw test.failure("no key for the message") }
    try test.expect("message_key", secret: key.secret)
    try test.expect("skipped", skippedJSON(from: min(known, skipped.count)))
    try test.expect("skipped_key_count", .integer(skipped.count))
    return (whole, key)
  }

  mutating func receive(
    _ message: RatchetMessage, authenticating: [UInt8], _ test: inout VectorLedger
  ) throws(CygnetError) -> [UInt8] {
    let key = try receivingKey(message, &test).messageKey
    return try open(message, under: key, authenticating: authenticating, &test)
  }

  func open(
    _ message: RatchetMessage, under key: MessageKey, authenticating: [UInt8],
    _ test: inout VectorLedger
  ) throws(CygnetError) -> [UInt8] {
    let associatedData = sessionData + message.sealedHeader + authenticating
    let plaintext = try ChaCha20Poly1305.open(
      message.ciphertext, key: key.secret, nonce: Self.messageNonce,
      authenticating: associatedData)
    try test.expect("plaintext", bytes: plaintext)
    return plaintext
  }

  private func openHeader(
    _ sealed: [UInt8], _ test: inout VectorLedger
  ) throws(CygnetError) -> (String, HeaderKey, [UInt8]) {
    var candidates: [(String, HeaderKey)] = []
    if let receiving { candidates.append(("current", receiving.headerKey)) }
    candidates.append(("next", nextReceivingHeaderKey))
    for entry in skipped { candidates.append(("skipped", entry.headerKey)) }
    for (name, key) in candidates {
      let nonce = Array(sealed.prefix(16)) + Self.headerPadding
      let opened = VectorLedger.attempt { () throws(CygnetError) in
        try XChaCha20Poly1305.open(
          Array(sealed.dropFirst(16)), key: key.secret, nonce: nonce, authenticating: [])
      }
      if case .success(let header) = opened { return (name, key, header) }
    }
    throw test.failure("the header opens under no key")
  }

  private mutating func takeSkipped(_ headerKey: HeaderKey, _ n: UInt32) -> MessageKey? {
    for (index, entry) in skipped.enumerated()
    where entry.n == n && entry.headerKey.secret == headerKey.secret {
      skipped.remove(at: index)
      return entry.messageKey
    }
    return nil
  }

  private mutating func skip(to until: UInt32) {
    guard var chain = receiving else { return }
    while chain.n < until {
      let (messageKey, next) = chain.chainKey.step()
      skipped.append(
        Skipped(headerKey: chain.headerKey, n: chain.n, messageKey: messageKey))
      chain.chainKey = next
      chain.n += 1
    }
    receiving = chain
  }

  /// The half of a step that makes a receiving chain.
  private mutating func receivingStep(
    _ peer: X25519.PublicKey, _ ledger: inout VectorLedger
  ) throws(CygnetError) {
    guard let own else { throw ledger.failure("no key of our own to step from") }
    self.peer = peer
    let step = try rootStep(own, peer, ledger: &ledger)
    receiving = Chain(chainKey: step.chainKey, headerKey: nextReceivingHeaderKey, n: 0)
    nextReceivingHeaderKey = step.nextHeaderKey
  }

  /// The keys that this message caused to be stored.
  private func skippedJSON(from first: Int) -> JSON {
    var list: [JSON] = []
    for entry in skipped[first...] {
      list.append([
        "header_key": .hex(entry.headerKey.secret.exposed()), "n": .counting(UInt64(entry.n)),
        "message_key": .hex(entry.messageKey.secret.exposed()),
      ])
    }
    return .array(list)
  }
}
