internal import CygnetPairwise
internal import CygnetPrimitives

/// Safety numbers with both fingerprints, and codes that must match, differ or be refused.
enum SafetyNumberVectors {
  static let suite = OwnVectorSuite(
    name: "safety-number/safety-numbers", kind: .check, subject: "safety-number",
    spec: "Cygnet Specification: Identity",
    notes: [
      .init(
        flag: "Symmetric", description: "both sides compute it",
        effect: "people compare numbers that never agree"),
      .init(
        flag: "Mismatch", description: "the code of somebody else",
        effect: "an interceptor passes for the peer"),
      .init(
        flag: "Encoding", description: "not such a code", effect: "the comparison is confused"),
    ],
    write: write)

  static func runTrace(_ test: inout VectorLedger) throws(CygnetError) {
    let own = try IdentityKey(decoding: try test.bytes("own_identity_key"))
    let peer = try IdentityKey(decoding: try test.bytes("peer_identity_key"))
    let ownUser = try test.bytes("own_user")
    let peerUser = try test.bytes("peer_user")
    let number = SafetyNumber(own: own, ownUser: ownUser, peer: peer, peerUser: peerUser)
    for (name, key, user) in [("own", own, ownUser), ("peer", peer, peerUser)] {
      try test.expect(
        "\(name)_fingerprint",
        bytes: SafetyNumber.fingerprint(of: key.encoded(), id: user, iterations: 5200))
    }
    try test.expect("digits", .string(number.digits))
    try test.expect("grouped", .string(number.grouped))
    try test.expect("scannable", bytes: number.scannable)
  }

  static func openScan(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    let number = SafetyNumber(
      own: try IdentityKey(decoding: try group.bytes("own_identity_key")),
      ownUser: try group.bytes("own_user"),
      peer: try IdentityKey(decoding: try group.bytes("peer_identity_key")),
      peerUser: try group.bytes("peer_user"))
    return { (test: inout VectorLedger) throws(CygnetError) in
      let payload = try test.bytes("scanned")
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try number.matches(scanned: payload)
      }
      guard let matches = try test.settle(outcome) else { return }
      try test.expect("matches", .bool(matches))
    }
  }

  // MARK: - Writing

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let alice = try IdentityKeyPair.generate(using: &writer.random).publicKey
    let bob = try IdentityKeyPair.generate(using: &writer.random).publicKey
    let carol = try IdentityKeyPair.generate(using: &writer.random).publicKey
    let (aliceUser, bobUser) = (Array("alice".utf8), Array("bob".utf8))
    try writer.group(
      .safetyNumber,
      [
        trace("Alice's side", ["Symmetric"], alice, aliceUser, bob, bobUser),
        trace("Bob's side", ["Symmetric"], bob, bobUser, alice, aliceUser),
        trace("another user name", [], alice, aliceUser, bob, Array("bobby".utf8)),
      ])
    let bobs = SafetyNumber(own: bob, ownUser: bobUser, peer: alice, peerUser: aliceUser)
    let code = bobs.scannable
    let carols = SafetyNumber(own: carol, ownUser: bobUser, peer: alice, peerUser: aliceUser)
    let alices = SafetyNumber(own: alice, ownUser: aliceUser, peer: bob, peerUser: bobUser)
    try writer.group(
      .scan, shared(alice, aliceUser, bob, bobUser),
      [
        scan("Bob's code", [], code, matches: true),
        scan("the code of another key", ["Mismatch"], carols.scannable, matches: false),
        scan("our own code", ["Mismatch"], alices.scannable, matches: false),
        scan(
          "one bit of the peer's half", ["Mismatch"], code.replacing(at: 37, [code[37] ^ 1]),
          matches: false),
        scan(
          "one bit of our half", ["Mismatch"], code.replacing(at: 73, [code[73] ^ 1]),
          matches: false),
        scan("another version", ["Encoding"], code.replacing(at: 1, [3]), error: .unsupported),
        scan(
          "a field of another number", ["Encoding"], code.replacing(at: 2, [0x1a]),
          error: .malformed),
        scan("one byte short", ["Encoding"], code.dropLast(), error: .malformed),
        scan("one byte long", ["Encoding"], code + [0], error: .malformed),
        scan("empty", ["Encoding"], [], error: .malformed),
      ])
  }

  private static func shared(
    _ own: IdentityKey, _ ownUser: [UInt8], _ peer: IdentityKey, _ peerUser: [UInt8]
  ) -> KeyValuePairs<String, JSON> {
    [
      "own_identity_key": .hex(own.encoded()), "own_user": .hex(ownUser),
      "peer_identity_key": .hex(peer.encoded()), "peer_user": .hex(peerUser),
    ]
  }

  private static func trace(
    _ comment: String, _ flags: [String], _ own: IdentityKey, _ ownUser: [UInt8],
    _ peer: IdentityKey, _ peerUser: [UInt8]
  ) -> OwnVectorWriter.Test {
    .init(comment, flags: flags, shared(own, ownUser, peer, peerUser))
  }

  private static func scan(
    _ comment: String, _ flags: [String], _ code: [UInt8], matches: Bool
  ) -> OwnVectorWriter.Test {
    .init(
      comment, flags: flags,
      ["scanned": .hex(code), "result": "valid", "matches": .bool(matches)])
  }

  private static func scan(
    _ comment: String, _ flags: [String], _ code: [UInt8], error: CygnetError.Code
  ) -> OwnVectorWriter.Test {
    .init(
      comment, flags: flags,
      ["scanned": .hex(code), "result": "invalid", "error": .string(error.name)])
  }
}
