internal import CygnetPrimitives

/// A sender's chains and a member's view of them, written down from primitives as the specification
/// says it: it names every value it computes. Specification: SenderKeys
struct SenderKeyTracer {
  /// The part that only the sender has.
  struct Sending {
    var chainID: UInt32
    var iteration: UInt32
    var chainKey: SecretBytes
    let signingKey: Ed25519.PrivateKey
  }

  /// A chain as the member holds it.
  struct Receiving {
    let first: UInt32
    var next: UInt32
    var chainKey: SecretBytes
    let signatureKey: [UInt8]
    var skipped: [(iteration: UInt32, messageKey: SecretBytes)] = []
  }

  private let distributionID: [UInt8]
  private let context: [UInt8]
  private(set) var sending: Sending?
  private var members: [String: [UInt32: Receiving]] = [:]

  /// Names the context.
  init(
    distributionID: [UInt8], sender: [UInt8], _ group: inout VectorLedger
  ) throws(CygnetError) {
    self.distributionID = distributionID
    let label = Array("Cygnet 1.0 SenderKey".utf8)
    let form =
      [UInt8(label.count)] + label + [0, 1] + distributionID + Self.length(sender.count) + sender
    context = SHA256.hash(form)
    try group.expect("context", bytes: context)
  }

  // MARK: - Chains

  /// Begins the first chain or the next one.
  mutating func begin(
    chainKey: SecretBytes, seed: SecretBytes, _ test: inout VectorLedger
  ) throws(CygnetError) {
    let signingKey = try Ed25519.PrivateKey(seed: seed)
    sending = Sending(
      chainID: (sending?.chainID ?? 0) + 1, iteration: 0, chainKey: chainKey,
      signingKey: signingKey)
    try test.expect("chain_id", .counting(UInt64(sending?.chainID ?? 0)))
    try test.expect("signature_key", bytes: signingKey.publicKey.bytes)
  }

  /// Gives the current chain to a member.
  mutating func share(
    with member: String, _ test: inout VectorLedger
  ) throws(CygnetError) -> [UInt8] {
    guard let sending else { throw test.failure("nothing to share yet") }
    let signatureKey = sending.signingKey.publicKey.bytes
    let message =
      [0, 1, 15, 0, 1] + distributionID + Self.uint32(sending.chainID)
      + Self.uint32(sending.iteration) + sending.chainKey.exposed() + [3] + signatureKey + [0]
    try test.expect("chain_id", .counting(UInt64(sending.chainID)))
    try test.expect("iteration", .counting(UInt64(sending.iteration)))
    try test.expect("chain_key", secret: sending.chainKey)
    try test.expect("distribution", bytes: message)
    if members[member]?[sending.chainID] == nil {
      members[member, default: [:]][sending.chainID] = Receiving(
        first: sending.iteration, next: sending.iteration, chainKey: sending.chainKey,
        signatureKey: signatureKey)
    }
    return message
  }

  // MARK: - Messages

  mutating func send(
    _ plaintext: [UInt8], authenticating: [UInt8], _ test: inout VectorLedger
  ) throws(CygnetError) -> [UInt8] {
    guard var chain = sending else { throw test.failure("no chain yet") }
    try test.expect("chain_id", .counting(UInt64(chain.chainID)))
    try test.expect("iteration", .counting(UInt64(chain.iteration)))
    try test.expect("chain_key", secret: chain.chainKey)
    let messageKey = Self.hmac(chain.chainKey, [1])
    try test.expect("message_key", secret: messageKey)
    chain.chainKey = Self.hmac(chain.chainKey, [2])
    try test.expect("next_chain_key", secret: chain.chainKey)
    let (key, commitment, nonce) = try Self.expand(messageKey, &test)
    let header =
      [0, 1, 16] + distributionID + Self.uint32(chain.chainID) + Self.uint32(chain.iteration)
      + commitment
    try test.expect("header", bytes: header)
    let associatedData = context + header + authenticating
    try test.expect("associated_data", bytes: associatedData)
    let ciphertext = try ChaCha20Poly1305.seal(
      plaintext, key: key, nonce: nonce, authenticating: associatedData)
    try test.expect("ciphertext", bytes: ciphertext)
    let unsigned = header + Self.length(ciphertext.count) + ciphertext
    let content = signedContent(unsigned, authenticating)
    try test.expect("signed_content", bytes: content)
    let signature = try chain.signingKey.signature(of: content)
    try test.expect("signature", bytes: signature)
    let message = unsigned + signature
    try test.expect("message", bytes: message)
    chain.iteration += 1
    sending = chain
    return message
  }

  private func signedContent(_ unsigned: [UInt8], _ authenticating: [UInt8]) -> [UInt8] {
    let label = Array("Cygnet 1.0 SenderKeyMessage".utf8)
    return [UInt8(label.count)] + label + context + Self.length(unsigned.count) + unsigned
      + Self.length(authenticating.count) + authenticating
  }

  mutating func receive(
    _ message: [UInt8], by member: String, authenticating: [UInt8], _ test: inout VectorLedger
  ) throws(CygnetError) -> [UInt8] {
    let chainID = Self.number(message[19..<23])
    let iteration = Self.number(message[23..<27])
    try test.expect("chain_id", .counting(UInt64(chainID)))
    try test.expect("iteration", .counting(UInt64(iteration)))
    guard var chain = members[member]?[chainID] else { throw test.failure("no such chain") }
    let unsigned = Array(message.dropLast(64))
    try Ed25519.PublicKey(chain.signatureKey).verify(
      signature: Array(message.suffix(64)), of: signedContent(unsigned, authenticating))
    let known = chain.skipped.count
    let messageKey = try Self.takeKey(iteration, &chain, &test)
    try test.expect("message_key", secret: messageKey)
    try test.expect("skipped", Self.json(chain.skipped[min(known, chain.skipped.count)...]))
    let (key, _, nonce) = try Self.expand(messageKey, &test)
    let start = unsigned[59] < 0x40 ? 60 : 61
    let plaintext = try ChaCha20Poly1305.open(
      Array(unsigned[start...]), key: key, nonce: nonce,
      authenticating: context + unsigned[..<59] + authenticating)
    try test.expect("plaintext", bytes: plaintext)
    members[member]?[chainID] = chain
    try test.expect("skipped_key_count", .integer(skippedCount(of: member)))
    return plaintext
  }

  func skippedCount(of member: String) -> Int {
    var count = 0
    for chain in members[member, default: [:]].values { count += chain.skipped.count }
    return count
  }

  /// The key of a skipped message, or that of a later one with the keys before it stored.
  private static func takeKey(
    _ iteration: UInt32, _ chain: inout Receiving, _ test: inout VectorLedger
  ) throws(CygnetError) -> SecretBytes {
    for (index, entry) in chain.skipped.enumerated() where entry.iteration == iteration {
      chain.skipped.remove(at: index)
      try test.expect("next_chain_key", .null)
      return entry.messageKey
    }
    guard iteration >= chain.next else { throw test.failure("no key for the message") }
    while true {
      let messageKey = hmac(chain.chainKey, [1])
      chain.chainKey = hmac(chain.chainKey, [2])
      chain.next += 1
      if chain.next > iteration {
        try test.expect("next_chain_key", secret: chain.chainKey)
        return messageKey
      }
      chain.skipped.append((chain.next - 1, messageKey))
    }
  }

  // MARK: - Parts

  private static func expand(
    _ messageKey: SecretBytes, _ test: inout VectorLedger
  ) throws(CygnetError) -> (SecretBytes, [UInt8], [UInt8]) {
    let info = Array("Cygnet_SenderKey_Message".utf8) + [0, 1]
    let output = try messageKey.withBytes { (key) throws(CygnetError) in
      try HKDFSHA256.expand(pseudorandomKey: key, info: info, count: 76)
    }
    let (key, commitment, nonce) = (
      output.slice(0..<32), output.slice(32..<64), output.slice(64..<76)
    )
    try test.expect("key", secret: key)
    try test.expect("commitment", secret: commitment)
    try test.expect("nonce", secret: nonce)
    return (key, commitment.exposed(), nonce.exposed())
  }

  private static func hmac(_ key: SecretBytes, _ message: [UInt8]) -> SecretBytes {
    key.withBytes { key in
      message.withBytes { message in HMACSHA256.tag(of: message, key: key) }
    }
  }

  private static func json(
    _ entries: ArraySlice<(iteration: UInt32, messageKey: SecretBytes)>
  ) -> JSON {
    var list: [JSON] = []
    for entry in entries {
      list.append([
        "iteration": .counting(UInt64(entry.iteration)),
        "message_key": .hex(entry.messageKey.exposed()),
      ])
    }
    return .array(list)
  }

  private static func uint32(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The length of a vector below 16384 bytes.
  private static func length(_ count: Int) -> [UInt8] {
    count < 64 ? [UInt8(count)] : [UInt8(0x40 | count >> 8), UInt8(count & 0xff)]
  }
}
