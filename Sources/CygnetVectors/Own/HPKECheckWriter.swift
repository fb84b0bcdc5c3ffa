internal import CygnetHPKE
internal import CygnetPrimitives

/// The tests of ``HPKEChecks``: a sealed message in each mode, and copies of it with one fault each.
enum HPKECheckWriter {
  typealias Test = OwnVectorWriter.Test

  static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let cast = try HPKECast(&writer.random)
    let sealing = HPKE.CipherSuite.x25519SHA256ChaCha20Poly1305
    try writer.group(
      .hpkeOpen, sealing.groupParameters,
      modes(cast, sealing) + ciphertexts(cast, sealing) + encapsulations(cast, sealing)
        + otherInputs(cast, sealing) + sequence(cast, sealing) + preSharedKeys(cast, sealing))
    let longer = HPKE.CipherSuite.x25519SHA512ChaCha20Poly1305
    let foreign = try cast.message(.base, sealing)
    try writer.group(
      .hpkeOpen, longer.groupParameters,
      modes(cast, longer) + [foreign.test("sealed with HKDF-SHA256", "Altered")])
    let exporting = HPKE.CipherSuite.x25519SHA256ExportOnly
    try writer.group(
      .hpkeOpen, exporting.groupParameters,
      [foreign.test("an export-only suite opens nothing", "ExportOnly", .wrongState)])
    try writer.group(.hpkeSeal, sealing.groupParameters, sealings(cast))
    try writer.group(
      .hpkeSeal, exporting.groupParameters,
      [
        cast.sealing(
          "an export-only suite seals nothing", "ExportOnly", cast.recipient.publicKey.bytes,
          .wrongState)
      ])
    try writer.group(.hpkeExport, sealing.groupParameters, exports(foreign, blocks: 255 * 32))
    try writer.group(.hpkeExport, longer.groupParameters, exports(foreign, blocks: 255 * 64))
    try writeXWing(&writer)
  }

  private static func modes(
    _ cast: HPKECast, _ suite: HPKE.CipherSuite
  ) throws(CygnetError) -> [Test] {
    var tests: [Test] = []
    for mode in HPKECast.Mode.allCases {
      tests.append(try cast.message(mode, suite).test("mode \(mode.rawValue)"))
    }
    return tests
  }

  static func ciphertexts(
    _ cast: HPKECast, _ suite: HPKE.CipherSuite
  ) throws(CygnetError) -> [Test] {
    let message = try cast.message(.base, suite)
    let sealed = message.ciphertext
    func altered(_ comment: String, _ flag: String, _ ciphertext: [UInt8]) -> Test {
      var message = message
      message.ciphertext = ciphertext
      return message.test(comment, flag)
    }
    return [
      altered("first bit of the ciphertext", "Altered", sealed.replacing(at: 0, [sealed[0] ^ 1])),
      altered(
        "last bit of the tag", "Altered",
        sealed.replacing(at: sealed.count - 1, [sealed[sealed.count - 1] ^ 0x80])),
      altered("one byte short", "Length", sealed.dropLast()),
      altered("one byte long", "Length", sealed + [0]),
      altered("the tag alone", "Length", Array(sealed.suffix(16))),
      altered("one byte less than a tag", "Length", Array(sealed.prefix(15))),
      altered("empty", "Length", []),
    ]
  }

  private static func encapsulations(
    _ cast: HPKECast, _ suite: HPKE.CipherSuite
  ) throws(CygnetError) -> [Test] {
    let message = try cast.message(.base, suite)
    var tests: [Test] = []
    for (comment, point) in HPKECast.lowOrderPoints {
      var altered = message
      altered.enc = point
      tests.append(altered.test("enc of low order: \(comment)", "LowOrder"))
    }
    var authenticated = try cast.message(.auth, suite)
    authenticated.senderPublic = HPKECast.lowOrderPoints[0].point
    tests.append(authenticated.test("a sender's key of low order", "LowOrder"))
    for (comment, enc) in [
      ("one byte short", message.enc.dropLast()), ("one byte long", message.enc + [0]),
      ("empty", []),
    ] {
      var altered = message
      altered.enc = enc
      tests.append(altered.test("enc \(comment)", "Length", .malformed))
    }
    // What the recipient computes has enc as it came, so these are sealed from its side.
    for (comment, enc) in [
      ("top bit set", message.enc.replacing(at: 31, [message.enc[31] | 0x80])),
      ("9 + p", HPKECast.baseCoordinatePlusPrime),
    ] {
      let sealed = try cast.message(sealedFor: enc, suite)
      tests.append(sealed.test("enc not canonical: \(comment)", validFlag: "NonCanonical"))
    }
    var unmasked = message
    unmasked.enc[31] |= 0x80
    tests.append(unmasked.test("the top bit of enc added on the way", "Altered"))
    return tests
  }

  private static func otherInputs(
    _ cast: HPKECast, _ suite: HPKE.CipherSuite
  ) throws(CygnetError) -> [Test] {
    let base = try cast.message(.base, suite)
    let authPSK = try cast.message(.authPSK, suite)
    func altered(
      _ comment: String, _ message: HPKEMessage, _ change: (inout HPKEMessage) -> Void
    ) -> Test {
      var message = message
      change(&message)
      return message.test(comment, "Altered")
    }
    let other = cast.stranger
    return [
      altered("another info", base) { $0.info[0] ^= 1 },
      altered("no info", base) { $0.info = [] },
      altered("other associated data", base) { $0.authenticating[0] ^= 1 },
      altered("no associated data", base) { $0.authenticating = [] },
      altered("another recipient", base) { $0.recipientPrivate = other.secret.exposed() },
      altered("enc of another message", base) { $0.enc = other.publicKey.bytes },
      altered("another sender's key", authPSK) { $0.senderPublic = other.publicKey.bytes },
      altered("another pre-shared key", authPSK) { $0.psk![0] ^= 1 },
      altered("another name of the pre-shared key", authPSK) { $0.pskID![0] ^= 1 },
      altered("mode 3 opened as mode 2", authPSK) {
        ($0.mode, $0.psk, $0.pskID) = (.auth, nil, nil)
      },
      altered("mode 3 opened as mode 1", authPSK) { ($0.mode, $0.senderPublic) = (.psk, nil) },
      altered("mode 3 opened as mode 0", authPSK) {
        ($0.mode, $0.senderPublic, $0.psk, $0.pskID) = (.base, nil, nil, nil)
      },
      altered("mode 0 opened as mode 2", base) {
        ($0.mode, $0.senderPublic) = (.auth, other.publicKey.bytes)
      },
    ]
  }

  private static func sequence(
    _ cast: HPKECast, _ suite: HPKE.CipherSuite
  ) throws(CygnetError) -> [Test] {
    var tests: [Test] = []
    for number in [1, 255, 256, 1 << 32, UInt64.max - 1] {
      let message = try cast.message(.base, suite, number)
      tests.append(message.test("message \(number)", validFlag: "Sequence"))
    }
    for (sealed, opened) in [(UInt64(1), UInt64(0)), (0, 1), (255, 256), (256, 0)] {
      var message = try cast.message(.base, suite, sealed)
      message.sequenceNumber = opened
      tests.append(message.test("message \(sealed) where \(opened) is due", "Sequence"))
    }
    var last = try cast.message(.base, suite)
    last.sequenceNumber = .max
    tests.append(last.test("after 2^64 - 1 messages", "Sequence", .limitExceeded))
    return tests
  }

  private static func preSharedKeys(
    _ cast: HPKECast, _ suite: HPKE.CipherSuite
  ) throws(CygnetError) -> [Test] {
    func altered(_ comment: String, _ psk: [UInt8], _ id: [UInt8]) throws(CygnetError) -> Test {
      var message = try cast.message(.psk, suite)
      (message.psk, message.pskID) = (psk, id)
      return message.test(comment, "PSK", .malformed)
    }
    let key = cast.psk
    return [
      try altered("31 bytes", key.dropLast(), cast.pskID),
      try altered("a name without a key", [], cast.pskID),
      try altered("a key without a name", key, []),
      try altered("neither", [], []),
    ]
  }

  private static func sealings(_ cast: HPKECast) -> [Test] {
    var tests: [Test] = []
    let key = cast.recipient.publicKey.bytes
    for (comment, point) in HPKECast.lowOrderPoints {
      tests.append(cast.sealing("a key of low order: \(comment)", "LowOrder", point, .malformed))
    }
    return tests + [
      cast.sealing("one byte short", "Length", key.dropLast(), .malformed),
      cast.sealing("one byte long", "Length", key + [0], .malformed),
      cast.sealing("top bit set", "NonCanonical", key.replacing(at: 31, [key[31] | 0x80])),
      cast.sealing("9 + p", "NonCanonical", HPKECast.baseCoordinatePlusPrime),
      cast.sealing("message 2^64 - 2, the last", "Sequence", key, number: .max - 1),
      cast.sealing("after 2^64 - 1 messages", "Sequence", key, .limitExceeded, number: .max),
    ]
  }

  private static func exports(_ message: HPKEMessage, blocks: UInt64) -> [Test] {
    [
      message.export("nothing", 0), message.export("a key", 32),
      message.export("the most", blocks),
      message.export("one byte more", blocks + 1, .limitExceeded),
      message.export("more than fits in two bytes", 65_536 + 32, .limitExceeded),
      message.export("more than any memory", 1 << 60, .limitExceeded),
    ]
  }
}
