import CygnetPrimitives
import CygnetWire
import TestSupport
import Testing

@Suite("Headers of top-level objects")
struct WireTypeTests {
  private struct Header: WireEncodable {
    let type: WireType

    func encode(into writer: inout Writer) throws(CygnetError) { type.encodeHeader(into: &writer) }
  }

  private func decode(_ bytes: [UInt8], as type: WireType) throws(CygnetError) {
    try Reader.read(bytes) { (reader) throws(CygnetError) in
      try type.decodeHeader(from: &reader)
    }
  }

  @Test("a header is version 1 and the type's byte, and each type knows its own")
  func roundTrip() throws {
    #expect(WireType.allCases.map(\.rawValue) == [UInt8](1...24))
    for type in WireType.allCases {
      let encoded = try Header(type: type).wireEncoded()
      #expect(encoded == [0, 1, type.rawValue] && encoded.count == WireType.headerByteCount)
      try decode(encoded, as: type)
      #expect(try WireType.peek(encoded + [1, 2, 3]) == type)
      for other in WireType.allCases where other != type {
        #expect(failureCode { try decode(encoded, as: other) } == .malformed)
      }
    }
  }

  @Test("another version is unsupported, whatever the type")
  func versions() {
    for version: [UInt8] in [[0, 0], [0, 2], [1, 0], [1, 1], [255, 255]] {
      for type in [UInt8(1), 200] {
        #expect(failureCode { try WireType.peek(version + [type]) } == .unsupported)
        #expect(
          failureCode { try decode(version + [type], as: .preKeyBundle) } == .unsupported)
      }
    }
  }

  @Test("an unknown type is unsupported, and an object too short for a header malformed")
  func unknown() {
    for type in [UInt8(0)] + [UInt8](25...255) {
      #expect(failureCode { try WireType.peek([0, 1, type]) } == .unsupported, "\(type)")
      #expect(failureCode { try decode([0, 1, type], as: .preKeyBundle) } == .malformed)
    }
    for bytes: [UInt8] in [[], [0], [0, 1]] {
      #expect(failureCode { try WireType.peek(bytes) } == .malformed)
      #expect(failureCode { try decode(bytes, as: .preKeyBundle) } == .malformed)
    }
  }
}
