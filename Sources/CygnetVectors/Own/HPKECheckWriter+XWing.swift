internal import CygnetHPKE
internal import CygnetPrimitives

/// The tests of X-Wing, whose keys have two parts and which has no auth modes.
extension HPKECheckWriter {
  static func writeXWing(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let suite = HPKE.CipherSuite.xWingSHA256ChaCha20Poly1305
    let cast = try HPKECast(&writer.random, kem: suite.kem)
    let message = try cast.message(.base, suite)
    try writer.group(
      .hpkeOpen, suite.groupParameters,
      [
        message.test("mode 0"), try cast.message(.psk, suite).test("mode 1"),
        authenticated(message, cast, .auth), authenticated(message, cast, .authPSK),
      ] + ciphertexts(cast, suite) + encapsulations(message))
    try writer.group(.hpkeSeal, suite.groupParameters, sealings(cast))
  }

  /// A message that names a sender's key.
  private static func authenticated(
    _ message: HPKEMessage, _ cast: HPKECast, _ mode: HPKECast.Mode
  ) -> Test {
    var message = message
    (message.mode, message.senderPublic) = (mode, cast.sender.publicKey.bytes)
    if mode == .authPSK { (message.psk, message.pskID) = (cast.psk, cast.pskID) }
    return message.test("mode \(mode.rawValue), which X-Wing has not", "Auth", .unsupported)
  }

  private static func encapsulations(_ message: HPKEMessage) -> [Test] {
    func altered(
      _ comment: String, _ flag: String, _ enc: [UInt8],
      _ code: CygnetError.Code = .authenticationFailed
    ) -> Test {
      var message = message
      message.enc = enc
      return message.test(comment, flag, code)
    }
    let enc = message.enc
    let split = enc.count - 32
    return [
      altered("first bit of the ML-KEM ciphertext", "Altered", enc.replacing(at: 0, [enc[0] ^ 1])),
      altered(
        "last bit of the ML-KEM ciphertext", "Altered",
        enc.replacing(at: split - 1, [enc[split - 1] ^ 0x80])),
      altered(
        "first bit of the X25519 key", "Altered", enc.replacing(at: split, [enc[split] ^ 1])),
      altered(
        "top bit of the X25519 key", "Altered",
        enc.replacing(at: enc.count - 1, [enc[enc.count - 1] ^ 0x80])),
      altered("the X25519 key alone", "Length", Array(enc[split...]), .malformed),
      altered("enc one byte short", "Length", enc.dropLast(), .malformed),
      altered("enc one byte long", "Length", enc + [0], .malformed),
    ]
      + HPKECast.lowOrderPoints.map { comment, point in
        altered("an X25519 key of low order: \(comment)", "LowOrder", enc[..<split] + point)
      }
  }

  private static func sealings(_ cast: HPKECast) -> [Test] {
    let key = cast.recipient.publicKey.bytes
    let split = key.count - 32
    return [
      cast.sealing("as it should be", "Length", key),
      cast.sealing("one byte short", "Length", key.dropLast(), .malformed),
      cast.sealing("one byte long", "Length", key + [0], .malformed),
      cast.sealing("the X25519 key alone", "Length", Array(key[split...]), .malformed),
      cast.sealing(
        "the first coefficient is 4095", "Modulus", key.replacing(at: 0, [0xff, key[1] | 0x0f]),
        .malformed),
      cast.sealing(
        "top bit of the X25519 key set", "NonCanonical",
        key.replacing(at: key.count - 1, [key[key.count - 1] | 0x80])),
    ]
      + HPKECast.lowOrderPoints.map { comment, point in
        cast.sealing(
          "an X25519 key of low order: \(comment)", "LowOrder", key[..<split] + point, .malformed)
      }
  }
}
