internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// The objects that travel or are stored by themselves.
enum WireObjectVectors {
  static func write(
    _ writer: inout OwnVectorWriter, _ scene: inout VectorScene
  ) throws(CygnetError) {
    let bundle = try scene.bundle.encoded()
    let plain = try scene.bob.plainBundle().encoded()
    try writer.group(
      .wire, ["wire_type": "PreKeyBundle"],
      object([("with a one-time prekey", bundle), ("without a one-time prekey", plain)]) + [
        WireVectors.invalid(
          "suite 3", "CodePoint", bundle.replacing(at: 3, [0, 3]), .unsupported)
      ])
    try messages(&writer, &scene)
    try states(&writer, &scene)
    let identity = try scene.alice.identity.state().exposed()
    try writer.group(
      .wire, ["wire_type": "IdentityState"], object([("a seed", identity)]))
  }

  /// What holds for every object with a header.
  static func object(_ examples: [(String, [UInt8])]) -> [WireVectors.Test] {
    guard let (_, bytes) = examples.first else { return [] }
    return WireVectors.common(examples) + [
      WireVectors.invalid(
        "layout version 0", "CodePoint", bytes.replacing(at: 0, [0, 0]), .unsupported),
      WireVectors.invalid(
        "layout version 2", "CodePoint", bytes.replacing(at: 0, [0, 2]), .unsupported),
      WireVectors.invalid("type 0", "CodePoint", bytes.replacing(at: 2, [0])),
      WireVectors.invalid("type of a safety number", "CodePoint", bytes.replacing(at: 2, [7])),
    ]
  }

  private static func messages(
    _ writer: inout OwnVectorWriter, _ scene: inout VectorScene
  ) throws(CygnetError) {
    let initial = try scene.aliceSends("to begin with")
    try scene.bobReceives(initial)
    let ratchet = try scene.bobSends("an answer").encoded()
    let empty = try scene.bobSends("").encoded()
    let first = try initial.encoded()
    try writer.group(
      .wire, ["wire_type": "PairwiseMessage"],
      object([
        ("a ratchet message", ratchet), ("an empty ratchet message", empty),
        ("an initial message", first),
      ]) + [
        WireVectors.invalid(
          "a ciphertext shorter than its tag", "Bounds",
          Array(empty[..<75]) + [15] + [UInt8](repeating: 0, count: 15)),
        WireVectors.invalid(
          "claims 2^18 + 17 bytes", "Bounds", Array(empty[..<75]) + [0x80, 0x04, 0, 0x11]),
        WireVectors.invalid(
          "an initial message of suite 3", "CodePoint", first.replacing(at: 3, [0, 3]),
          .unsupported),
      ])
  }

  private static func states(
    _ writer: inout OwnVectorWriter, _ scene: inout VectorScene
  ) throws(CygnetError) {
    let initiator = try scene.aliceSession.state().exposed()
    let responder = try scene.bobSession?.state().exposed() ?? []
    try writer.group(
      .wire, ["wire_type": "SessionState"],
      object([("an initiator", initiator), ("a responder", responder)]) + [
        WireVectors.invalid(
          "suite 3", "CodePoint", initiator.replacing(at: 3, [0, 3]), .unsupported),
        WireVectors.invalid("suite data in suite 1", "Bounds", initiator.dropLast() + [1, 0]),
      ])
    let keys = try scene.bob.preKeys.state().exposed()
    // Behind header and suite: the length of the signed prekeys in two bytes, and the first of them.
    let oneTime = 3 + 2 + 2 + 109 + 32 + 1
    try writer.group(
      .wire, ["wire_type": "PreKeysState"],
      object([("prekeys", keys)]) + [
        WireVectors.invalid(
          "suite 3", "CodePoint", keys.replacing(at: 3, [0, 3]), .unsupported),
        WireVectors.invalid(
          "next one-time id 0", "Order", keys.replacing(at: oneTime, [0, 0, 0, 0])),
        WireVectors.invalid(
          "next unused id beyond the next id", "Order",
          keys.replacing(at: oneTime + 4, [0, 0, 0, 9])),
      ])
  }
}
