import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Keys as text")
struct TextFormTests {
  @Test("an identity key comes back from its text, in either case")
  func identity() throws {
    let key = try IdentityKeyPair.generate().publicKey
    let text = try key.text
    #expect(text.hasPrefix("cygid1"))
    #expect(try IdentityKey(text: text) == key)
    #expect(try IdentityKey(text: text.uppercased()) == key)
    #expect(throws: CygnetError(.malformed, "")) { try IdentityKey(text: text + "q") }
  }

  @Test("a recovery key is typed in any grouping, and no kind is taken for another")
  func recovery() throws {
    let key = RecoveryKey.generate()
    let text = String(decoding: try key.text().exposed(), as: UTF8.self)
    #expect(text.hasPrefix("cygre-c1"))
    let plain = text.filter { $0 != "-" }
    for form in [text, plain, plain.uppercased(), plain.map { "\($0) " }.joined(), text + "\n"] {
      #expect(try RecoveryKey(text: SecretBytes(copying: Array(form.utf8))) == key)
    }
    #expect(throws: CygnetError(.malformed, "")) { try IdentityKey(text: plain) }
    let other = "cygkey" + plain.dropFirst(6)
    #expect(throws: CygnetError(.malformed, "")) {
      try RecoveryKey(text: SecretBytes(copying: Array(other.utf8)))
    }
    #expect("\(key)".contains("32 bytes") && !"\(key)".contains(plain))
  }

  @Test("a mistyped character of a recovery key is refused, and told where it stands")
  func mistyped() throws {
    let text = Array(try RecoveryKey.generate().text().exposed())
    let plain = text.filter { $0 != UInt8(ascii: "-") }
    #expect(RecoveryKey.mistypedCharacter(in: SecretBytes(copying: text)) == nil)
    for index in 7..<plain.count {
      for letter in "qpbi".utf8 where letter != plain[index] {
        var wrong = plain
        wrong[index] = letter
        let typed = SecretBytes(copying: wrong)
        #expect(throws: CygnetError(.malformed, "")) { try RecoveryKey(text: typed) }
        #expect(RecoveryKey.mistypedCharacter(in: typed) == index + 1)
      }
    }
    for other in ["", "cygrec1", "cygrec1qqqqqq", String(repeating: "q", count: 2000)] {
      #expect(RecoveryKey.mistypedCharacter(in: SecretBytes(copying: Array(other.utf8))) == nil)
    }
  }

  @Test("a text with a right checksum around no valid key is malformed")
  func invalidKeys() throws {
    let curveKey = [0x02] + [UInt8](repeating: 9, count: 32)
    let smallOrder = [0x01, 0x01] + [UInt8](repeating: 0, count: 31)
    for bytes in [curveKey, smallOrder, [UInt8](repeating: 0xff, count: 33)] {
      let text = try Bech32m.encode(SecretBytes(copying: bytes), prefix: TextPrefix.identityKey)
      let characters = String(decoding: text.exposed(), as: UTF8.self)
      #expect(throws: CygnetError(.malformed, "")) { try IdentityKey(text: characters) }
    }
  }

  @Test("a scannable number comes back from its text and matches on the other side only")
  func number() throws {
    let (alice, bob) = (try TestDevice("alice"), try TestDevice("bob"))
    let ours = SafetyNumber(
      own: alice.identity.publicKey, ownUser: alice.address.user, peer: bob.identity.publicKey,
      peerUser: bob.address.user)
    let theirs = SafetyNumber(
      own: bob.identity.publicKey, ownUser: bob.address.user, peer: alice.identity.publicKey,
      peerUser: alice.address.user)
    let payload = try SafetyNumber.payload(ofText: ours.scannableText().uppercased())
    #expect(payload == ours.scannable)
    #expect(try theirs.matches(scanned: payload))
    #expect(try !ours.matches(scanned: payload))
    #expect(ours.matches(digits: theirs.grouped))
    #expect(!ours.matches(digits: String(theirs.digits.dropLast())))
  }
}
