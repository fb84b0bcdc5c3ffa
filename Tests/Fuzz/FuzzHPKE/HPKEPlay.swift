import CygnetHPKE
import CygnetPrimitives
import CygnetVectors
import TestSupport

/// A sender and a recipient of one context, and whoever is between them.
struct HPKEPlay: ~Copyable {
  private static let suites: [HPKE.CipherSuite] = [
    .x25519SHA256ChaCha20Poly1305, .x25519SHA512ChaCha20Poly1305, .x25519SHA256ExportOnly,
    .x25519SHA512ExportOnly, .xWingSHA256ChaCha20Poly1305,
    HPKE.CipherSuite(kem: .xWing, kdf: .hkdfSHA512, aead: .exportOnly),
  ]
  private static let maxSteps = 12

  private var script: Script
  private var random: SeededRandomSource
  private let suite: HPKE.CipherSuite
  private let own: HPKE.PrivateKey
  private let theirs: HPKE.PrivateKey
  private let keys: HPKE.PreSharedKey
  private let info: [UInt8]
  private let modeNumber: Int
  private var sender: HPKE.Sender
  private var recipient: HPKE.Recipient

  private var isExportOnly: Bool { suite.aead == .exportOnly }

  init(script bytes: [UInt8]) throws {
    var script = Script(bytes)
    var random = SeededRandomSource(5, label: "hpke")
    let suite = script.pick(Self.suites)
    // X-Wing has the first two modes only.
    let mode = script.draw(suite.kem == .xWing ? 2 : 4)
    let info = script.take(script.draw(20))
    let own = try HPKE.PrivateKey.generate(kem: suite.kem, using: &random)
    let theirs = try HPKE.PrivateKey.generate(kem: suite.kem, using: &random)
    let keys = try HPKE.PreSharedKey(id: [1], secret: random.secret(32))
    let sender = try HPKE.Sender(
      to: own.publicKey, suite: suite, info: info, mode: Self.mode(mode, theirs, keys),
      using: &random)
    recipient = try HPKE.Recipient(
      sender.encapsulatedKey, for: own, suite: suite, info: info,
      mode: Self.mode(mode, theirs.publicKey, keys))
    self.sender = sender
    (self.suite, self.info, self.own, self.theirs, self.keys) = (suite, info, own, theirs, keys)
    (modeNumber, self.random, self.script) = (mode, random, script)
  }

  private static func mode<Key: Sendable>(
    _ number: Int, _ key: Key, _ preSharedKey: HPKE.PreSharedKey
  ) -> HPKE.Mode<Key> {
    switch number {
    case 0: .base
    case 1: .psk(preSharedKey)
    case 2: .auth(key)
    default: .authPSK(key, preSharedKey)
    }
  }

  mutating func run() throws {
    var steps = 0
    while !script.isOver, steps < Self.maxSteps {
      steps += 1
      switch script.draw(5) {
      case 0: try send()
      case 1: try forge()
      case 2: try export()
      case 3: try openElsewhere()
      default: try openOnce()
      }
    }
  }

  // MARK: - In order

  /// A genuine message opens, its copy does not.
  private mutating func send() throws {
    let (data, authenticated) = (script.take(script.draw(40)), script.take(script.draw(4)))
    var made: [UInt8]?
    let code = try refusal { () throws(CygnetError) in
      made = try sender.seal(data, authenticating: authenticated)
    }
    guard let sealed = made else {
      guard isExportOnly, code == .wrongState else { throw Defect(what: "sealing: \(code as Any)") }
      return
    }
    guard sealed.count == data.count + 16, !isExportOnly,
      try recipient.open(sealed, authenticating: authenticated) == data,
      recipient.sequenceNumber == sender.sequenceNumber
    else { throw Defect(what: "a genuine message does not open") }
    try expectRefusal(of: sealed, authenticated)
  }

  private mutating func expectRefusal(of bytes: [UInt8], _ authenticated: [UInt8]) throws {
    let before = recipient.sequenceNumber
    let code = try refusal { () throws(CygnetError) in
      _ = try recipient.open(bytes, authenticating: authenticated)
    }
    guard code == (isExportOnly ? .wrongState : .authenticationFailed) else {
      throw Defect(what: "what is not genuine: \(code as Any)")
    }
    guard recipient.sequenceNumber == before else { throw Defect(what: "refusing counts") }
  }

  /// Bytes of chance, a changed message or one with other associated data; then what is genuine.
  private mutating func forge() throws {
    guard !isExportOnly else { return try expectRefusal(of: script.take(script.draw(40)), []) }
    let data = script.take(script.draw(30))
    let genuine = try sender.seal(data, authenticating: [7])
    switch script.draw(3) {
    case 0:
      let changed = script.mutate(genuine)
      if changed != genuine { try expectRefusal(of: changed, [7]) }
    case 1: try expectRefusal(of: script.take(script.draw(40)), [7])
    default:
      let other = script.take(script.draw(3))
      if other != [7] { try expectRefusal(of: genuine, other) }
    }
    guard try recipient.open(genuine, authenticating: [7]) == data else {
      throw Defect(what: "a genuine message does not open after a forged one")
    }
  }

  private mutating func export() throws {
    let (context, count) = (script.take(script.draw(10)), script.draw(20_000))
    let limit = 255 * (suite.kdf == .hkdfSHA256 ? 32 : 64)
    var exported: SecretBytes?
    let code = try refusal { () throws(CygnetError) in
      exported = try sender.export(context: context, count: count)
    }
    guard let exported else {
      guard count > limit, code == .limitExceeded else {
        throw Defect(what: "export of \(count) bytes: \(code as Any)")
      }
      return
    }
    guard count <= limit, exported.count == count,
      try recipient.export(context: context, count: count) == exported
    else { throw Defect(what: "the sides export otherwise") }
    if count >= 16, try recipient.export(context: context + [0], count: count) == exported {
      throw Defect(what: "two contexts export the same")
    }
  }

  // MARK: - Other recipients

  /// A recipient that differs in one thing, or whose encapsulated key came changed, opens nothing.
  private mutating func openElsewhere() throws {
    var (encapsulated, otherInfo, otherKey, sendersKey) =
      (sender.encapsulatedKey, info, own, theirs.publicKey)
    var psk = keys
    switch script.draw(5) {
    case 0: encapsulated = script.mutate(encapsulated)
    case 1:
      let part = script.take(script.draw(3) == 0 ? script.draw(40) : 32)
      encapsulated = suite.kem == .xWing ? encapsulated.dropLast(32) + part : part
    case 2: otherInfo = script.mutate(info + [0])
    case 3: otherKey = theirs
    default:
      sendersKey = own.publicKey
      psk = try HPKE.PreSharedKey(id: [script.draw(2) == 0 ? 1 : 2], secret: random.secret(32))
    }
    // The top bit of a key is not part of it, but part of what the context is bound to.
    let isSame =
      encapsulated == sender.encapsulatedKey && otherInfo == info && otherKey.secret == own.secret
      && (modeNumber == 0 || (sendersKey == theirs.publicKey && psk.id == keys.id))
    var made: HPKE.Recipient?
    let code = try refusal { () throws(CygnetError) in
      made = try HPKE.Recipient(
        encapsulated, for: otherKey, suite: suite, info: otherInfo,
        mode: Self.mode(modeNumber, sendersKey, psk))
    }
    guard var other = made else {
      let expected: CygnetError.Code =
        encapsulated.count == suite.kem.encapsulatedKeyByteCount
        ? .authenticationFailed : .malformed
      guard code == expected, !Self.isUsable(encapsulated, suite.kem) else {
        throw Defect(what: "an encapsulated key is refused: \(code as Any)")
      }
      return
    }
    guard Self.isUsable(encapsulated, suite.kem) else {
      throw Defect(what: "a key of low order is used")
    }
    if isSame { return }
    guard try other.export(context: [], count: 32) != sender.export(context: [], count: 32) else {
      throw Defect(what: "another recipient exports the same")
    }
    if isExportOnly { return }
    let sealed = try sender.seal([1, 2, 3])
    let opening = try refusal { () throws(CygnetError) in _ = try other.open(sealed) }
    guard opening == .authenticationFailed, try recipient.open(sealed) == [1, 2, 3] else {
      throw Defect(what: "another recipient opens, or the right one does not")
    }
  }

  /// Whether an encapsulated key has the right length and an X25519 key, its last part, of no low order.
  private static func isUsable(_ encapsulated: [UInt8], _ kem: HPKE.KEM) -> Bool {
    encapsulated.count == kem.encapsulatedKeyByteCount
      && HPKE.KEM.x25519.isUsable(encapsulated.suffix(32))
  }

  /// One message by itself: what comes back is what was sealed, or nothing is.
  private mutating func openOnce() throws {
    let data = SecretBytes(copying: script.take(script.draw(40)))
    guard !isExportOnly else {
      let code = try refusal { () throws(CygnetError) in
        _ = try HPKE.seal(
          data, to: own.publicKey, suite: suite, info: info, authenticating: [], using: &random)
      }
      guard code == .wrongState else { throw Defect(what: "an export-only suite seals") }
      return
    }
    let sealed = try HPKE.seal(
      data, to: own.publicKey, suite: suite, info: info, authenticating: [9], using: &random)
    var (key, ciphertext) = (sealed.encapsulatedKey, sealed.ciphertext)
    switch script.draw(4) {
    case 0: key = script.mutate(key)
    case 1: ciphertext = script.mutate(ciphertext)
    case 2: (key, ciphertext) = (key.dropLast(32) + script.take(32), script.take(script.draw(60)))
    default: break
    }
    let isGenuine = key == sealed.encapsulatedKey && ciphertext == sealed.ciphertext
    var opened: SecretBytes?
    let code = try refusal { () throws(CygnetError) in
      opened = try HPKE.open(
        ciphertext, encapsulatedKey: key, with: own, suite: suite, info: info, authenticating: [9])
    }
    if isGenuine {
      guard opened == data else { throw Defect(what: "a message by itself: \(code as Any)") }
    } else {
      let isLong = key.count == suite.kem.encapsulatedKeyByteCount
      guard code == (isLong ? .authenticationFailed : .malformed) else {
        throw Defect(what: "a changed message by itself: \(code as Any)")
      }
    }
  }
}
