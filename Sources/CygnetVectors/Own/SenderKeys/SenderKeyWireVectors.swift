internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetSenderKeys
internal import CygnetWire

/// Encodings of sender keys that a decoder must take, and give back the same, or refuse.
enum SenderKeyWireVectors {
  static let suite = OwnVectorSuite(
    name: "sender-keys/types", kind: .check, subject: "sender-keys",
    spec: "Cygnet Specification: SenderKeys",
    notes: [
      .init(
        flag: "Truncated", description: "the last byte is missing", effect: "reads beyond the end"),
      .init(
        flag: "Trailing", description: "one byte too many", effect: "two encodings of one value"),
      .init(
        flag: "Bounds", description: "a length or number at or outside its bounds",
        effect: "memory for whatever a stranger claims, or numbers that run over"),
      .init(
        flag: "CodePoint", description: "an unknown version, suite, type or key type",
        effect: "the bytes are taken for something else"),
      .init(
        flag: "NonCanonical", description: "a second spelling of a key",
        effect: "one key counts as two"),
      .init(
        flag: "Order", description: "entries out of order or inconsistent",
        effect: "two encodings of one value, or a state that contradicts itself"),
    ],
    write: write)

  private typealias Test = OwnVectorWriter.Test

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var scene = try SenderKeyScene(&writer.random)
    try distributions(&writer, scene)
    try messages(&writer, &scene)
    try states(&writer, &scene)
  }

  private static func distributions(
    _ writer: inout OwnVectorWriter, _ scene: SenderKeyScene
  ) throws(CygnetError) {
    let bytes = try scene.alice.distributionMessage().encoded()
    let full = bytes.replacing(at: 25, [255, 255, 255, 254])
    try writer.group(
      .wire, ["wire_type": "SenderKeyDistributionMessage"],
      WireObjectVectors.object([("a first chain", bytes), ("a chain that is full", full)]) + [
        WireVectors.invalid("suite 2", "CodePoint", bytes.replacing(at: 3, [0, 2]), .unsupported),
        WireVectors.invalid("chain 0", "Bounds", bytes.replacing(at: 21, [0, 0, 0, 0])),
        WireVectors.invalid(
          "a chain longer than any", "Bounds", bytes.replacing(at: 25, [255, 255, 255, 255])),
        WireVectors.invalid("type of an identity key", "CodePoint", bytes.replacing(at: 61, [1])),
        WireVectors.invalid(
          "y = 2^255 - 19", "NonCanonical", bytes.replacing(at: 62, HostileKeys.nonCanonical)),
        WireVectors.invalid("suite data in suite 1", "Bounds", bytes.dropLast() + [1, 0]),
      ])
  }

  private static func messages(
    _ writer: inout OwnVectorWriter, _ scene: inout SenderKeyScene
  ) throws(CygnetError) {
    let empty = try scene.send("").encoded()
    let text = try scene.send("a message that is long enough for two bytes of length").encoded()
    let head = Array(empty[..<59])
    let signature = Array(empty.suffix(64))
    try writer.group(
      .wire, ["wire_type": "SenderKeyMessage"],
      WireObjectVectors.object([
        ("a message", text), ("an empty message", empty),
        ("the last number", text.replacing(at: 23, [255, 255, 255, 253])),
      ]) + [
        WireVectors.invalid("chain 0", "Bounds", text.replacing(at: 19, [0, 0, 0, 0])),
        WireVectors.invalid(
          "a number that no chain has", "Bounds", text.replacing(at: 23, [255, 255, 255, 254])),
        WireVectors.invalid(
          "a ciphertext shorter than its tag", "Bounds",
          head + [15] + [UInt8](repeating: 0, count: 15) + signature),
        WireVectors.invalid("claims 2^18 + 17 bytes", "Bounds", head + [0x80, 0x04, 0, 0x11]),
        WireVectors.invalid("no signature", "Truncated", Array(empty.dropLast(64))),
      ])
    try envelopes(&writer, text, empty)
  }

  /// An envelope whose message is one of a sender's chain.
  private static func envelopes(
    _ writer: inout OwnVectorWriter, _ text: [UInt8], _ empty: [UInt8]
  ) throws(CygnetError) {
    func envelope(_ message: [UInt8]) throws(CygnetError) -> [UInt8] {
      try BroadcastEnvelope(
        sender: .named("alice"), recipient: .named("bob"),
        message: SenderKeyMessage(decoding: message)
      ).wireEncoded()
    }
    let good = try envelope(empty)
    // Behind header and addresses: the length of the message in two bytes.
    let start = 3 + 10 + 8
    try writer.group(
      .wire, ["wire_type": "BroadcastEnvelope"],
      WireObjectVectors.object([
        ("with an empty message", good), ("with a message", try envelope(text)),
      ]) + [
        WireVectors.invalid("no name", "Bounds", good[..<3] + [0] + good[9...]),
        WireVectors.invalid("no message", "Bounds", good[..<start] + [0]),
        WireVectors.invalid(
          "a message of version 2", "CodePoint", good.replacing(at: start + 2, [0, 2]),
          .unsupported),
        WireVectors.invalid(
          "a ratchet message", "CodePoint", good.replacing(at: start + 4, [3])),
        WireVectors.invalid(
          "what shares a chain", "CodePoint", good.replacing(at: start + 4, [15])),
        WireVectors.invalid(
          "a byte behind the message", "Trailing",
          good.replacing(at: start + 1, [good[start + 1] + 1]) + [0]),
      ])
  }

  private static func states(
    _ writer: inout OwnVectorWriter, _ scene: inout SenderKeyScene
  ) throws(CygnetError) {
    let sending = try scene.alice.state().exposed()
    try writer.group(
      .wire, ["wire_type": "SendingSenderKeyState"],
      WireObjectVectors.object([
        ("a sender", sending),
        ("at the end of a chain", sending.replacing(at: 81, [255, 255, 255, 254])),
      ]) + [
        WireVectors.invalid(
          "suite 2", "CodePoint", sending.replacing(at: 3, [0, 2]), .unsupported),
        WireVectors.invalid(
          "a policy of no messages", "Bounds", sending.replacing(at: 53, [0, 0, 0, 0])),
        WireVectors.invalid(
          "a policy of no time", "Bounds",
          sending.replacing(at: 57, [UInt8](repeating: 0, count: 8))),
        WireVectors.invalid(
          "a hard limit below the messages of the policy", "Order",
          sending.replacing(at: 65, [0, 0, 0, 1])),
        WireVectors.invalid("chain 0", "Bounds", sending.replacing(at: 69, [0, 0, 0, 0])),
        WireVectors.invalid(
          "a chain longer than any", "Bounds", sending.replacing(at: 81, [255, 255, 255, 255])),
        WireVectors.invalid("suite data in suite 1", "Bounds", sending.dropLast() + [1, 0]),
      ])
    try receivingStates(&writer, &scene)
  }

  private static func receivingStates(
    _ writer: inout OwnVectorWriter, _ scene: inout SenderKeyScene
  ) throws(CygnetError) {
    let fresh = try scene.bob.state().exposed()
    // Two messages were sent that Bob has not read; their keys are at 138 and 174.
    try scene.read(try scene.send("the third"))
    let skipped = try scene.bob.state().exposed()
    try scene.rotate()
    try scene.share()
    let two = try scene.bob.state().exposed()
    let chain = Array(fresh[59..<137])
    let head = Array(fresh[..<57])
    try writer.group(
      .wire, ["wire_type": "ReceivingSenderKeyState"],
      WireObjectVectors.object([
        ("one chain", fresh), ("two skipped keys", skipped), ("two chains", two),
      ]) + [
        WireVectors.invalid("suite 2", "CodePoint", fresh.replacing(at: 3, [0, 2]), .unsupported),
        WireVectors.invalid("no chain", "Bounds", head + [0, 0]),
        WireVectors.invalid(
          "a chain that was given up", "Order", fresh.replacing(at: 53, [0, 0, 0, 1])),
        WireVectors.invalid(
          "a chain twice", "Order", head + [0x40, 156] + chain + chain + [0]),
        WireVectors.invalid(
          "chains out of order", "Order",
          head + [0x40, 156] + chain.replacing(at: 3, [2]) + chain + [0]),
        WireVectors.invalid(
          "six chains", "Bounds",
          head + [0x41, 0xd4] + (1...6).flatMap { chain.replacing(at: 3, [$0]) } + [0]),
        WireVectors.invalid(
          "type of an identity key", "CodePoint", fresh.replacing(at: 63, [1])),
        WireVectors.invalid(
          "a next number below the first", "Order", fresh.replacing(at: 96, [0, 0, 0, 1])),
        WireVectors.invalid(
          "skipped keys out of order", "Order", skipped.replacing(at: 141, [1])),
        WireVectors.invalid(
          "a skipped key at the next number", "Order", skipped.replacing(at: 177, [3])),
      ])
  }
}
