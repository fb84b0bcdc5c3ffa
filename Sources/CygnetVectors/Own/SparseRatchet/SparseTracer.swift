internal import CygnetPairwise
internal import CygnetPrimitives

/// What the sparse ratchet computes, written down from primitives as the specification says it: one
/// for both parties, since whoever has the draws of both knows everything.
struct SparseTracer {
  /// What an epoch's parties send in pieces.
  private struct Epoch {
    let seed: [UInt8]
    let header: [UInt8]
    var payloads: [BraidPayload: [UInt8]]
  }

  private struct Chain {
    var key: [UInt8]
    var messageKeys: [[UInt8]] = []
  }

  private static let zeros = [UInt8](repeating: 0, count: 32)
  private static let braidInfo = "Cygnet_MLKEM768_HMAC-SHA256"
  private static let chainInfo = "Cygnet_SparseRatchet:"

  private var rootKey: [UInt8]
  private var authenticatorRoot: [UInt8]
  private var macKey: [UInt8]
  private var epochs: [UInt64: Epoch] = [:]
  /// By party and epoch.
  private var chains: [String: [UInt64: Chain]] = [:]

  init(_ shared: [UInt8], _ group: inout VectorLedger) throws(CygnetError) {
    let start = Self.hkdf(Self.zeros, shared, Self.chainInfo + "Chain Start", 96)
    rootKey = Array(start[..<32])
    let authenticator = Self.hkdf(
      Self.zeros, shared, Self.braidInfo + ":Authenticator Update", epoch: 1, 64)
    authenticatorRoot = Array(authenticator[..<32])
    macKey = Array(authenticator[32...])
    try group.expect("root_key", bytes: rootKey)
    try group.expect("authenticator_root_key", bytes: authenticatorRoot)
    try group.expect("mac_key", bytes: macKey)
    try begin(0, Array(start[32...]), &group)
  }

  /// The chains of an epoch: the initiator's, then the responder's.
  private mutating func begin(
    _ epoch: UInt64, _ keys: [UInt8], _ ledger: inout VectorLedger
  ) throws(CygnetError) {
    chains["initiator", default: [:]][epoch] = Chain(key: Array(keys[..<32]))
    chains["responder", default: [:]][epoch] = Chain(key: Array(keys[32...]))
    try ledger.expect("initiator_chain_key", bytes: Array(keys[..<32]))
    try ledger.expect("responder_chain_key", bytes: Array(keys[32...]))
  }

  // MARK: - Epochs

  /// A key pair from the 64 bytes drawn for it.
  mutating func keyPair(
    _ epoch: UInt64, seed: [UInt8], _ ledger: inout VectorLedger
  ) throws(CygnetError) {
    let key = try MLKEM768.DecapsulationKey(seed: SecretBytes(copying: seed)).encapsulationKey
    let rho = key.bytes[1152...]
    let header = rho + SHA3_256.hash(key.bytes)
    let mac = hmac(macKey, Self.bytes(Self.braidInfo + ":ekheader", epoch) + header)
    try ledger.expect("header", bytes: Array(header))
    try ledger.expect("header_mac", bytes: mac)
    epochs[epoch] = Epoch(
      seed: seed, header: Array(header),
      payloads: [.header: header + mac, .encapsulationVector: Array(key.bytes[..<1152])])
  }

  /// An encapsulation from the 32 bytes drawn for it, and the epoch that it begins.
  mutating func encapsulation(
    _ epoch: UInt64, message: [UInt8], _ ledger: inout VectorLedger
  ) throws(CygnetError) {
    guard var record = epochs[epoch] else { throw ledger.failure("no key pair in this epoch") }
    let key = try MLKEM768.DecapsulationKey(seed: SecretBytes(copying: record.seed))
    let result = try key.encapsulationKey.encapsulate(message: SecretBytes(copying: message))
    let ciphertext = result.ciphertext.bytes
    let shared = result.sharedSecret.exposed()
    guard key.decapsulate(result.ciphertext).exposed() == shared else {
      throw ledger.failure("ML-KEM gives the two sides different secrets")
    }
    let output = Self.hkdf(Self.zeros, shared, Self.braidInfo + ":SCKA Key", epoch: epoch, 32)
    let authenticator = Self.hkdf(
      authenticatorRoot, output, Self.braidInfo + ":Authenticator Update", epoch: epoch, 64)
    authenticatorRoot = Array(authenticator[..<32])
    macKey = Array(authenticator[32...])
    let mac = hmac(macKey, Self.bytes(Self.braidInfo + ":ciphertext", epoch) + ciphertext)
    let next = Self.hkdf(rootKey, output, Self.chainInfo + "Chain Add Epoch", 96)
    rootKey = Array(next[..<32])
    try ledger.expect("shared_secret", bytes: shared)
    try ledger.expect("epoch_key", bytes: output)
    try ledger.expect("authenticator_root_key", bytes: authenticatorRoot)
    try ledger.expect("mac_key", bytes: macKey)
    try ledger.expect("ciphertext", bytes: ciphertext)
    try ledger.expect("ciphertext_mac", bytes: mac)
    try ledger.expect("root_key", bytes: rootKey)
    try begin(epoch, Array(next[32...]), &ledger)
    record.payloads[.firstCiphertext] = Array(ciphertext[..<960])
    record.payloads[.secondCiphertext] = ciphertext[960...] + mac
    epochs[epoch] = record
  }

  // MARK: - Messages

  /// The key of a party's message `n` in the chain of `epoch`.
  mutating func messageKey(
    _ party: String, _ epoch: UInt64, _ n: UInt32
  ) throws(CygnetError) -> [UInt8]? {
    guard var chain = chains[party]?[epoch] else { return nil }
    while chain.messageKeys.count < Int(n) {
      let number = UInt32(chain.messageKeys.count + 1)
      var input = Array((Self.chainInfo + "Chain Step").utf8)
      for shift in [24, 16, 8, 0] as [UInt32] {
        input.append(UInt8(truncatingIfNeeded: number >> shift))
      }
      let (next, messageKey) = try BLAKE2b.keyed(input, key: SecretBytes(copying: chain.key))
      chain.key = next.exposed()
      chain.messageKeys.append(messageKey.exposed())
    }
    chains[party]?[epoch] = chain
    return chain.messageKeys[Int(n) - 1]
  }

  /// The chunk `index` of what an epoch sends.
  func chunk(_ epoch: UInt64, _ payload: BraidPayload, _ index: UInt16) -> [UInt8]? {
    guard let bytes = epochs[epoch]?.payloads[payload] else { return nil }
    let count = bytes.count / 32
    if Int(index) < count { return Array(bytes[(32 * Int(index))..<(32 * Int(index) + 32)]) }
    var sums = [GF65536](repeating: .zero, count: 16)
    for i in 0..<count {
      // Lagrange's formula, factor by factor.
      var numerator = GF65536.one
      var denominator = GF65536.one
      for j in 0..<count where j != i {
        numerator = numerator * (GF65536(index) + GF65536(UInt16(j)))
        denominator = denominator * (GF65536(UInt16(i)) + GF65536(UInt16(j)))
      }
      let weight = numerator * denominator.inverse
      for polynomial in 0..<16 {
        let place = 32 * i + 2 * polynomial
        let symbol = GF65536(UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]))
        sums[polynomial] = sums[polynomial] + symbol * weight
      }
    }
    var chunk: [UInt8] = []
    for sum in sums { chunk += [UInt8(sum.rawValue >> 8), UInt8(sum.rawValue & 0xff)] }
    return chunk
  }

  // MARK: - Primitives

  private static func bytes(_ label: String, _ epoch: UInt64) -> [UInt8] {
    Array(label.utf8) + withBigEndian(epoch)
  }

  private static func withBigEndian(_ value: UInt64) -> [UInt8] {
    [56, 48, 40, 32, 24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt64($0)) }
  }

  private static func hkdf(
    _ salt: [UInt8], _ input: [UInt8], _ label: String, epoch: UInt64? = nil, _ count: Int
  ) -> [UInt8] {
    let key = hmac(salt, input)
    let info = Array(label.utf8) + (epoch.map(withBigEndian) ?? [])
    var output: [UInt8] = []
    var block: [UInt8] = []
    for index in 1...UInt8(count / 32) {
      block = hmac(key, block + info + [index])
      output += block
    }
    return output
  }
}

private func hmac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
  HMACSHA256.publicTag(of: message, key: SecretBytes(copying: key))
}
