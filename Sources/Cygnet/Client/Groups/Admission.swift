internal import CygnetMLS
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// How the keys that a step shows are compared with those on record.
struct Admission {
  /// The members before the step: what they are already is no news.
  var members: MLS.Roster?
  /// Sixty digits with which one changed identity is accepted.
  var acceptedNumber: String?
  /// Whether somebody seen for the first time becomes a contact, so that another key is noticed.
  var remembersStrangers = true
  /// Whether the own address may appear with an older key: in a group that one comes back into.
  var allowsOwnOldKey = false

  func isMember(_ claim: MemberIdentity) -> Bool {
    guard
      let member = members?.member(signatureKey: MLS.SignaturePublicKey(claim.key.bytes)),
      let known = try? MemberIdentity(member)
    else { return false }
    return known == claim
  }
}

extension RecordTransaction {
  /// Compares what leaves claim to be with what is on record: a contact has the key on record, the
  /// own address has the own key, and a stranger becomes a contact, unverified.
  /// - Throws: `identityChanged`, underlain by `ChangedIdentity`, for another key than the one on
  ///   record; `ruleViolation` for another key at the own address.
  func admit(
    _ claims: [MemberIdentity], _ own: ProfileRecord, _ admission: Admission, now: Timestamp
  ) throws(CygnetError) {
    let ownKey = try own.memberIdentity().key
    for claim in claims where !admission.isMember(claim) {
      if claim.address == own.address {
        guard claim.key == ownKey || admission.allowsOwnOldKey else {
          throw CygnetError(
            .ruleViolation, "somebody is in the group under the address of the store's owner")
        }
        continue
      }
      if var contact = try contact(at: claim.address) {
        guard contact.identity != claim.key else { continue }
        try accept(claim, of: &contact, number: admission.acceptedNumber, own)
      } else if admission.remembersStrangers {
        try putContact(of: claim, now: now)
      }
    }
  }

  private func accept(
    _ claim: MemberIdentity, of contact: inout ContactRecord, number: String?,
    _ own: ProfileRecord
  ) throws(CygnetError) {
    do throws(CygnetError) {
      try accept(change: IdentityKey(claim.key), of: &contact, number: number, own: own)
    } catch {
      guard error.code == .identityChanged else { throw error }
      throw CygnetError(
        .identityChanged, "a member's identity key is not the one on record",
        underlying: ChangedIdentity(address: claim.address, identity: try claim.key.wireEncoded()))
    }
    try put(contact, previousName: contact.name)
  }

  /// A contact for somebody who is met for the first time, named as the address says.
  /// - Throws: `malformed` for a key that could not take part in sessions.
  func putContact(of claim: MemberIdentity, now: Timestamp) throws(CygnetError) {
    _ = try IdentityKey(claim.key)
    let record = ContactRecord(
      name: try freeName(ContactName.suggestion(for: claim.address)), address: claim.address,
      identity: claim.key, addedAt: now)
    try put(record, previousName: nil)
  }

  /// A member as people see it.
  func member(_ claim: MemberIdentity, _ own: ProfileRecord) throws(CygnetError) -> GroupMember {
    let isSelf = claim.address == own.address
    return GroupMember(
      address: claim.address, identity: try claim.key.wireEncoded(),
      contact: isSelf ? nil : try contact(at: claim.address)?.contact, isSelf: isSelf)
  }

  func members(
    _ claims: [MemberIdentity], _ own: ProfileRecord
  ) throws(CygnetError) -> [GroupMember] {
    var members: [GroupMember] = []
    for claim in claims { members.append(try member(claim, own)) }
    return members
  }
}
