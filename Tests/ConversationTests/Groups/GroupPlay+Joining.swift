import CygnetMLS
import CygnetPrimitives
import TestSupport

/// Joining by a Welcome.
extension GroupPlay {
  /// Somebody who was added opens the invitation, accepts it and is a member.
  mutating func join(_ who: Int, by welcome: [UInt8], _ winner: Candidate) throws {
    let id = records[head]!.facts.context.groupID
    let message = try MLS.Message(decoding: welcome).welcome!
    let own = try named(by: message, of: who)
    try annoyNewcomer(who, welcome, own, winner)
    let lacking = newcomersKeys(winner.summary.preSharedKeys, who)
    if !lacking.isEmpty {
      try expectRefusal(by: who, of: message, own, winner.tree, "a Welcome with an unknown key")
      try teach(who, lacking, in: id)
    }
    let invitation = try MLS.Invitation.open(
      message, using: own, ratchetTree: winner.tree, configuration: people[who].configuration,
      now: now)
    guard invitation.groupID == id, invitation.origin == nil,
      try person(of: invitation.inviter) == winner.committer,
      invitation.members.count == records[head]!.roster.count
    else { throw fail("an invitation says something else") }
    let group = invitation.accept()
    guard try Facts(group) == records[head]!.facts else {
      throw fail("a newcomer comes to another epoch")
    }
    seats[who] = Seat(person: who, group: group)
    if !own.isLastResort {
      people[who].packages.removeAll { $0.keyPackage == own.keyPackage }
    }
    tally["join"] += 1
  }

  func named(by welcome: MLS.Welcome, of who: Int) throws -> MLS.OwnKeyPackage {
    let configuration = people[who].configuration
    for own in people[who].packages
    where welcome.keyPackageRefs.contains(try own.reference(configuration)) { return own }
    throw fail("a Welcome without the newcomer's key package")
  }

  /// Whoever joins knows no epoch of the group from before.
  private func newcomersKeys(_ ids: [MLS.PreSharedKeyID], _ who: Int) -> [MLS.PreSharedKeyID] {
    ids.filter { id in
      switch id.kind {
      case .external(let name): keysOf(who).externalKey(id: name) == nil
      case .resumption(_, let group, let epoch):
        keysOf(who).resumptionKey(group: group, epoch: epoch) == nil
      }
    }
  }

  private mutating func annoyNewcomer(
    _ who: Int, _ welcome: [UInt8], _ own: MLS.OwnKeyPackage, _ winner: Candidate
  ) throws {
    let facts = records[head]!.facts
    try expectTampering(percent: 20, with: welcome) { message, play in
      guard let welcome = message.welcome else { return }
      let invitation = try MLS.Invitation.open(
        welcome, using: own, ratchetTree: winner.tree,
        configuration: play.people[who].configuration, now: play.now)
      // What stands there for other newcomers is nothing to this one.
      guard try Facts(invitation.accept()) == facts else {
        throw play.fail("a Welcome that was tampered with leads elsewhere")
      }
    }
    let message = try MLS.Message(decoding: welcome).welcome!
    if winner.tree != nil, chance(20) {
      try expectRefusal(by: who, of: message, own, nil, "a Welcome without tree")
    }
    if let other = people[who].packages.first(where: { $0.keyPackage != own.keyPackage }),
      !message.keyPackageRefs.contains(try other.reference(people[who].configuration)), chance(20)
    {
      try expectRefusal(by: who, of: message, other, winner.tree, "a Welcome for others")
    }
  }

  /// Has a newcomer find that something is missing.
  mutating func expectRefusal(
    by who: Int, of welcome: MLS.Welcome, _ own: MLS.OwnKeyPackage, _ tree: [UInt8]?,
    _ what: String, origin: MLS.Group? = nil
  ) throws {
    do {
      _ = try MLS.Invitation.open(
        welcome, using: own, ratchetTree: tree, origin: origin,
        configuration: people[who].configuration, now: now)
    } catch {
      let isOfSuite = own.keyPackage.cipherSuite == welcome.cipherSuite
      guard error.code == (isOfSuite ? .notFound : .ruleViolation) else {
        throw fail("\(what): \(error)")
      }
      return count(error, what)
    }
    throw fail("not refused: \(what)")
  }
}
