public import CygnetPrimitives

/// What two people compare to know that nobody sits between them.
///
/// Both sides compute the same 60 digits from both identity keys and user names. Each half is 5,200
/// iterations of SHA-512, so that finding a key whose digits collide costs that much more a try.
///
/// Specification: SafetyNumber
public struct SafetyNumber: Sendable {
  /// Version 2: user names are the stable identifiers.
  private static let version: UInt8 = 2
  private static let iterations = 5200
  private static let comparedByteCount = 32

  /// 60 decimal digits.
  public let digits: String
  private let own: [UInt8]
  private let peer: [UInt8]

  /// Computes the number; about two milliseconds of hashing a side.
  public init(own: IdentityKey, ownUser: [UInt8], peer: IdentityKey, peerUser: [UInt8]) {
    self.init(
      own: Self.fingerprint(of: own.encoded(), id: ownUser, iterations: Self.iterations),
      peer: Self.fingerprint(of: peer.encoded(), id: peerUser, iterations: Self.iterations))
  }

  /// From the two 64-byte fingerprints.
  package init(own: [UInt8], peer: [UInt8]) {
    let halves = [Self.digits(of: own), Self.digits(of: peer)].sorted()
    digits = halves[0] + halves[1]
    self.own = Array(own.prefix(Self.comparedByteCount))
    self.peer = Array(peer.prefix(Self.comparedByteCount))
  }

  /// The digits in twelve groups of five, as people read them out.
  public var grouped: String {
    var groups = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && index.isMultiple(of: 5) { groups += " " }
      groups.append(digit)
    }
    return groups
  }

  /// The payload of a code that the other side scans, 74 bytes: version, own and peer fingerprint,
  /// each cut to 32 bytes, in the field layout that deployed scanners read.
  public var scannable: [UInt8] { Self.scannable(version: Self.version, own: own, peer: peer) }

  /// Whether these are its sixty digits; what is no ASCII digit is ignored. Constant time in the
  /// digits.
  public func matches(digits other: String) -> Bool {
    var plain: [UInt8] = []
    for byte in other.utf8 where (0x30...0x39).contains(byte) { plain.append(byte) }
    return ConstantTime.areEqual(plain, Array(digits.utf8))
  }

  package static func scannable(version: UInt8, own: [UInt8], peer: [UInt8]) -> [UInt8] {
    [0x08, version, 0x12, 0x22, 0x0a, 0x20] + own + [0x1a, 0x22, 0x0a, 0x20] + peer
  }

  /// Whether a scanned payload names the same two keys, seen from the other side; constant time.
  /// - Throws: `malformed` for what is not such a payload, `unsupported` for another version.
  public func matches(scanned payload: [UInt8]) throws(CygnetError) -> Bool {
    let expected = Self.scannable(version: Self.version, own: peer, peer: own)
    guard payload.count == expected.count, payload[0] == expected[0],
      payload[2..<6] == expected[2..<6], payload[38..<42] == expected[38..<42]
    else { throw CygnetError(.malformed, "not a scannable safety number") }
    guard payload[1] == Self.version else {
      throw CygnetError(.unsupported, "a safety number of another version")
    }
    return ConstantTime.areEqual(payload, expected)
  }

  /// SHA-512 iterated: first over version 0, key, id and key, then over the last value and the key.
  package static func fingerprint(of key: [UInt8], id: [UInt8], iterations: Int) -> [UInt8] {
    var hash = SHA512.hash([0, 0] + key + id + key)
    for _ in 1..<max(iterations, 2) { hash = SHA512.hash(hash + key) }
    return hash
  }

  /// Six groups of five digits from the first 30 bytes, each five bytes big-endian mod 100,000.
  package static func digits(of fingerprint: [UInt8]) -> String {
    var digits = ""
    for group in 0..<6 {
      var value: UInt64 = 0
      for byte in fingerprint[(group * 5)..<(group * 5 + 5)] { value = value << 8 | UInt64(byte) }
      let text = String(value % 100_000)
      digits += String(repeating: "0", count: 5 - text.count) + text
    }
    return digits
  }
}

extension SafetyNumber: Equatable {
  public static func == (left: SafetyNumber, right: SafetyNumber) -> Bool {
    ConstantTime.areEqual(Array(left.digits.utf8), Array(right.digits.utf8))
  }
}
