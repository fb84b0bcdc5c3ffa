import CygnetPrimitives
import CygnetWire

/// What every wire type owes: its encoding decodes and comes back byte for byte, and neither a
/// prefix of it nor one byte more is accepted.
///
/// Gives the violations, so that a test says `#expect(wireLawViolations(...) == [])`.
package func wireLawViolations<Value: WireEncodable & WireDecodable>(
  _ type: Value.Type, _ encoded: [UInt8]
) -> [String] {
  wireLawViolations(
    encoded, decode: { bytes throws(CygnetError) in try Value(wire: bytes) },
    encode: { value throws(CygnetError) in try value.wireEncoded() })
}

/// The same for a type that is reached through functions of its own.
package func wireLawViolations<Value>(
  _ encoded: [UInt8], decode: ([UInt8]) throws(CygnetError) -> Value,
  encode: (Value) throws(CygnetError) -> [UInt8]
) -> [String] {
  var violations: [String] = []
  do throws(CygnetError) {
    if try encode(decode(encoded)) != encoded { violations.append("comes back as other bytes") }
  } catch {
    violations.append("is refused: \(error)")
  }
  for count in 0..<encoded.count where isAccepted(Array(encoded[..<count]), decode) {
    violations.append("is accepted when cut to \(count) bytes")
  }
  for byte in UInt8.min...UInt8.max where isAccepted(encoded + [byte], decode) {
    violations.append("is accepted with \(byte) behind it")
  }
  return violations
}

private func isAccepted<Value>(
  _ bytes: [UInt8], _ decode: ([UInt8]) throws(CygnetError) -> Value
) -> Bool {
  (try? decode(bytes)) != nil
}

/// Every copy of `bytes` that differs in one bit, with the bit's index.
package func everyBitFlip(
  of bytes: [UInt8], _ body: (_ bit: Int, _ flipped: [UInt8]) throws -> Void
) throws {
  var flipped = bytes
  for bit in 0..<(8 * bytes.count) {
    flipped[bit / 8] ^= 1 << UInt8(bit % 8)
    try body(bit, flipped)
    flipped[bit / 8] ^= 1 << UInt8(bit % 8)
  }
}

/// The code with which `body` fails, or nil where it succeeds or throws something else.
package func failureCode<Value>(_ body: () throws -> Value) -> CygnetError.Code? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? CygnetError)?.code
  }
}
