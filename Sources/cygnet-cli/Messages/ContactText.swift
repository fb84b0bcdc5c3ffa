internal import Cygnet
internal import CygnetVectors

/// Contacts as people and programs see them.
extension Contact {
  /// `alice (verified)`
  var described: String { "\(name.escaped) (\(trust))" }

  var trust: String {
    let state = isVerified ? "verified" : "unverified"
    return isBlocked ? "\(state), blocked" : state
  }

  /// What its card says it is called; nil when that is nothing new.
  var claimedName: String? {
    guard !cardName.isEmpty else { return nil }
    let claimed = String(decoding: cardName, as: UTF8.self)
    return claimed == name ? nil : claimed.escaped
  }

  var json: JSON {
    .object([
      "name": .string(name), "address": address.json,
      "fingerprint": .hex(Fingerprint(encodedKey: identity).bytes),
      "verified_at": verifiedAt?.json ?? .null,
      "blocked": .bool(isBlocked), "added_at": addedAt.json,
      "has_bundle": .bool(hasBundle), "bundle_suite": bundleSuite?.json ?? .null,
    ])
  }
}

/// Text from a person, made safe to show: each line escaped by itself, those after the first
/// indented.
enum MessageText {
  static func lines(_ text: [UInt8]) -> [String] {
    String(decoding: text, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map { String($0).escaped }
  }
}

/// The sixty digits in three lines of four groups.
extension SafetyNumber {
  var lines: [String] {
    let groups = grouped.split(separator: " ")
    return stride(from: 0, to: groups.count, by: 4).map { start in
      groups[start..<min(start + 4, groups.count)].joined(separator: " ")
    }
  }
}
