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
  package static let broadcast = RecordKind(rawValue: 10)
  package static let broadcastName = RecordKind(rawValue: 11)
  package static let receivedChains = RecordKind(rawValue: 12)
  package static let senderLists = RecordKind(rawValue: 13)
  package static let oneTimeKEMPreKey = RecordKind(rawValue: 14)

  // Groups.
  package static let group = RecordKind(rawValue: 20)
  package static let groupState = RecordKind(rawValue: 21)
  package static let groupEpoch = RecordKind(rawValue: 22)
  package static let groupName = RecordKind(rawValue: 23)
  package static let ownKeyPackage = RecordKind(rawValue: 24)
  package static let peerKeyPackages = RecordKind(rawValue: 25)
  package static let invitation = RecordKind(rawValue: 26)
  package static let groupOutgoing = RecordKind(rawValue: 27)
  package static let groupEvent = RecordKind(rawValue: 28)
  package static let groupBlock = RecordKind(rawValue: 29)

  /// The integrity tree's own kinds, which are in no bucket.
  static let treeNode = RecordKind(rawValue: 0xf0)
  static let treeRoot = RecordKind(rawValue: 0xf1)

  /// Every kind of this version.
  static let all: [RecordKind] = [
    profile, preKeys, oneTimePreKey, answeredHandshake, contact, contactName, session, outgoing,
    incoming, broadcast, broadcastName, receivedChains, senderLists, oneTimeKEMPreKey, group,
    groupState, groupEpoch, groupName, ownKeyPackage, peerKeyPackages, invitation, groupOutgoing,
    groupEvent, groupBlock, treeNode, treeRoot,
  ]

  /// Whether records of this kind hold the integrity tree itself.
  var isOfTree: Bool { self == .treeNode || self == .treeRoot }
}
