import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("ML-KEM in two steps")
struct MLKEMIncrementalTests {
  @Test("sizes of the parts")
  func sizes() {
    #expect(MLKEM768.EncapsulationHeader.byteCount == 64)
    #expect(MLKEM768.EncapsulationVector.byteCount == 1152)
    #expect(MLKEM768.FirstCiphertext.byteCount == 960)
    #expect(MLKEM768.SecondCiphertext.byteCount == 128)
    #expect(MLKEM768.PendingEncapsulation.byteCount == 96)
    #expect(MLKEM1024.EncapsulationVector.byteCount == 1536)
    #expect(MLKEM1024.FirstCiphertext.byteCount == 1408)
    #expect(MLKEM1024.SecondCiphertext.byteCount == 160)
  }

  @Test("the parts put together are what one step gives")
  func concatenation() throws {
    try concatenate(MLKEM768.self)
    try concatenate(MLKEM1024.self)
  }

  private func concatenate<P: MLKEMParameters>(_: MLKEM<P>.Type) throws {
    var random = SystemRandomSource()
    for _ in 0..<4 {
      let key = MLKEM<P>.DecapsulationKey.generate(using: &random)
      let whole = key.encapsulationKey
      let header = try MLKEM<P>.EncapsulationHeader(whole.header.bytes)
      let vector = try MLKEM<P>.EncapsulationVector(whole.vector.bytes)
      #expect(try MLKEM<P>.EncapsulationKey(header: header, vector: vector) == whole)
      #expect(vector.bytes + header.bytes[..<32] == whole.bytes)
      let message = random.secret(32)
      let expected = try whole.encapsulate(message: message)
      let first = try header.encapsulate(message: message)
      #expect(first.sharedSecret == expected.sharedSecret)
      let stored = try MLKEM<P>.PendingEncapsulation(stored: first.pending.stored)
      #expect(stored.header == header)
      let ciphertext = MLKEM<P>.Ciphertext(
        try MLKEM<P>.FirstCiphertext(first.ciphertext.bytes),
        try MLKEM<P>.SecondCiphertext(stored.finish(with: vector).bytes))
      #expect(ciphertext == expected.ciphertext)
      #expect(ciphertext.first == first.ciphertext)
      #expect(key.decapsulate(ciphertext) == first.sharedSecret)
    }
  }

  @Test("a vector that is not the header's is refused")
  func foreignVector() throws {
    var random = SystemRandomSource()
    let key = MLKEM768.DecapsulationKey.generate(using: &random).encapsulationKey
    let other = MLKEM768.DecapsulationKey.generate(using: &random).encapsulationKey
    let pending = key.header.encapsulate(using: &random).pending
    #expect(failureCode { try pending.finish(with: other.vector) } == .authenticationFailed)
    #expect(
      failureCode { try MLKEM768.EncapsulationKey(header: key.header, vector: other.vector) }
        == .authenticationFailed)
    #expect(failureCode { try pending.finish(with: key.vector) } == nil)
  }

  @Test("parts of another length, and a vector that is not reduced, are refused")
  func refusals() throws {
    for count in [0, 63, 65, 95, 97, 127, 129, 959, 961, 1151, 1153] {
      let bytes = [UInt8](repeating: 0, count: count)
      #expect(failureCode { try MLKEM768.EncapsulationHeader(bytes) } == .malformed)
      #expect(failureCode { try MLKEM768.EncapsulationVector(bytes) } == .malformed)
      #expect(failureCode { try MLKEM768.FirstCiphertext(bytes) } == .malformed)
      #expect(failureCode { try MLKEM768.SecondCiphertext(bytes) } == .malformed)
      let stored = SecretBytes(copying: bytes)
      #expect(failureCode { try MLKEM768.PendingEncapsulation(stored: stored) } == .malformed)
    }
    var vector = [UInt8](repeating: 0, count: 1152)
    #expect(failureCode { try MLKEM768.EncapsulationVector(vector) } == nil)
    vector[1150] = 0xf0
    vector[1151] = 0xff
    #expect(failureCode { try MLKEM768.EncapsulationVector(vector) } == .malformed)
  }
}
