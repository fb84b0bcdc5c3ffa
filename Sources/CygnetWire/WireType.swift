public import CygnetPrimitives

/// What stands in front of every top-level object, so that any of them can be told from its first
/// three bytes (Specification: Wire):
///
///     struct {
///       uint16 version = 1;
///       uint8 wire_type;
///     } WireHeader;
@usableFromInline
package enum WireType: UInt8, Sendable, CaseIterable {
  case preKeyBundle = 1
  case initialMessage = 2
  case ratchetMessage = 3
  case sessionState = 4
  case preKeysState = 5
  case identityState = 6
  case scannableSafetyNumber = 7
  case attachmentPointer = 8
  case attachmentResumption = 9
  case envelope = 10
  case contactCard = 11
  case storeHeader = 12
  case backup = 13
  case messageContent = 14
  case senderKeyDistributionMessage = 15
  case senderKeyMessage = 16
  case sendingSenderKeyState = 17
  case receivingSenderKeyState = 18
  case mlsGroupState = 19
  case mlsPastEpochState = 20
  case mlsOwnKeyPackage = 21
  case mlsExternalGroupState = 22
  case mlsGroupBlock = 23
  case ratchetMessage2 = 24

  /// The layout version that this library reads and writes.
  @usableFromInline
  package static let version: UInt16 = 1

  /// Bytes of the header.
  @usableFromInline
  package static let headerByteCount = 3

  @inlinable
  package func encodeHeader(into writer: inout Writer) {
    writer.write(Self.version)
    writer.write(rawValue)
  }

  /// - Throws: `unsupported` for another version, `malformed` for another type.
  @inlinable
  package func decodeHeader(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readUInt16() == Self.version else {
      throw CygnetError(.unsupported, "unknown layout version")
    }
    guard try reader.readUInt8() == rawValue else {
      throw CygnetError(.malformed, "an object of another type")
    }
  }

  /// The type that an encoding claims, judged by its first three bytes.
  @inlinable
  package static func peek(_ bytes: [UInt8]) throws(CygnetError) -> WireType {
    guard bytes.count >= headerByteCount else {
      throw CygnetError(.malformed, "shorter than any object")
    }
    guard UInt16(bytes[0]) << 8 | UInt16(bytes[1]) == version else {
      throw CygnetError(.unsupported, "unknown layout version")
    }
    guard let type = WireType(rawValue: bytes[2]) else {
      throw CygnetError(.unsupported, "unknown type of object")
    }
    return type
  }
}
