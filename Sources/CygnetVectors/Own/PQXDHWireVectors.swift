internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// Encodings of suite 2 that a decoder must take, and give back the same, or refuse.
enum PQXDHWireVectors {
  static let suite = OwnVectorSuite(
    name: "pqxdh/types", kind: .check, subject: "pqxdh", spec: "Cygnet Specification: PQXDH",
    notes: [
      .init(
        flag: "Truncated", description: "the last byte is missing", effect: "reads beyond the end"),
      .init(
        flag: "Trailing", description: "one byte too many", effect: "two encodings of one value"),
      .init(
        flag: "Bounds", description: "a length or number at or outside its bounds",
        effect: "memory for whatever a stranger claims"),
      .init(
        flag: "CodePoint", description: "an unknown version, suite, type, kind or key type",
        effect: "the bytes are taken for something else"),
      .init(
        flag: "NonCanonical", description: "a coefficient that is not reduced",
        effect: "one key counts as two, and FIPS 203 promises nothing for it"),
      .init(
        flag: "Order", description: "entries out of order or inconsistent",
        effect: "two encodings of one value, or a state that contradicts itself"),
    ],
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var random = writer.random
    var bob = try VectorParty(
      .named("bob"), now: vectorTime, oneTimeCount: 2, suite: .pqxdh, using: &random)
    let alice = try VectorParty(
      .named("alice"), now: vectorTime, oneTimeCount: 0, using: &random)
    let bundle = try bob.takeBundle()
    var session = try PairwiseSession.initiate(
      to: bundle.verified(now: vectorTime), as: alice.identity, at: alice.address, using: &random)
    let first = try session.encrypt(Array("to begin with".utf8), using: &random)
    guard case .initial(let initial) = first, let key = bundle.kemPreKey else {
      throw CygnetError(.internalFault, "the first message carries the handshake")
    }
    try keys(&writer, key, try bob.plainBundle())
    try bundles(&writer, bundle, try bob.plainBundle())
    let held = bob.preKeys
    var (answered, _) = try PairwiseSession.accept(
      initial, as: bob.identity, at: bob.address, from: alice.address, using: &bob.preKeys)
    let reply = try answered.encrypt(Array("an answer".utf8), using: &random)
    try messages(&writer, initial, reply)
    try states(&writer, [session, answered], fresh: held, used: bob.preKeys)
  }

  private static func keys(
    _ writer: inout OwnVectorWriter, _ key: KEMPreKey, _ plain: PreKeyBundle
  ) throws(CygnetError) {
    let encoded = try key.key.wireEncoded()
    // The first coefficient is the low twelve bits of the first two bytes; 3329 is the modulus.
    let large = encoded.replacing(at: 1, [0x01, encoded[2] & 0xf0 | 0x0d])
    let highest = encoded.replacing(at: 1, [0x00, encoded[2] & 0xf0 | 0x0d])
    try writer.group(
      .wire, ["wire_type": "KEMKey"],
      WireVectors.common([("a key", encoded), ("a coefficient of 3328", highest)]) + [
        WireVectors.invalid("type of an X25519 key", "CodePoint", [2] + encoded.dropFirst()),
        WireVectors.invalid("type 17", "CodePoint", [0x11] + encoded.dropFirst()),
        WireVectors.invalid("a coefficient of 3329", "NonCanonical", large),
        WireVectors.invalid(
          "a coefficient of 4095", "NonCanonical", encoded.replacing(at: 1151, [0xff, 0xff])),
      ])
    let whole = try key.wireEncoded()
    var examples = [("one that serves once", whole)]
    if let last = plain.kemPreKey {
      examples.append(("one of last resort", try last.wireEncoded()))
    }
    try writer.group(
      .wire, ["wire_type": "KEMPreKey"],
      WireVectors.common(examples) + [
        WireVectors.invalid("kind 0", "CodePoint", whole.replacing(at: 4, [0])),
        WireVectors.invalid("kind 3", "CodePoint", whole.replacing(at: 4, [3])),
        WireVectors.invalid(
          "type of an X25519 key", "CodePoint", whole.replacing(at: 13, [2])),
      ])
  }

  private static func bundles(
    _ writer: inout OwnVectorWriter, _ bundle: PreKeyBundle, _ plain: PreKeyBundle
  ) throws(CygnetError) {
    let bytes = try bundle.encoded()
    guard let key = bundle.kemPreKey else { return }
    // What stands before the suite data: its length of two bytes, and the KEM prekey.
    let head = Array(bytes.dropLast(try key.wireCount() + 2))
    try writer.group(
      .wire, ["wire_type": "PreKeyBundle"],
      WireObjectVectors.object([
        ("with one-time prekeys", bytes), ("with a last resort alone", try plain.encoded()),
      ]) + [
        WireVectors.invalid("no KEM prekey", "Bounds", head + [0]),
        WireVectors.invalid("a KEM prekey in suite 1", "Bounds", bytes.replacing(at: 3, [0, 1])),
      ])
  }

  private static func messages(
    _ writer: inout OwnVectorWriter, _ initial: InitialMessage, _ reply: PairwiseMessage
  ) throws(CygnetError) {
    let handshake = try initial.handshake.wireEncoded()
    let kind = handshake.count - MLKEM768.ciphertextByteCount - 1
    try writer.group(
      .wire, ["wire_type": "Handshake"],
      WireVectors.common([("of suite 2", handshake)]) + [
        WireVectors.invalid("kind 0", "CodePoint", handshake.replacing(at: kind, [0])),
        WireVectors.invalid(
          "no KEM part", "Bounds", Array(handshake[..<(kind - 6)]) + [0]),
        WireVectors.invalid(
          "a KEM part in suite 1", "Bounds", handshake.replacing(at: 0, [0, 1])),
      ])
    let header = RatchetHeader(
      ratchetKey: initial.handshake.ephemeral, previousChainLength: 3, n: 4_294_967_295)
    let chunk = Chunk(index: 65_535, data: try ChunkData(wire: [UInt8](repeating: 7, count: 32)))
    let short = try header.triple(
      SparseRatchetMessage(
        braid: BraidMessage(epoch: 1, content: .header(chunk)), n: 1, previousChainLength: 0))
    let long = try header.triple(
      SparseRatchetMessage(
        braid: BraidMessage(epoch: Braid.maxEpoch, content: .secondCiphertext(chunk)),
        n: SparseRatchetMessage.maxNumber, previousChainLength: SparseRatchetMessage.maxNumber))
    try writer.group(
      .wire, ["wire_type": "TripleRatchetHeader"],
      WireVectors.common([("of 81 bytes", short), ("of 89 bytes, the most", long)]) + [
        WireVectors.invalid("no part of the sparse ratchet", "Bounds", try header.encoded()),
        WireVectors.invalid(
          "version 2 of the sparse ratchet", "CodePoint", short.replacing(at: 40, [0x21]),
          .unsupported),
        WireVectors.invalid("type 7", "CodePoint", short.replacing(at: 40, [0x17])),
        WireVectors.invalid("epoch 0", "Bounds", short.replacing(at: 41, [0])),
        WireVectors.invalid("number 0", "Bounds", short.replacing(at: 42, [0])),
      ])
    let answer = try reply.encoded()
    let first = try PairwiseMessage.initial(initial).encoded()
    // Behind the header: two bytes of length and 113 bytes that are sealed.
    let classical = Array(answer[..<3]) + [0x40, 72] + Array(answer[46...])
    try writer.group(
      .wire, ["wire_type": "PairwiseMessage"],
      WireObjectVectors.object([("a ratchet message", answer), ("an initial message", first)]) + [
        WireVectors.invalid("type of suite 1", "CodePoint", answer.replacing(at: 2, [3])),
        WireVectors.invalid("a header of suite 1's length", "Bounds", classical),
        WireVectors.invalid(
          "claims a header of 122 bytes", "Bounds", Array(answer[..<3]) + [0x40, 122]),
      ])
  }

  private static func states(
    _ writer: inout OwnVectorWriter, _ sessions: [PairwiseSession], fresh: PreKeys, used: PreKeys
  ) throws(CygnetError) {
    var examples: [(String, [UInt8])] = []
    for (name, session) in zip(["an initiator", "a responder"], sessions) {
      examples.append((name, try session.state().exposed()))
    }
    try writer.group(
      .wire, ["wire_type": "SessionState"],
      WireObjectVectors.object(examples) + [
        WireVectors.invalid(
          "a handshake of suite 2 in suite 1", "Order", examples[0].1.replacing(at: 3, [0, 1])),
        WireVectors.invalid(
          "no sparse ratchet", "Bounds", try sessions[0].withoutSparseRatchet()),
      ])
    let keys = try fresh.state().exposed()
    // From the end: two one-time KEM prekeys with their length, one of last resort with its own, and
    // the two counters.
    let oneTime = keys.count - 2 * HeldKEMPreKey.byteCount
    let lastResort = oneTime - 2 - HeldKEMPreKey.byteCount - 4
    let counters = lastResort - 2 - 8
    try writer.group(
      .wire, ["wire_type": "PreKeysState"],
      WireObjectVectors.object([
        ("fresh prekeys", keys), ("after one handshake", try used.state().exposed()),
      ]) + [
        WireVectors.invalid(
          "next id 0", "Order", keys.replacing(at: counters, [0, 0, 0, 0])),
        WireVectors.invalid(
          "next unused id beyond the next id", "Order",
          keys.replacing(at: counters + 4, [0, 0, 0, 9])),
        WireVectors.invalid(
          "a last resort of no signed prekey", "Order",
          keys.replacing(at: lastResort, [0, 0, 0, 2])),
        WireVectors.invalid(
          "one id for both kinds", "Order", keys.replacing(at: oneTime, [0, 0, 0, 1])),
        WireVectors.invalid(
          "one-time ids that descend", "Order", keys.replacing(at: oneTime, [0, 0, 0, 3])),
        WireVectors.invalid("in suite 1", "Bounds", keys.replacing(at: 3, [0, 1])),
      ])
  }
}

extension RatchetHeader {
  /// The header of suite 2 with this in it.
  fileprivate func triple(_ sparse: SparseRatchetMessage) throws(CygnetError) -> [UInt8] {
    try TripleRatchetHeader(double: self, sparse: sparse).encoded()
  }
}

extension PairwiseSession {
  /// The stored form with nothing where the sparse ratchet's state belongs, which comes last.
  fileprivate func withoutSparseRatchet() throws(CygnetError) -> [UInt8] {
    let bytes = try state().exposed()
    let count = try sparseRatchet?.wireEncodedSecret().count ?? 0
    return bytes.dropLast(count + 2) + [0]  // a length of two bytes before it
  }
}
