import CygnetMLS
import CygnetPrimitives
import TestSupport

/// The commit of an epoch is accepted, and the members follow, at once or later.
extension GroupPlay {
  mutating func settle(_ winner: Candidate, over candidates: [Candidate]) throws {
    let old = head
    for loser in candidates where loser.encoded != winner.encoded {
      records[old]!.losers.append(loser.encoded)
      tally["commit that lost"] += 1
    }
    records[old]!.commit = EpochRecord.PostedCommit(
      encoded: winner.encoded, committer: winner.committer, summary: winner.summary,
      held: winner.held, referred: try referred(by: winner))
    let isStuck = try enterFirst(winner)
    try checkRoster(winner, old)
    for member in winner.summary.removed {
      let who = try person(of: member)
      if who != winner.committer || winner.joined == nil { try remove(who, at: old) }
    }
    for who in shuffled(seated) where seats[who]!.epoch == old && !seats[who]!.isStuck {
      if isStuck || !chance(4) { try advance(who) } else { tally["lag"] += 1 }
    }
    if let welcome = winner.welcome {
      for member in shuffled(winner.summary.added) {
        try join(person(of: member), by: welcome, winner)
      }
    }
    try checkServer()
    count(winner, referred: records[old]!.commit!.referred.count)
    tally["epoch"] += 1
    tally["members of all epochs"] += records[head]!.roster.count
  }

  /// What the epochs' commits carried.
  private mutating func count(_ winner: Candidate, referred: Int) {
    let summary = winner.summary
    tally["committed: add"] += summary.added.count
    tally["committed: update"] += summary.updated.count
    tally["committed: remove"] += summary.removed.count
    tally["committed: extensions"] += summary.extensions == nil ? 0 : 1
    tally["committed: reinit"] += summary.reInit == nil ? 0 : 1
    tally["committed: custom"] += summary.custom.count
    tally["committed: by reference"] += referred
    for id in summary.preSharedKeys {
      switch id.kind {
      case .external: tally["committed: external key"] += 1
      case .resumption(_, let group, _):
        let isOwn = group == records[head]!.facts.context.groupID
        tally[isOwn ? "committed: key of an epoch" : "committed: key of another group"] += 1
      }
    }
    if winner.joined != nil { tally["committed: external"] += 1 }
    tally[winner.isEncrypted ? "commit encrypted" : "commit in the clear"] += 1
    if winner.welcome != nil {
      tally[winner.tree == nil ? "tree within the Welcome" : "tree beside the Welcome"] += 1
    }
  }

  /// Who made the commit goes first, and shows what the new epoch is.
  /// - Returns: whether it gave its commit up and cannot follow.
  private mutating func enterFirst(_ winner: Candidate) throws -> Bool {
    let (who, old) = (winner.committer, head)
    if let joined = winner.joined {
      if var seat = seats[who], seat.epoch == old, !seat.isStuck {
        _ = try seeRemoval(&seat.group, at: old, of: who)
      }
      seats[who] = Seat(person: who, group: joined)
      try recordEpoch(of: joined)
      return false
    }
    guard seats[who]!.group.hasPendingCommit else { throw fail("the commit does not wait") }
    if chance(50) {
      let before = try seats[who]!.group.wholeState()
      guard case .ownCommit = try receive(winner.encoded, by: who),
        try seats[who]!.group.wholeState() == before
      else { throw fail("an own commit is something else") }
    }
    var group = seats[who]!.group
    try group.mergePendingCommit(now: now)
    let staying = atHead.filter { other in
      other != who && !seats[other]!.isStuck
        && !winner.summary.removed.contains { $0.index == records[old]!.roster[other] }
    }
    if chance(3), !staying.isEmpty {
      try recordEpoch(of: group)
      return try forget(winner, old)
    }
    seats[who]!.group = group
    seats[who]!.leave(old, now: now)
    try recordEpoch(of: group)
    return false
  }

  /// The committer gave its commit up although it was accepted.
  private mutating func forget(_ winner: Candidate, _ old: UInt64) throws -> Bool {
    let who = winner.committer
    seats[who]!.group.clearPendingCommit()
    tally["own commit forgotten"] += 1
    if winner.isEncrypted {
      guard case .ownMessage = try receive(winner.encoded, by: who) else {
        throw fail("an own commit is something else")
      }
    } else if winner.summary.hasPath {
      try expectRefusal(of: winner.encoded, by: who, "an own commit without secrets", [.wrongState])
    } else {
      return false  // it can be received like anybody's
    }
    seats[who]!.isStuck = true
    return true
  }

  /// The members are the ones before, without those who were removed and with those who were added.
  private func checkRoster(_ winner: Candidate, _ old: UInt64) throws {
    var expected = Set(records[old]!.roster.keys)
    for member in winner.summary.removed { expected.remove(try person(of: member)) }
    for member in winner.summary.added { expected.insert(try person(of: member)) }
    guard expected == Set(records[head]!.roster.keys), head == old + 1 else {
      throw fail("a commit did something else than it said")
    }
  }

  // MARK: - Following

  /// A member takes in what ends its epoch.
  mutating func advance(_ who: Int) throws {
    let epoch = seats[who]!.epoch
    let commit = records[epoch]!.commit!
    try annoy(who, before: commit)
    try receiveTooEarly(commit, by: who)
    for place in shuffled(Array(commit.held)) where !seats[who]!.held.contains(place) {
      try deliver(proposal: place, to: who)
    }
    let lacking = missingKeys(commit.summary.preSharedKeys, for: seats[who]!)
    if !lacking.isEmpty {
      try expectRefusal(of: commit.encoded, by: who, "a commit with an unknown key", [.notFound])
      try teach(who, lacking, in: seats[who]!.group.id)
    }
    try tamper(percent: 8, with: commit.encoded, for: who)
    guard case .commit(let staged) = try receive(commit.encoded, by: who) else {
      throw fail("a commit is something else")
    }
    guard staged.summary.isSame(as: commit.summary), !staged.removesSelf else {
      throw fail("a commit does something else")
    }
    // What comes in between stays opened.
    try deliverTalk(of: epoch, to: who)
    try seats[who]!.group.merge(staged, now: now)
    seats[who]!.leave(epoch, now: now)
    guard try Facts(seats[who]!.group) == records[epoch + 1]!.facts else {
      throw fail("\(who) comes to another epoch")
    }
    guard !seats[who]!.group.hasPendingCommit, seats[who]!.group.pendingProposals.isEmpty else {
      throw fail("something waits that belongs to the epoch before")
    }
    if chance(5) {
      let error = try refusal(by: &seats[who]!.group, of: "a merge twice") { group in
        try group.merge(staged, now: now)
      }
      guard error.code == .wrongEpoch else { throw fail("a merge twice: \(error)") }
    }
    if chance(5) {
      try expectRefusal(of: commit.encoded, by: who, "a commit twice", [.wrongEpoch])
    }
  }

  /// The commit comes ahead of proposals that it refers to, and can come again.
  private mutating func receiveTooEarly(
    _ commit: EpochRecord.PostedCommit, by who: Int
  ) throws {
    let missing = commit.referred.subtracting(seats[who]!.held)
    guard !missing.isEmpty, chance(40) else { return }
    try expectRefusal(
      of: commit.encoded, by: who, "a commit ahead of its proposals", [.notFound])
  }

  /// What else may reach a member before the commit of its epoch.
  private mutating func annoy(_ who: Int, before commit: EpochRecord.PostedCommit) throws {
    let epoch = seats[who]!.epoch
    let losers = records[epoch]!.losers
    if seats[who]!.group.hasPendingCommit, chance(50) {
      seats[who]!.group.clearPendingCommit()
      tally["own commit cleared"] += 1
    }
    for loser in losers where chance(20) {
      // Looked at and not merged; some refer to what this member does not hold.
      do {
        _ = try receive(loser, by: who)
        tally["lost commit seen"] += 1
      } catch let error as CygnetError {
        guard [.notFound, .wrongState].contains(error.code) else { throw fail("\(error)") }
      }
    }
    if let later = records[epoch + 1]?.commit, chance(20) {
      try expectRefusal(of: later.encoded, by: who, "a commit of the future", [.wrongEpoch])
    }
    if chance(4) { try forge(for: who) }
    if chance(4) { try refuseFormat(of: commit, by: who) }
  }

  /// A member whose policy takes handshakes in the other form only. Commits of newcomers come in the
  /// clear in any case.
  private mutating func refuseFormat(
    of commit: EpochRecord.PostedCommit, by who: Int
  ) throws {
    let message = try MLS.Message(decoding: commit.encoded)
    switch message.body {
    case .publicMessage(let message):
      guard case .member = message.content.sender else { return }
      seats[who]!.group.configuration.acceptedHandshakeFormats = [.privateMessage]
    default: seats[who]!.group.configuration.acceptedHandshakeFormats = [.publicMessage]
    }
    defer { seats[who]?.group.configuration = people[who].configuration }
    try expectRefusal(
      of: commit.encoded, by: who, "a handshake in the wrong form", [.ruleViolation])
  }

  private mutating func deliverTalk(of epoch: UInt64, to who: Int) throws {
    for talk in records[epoch]!.talk
    where talk.sender != who && !seats[who]!.opened.contains(talk.id) && chance(30) {
      try open(talk, of: epoch, by: who)
    }
  }

  /// Members who are behind catch up, or find that nobody listens to them.
  mutating func moveLaggards() throws {
    for who in seated where seats[who]!.epoch < head && !seats[who]!.isStuck {
      if chance(15) { try commitTooLate(who) }
      let isLate = head - seats[who]!.epoch >= Self.window - 1
      while seats[who]!.epoch < head, isLate || chance(60) { try advance(who) }
    }
    // Who is stuck for too long is given up.
    for who in mustReturn where head - seats[who]!.epoch >= Self.window {
      seats[who] = nil
      tally["given up"] += 1
    }
  }

  private mutating func commitTooLate(_ who: Int) throws {
    var group = seats[who]!.group
    group.clearPendingCommit()
    let encoded = try group.commit(now: now, using: &random).commit.encoded()
    for other in some(2, of: atHead) {
      try expectRefusal(of: encoded, by: other, "a commit too late", [.wrongEpoch])
    }
  }

  // MARK: - Leaving

  /// A member sees that it was removed by the commit of epoch `old`.
  private mutating func remove(_ who: Int, at old: UInt64) throws {
    guard let seat = seats[who] else { return }
    guard !seat.isStuck else {
      seats[who] = nil
      return
    }
    while seats[who]!.epoch < old { try advance(who) }
    for place in records[old]!.commit!.held where !seats[who]!.held.contains(place) {
      try deliver(proposal: place, to: who)
    }
    if try seeRemoval(&seats[who]!.group, at: old, of: who) {
      seats[who]!.leave(old, now: now)
      formers.append(seats[who]!)
    }
    seats[who] = nil
    tally["removed"] += 1
  }

  private func seeRemoval(
    _ group: inout MLS.Group, at old: UInt64, of who: Int
  ) throws -> Bool {
    let message = try MLS.Message(decoding: records[old]!.commit!.encoded)
    let staged: MLS.StagedCommit
    do {
      guard case .commit(let received) = try group.receive(message, now: now) else {
        throw fail("a removal is something else")
      }
      staged = received
    } catch let error as CygnetError where error.rule == "S11" && people[who].isOld {
      return false  // the commit has a proposal that it need not understand
    }
    guard staged.removesSelf else { throw fail("a removal is not told") }
    try group.merge(staged, now: now)
    guard group.isRemoved, group.epoch.rawValue == old else { throw fail("a removal does nothing") }
    let error = try refusal(by: &group, of: "talk after the removal") { group in
      _ = try group.encrypt([1])
    }
    guard error.code == .wrongState else { throw fail("talk after the removal: \(error)") }
    return true
  }

  /// The proposals that a commit names, as far as it can be read.
  private func referred(by winner: Candidate) throws -> Set<Int> {
    guard case .publicMessage(let message) = try MLS.Message(decoding: winner.encoded).body,
      case .commit(let commit) = message.content.content
    else { return [] }
    var names: Set<MLS.ProposalRef> = []
    for case .reference(let name) in commit.proposals { names.insert(name) }
    // Those in the clear; their names can be computed.
    return Set(
      try winner.held.filter { place in
        let posted = try MLS.Message(decoding: records[head]!.proposals[place].encoded)
        guard case .publicMessage(let message) = posted.body else { return false }
        let name = try Algorithms(suite).proposalRef(
          AuthenticatedContent(
            wireFormat: .publicMessage, content: message.content, auth: message.auth))
        return names.contains(name)
      })
  }
}

extension MLS.CommitSummary {
  func isSame(as other: MLS.CommitSummary) -> Bool {
    committer == other.committer && epoch == other.epoch && added == other.added
      && removed == other.removed && updated == other.updated && extensions == other.extensions
      && preSharedKeys == other.preSharedKeys && reInit == other.reInit && custom == other.custom
      && authenticatedData == other.authenticatedData && hasPath == other.hasPath
  }
}
