import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Printing")
struct RedactionTests {
  /// Everything that printing can make of `value`.
  private static func renderings(of value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    var printed = ""
    print(value, to: &printed)
    return dumped + printed + "\(value)" + String(reflecting: value) + String(describing: value)
  }

  /// Whether four consecutive bytes of `secret` stand in `text`: as hex, as a list of numbers, or
  /// as the lines of a dump.
  private static func shows(_ text: String, _ secret: [UInt8]) -> Bool {
    let text = text.lowercased()
    for start in 0...(secret.count - 4) {
      let part = secret[start..<(start + 4)]
      let list = part.map { String($0) }.joined(separator: ", ")
      let lines = part.map { "- \($0)\n" }.joined()
      let compact = text.split(whereSeparator: { $0 == " " }).joined()
      if text.contains(Hex.encode(Array(part))) || text.contains(list)
        || compact.contains(lines.split(separator: " ").joined())
      {
        return true
      }
    }
    return false
  }

  @Test("the search finds bytes in each of the ways they can be printed")
  func control() {
    struct Careless { let key: [UInt8] }
    let key: [UInt8] = (0..<32).map { 200 + $0 }
    var dumped = ""
    dump(Careless(key: key), to: &dumped)
    for text in [dumped, "\(Careless(key: key))", String(reflecting: key), Hex.encode(key)] {
      #expect(Self.shows(text, key))
    }
  }

  @Test("no rendering of a session shows a byte of its keys")
  func sessions() throws {
    var pair = try TestPair()
    try check(pair.bobSession)
    try pair.bobToAlice()
    try check(pair.aliceSession)
    try pair.aliceToBob()
    try pair.bobToAlice()
    let lost = try pair.aliceSession.encrypt([1])
    let view = try SessionStateView(pair.aliceSession)
    try pair.aliceToBob()
    try check(pair.bobSession)
    guard case .chain(_, _, let chainKey, _, _) = view.sending else { throw NotInitial() }
    let next = ChainKey(SecretBytes(copying: chainKey)).step().messageKey.secret.exposed()
    #expect(!Self.shows(Self.renderings(of: pair.bobSession), next))
    #expect(!Self.shows(Self.renderings(of: lost), next))
  }

  private func check(_ session: PairwiseSession) throws {
    let text = Self.renderings(of: session)
    #expect(text.contains("SecretBytes(32 bytes)"))
    for secret in try SessionStateView(session).secrets { #expect(!Self.shows(text, secret)) }
    let state = try session.state()
    #expect(Self.renderings(of: state).contains("SecretBytes(\(state.count) bytes)"))
    #expect(!Self.shows(Self.renderings(of: state), Array(state.exposed()[87..<119])))
  }

  @Test("no rendering of an identity or of prekeys shows a byte of a private key")
  func longTermKeys() throws {
    let bob = try TestDevice("bob", oneTimeCount: 2)
    let identity = Self.renderings(of: bob.identity)
    let seed = Array(try bob.identity.state().exposed()[3...])
    #expect(!Self.shows(identity, seed))
    #expect(!Self.shows(identity, bob.identity.agreementKey.secret.exposed()))
    let preKeys = Self.renderings(of: bob.preKeys)
    let state = try bob.preKeys.state().exposed()
    let signed = Array(state[(7 + 109)..<(7 + 141)])  // behind the published half
    var keys = [signed]
    for index in 0..<2 {
      let begin = 7 + 142 + 8 + 2 + 69 * index + 4
      keys.append(Array(state[begin..<(begin + 32)]))
    }
    for key in keys {
      let secret = try X25519.PrivateKey(SecretBytes(copying: key))
      let published = Hex.encode(try secret.publicKey().bytes)
      #expect(Hex.encode(state).contains(published), "this is a private key of the state")
      #expect(!Self.shows(preKeys, key))
    }
  }

  @Test("errors carry fixed text and no input")
  func errors() throws {
    var pair = try TestPair.established()
    let forged = PairwiseMessage.ratchet(
      RatchetMessage(
        sealedHeader: [UInt8](repeating: 0xab, count: 72),
        ciphertext: [UInt8](repeating: 0xcd, count: 16)))
    do {
      _ = try pair.bobSession.decrypt(forged)
      Issue.record("a forged message opened")
    } catch {
      #expect(
        "\(error)" == "authenticationFailed: the message does not belong to this session")
    }
  }
}
