package import CygnetPrimitives

/// How content is lengthened before it is sealed, to hide its size.
public enum Padding: UInt8, CaseIterable, Sendable {
  /// Not at all: the blob tells the content's exact size.
  case none = 0
  /// To the next Padmé length with a floor of 1 KiB: at most 6.3 % more, and about log log of the
  /// size in bits is all that a blob's length tells.
  case padme = 1

  /// - Throws: `unsupported` for a value that is unknown here.
  package init(checking value: UInt8) throws(CygnetError) {
    guard let padding = Padding(rawValue: value) else {
      throw CygnetError(.unsupported, "unknown padding of an attachment")
    }
    self = padding
  }

  /// The padded length of `size` bytes; nil where it exceeds 64 bits.
  package func paddedSize(_ size: UInt64) -> UInt64? {
    switch self {
    case .none: size
    case .padme: Self.padme(size)
    }
  }

  /// The shortest Padmé length.
  static let floor: UInt64 = 1_024

  /// Specification: Attachments. With e = floor(log2 L) and s = floor(log2 e) + 1, L is rounded up
  /// to a multiple of 2^(e-s). Integers only, so that every platform agrees.
  static func padme(_ size: UInt64) -> UInt64? {
    if size <= floor { return floor }
    let exponent = 63 - size.leadingZeroBitCount
    let digits = Int.bitWidth - exponent.leadingZeroBitCount
    // Above the floor the exponent is 10 or more, so the shift is positive.
    let mask = (UInt64(1) << UInt64(exponent - digits)) - 1
    let (sum, overflow) = size.addingReportingOverflow(mask)
    return overflow ? nil : sum & ~mask
  }
}
