/// A label of this protocol: every signature, encryption and derivation has its own, so that none
/// can stand in for another (RFC 9420 §5.1.2, §5.1.3, §8).
package struct Label: Hashable, Sendable, ExpressibleByStringLiteral {
  /// What stands in the encoding: the text behind `MLS 1.0 `.
  let bytes: [UInt8]

  /// A label of the application's, such as an exporter's.
  package init(_ text: String) { bytes = Array("MLS 1.0 ".utf8) + Array(text.utf8) }

  package init(stringLiteral text: String) { self.init(text) }

  // Made once: every message takes them.
  static let key: Label = "key"
  static let nonce: Label = "nonce"
  static let secret: Label = "secret"
}
