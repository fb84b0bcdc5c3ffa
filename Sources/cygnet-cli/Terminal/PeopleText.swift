internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors

/// How people and their keys are shown.
extension DeviceAddress {
  /// `alice`, or `alice, device 2`; safe to show.
  var shown: String { device == 1 ? shownUser : "\(shownUser), device \(device)" }

  private var shownUser: String {
    String(validating: user, as: UTF8.self)?.escaped ?? "0x" + Hex.encode(user)
  }

  /// Members of a JSON object: the user as text where it is text, as hex where it is not.
  var json: JSON {
    let user: JSON = String(validating: user, as: UTF8.self).map { .string($0) } ?? .hex(user)
    return ["user": user, "device": .counting(UInt64(device))]
  }
}

/// The first 16 bytes of the SHA-256 of an encoded identity key: enough to tell keys apart.
struct Fingerprint: Sendable {
  let bytes: [UInt8]

  init(_ key: IdentityKey) { self.init(encodedKey: key.encoded()) }

  /// - Parameter encodedKey: 33 bytes.
  init(encodedKey: [UInt8]) { bytes = Array(SHA256.hash(encodedKey).prefix(16)) }

  /// Hexadecimal digits in groups of four.
  var shown: String {
    var text = ""
    for (index, digit) in Hex.encode(bytes).enumerated() {
      if index > 0 && index.isMultiple(of: 4) { text += " " }
      text.append(digit)
    }
    return text
  }
}

extension Timestamp {
  /// The time of the computer's clock.
  static var now: Timestamp { Timestamp(seconds: SystemClock.seconds) }

  /// Seconds since 1970, as JSON has times.
  var json: JSON { .counting(seconds) }
}
