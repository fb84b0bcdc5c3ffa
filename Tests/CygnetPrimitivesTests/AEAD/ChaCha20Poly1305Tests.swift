import CygnetPrimitives
import TestSupport
import Testing

@Suite("ChaCha20Poly1305")
struct ChaCha20Poly1305Tests {
  private let key = secret(AEADSample.key)
  private let nonce = hex("070000004041424344454647")
  private let sealed = hex(
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca96712"
      + "82fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58"
      + "fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09"
      + "e26a7e902ecbd0600691")

  @Test("the known answer of RFC 8439 §2.8.2, both ways")
  func known() throws {
    #expect(
      try ChaCha20Poly1305.seal(
        AEADSample.plaintext, key: key, nonce: nonce, authenticating: AEADSample.associated)
        == sealed)
    #expect(
      try ChaCha20Poly1305.open(
        sealed, key: key, nonce: nonce, authenticating: AEADSample.associated)
        == AEADSample.plaintext)
  }

  @Test("every bit of ciphertext, tag, nonce, key and associated data counts")
  func tampering() throws {
    func code(
      _ sealed: [UInt8], _ key: SecretBytes, _ nonce: [UInt8], _ associated: [UInt8]
    ) -> CygnetError.Code? {
      failureCode {
        try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, authenticating: associated)
      }
    }
    let associated = AEADSample.associated
    try everyBitFlip(of: sealed) { bit, flipped in
      #expect(code(flipped, key, nonce, associated) == .authenticationFailed, "bit \(bit)")
    }
    try everyBitFlip(of: nonce) { bit, flipped in
      #expect(code(sealed, key, flipped, associated) == .authenticationFailed, "nonce bit \(bit)")
    }
    try everyBitFlip(of: associated) { bit, flipped in
      #expect(code(sealed, key, nonce, flipped) == .authenticationFailed, "data bit \(bit)")
    }
    try everyBitFlip(of: hex(AEADSample.key)) { bit, flipped in
      let key = SecretBytes(copying: flipped)
      #expect(code(sealed, key, nonce, associated) == .authenticationFailed, "key bit \(bit)")
    }
    #expect(code(sealed, key, nonce, associated + [0]) == .authenticationFailed)
    #expect(code(sealed, key, nonce, []) == .authenticationFailed)
  }

  @Test("every truncation is refused, and so is a byte more")
  func truncation() {
    for count in 0..<sealed.count {
      #expect(
        failureCode {
          try ChaCha20Poly1305.open(
            Array(sealed[..<count]), key: key, nonce: nonce,
            authenticating: AEADSample.associated)
        } == .authenticationFailed, "\(count) bytes")
    }
    #expect(
      failureCode {
        try ChaCha20Poly1305.open(
          sealed + [0], key: key, nonce: nonce, authenticating: AEADSample.associated)
      } == .authenticationFailed)
  }

  @Test("an empty plaintext with empty associated data seals to a tag, and opens")
  func empty() throws {
    let tag = try ChaCha20Poly1305.seal([], key: key, nonce: nonce, authenticating: [])
    #expect(tag.count == 16)
    #expect(try ChaCha20Poly1305.open(tag, key: key, nonce: nonce, authenticating: []) == [])
    let other = try ChaCha20Poly1305.seal([], key: key, nonce: nonce, authenticating: [0])
    #expect(other != tag)
  }

  @Test("a key or nonce of another length is refused")
  func lengths() {
    for count in [0, 16, 31, 33] {
      let short = SecretBytes(copying: [UInt8](repeating: 1, count: count))
      #expect(
        failureCode {
          try ChaCha20Poly1305.seal([1], key: short, nonce: nonce, authenticating: [])
        } == .internalFault)
      #expect(
        failureCode {
          try ChaCha20Poly1305.open(sealed, key: short, nonce: nonce, authenticating: [])
        } == .internalFault)
    }
    for count in [0, 8, 11, 13, 32] {
      let nonce = [UInt8](repeating: 1, count: count)
      #expect(
        failureCode {
          try ChaCha20Poly1305.seal([1], key: key, nonce: nonce, authenticating: [])
        } == .internalFault)
      #expect(
        failureCode {
          try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, authenticating: [])
        } == .internalFault)
    }
  }

  @Test("spans are appended to what the output holds, and nothing is on failure")
  func spans() throws {
    let (plaintext, associated) = (AEADSample.plaintext, AEADSample.associated)
    var block = [UInt8](repeating: 0xee, count: 1 + sealed.count)
    let sealedCount = try block.withUnsafeMutableBytes { buffer in
      var output = OutputRawSpan(buffer: buffer, initializedCount: 1)
      try ChaCha20Poly1305.seal(
        plaintext.span.bytes, key: key, nonce: nonce, authenticating: associated.span.bytes,
        into: &output)
      return output.finalize(for: buffer)
    }
    #expect(sealedCount == block.count && block == [0xee] + sealed)

    let opened = try block.withUnsafeMutableBytes { buffer in
      var output = OutputRawSpan(buffer: buffer, initializedCount: 2)
      try ChaCha20Poly1305.open(
        sealed.span.bytes, key: key, nonce: nonce, authenticating: associated.span.bytes,
        into: &output)
      return output.finalize(for: buffer)
    }
    #expect(opened == 2 + plaintext.count && Array(block[2..<opened]) == plaintext)

    let refused = block.withUnsafeMutableBytes { buffer in
      var output = OutputRawSpan(buffer: buffer, initializedCount: 2)
      do throws(CygnetError) {
        try ChaCha20Poly1305.open(
          sealed.span.bytes, key: key, nonce: nonce, authenticating: plaintext.span.bytes,
          into: &output)
      } catch { #expect(error.code == .authenticationFailed) }
      return output.finalize(for: buffer)
    }
    #expect(refused == 2)
    #expect(!Array(block[2...]).contains(plaintext))
  }

  @Test("an output without room is refused before it is written to")
  func room() throws {
    let (plaintext, associated) = (AEADSample.plaintext, AEADSample.associated)
    for room in [0, 15, 16, plaintext.count - 1, plaintext.count, sealed.count - 1] {
      var block = [UInt8](repeating: 0xee, count: 1 + room)
      block.withUnsafeMutableBytes { buffer in
        var output = OutputRawSpan(buffer: buffer, initializedCount: 1)
        do throws(CygnetError) {
          try ChaCha20Poly1305.seal(
            plaintext.span.bytes, key: key, nonce: nonce, authenticating: associated.span.bytes,
            into: &output)
          Issue.record("sealed into \(room) bytes")
        } catch { #expect(error.code == .internalFault) }
        if room < plaintext.count {
          do throws(CygnetError) {
            try ChaCha20Poly1305.open(
              sealed.span.bytes, key: key, nonce: nonce, authenticating: associated.span.bytes,
              into: &output)
            Issue.record("opened into \(room) bytes")
          } catch { #expect(error.code == .internalFault) }
        }
        #expect(output.finalize(for: buffer) == 1)
      }
      #expect(block == [UInt8](repeating: 0xee, count: 1 + room))
    }
  }
}
