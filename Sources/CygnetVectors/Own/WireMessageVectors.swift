internal import Cygnet
internal import CygnetAttachments
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// What people hand to each other: cards, envelopes, and what is inside of messages.
enum WireMessageVectors {
  private typealias Test = WireVectors.Test

  static func write(
    _ writer: inout OwnVectorWriter, _ scene: inout VectorScene
  ) throws(CygnetError) {
    try writer.group(.wire, ["wire_type": "ContactCard"], cards(scene))
    try writer.group(.wire, ["wire_type": "Envelope"], envelopes(&scene))
    try writer.group(.wire, ["wire_type": "MessageContent"], contents(&scene.random))
  }

  private static func cards(_ scene: VectorScene) throws(CygnetError) -> [Test] {
    func card(_ bundle: PreKeyBundle, _ name: [UInt8]) throws(CygnetError) -> [UInt8] {
      try ContactCard.make(bundle, name: name, by: scene.bob.identity, now: vectorTime).encoded()
    }
    let bundle = try scene.bob.plainBundle()
    let good = try card(bundle, Array("Bob".utf8))
    let nameStart = 5 + (try bundle.encoded().count)
    return WireObjectVectors.object([
      ("a card", good), ("without a name", try card(bundle, [])),
      ("a name that is not UTF-8", try card(bundle, [0x80, 0])),
      ("a bundle with a one-time prekey", try card(scene.bundle, Array("Bob".utf8))),
    ]) + [
      WireVectors.invalid(
        "a bundle of suite 3", "CodePoint", good.replacing(at: 8, [0, 3]), .unsupported),
      WireVectors.invalid("no bundle", "Bounds", good[..<3] + [0] + good[nameStart...]),
      WireVectors.invalid(
        "a name of 256 bytes", "Bounds",
        good[..<nameStart] + [0x41, 0] + [UInt8](repeating: 0x6e, count: 256)
          + good[(nameStart + 4)...]),
      WireVectors.invalid(
        "the length of the name in two bytes", "NonMinimal",
        good[..<nameStart] + [0x40, 3] + good[(nameStart + 1)...]),
      WireVectors.invalid(
        "a byte behind the bundle", "Trailing",
        good[..<4] + [good[4] + 1] + good[5..<nameStart] + [0] + good[nameStart...]),
    ]
  }

  private static func envelopes(_ scene: inout VectorScene) throws(CygnetError) -> [Test] {
    let (alice, bob) = (scene.alice.address, scene.bob.address)
    let initial = try scene.aliceSends("to begin with")
    let ratchet = try scene.bobSends("an answer")
    let good = try Envelope(sender: bob, recipient: alice, message: ratchet).encoded()
    // Behind the header: "bob" and "alice", each with its length and device.
    let start = 3 + 8 + 10
    let longest = try DeviceAddress(user: [UInt8](repeating: 0x75, count: 255), device: .max)
    return WireObjectVectors.object([
      ("a ratchet message", good),
      (
        "an initial message",
        try Envelope(sender: alice, recipient: bob, message: initial).encoded()
      ),
      (
        "from a device to itself, with the longest name",
        try Envelope(sender: longest, recipient: longest, message: ratchet).encoded()
      ),
    ]) + [
      WireVectors.invalid(
        "no name of the sender", "Bounds", good[..<3] + [0] + good[7...]),
      WireVectors.invalid("no message", "Bounds", good[..<start] + [0]),
      WireVectors.invalid(
        "claims 2^30 - 1 bytes", "Bounds",
        good[..<start] + [0xbf, 0xff, 0xff, 0xff] + good[(start + 2)...]),
      WireVectors.invalid(
        "a message of version 2", "CodePoint", good.replacing(at: start + 2, [0, 2]),
        .unsupported),
      WireVectors.invalid(
        "a bundle in place of a message", "CodePoint", good.replacing(at: start + 4, [1])),
      WireVectors.invalid(
        "an envelope in an envelope", "CodePoint", good.replacing(at: start + 4, [10])),
      WireVectors.invalid(
        "a byte behind the message", "Trailing",
        good.replacing(at: start + 1, [good[start + 1] + 1]) + [0]),
    ]
  }

  private static func contents(
    _ random: inout SeededRandomSource
  ) throws(CygnetError) -> [Test] {
    let pointer = try AttachmentPointer(
      role: .original, padding: .padme, key: AttachmentKey(random.secret(32)), size: 1000,
      blobSize: BlobLayout(contentSize: 1000, padding: .padme).blobSize, digestAlgorithm: .flat,
      digest: random.bytes(32))
    let bare = try pointer.encoded()
    func content(
      _ text: [UInt8], _ attachments: [AttachmentPointer] = []
    ) throws(CygnetError) -> [UInt8] {
      try MessageContent(text: text, attachments: attachments).encoded()
    }
    let text = try content(Array("hello".utf8))
    let largest = [UInt8](repeating: 0x61, count: MessageContent.maxTextByteCount)
    let header = Array(text[..<3])
    return WireObjectVectors.object([
      ("a text", text), ("nothing", try content([])),
      ("an attachment", try content([], [pointer])),
      ("a text and two attachments", try content(Array("look".utf8), [pointer, pointer])),
      (
        "32 attachments",
        try content([], Array(repeating: pointer, count: MessageContent.maxAttachments))
      ),
    ]) + [
      WireVectors.invalid(
        "a text of 2^17 + 1 bytes", "Bounds",
        header + [0x80, 0x02, 0, 1] + largest.prefix(2)),
      WireVectors.invalid(
        "33 attachments", "Bounds", try list(header, [[UInt8]](repeating: bare, count: 33))),
      WireVectors.invalid(
        "half an attachment", "Truncated", try list(header, [Array(bare.prefix(40))])),
      WireVectors.invalid(
        "an attachment of scheme 2", "CodePoint",
        try list(header, [bare.replacing(at: 0, [2])]), .unsupported),
    ]
  }

  /// A content without text, with these bytes as its attachments.
  private static func list(
    _ header: [UInt8], _ pointers: [[UInt8]]
  ) throws(CygnetError) -> [UInt8] {
    header + [0] + (try OpaqueList(bytes: pointers.flatMap { $0 }).wireEncoded())
  }

  private struct OpaqueList: WireEncodable {
    let bytes: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) { try writer.write(opaque: bytes) }
  }
}
