import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Writer")
struct WriterTests {
  /// A value that writes whatever the test says.
  private struct Script: WireEncodable {
    let body: (inout Writer) throws(CygnetError) -> Void

    init(_ body: @escaping (inout Writer) throws(CygnetError) -> Void) { self.body = body }

    func encode(into writer: inout Writer) throws(CygnetError) { try body(&writer) }
  }

  @Test("every kind of field is written as specified, and counted as written")
  func fields() throws {
    let script = Script { (writer) throws(CygnetError) in
      writer.write(UInt8(0x01))
      writer.write(UInt16(0x0203))
      writer.write(UInt32(0x0405_0607))
      writer.write(UInt64(0x0809_0a0b_0c0d_0e0f))
      writer.write(fixed: [0xaa])
      writer.write(fixed: [])
      writer.write(fixed: SecretBytes(copying: [0xbb, 0xcc]))
      writer.write(fixed: SecretBytes(copying: []))
      try writer.write(opaque: [0xdd, 0xee])
      try writer.write(opaque: [])
      try writer.write(optional: Script { (writer) throws(CygnetError) in writer.write(UInt8(9)) })
      try writer.write(optional: nil as Script?)
      try writer.vector { (writer) throws(CygnetError) in writer.write(UInt16(0x1122)) }
    }
    let expected = hex("0102030405060708090a0b0c0d0e0faabbcc02ddee0001090002" + "1122")
    #expect(try script.wireEncoded() == expected)
    #expect(try script.wireEncodedSecret().exposed() == expected)
    #expect(try script.wireCount() == expected.count)
  }

  @Test("a value without fields encodes to nothing")
  func empty() throws {
    let script = Script { (_) throws(CygnetError) in }
    #expect(try script.wireEncoded() == [])
    #expect(try script.wireEncodedSecret().count == 0)
  }

  @Test("vectors around each length boundary are counted as they are written")
  func vectorSizes() throws {
    for count in [0, 1, 62, 63, 64, 65, 16383, 16384, 16385, 70_000] {
      let content = [UInt8](repeating: 0x5a, count: count)
      let script = Script { (writer) throws(CygnetError) in
        try writer.vector { (writer) throws(CygnetError) in
          try writer.write(opaque: content)
          writer.write(UInt8(1))
        }
      }
      let encoded = try script.wireEncoded()
      let read = try Reader.read(encoded) { (reader) throws(CygnetError) in
        try reader.vector(0...100_000) { (reader) throws(CygnetError) in
          let value = try reader.readOpaque(0...100_000)
          return (value, try reader.readUInt8())
        }
      }
      #expect(read.0 == content && read.1 == 1)
      #expect(try script.wireCount() == encoded.count)
    }
  }

  private final class Calls {
    var count = 0
  }

  @Test("a nest of vectors costs its depth times its size, not two to its depth")
  func nestedCost() throws {
    func nested(_ depth: Int, _ calls: Calls, _ writer: inout Writer) throws(CygnetError) {
      if depth == 0 {
        calls.count += 1
        return writer.write(UInt8(7))
      }
      try writer.vector { (writer) throws(CygnetError) in
        try nested(depth - 1, calls, &writer)
      }
    }
    for depth in 0...60 {
      let calls = Calls()
      let script = Script { (writer) throws(CygnetError) in try nested(depth, calls, &writer) }
      #expect(try script.wireEncoded().count == depth + 1)
      // Once to count the whole, once per vector to count its content, once to write.
      #expect(calls.count == depth + 2, "depth \(depth)")
    }
  }

  @Test("a value that writes less than it counted is a fault, not a short encoding")
  func disagreement() {
    let calls = Calls()
    let script = Script { (writer) throws(CygnetError) in
      calls.count += 1
      if calls.count.isMultiple(of: 2) { return }
      writer.write(UInt8(1))
    }
    #expect(failureCode { try script.wireEncoded() } == .internalFault)
    #expect(failureCode { try script.wireEncodedSecret() } == .internalFault)
  }

  @Test("an error in the value comes through, from either pass")
  func errors() {
    for failingCall in [1, 2] {
      for secret in [false, true] {
        let calls = Calls()
        let script = Script { (writer) throws(CygnetError) in
          calls.count += 1
          writer.write(UInt8(1))
          if calls.count == failingCall { throw CygnetError(.wrongState, "refused") }
        }
        #expect(
          failureCode {
            _ = secret ? try script.wireEncodedSecret().count : try script.wireEncoded().count
          } == .wrongState)
      }
    }
  }
}
