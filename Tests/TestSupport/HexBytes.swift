import CygnetPrimitives
import CygnetVectors

/// The bytes of a constant in a test's source.
package func hex(_ digits: String) -> [UInt8] {
  guard let bytes = Hex.decode(digits) else { fatalError("not hex: \(digits)") }
  return bytes
}

/// A secret with a content the test knows.
package func secret(_ digits: String) -> SecretBytes { SecretBytes(copying: hex(digits)) }

extension [UInt8] {
  /// The digits, for comparing with a constant.
  package var hexDigits: String { Hex.encode(self) }
}
