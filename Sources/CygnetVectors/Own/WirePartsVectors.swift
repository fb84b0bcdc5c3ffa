internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// The parts that messages and bundles are made of.
enum WirePartsVectors {
  static func write(
    _ writer: inout OwnVectorWriter, _ scene: inout VectorScene
  ) throws(CygnetError) {
    try keys(&writer, scene)
    let user = [UInt8](repeating: 0x75, count: 255)
    let longest = try DeviceAddress(user: user, device: .max).wireEncoded()
    try writer.group(
      .wire, ["wire_type": "DeviceAddress"],
      WireVectors.common([
        ("a short name", try scene.bob.address.wireEncoded()), ("the longest name", longest),
      ]) + [
        WireVectors.invalid("no name", "Bounds", [0, 0, 0, 0, 1]),
        WireVectors.invalid("256 bytes", "Bounds", [0x41, 0] + user + [0x75, 0, 0, 0, 1]),
        WireVectors.invalid("length in two bytes", "NonMinimal", [0x40, 1, 0x62, 0, 0, 0, 1]),
      ])
    try preKeys(&writer, scene)
    try handshakes(&writer, &scene)
    try headers(&writer, &scene)
  }

  private static func keys(
    _ writer: inout OwnVectorWriter, _ scene: VectorScene
  ) throws(CygnetError) {
    let identity = scene.bob.identity.publicKey.encoded()
    let curve = try scene.bundle.signedPreKey.key.wireEncoded()
    let highest = [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
    try writer.group(
      .wire, ["wire_type": "IdentityKey"],
      WireVectors.common([("a key", identity)]) + [
        WireVectors.invalid("type of an X25519 key", "CodePoint", [2] + identity.dropFirst()),
        WireVectors.invalid("type 0", "CodePoint", [0] + identity.dropFirst()),
        WireVectors.invalid("y = 2^255 - 19", "NonCanonical", [1] + HostileKeys.nonCanonical),
        WireVectors.invalid(
          "y = 2^255 - 1 with the sign bit", "NonCanonical",
          [1] + [UInt8](repeating: 0xff, count: 32)),
      ])
    try writer.group(
      .wire, ["wire_type": "CurveKey"],
      WireVectors.common([("a key", curve), ("u = 2^255 - 20", [2] + highest)]) + [
        WireVectors.invalid("type of an Ed25519 key", "CodePoint", [1] + curve.dropFirst()),
        WireVectors.invalid("u = 2^255 - 19", "NonCanonical", [2] + HostileKeys.nonCanonical),
        WireVectors.invalid(
          "top bit set", "NonCanonical", curve.replacing(at: 32, [curve[32] | 0x80])),
      ])
  }

  private static func preKeys(
    _ writer: inout OwnVectorWriter, _ scene: VectorScene
  ) throws(CygnetError) {
    let signed = try scene.bundle.signedPreKey.wireEncoded()
    try writer.group(
      .wire, ["wire_type": "SignedPreKey"],
      WireVectors.common([("a key", signed)]) + [
        WireVectors.invalid(
          "type of an Ed25519 key", "CodePoint", signed.replacing(at: 12, [1]))
      ])
    guard let oneTime = scene.bundle.oneTimePreKey else { return }
    let encoded = try oneTime.wireEncoded()
    try writer.group(
      .wire, ["wire_type": "OneTimePreKey"],
      WireVectors.common([("a key", encoded)]) + [
        WireVectors.invalid(
          "type of an Ed25519 key", "CodePoint", encoded.replacing(at: 4, [1])),
        WireVectors.invalid(
          "u = 2^255 - 19", "NonCanonical", encoded.replacing(at: 5, HostileKeys.nonCanonical)),
      ])
  }

  private static func handshakes(
    _ writer: inout OwnVectorWriter, _ scene: inout VectorScene
  ) throws(CygnetError) {
    let ephemeral = try X25519.KeyPair.generate(using: &scene.random).publicKey
    var encodings: [[UInt8]] = []
    for id in [OneTimePreKeyID(5), nil] {
      encodings.append(
        try Handshake(
          suite: .x3dh, identity: scene.alice.identity.publicKey.ed25519, ephemeral: ephemeral,
          signedPreKeyID: SignedPreKeyID(1), oneTimePreKeyID: id
        ).wireEncoded())
    }
    try writer.group(
      .wire, ["wire_type": "Handshake"],
      WireVectors.common([
        ("with a one-time prekey", encodings[0]), ("without a one-time prekey", encodings[1]),
      ]) + [
        WireVectors.invalid(
          "suite 0", "CodePoint", encodings[0].replacing(at: 0, [0, 0]), .unsupported),
        WireVectors.invalid(
          "presence byte 2", "Reserved", encodings[0].replacing(at: 72, [2])),
        WireVectors.invalid("suite data in suite 1", "Bounds", encodings[1].dropLast() + [1, 0]),
      ])
  }

  private static func headers(
    _ writer: inout OwnVectorWriter, _ scene: inout VectorScene
  ) throws(CygnetError) {
    let key = try X25519.KeyPair.generate(using: &scene.random).publicKey
    let header = try RatchetHeader(ratchetKey: key, previousChainLength: 3, n: 4_294_967_295)
      .wireEncoded()
    try writer.group(
      .wire, ["wire_type": "RatchetHeader"],
      WireVectors.common([("a header", header)]) + [
        WireVectors.invalid(
          "u = 2^255 - 19", "NonCanonical", header.replacing(at: 0, HostileKeys.nonCanonical))
      ])
    let chain = scene.random.bytes(32)
    let message = scene.random.bytes(32)
    let one: [UInt8] = [0, 0, 0, 1]
    // One chain, one batch stored at time 1, one key with number 2.
    let batch = one + [36, 0, 0, 0, 2] + message
    let state = [0, 0, 0, 9, 0x40, 0x4a] + chain + [41] + batch
    let twice = one + [0x40, 72, 0, 0, 0, 2] + message + [0, 0, 0, 2] + message
    try writer.group(
      .wire, ["wire_type": "SkippedMessageKeys"],
      WireVectors.common([("one key", state), ("none", [0, 0, 0, 0, 0])]) + [
        WireVectors.invalid(
          "a chain without batches", "Bounds", [0, 0, 0, 9, 33] + chain + [0]),
        WireVectors.invalid(
          "a batch without keys", "Bounds", [0, 0, 0, 9, 38] + chain + [5] + one + [0]),
        WireVectors.invalid(
          "a number twice", "Order",
          [0, 0, 0, 9, 0x40, 112] + chain + [0x40, 78] + twice),
      ])
  }
}
