import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Safety numbers")
struct SafetyNumberTests {
  private struct Figures {
    let version: UInt8
    let iterations: Int
    let ids: [[UInt8]]
    let keys: [[UInt8]]
    let fingerprints: [[UInt8]]
    let halves: [String]
    let displayable: String
    let scannable: [UInt8]
  }

  private func check(_ figures: Figures, _ comment: Comment) {
    var computed: [[UInt8]] = []
    for (key, id) in zip(figures.keys, figures.ids) {
      computed.append(
        SafetyNumber.fingerprint(of: key, id: id, iterations: figures.iterations))
    }
    #expect(computed == figures.fingerprints, comment)
    #expect(computed.map { SafetyNumber.digits(of: $0) } == figures.halves, comment)
    let number = SafetyNumber(own: computed[0], peer: computed[1])
    #expect(number.digits == figures.displayable, comment)
    #expect(
      SafetyNumber.scannable(
        version: figures.version, own: Array(computed[0].prefix(32)),
        peer: Array(computed[1].prefix(32))) == figures.scannable, comment)
  }

  @Test("published figures come out", .enabled(if: PublishedVectors.folder != nil))
  func published() throws {
    let json = try PublishedVectors.json("signal/fingerprint.json")
    let encoding = try #require(json["encoding_case"])
    #expect(
      SafetyNumber.scannable(
        version: UInt8(try #require(encoding["version"]?.int)),
        own: try #require(encoding["local"]?.hexBytes),
        peer: try #require(encoding["remote"]?.hexBytes)) == encoding["scannable"]?.hexBytes)
    let tests = try #require(json["tests"]?.array)
    #expect(tests.count == json["numberOfTests"]?.int && !tests.isEmpty)
    for (index, test) in tests.enumerated() {
      func bytes(_ name: String) throws -> [UInt8] { try #require(test[name]?.hexBytes) }
      let figures = Figures(
        version: UInt8(try #require(test["version"]?.int)),
        iterations: try #require(test["iterations"]?.int),
        ids: [try bytes("local_id"), try bytes("remote_id")],
        keys: [try bytes("local_identity"), try bytes("remote_identity")],
        fingerprints: [try bytes("local_fingerprint"), try bytes("remote_fingerprint")],
        halves: [
          try #require(test["local_digits"]?.string), try #require(test["remote_digits"]?.string),
        ],
        displayable: try #require(test["displayable"]?.string),
        scannable: try bytes("scannable"))
      check(figures, "case \(index)")
    }
  }

  @Test("the digits and the payload of one known pair")
  func known() throws {
    let keys = [
      "0506863bc66d02b40d27b8d49ca7c09e9239236f9d7d25d6fcca5ce13c7064d868",
      "05f781b6fb32fed9ba1cf2de978d4d5da28dc34046ae814402b5c0dbd96fda907b",
    ]
    let prints = zip(keys, ["+14152222222", "+14153333333"]).map { key, id in
      SafetyNumber.fingerprint(of: Hex.decode(key) ?? [], id: Array(id.utf8), iterations: 5200)
    }
    let number = SafetyNumber(own: prints[0], peer: prints[1])
    #expect(number.digits == "300354477692869396892869876765458257569162576843440918079131")
    #expect(
      number.grouped == "30035 44776 92869 39689 28698 76765 45825 75691 62576 84344 09180 79131")
    #expect(
      Hex.encode(number.scannable) == "080212220a20"
        + "1e301a0353dce3dbe7684cb8336e85136cdc0ee96219494ada305d62a7bd61df" + "1a220a20"
        + "d62cbf73a11592015b6b9f1682ac306fea3aaf3885b84d12bca631e9d4fb3a4d")
  }

  /// The numbers as Alice and as Bob sees them.
  private func sides() throws -> (alice: SafetyNumber, bob: SafetyNumber) {
    let (alice, bob) = (try TestDevice("alice"), try TestDevice("bob"))
    let (a, b) = (alice.identity.publicKey, bob.identity.publicKey)
    return (
      SafetyNumber(own: a, ownUser: alice.address.user, peer: b, peerUser: bob.address.user),
      SafetyNumber(own: b, ownUser: bob.address.user, peer: a, peerUser: alice.address.user)
    )
  }

  @Test("both sides see the same 60 digits and match when they scan each other")
  func match() throws {
    let (alice, bob) = try sides()
    #expect(alice == bob && alice.digits == bob.digits)
    #expect(alice.digits.utf8.count == 60)
    #expect(alice.digits.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
    #expect(try alice.matches(scanned: bob.scannable))
    #expect(try bob.matches(scanned: alice.scannable))
    #expect(try !alice.matches(scanned: alice.scannable), "one's own code is no proof")
  }

  @Test("another key or another name gives another number and does not match")
  func mismatch() throws {
    let (alice, bob) = try sides()
    let mallory = try TestDevice("mallory")
    let bobsDevice = try TestDevice("bob")
    for (key, user) in [
      (mallory.identity.publicKey, Array("bob".utf8)),
      (bobsDevice.identity.publicKey, Array("bop".utf8)),
    ] {
      let other = SafetyNumber(
        own: key, ownUser: user, peer: try TestDevice("alice").identity.publicKey,
        peerUser: Array("alice".utf8))
      #expect(other != bob)
      #expect(try !alice.matches(scanned: other.scannable))
    }
  }

  @Test("a scan of another version is unsupported, anything else is malformed or no match")
  func badScans() throws {
    let (alice, bob) = try sides()
    let good = bob.scannable
    #expect(good.count == 74)
    for count in 0..<good.count {
      #expect(failureCode { try alice.matches(scanned: Array(good[..<count])) } == .malformed)
    }
    #expect(failureCode { try alice.matches(scanned: good + [0]) } == .malformed)
    try everyBitFlip(of: good) { (bit, flipped) throws in
      let layout = [0, 2, 3, 4, 5, 38, 39, 40, 41]
      let code = failureCode { try alice.matches(scanned: flipped) }
      if bit / 8 == 1 {
        #expect(code == .unsupported, "bit \(bit)")
      } else if layout.contains(bit / 8) {
        #expect(code == .malformed, "bit \(bit)")
      } else {
        #expect(try !alice.matches(scanned: flipped), "bit \(bit)")
      }
    }
  }
}
