import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Derivations of sender keys")
struct DerivationTests {
  private static func hmac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    key.withBytes { key in
      message.withBytes { message in HMACSHA256.tag(of: message, key: key).exposed() }
    }
  }

  @Test("a step is HMAC over 1 for the message key and over 2 for the next chain key")
  func step() {
    let chainKey = [UInt8](repeating: 0x41, count: 32)
    let step = SenderChainKey(SecretBytes(copying: chainKey)).step()
    #expect(step.messageKey.secret.exposed() == Self.hmac(chainKey, [1]))
    #expect(step.next.secret.exposed() == Self.hmac(chainKey, [2]))
  }

  @Test("a message key expands to key, commitment and nonce under its label and the suite")
  func expansion() throws {
    let messageKey = [UInt8](repeating: 0x42, count: 32)
    let info = Array("Cygnet_SenderKey_Message".utf8) + [0, 1]
    var blocks: [[UInt8]] = [[]]
    for number: UInt8 in 1...3 {
      blocks.append(Self.hmac(messageKey, blocks[blocks.count - 1] + info + [number]))
    }
    let expanded = try SenderMessageKey(SecretBytes(copying: messageKey)).expanded()
    #expect(expanded.key.exposed() == blocks[1])
    #expect(expanded.commitment == blocks[2])
    #expect(expanded.nonce == Array(blocks[3].prefix(12)))
  }

  @Test("the context is the digest of label, suite, distribution and sender")
  func context() throws {
    let id = try DistributionID([UInt8](repeating: 7, count: 16))
    let label = Array("Cygnet 1.0 SenderKey".utf8)
    let form = [UInt8(label.count)] + label + [0, 1] + id.bytes + [3, 1, 2, 3]
    #expect(try SenderKeyContext(id, sender: [1, 2, 3]).digest == SHA256.hash(form))
    for count in [0, 1025] {
      let sender = [UInt8](repeating: 1, count: count)
      #expect(failureCode { try SenderKeyContext(id, sender: sender) } == .malformed)
    }
    #expect(throws: Never.self) {
      _ = try SenderKeyContext(id, sender: [UInt8](repeating: 1, count: 1024))
    }
  }

  @Test("a message is built as the specification says")
  func message() throws {
    var fixture = try Fixture()
    _ = try fixture.send("one")
    let breaker = try RuleBreakingSender(fixture.alice)
    let message = try fixture.alice.encrypt([5, 6], authenticating: [9])
    let expanded = try breaker.distribution.chainKey.step().messageKey.expanded()
    let header =
      [0, 1, 16] + fixture.distributionID.bytes + [0, 0, 0, 1] + [0, 0, 0, 1]
      + expanded.commitment
    let ciphertext = try ChaCha20Poly1305.seal(
      [5, 6], key: expanded.key, nonce: expanded.nonce,
      authenticating: breaker.context.digest + header + [9])
    let unsigned = header + [UInt8(ciphertext.count)] + ciphertext
    let label = Array("Cygnet 1.0 SenderKeyMessage".utf8)
    let content =
      [UInt8(label.count)] + label + breaker.context.digest
      + [0x40, UInt8(unsigned.count)] + unsigned + [1, 9]
    let signature = try breaker.signingKey.signature(of: content)
    #expect(try message.encoded() == unsigned + signature)
  }

  @Test("a distribution id has 16 bytes, and fresh ones differ")
  func distributionID() throws {
    for count in [0, 15, 17] {
      #expect(
        failureCode { try DistributionID([UInt8](repeating: 0, count: count)) } == .malformed)
    }
    #expect(DistributionID.generate() != DistributionID.generate())
  }
}
