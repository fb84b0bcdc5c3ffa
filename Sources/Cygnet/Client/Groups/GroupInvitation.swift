internal import CygnetMLS
internal import CygnetPairwise
public import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// An invitation into a group that waits for an answer. Nothing is joined, and nobody learns that it
/// arrived, until it is accepted.
public struct GroupInvitation: Sendable {
  /// 16 bytes that name the invitation here.
  public let id: [UInt8]
  /// The group's own name, unique and meaningless.
  public let groupID: [UInt8]
  /// What the members call the group; a claim, like any text from others. May be empty.
  public let title: [UInt8]
  /// Who invites: the invitation carries this member's signature.
  public let inviter: GroupMember
  /// Everybody in the group, oneself among them.
  public let members: [GroupMember]
  /// When it came in.
  public let receivedAt: Timestamp
}

///     struct {
///       uint16 version = 1;
///       opaque id[16];                     // the message id of the Welcome
///       uint64 received_at;
///       opaque key_package_ref<V>;
///       opaque group_id<V>;
///       GroupTitle title;
///       MemberIdentity inviter;
///       MemberIdentity members<V>;
///       opaque welcome<V>;                 // MLSMessage
///     } InvitationRecord;
struct InvitationRecord: WireEncodable, WireDecodable, Sendable {
  /// Invitations that wait at once.
  static let maxCount = 256
  /// Leaves room for the other fields in one record.
  static let maxWelcomeByteCount = 1 << 25

  let id: [UInt8]
  let receivedAt: Timestamp
  let keyPackage: MLS.KeyPackageRef
  let groupID: MLS.GroupID
  let title: GroupTitle
  let inviter: MemberIdentity
  let members: [MemberIdentity]
  let welcome: [UInt8]

  init(
    _ invitation: MLS.Invitation, id: MessageID, keyPackage: MLS.KeyPackageRef, welcome: [UInt8],
    receivedAt: Timestamp
  ) throws(CygnetError) {
    guard invitation.groupID.bytes.count <= 255 else {
      throw CygnetError(.limitExceeded, "the name of a group is too long")
    }
    self.id = id.bytes
    self.receivedAt = receivedAt
    self.keyPackage = keyPackage
    self.welcome = welcome
    groupID = invitation.groupID
    title = try GroupTitle(invitation.context.extensions)
    inviter = try MemberIdentity(invitation.inviter)
    members = try invitation.members.all.identities()
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    writer.write(fixed: id)
    writer.write(receivedAt.seconds)
    try writer.write(opaque: keyPackage.bytes)
    try writer.write(opaque: groupID.bytes)
    try title.encode(into: &writer)
    try inviter.encode(into: &writer)
    try writer.write(vector: members)
    try writer.write(opaque: welcome)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    id = try reader.readFixed(MessageID.byteCount)
    receivedAt = try reader.readTimestamp()
    keyPackage = MLS.KeyPackageRef(try reader.readOpaque(0...255))
    groupID = MLS.GroupID(try reader.readOpaque(0...255))
    title = try GroupTitle(from: &reader)
    inviter = try MemberIdentity(from: &reader)
    members = try reader.readVector(0...(1 << 25), maxCount: MLS.Limits.leafCount)
    welcome = try reader.readOpaque(0...Self.maxWelcomeByteCount)
  }
}

extension RecordTransaction {
  func invitation(_ id: [UInt8]) throws(CygnetError) -> InvitationRecord? {
    guard let value = try value(.invitation, id) else { return nil }
    return try InvitationRecord(wire: value)
  }

  /// The oldest first.
  func invitations() throws(CygnetError) -> [InvitationRecord] {
    var records: [InvitationRecord] = []
    for value in try values(.invitation) { records.append(try InvitationRecord(wire: value)) }
    return records.sorted { $0.receivedAt < $1.receivedAt }
  }

  func shown(
    _ record: InvitationRecord, _ own: ProfileRecord
  ) throws(CygnetError) -> GroupInvitation {
    GroupInvitation(
      id: record.id, groupID: record.groupID.bytes, title: record.title.bytes,
      inviter: try member(record.inviter, own), members: try members(record.members, own),
      receivedAt: record.receivedAt)
  }

  // MARK: Steps

  /// Opens and verifies an invitation and stores it. No contact is made of those who are in it.
  func hold(
    _ welcome: MLS.Welcome, _ bytes: [UInt8], acceptingChange number: String?, now: Timestamp
  ) throws(CygnetError) -> GroupInvitation {
    let profile = try profile()
    let id = MessageID(of: bytes)
    if let held = try invitation(id.bytes) { return try shown(held, profile) }
    guard bytes.count <= InvitationRecord.maxWelcomeByteCount else {
      throw CygnetError(.limitExceeded, "an invitation is too large")
    }
    guard try count(.invitation) < InvitationRecord.maxCount else {
      throw CygnetError(.limitExceeded, "too many invitations wait for an answer")
    }
    let (reference, own) = try ownKeyPackage(for: welcome)
    let (invitation, claims) = try open(welcome, own, now: now)
    try admit(
      claims, profile,
      Admission(acceptedNumber: number, remembersStrangers: false), now: now)
    let record = try InvitationRecord(
      invitation, id: id, keyPackage: reference, welcome: bytes, receivedAt: now)
    guard try contact(at: record.inviter.address)?.isBlocked != true else {
      throw CygnetError(.wrongState, "the one who invites is blocked")
    }
    try put(.invitation, record.id, record.wireEncodedSecret())
    return try shown(record, profile)
  }

  /// - Throws: `notFound` when it is for others, or for a key package that is gone.
  private func ownKeyPackage(
    for welcome: MLS.Welcome
  ) throws(CygnetError) -> (MLS.KeyPackageRef, MLS.OwnKeyPackage) {
    for reference in welcome.keyPackageRefs {
      if let record = try ownKeyPackage(reference) { return (reference, record.keyPackage) }
    }
    throw CygnetError(
      .notFound, "the invitation is for nobody here, or its key package was used or dropped")
  }

  private func open(
    _ welcome: MLS.Welcome, _ own: MLS.OwnKeyPackage, now: Timestamp
  ) throws(CygnetError) -> (MLS.Invitation, [MemberIdentity]) {
    let witness = MemberWitness()
    let invitation = try MLS.Invitation.open(
      welcome, using: own, configuration: .client(witness), now: now)
    guard try groupRecord(invitation.groupID) == nil else {
      throw CygnetError(.duplicate, "this is an invitation into a group that is joined already")
    }
    return (invitation, witness.takeClaims())
  }

  /// Joins. The key package goes, unless it is a last resort, and with it every other invitation that
  /// needs it; so do others into the same group.
  func accept(
    _ record: InvitationRecord, as name: String?, acceptingChange number: String?, now: Timestamp
  ) throws(CygnetError) -> HeldGroup {
    let profile = try profile()
    guard let own = try ownKeyPackage(record.keyPackage)?.keyPackage else {
      throw CygnetError(.storeDamaged, "an invitation without its key package")
    }
    guard let welcome = try MLS.Message(decoding: record.welcome).welcome else {
      throw CygnetError(.storeDamaged, "an invitation without a Welcome")
    }
    let witness = MemberWitness()
    let invitation = try MLS.Invitation.open(
      welcome, using: own, configuration: .client(witness), now: now)
    try admit(witness.takeClaims(), profile, Admission(acceptedNumber: number), now: now)
    guard try groupRecord(record.groupID) == nil else {
      throw CygnetError(.duplicate, "the group is joined already")
    }
    let called = try groupName(name, record.title)
    var held = try HeldGroup(invitation.accept(), witness: witness, name: called, now: now)
    try put(&held)
    try delete(.invitation, record.id)
    if !own.isLastResort { try delete(.ownKeyPackage, record.keyPackage.bytes) }
    for other in try invitations()
    where other.groupID == record.groupID
      || (other.keyPackage == record.keyPackage && !own.isLastResort)
    {
      try delete(.invitation, other.id)
    }
    return held
  }

  /// Drops an invitation, and the key package it is for, unless that is a last resort or another
  /// invitation needs it.
  func decline(_ record: InvitationRecord) throws(CygnetError) {
    try delete(.invitation, record.id)
    guard let own = try ownKeyPackage(record.keyPackage), !own.keyPackage.isLastResort else {
      return
    }
    for other in try invitations() where other.keyPackage == record.keyPackage { return }
    try delete(.ownKeyPackage, record.keyPackage.bytes)
  }

  func checkInvitations() throws(CygnetError) {
    for record in try invitations() {
      guard try MLS.Message(decoding: record.welcome).welcome != nil,
        try ownKeyPackage(record.keyPackage) != nil
      else { throw CygnetError(.storeDamaged, "an invitation that cannot be accepted") }
    }
  }
}
