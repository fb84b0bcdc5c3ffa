internal import CygnetHPKE
internal import CygnetPrimitives

/// The keys that all tests of ``HPKEChecks`` share.
struct HPKECast {
  enum Mode: Int, CaseIterable {
    case base = 0
    case psk
    case auth
    case authPSK
  }

  let recipient: HPKE.PrivateKey
  let sender: HPKE.PrivateKey
  let stranger: HPKE.PrivateKey
  let ephemeral: [UInt8]
  let psk: [UInt8]
  let pskID = Array("shared on paper".utf8)
  let info = Array("info".utf8)
  let authenticating = Array("associated".utf8)
  let plaintext = Array("salam, bob".utf8)

  init(_ random: inout SeededRandomSource, kem: HPKE.KEM = .x25519) throws(CygnetError) {
    recipient = try HPKE.PrivateKey.generate(kem: kem, using: &random)
    sender = try HPKE.PrivateKey.generate(kem: kem, using: &random)
    stranger = try HPKE.PrivateKey.generate(kem: kem, using: &random)
    ephemeral = random.bytes(kem.encapsulationRandomByteCount)
    psk = random.bytes(32)
  }

  /// Encodings of the points whose agreements are all zero.
  static let lowOrderPoints: [(comment: String, point: [UInt8])] = {
    let maximal = [UInt8](repeating: 0xff, count: 30) + [0x7f]
    let zeros = [UInt8](repeating: 0, count: 31)
    return [
      ("0", [0] + zeros), ("1", [1] + zeros), ("p - 1", [0xec] + maximal), ("p", [0xed] + maximal),
      ("p + 1", [0xee] + maximal),
      (
        "order 8",
        Hex.decode("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800") ?? []
      ),
      (
        "order 8, the other",
        Hex.decode("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157") ?? []
      ),
    ]
  }()

  /// The base point's coordinate in its second form below 2^255.
  static let baseCoordinatePlusPrime = [0xf6] + [UInt8](repeating: 0xff, count: 30) + [0x7f]

  /// A message as the sender seals it.
  func message(
    _ mode: Mode, _ suite: HPKE.CipherSuite, _ number: UInt64 = 0
  ) throws(CygnetError) -> HPKEMessage {
    let preSharedKey = try HPKE.PreSharedKey(id: pskID, secret: SecretBytes(copying: psk))
    let senderMode: HPKE.Mode<HPKE.PrivateKey> =
      switch mode {
      case .base: .base
      case .psk: .psk(preSharedKey)
      case .auth: .auth(sender)
      case .authPSK: .authPSK(sender, preSharedKey)
      }
    var random = ReplayRandomSource(ephemeral)
    var context = try HPKE.Sender(
      to: recipient.publicKey, suite: suite, info: info, mode: senderMode, sequenceNumber: number,
      using: &random)
    let ciphertext = try context.seal(plaintext, authenticating: authenticating)
    return message(mode, enc: context.encapsulatedKey, number, ciphertext)
  }

  /// A base-mode message under the context that the recipient makes of `enc`.
  func message(
    sealedFor enc: [UInt8], _ suite: HPKE.CipherSuite
  ) throws(CygnetError) -> HPKEMessage {
    let secret = try suite.kem.decapsulate(enc, with: recipient, authenticatedBy: nil)
    var context = try HPKE.Context(
      suite: suite,
      schedule: HPKE.KeySchedule(suite: suite, role: .base, sharedSecret: secret, info: info))
    let ciphertext = try context.seal(plaintext, authenticating: authenticating)
    return message(.base, enc: enc, 0, ciphertext)
  }

  private func message(
    _ mode: Mode, enc: [UInt8], _ number: UInt64, _ ciphertext: [UInt8]
  ) -> HPKEMessage {
    let (hasKey, hasSender) = (mode == .psk || mode == .authPSK, mode == .auth || mode == .authPSK)
    return HPKEMessage(
      mode: mode, psk: hasKey ? psk : nil, pskID: hasKey ? pskID : nil,
      senderPublic: hasSender ? sender.publicKey.bytes : nil,
      recipientPrivate: recipient.secret.exposed(), info: info, enc: enc, sequenceNumber: number,
      authenticating: authenticating, ciphertext: ciphertext)
  }

  /// A test of a base-mode sender; valid where `code` is nil.
  func sealing(
    _ comment: String, _ flag: String, _ key: [UInt8], _ code: CygnetError.Code? = nil,
    number: UInt64 = 0
  ) -> OwnVectorWriter.Test {
    OwnVectorWriter.Test(
      comment, flags: [flag],
      members: [
        ("recipient_public", .hex(key)), ("ephemeral_private", .hex(ephemeral)),
        ("info", .hex(info)), ("sequence_number", .counting(number)),
        ("authenticating", .hex(authenticating)), ("message", .hex(plaintext)),
      ] + HPKEMessage.verdict(code))
  }
}

/// What a recipient has, member by member; a test changes some.
struct HPKEMessage {
  var mode: HPKECast.Mode
  var psk: [UInt8]?
  var pskID: [UInt8]?
  var senderPublic: [UInt8]?
  var recipientPrivate: [UInt8]
  var info: [UInt8]
  var enc: [UInt8]
  var sequenceNumber: UInt64
  var authenticating: [UInt8]
  var ciphertext: [UInt8]

  func test(_ comment: String, validFlag: String? = nil) -> OwnVectorWriter.Test {
    OwnVectorWriter.Test(
      comment, flags: validFlag.map { [$0] } ?? [], members: members + Self.verdict(nil))
  }

  func test(
    _ comment: String, _ flag: String, _ code: CygnetError.Code = .authenticationFailed
  ) -> OwnVectorWriter.Test {
    OwnVectorWriter.Test(comment, flags: [flag], members: members + Self.verdict(code))
  }

  /// A test of an export from the context of this message.
  func export(
    _ comment: String, _ count: UInt64, _ code: CygnetError.Code? = nil
  ) -> OwnVectorWriter.Test {
    OwnVectorWriter.Test(
      comment, flags: ["Limit"],
      members: [
        ("recipient_private", .hex(recipientPrivate)), ("info", .hex(info)), ("enc", .hex(enc)),
        ("context", .hex(Array("context".utf8))), ("count", .counting(count)),
      ] + Self.verdict(code))
  }

  static func verdict(_ code: CygnetError.Code?) -> [(String, JSON)] {
    guard let code else { return [("result", "valid")] }
    return [("result", "invalid"), ("error", .string(code.name))]
  }

  private var members: [(String, JSON)] {
    [
      ("mode", .integer(mode.rawValue)), ("psk", .hex(optional: psk)),
      ("psk_id", .hex(optional: pskID)), ("sender_public", .hex(optional: senderPublic)),
      ("recipient_private", .hex(recipientPrivate)), ("info", .hex(info)), ("enc", .hex(enc)),
      ("sequence_number", .counting(sequenceNumber)), ("authenticating", .hex(authenticating)),
      ("ciphertext", .hex(ciphertext)),
    ]
  }
}
