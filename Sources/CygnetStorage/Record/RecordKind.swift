/// What a record holds. Each kind has keys of its own, so that a record of one kind never opens as
/// another (Specification: StoredRecords).
package struct RecordKind: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let profile = RecordKind(rawValue: 1)
  package static let preKeys = RecordKind(rawValue: 2)
  package static let oneTimePreKey = RecordKind(rawValue: 3)
  package static let answeredHandshake = RecordKind(rawValue: 4)
  package static let contact = RecordKind(rawValue: 5)
  package static let contactName = RecordKind(rawValue: 6)
  package static let session = RecordKind(rawValue: 7)
  package static let outgoing = RecordKind(rawValue: 8)
  package static let incoming = RecordKind(rawValue: 9)

  /// The integrity tree's own kinds, which are in no bucket.
  static let treeNode = RecordKind(rawValue: 0xf0)
  static let treeRoot = RecordKind(rawValue: 0xf1)

  /// Every kind of this version.
  static let all: [RecordKind] = [
    profile, preKeys, oneTimePreKey, answeredHandshake, contact, contactName, session, outgoing,
    incoming, treeNode, treeRoot,
  ]

  /// Whether records of this kind hold the integrity tree itself.
  var isOfTree: Bool { self == .treeNode || self == .treeRoot }
}
