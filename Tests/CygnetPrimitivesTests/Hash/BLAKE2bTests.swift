import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("BLAKE2b")
struct BLAKE2bTests {
  @Test("keyed hashes agree with another implementation's")
  func figures() throws {
    let counting = SecretBytes(copying: [UInt8](0..<32))
    let ones = SecretBytes(copying: [UInt8](repeating: 0xff, count: 32))
    let figures: [(message: [UInt8], key: SecretBytes, digest: String)] = [
      (
        [], counting,
        "84bfa69f0d90df7db2a3ee026042988b5bd9caa2320af1f371823dd28351202f"
          + "8e6277c40c050711c8dd4e2c1ac30c34c9aed0bddd468b031287fe872675e0cc"
      ),
      (
        Array("abc".utf8), counting,
        "9af0244b7da7fe29d90a89727e06a0c93977ce1ad7edcb76ac0b24142194ea00"
          + "c77be4a1d3fededd31d5a593625a508e742fc90d708f8b48a5c246e4e8e42d94"
      ),
      (
        [UInt8](0..<200), ones,
        "a9547dba3178ea5aad4e190fc3e500f77f0493934b437693b1a11337faa996a0"
          + "ea20b6ecaa779b8ad74038dfdf90923662b833211c2a536d7ff45cf4eac8ce69"
      ),
    ]
    for figure in figures {
      let digest = try BLAKE2b.keyed(figure.message, key: figure.key)
      #expect((digest.0.exposed() + digest.1.exposed()).hexDigits == figure.digest)
    }
  }

  @Test("a key of another length is refused")
  func keyLength() {
    for count in [0, 16, 31, 33, 64] {
      let key = SecretBytes(copying: [UInt8](repeating: 1, count: count))
      #expect(failureCode { try BLAKE2b.keyed([1], key: key) } == .internalFault)
    }
  }
}
