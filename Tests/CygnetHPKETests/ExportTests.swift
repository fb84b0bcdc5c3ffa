import CygnetHPKE
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("HPKE exports")
struct ExportTests {
  @Test("both sides derive the same secret at any time", arguments: modes(of: allSuites))
  func agreement(suite: HPKE.CipherSuite, mode: Mode) throws {
    var fixture = try Fixture(suite)
    var sender = try fixture.makeSender(mode)
    let recipient = try fixture.makeRecipient(sender.encapsulatedKey, mode)
    let before = try sender.export(context: [1], count: 32)
    if suite.aead != .exportOnly { _ = try sender.seal([1]) }
    #expect(try sender.export(context: [1], count: 32) == before)
    #expect(try recipient.export(context: [1], count: 32) == before)
  }

  @Test("another context or length gives an unrelated secret")
  func independence() throws {
    var fixture = try Fixture()
    let sender = try fixture.makeSender()
    var seen: [[UInt8]] = []
    for context in [[], [0], [0, 0], [1]] as [[UInt8]] {
      for count in [16, 32, 33] {
        seen.append(Array(try sender.export(context: context, count: count).exposed().prefix(16)))
      }
    }
    #expect(Set(seen).count == seen.count)
    #expect(try sender.export(context: [], count: 0).count == 0)
  }

  @Test("as many bytes as HKDF yields, and not one more")
  func limits() throws {
    for (suite, most) in [
      (HPKE.CipherSuite.x25519SHA256ExportOnly, 255 * 32), (.x25519SHA512ExportOnly, 255 * 64),
    ] {
      var fixture = try Fixture(suite)
      let sender = try fixture.makeSender()
      let recipient = try fixture.makeRecipient(sender.encapsulatedKey)
      #expect(try sender.export(context: [], count: most).count == most)
      for count in [most + 1, 65_536, 65_536 + 32, .max, -1, .min] {
        let code = failureCode { try recipient.export(context: [], count: count) }
        #expect(code == .limitExceeded, "\(count)")
      }
      do throws(CygnetError) {
        _ = try sender.export(context: [], count: most + 1)
        Issue.record("too much was exported")
      } catch { #expect(error.code == .limitExceeded) }
    }
  }

  @Test("an export-only context neither seals nor opens")
  func exportOnly() throws {
    var fixture = try Fixture(.x25519SHA512ExportOnly)
    var sender = try fixture.makeSender()
    var recipient = try fixture.makeRecipient(sender.encapsulatedKey)
    do throws(CygnetError) {
      _ = try sender.seal([1])
      Issue.record("an export-only context sealed")
    } catch { #expect(error.code == .wrongState) }
    for ciphertext in [[], [UInt8](repeating: 0, count: 32)] {
      #expect(failureCode { try recipient.open(ciphertext) } == .wrongState)
    }
    #expect(sender.sequenceNumber == 0)
    #expect(recipient.sequenceNumber == 0)
  }
}
