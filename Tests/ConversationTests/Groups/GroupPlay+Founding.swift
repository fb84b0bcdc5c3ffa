import CygnetMLS
import CygnetPrimitives
import TestSupport

/// Groups that replace another one or branch off it.
extension GroupPlay {
  // MARK: - ReInit

  /// The members close the group and go on in its successor.
  mutating func reInit() throws {
    let roster = records[head]!.roster.keys.sorted()
    guard roster.allSatisfy({ seats[$0] != nil && !seats[$0]!.isStuck }) else { return }
    for who in seated { while seats[who]!.epoch < head { try advance(who) } }
    try finishTalk()
    let closer = pick(roster)
    let extensions = try drawExtensions()
    let newSuite = pick(Self.suites)
    var changes: [MLS.Change] = [
      .reInit(
        group: chance(50) ? MLS.GroupID(random.bytes(8)) : nil,
        suite: newSuite, extensions: extensions)
    ]
    if chance(50) {
      let proposer = pick(roster)
      try post(
        seats[proposer]!.group.propose(changes[0], now: now, using: &random), from: proposer,
        "reinit")
      if !seats[closer]!.held.contains(0) { try deliver(proposal: 0, to: closer) }
      changes = []
    }
    let bundle = try seats[closer]!.group.commit(changes, now: now, using: &random)
    guard bundle.summary.reInit != nil else { throw fail("a ReInit is not told") }
    var candidates = [
      Candidate(
        committer: closer, encoded: try bundle.commit.encoded(), summary: bundle.summary,
        held: seats[closer]!.held)
    ]
    try settle(serve(&candidates), over: candidates)
    for who in mustReturn { seats[who] = nil }
    for who in seated { while seats[who]!.epoch < head { try advance(who) } }
    // Who forgot its own commit cannot come along, and without it there is no successor.
    guard seated == roster else { return try startOver() }
    if suite != newSuite { tally["another suite"] += 1 }
    suite = newSuite
    try succeed(roster)
  }

  private mutating func startOver() throws {
    tally["start over"] += 1
    try create()
  }

  private mutating func succeed(_ roster: [Int]) throws {
    for who in some(3, of: roster) { try expectClosed(who) }
    let founder = pick(roster)
    let old = seats[founder]!.group
    var packages: [MLS.VerifiedKeyPackage] = []
    for who in roster where who != founder { packages.append(try keyPackage(of: who)) }
    packages = shuffled(packages)
    if packages.count > 0 {
      let signer = try MLS.SignatureKeyPair.generate(using: &random)
      try expectRefusal(by: founder, to: "leave somebody out", [.ruleViolation]) { group, play in
        _ = try group.reInitialize(
          with: Array(packages.dropLast()), signingWith: signer, now: play.now,
          using: &play.random)
      }
    }
    let founding = try old.reInitialize(
      with: packages, signingWith: .generate(using: &random), now: now, using: &random)
    let origins = seats
    let records = records
    try begin(with: founding.group, of: founder)
    try joinFounded(founding, by: roster.filter { $0 != founder }, origins: origins) {
      $0 == .reInit(of: old.id)
    }
    remember(old, of: roster)
    for who in some(3, of: roster) {
      if let talk = records[old.epoch.rawValue - 1]?.talk.first {
        try expectRefusal(of: talk.encoded, by: who, "a message of the old group", [.notFound])
      }
    }
    tally["reinit"] += 1
    tally["epoch"] += 1
  }

  private mutating func expectClosed(_ who: Int) throws {
    guard seats[who]!.group.reInit != nil else { throw fail("the group is not closed") }
    try expectRefusal(by: who, to: "talk in a closed group", [.wrongState]) { group, play in
      _ = try group.encrypt([1], using: &play.random)
    }
    try expectRefusal(by: who, to: "commit in a closed group", [.wrongState]) { group, play in
      _ = try group.commit(now: play.now, using: &play.random)
    }
    try expectRefusal(by: who, to: "propose in a closed group", [.wrongState]) { group, play in
      _ = try group.proposeLeaving(now: play.now, using: &play.random)
    }
  }

  private mutating func joinFounded(
    _ founding: MLS.Founding, by others: [Int], origins: [Seat?],
    _ isOrigin: (MLS.Invitation.Origin?) -> Bool
  ) throws {
    guard let welcome = try founding.welcome.map({ try MLS.Message(decoding: $0.encoded()) })
    else {
      guard others.isEmpty else { throw fail("nobody was invited") }
      return
    }
    for who in others {
      let group = try open(welcome.welcome!, founding, who, origins[who]!.group, isOrigin)
      seats[who] = Seat(person: who, group: group)
      guard try Facts(group) == records[head]!.facts else {
        throw fail("a member comes to another successor")
      }
    }
  }

  private mutating func open(
    _ welcome: MLS.Welcome, _ founding: MLS.Founding, _ who: Int, _ origin: MLS.Group,
    _ isOrigin: (MLS.Invitation.Origin?) -> Bool
  ) throws -> MLS.Group {
    let own = try named(by: welcome, of: who)
    if chance(20) {
      try expectRefusal(
        by: who, of: welcome, own, founding.ratchetTree, "a successor of nothing")
    }
    let invitation = try MLS.Invitation.open(
      welcome, using: own, ratchetTree: founding.ratchetTree, origin: origin,
      configuration: people[who].configuration, now: now)
    guard isOrigin(invitation.origin) else { throw fail("a successor says something else") }
    if !own.isLastResort {
      people[who].packages.removeAll { $0.keyPackage == own.keyPackage }
    }
    return invitation.accept()
  }

  // MARK: - Branching

  /// Some members form a group of their own, use it and leave it.
  mutating func branch() throws {
    let founder = pick(atHead)
    let others = some(1 + draw(6), of: atHead.filter { $0 != founder })
    guard !others.isEmpty else { return }
    let packages = try others.map { try keyPackage(of: $0) }
    if let stranger = outside.first {
      let package = try keyPackage(of: stranger)
      try expectRefusal(by: founder, to: "branch with a stranger", [.ruleViolation]) {
        (group, play) in
        _ = try group.branch(
          with: packages + [package], signingWith: .generate(using: &play.random), now: play.now,
          using: &play.random)
      }
    }
    let origin = seats[founder]!.group
    let founding = try origin.branch(
      with: packages, signingWith: .generate(using: &random), extensions: drawExtensions(),
      now: now, using: &random)
    var groups = [founding.group]
    for who in others {
      groups.append(
        try open(founding.welcome!.welcome!, founding, who, seats[who]!.group) {
          $0 == .branch(of: origin.id)
        })
    }
    if let stranger = outside.first(where: { !people[$0].packages.isEmpty }) {
      try expectRefusal(
        by: stranger, of: founding.welcome!.welcome!, people[stranger].packages[0],
        founding.ratchetTree, "a branch for others")
    }
    for index in groups.indices { try live(&groups, index) }
    remember(groups[0], of: [founder] + others)
    tally["branch"] += 1
  }

  /// One of a small group talks and commits.
  private mutating func live(_ groups: inout [MLS.Group], _ index: Int) throws {
    let talk = try groups[index].encrypt([UInt8(index)], using: &random)
    let commit = try groups[index].commit(now: now, using: &random).commit
    for other in groups.indices where other != index {
      guard case .application(let message) = try groups[other].receive(talk, now: now),
        message.data == [UInt8(index)],
        case .commit(let staged) = try groups[other].receive(commit, now: now)
      else { throw fail("a branch does not understand") }
      try groups[other].merge(staged, now: now)
    }
    try groups[index].mergePendingCommit(now: now)
    let facts = try Facts(groups[index])
    for group in groups {
      guard try Facts(group) == facts else { throw fail("a branch falls apart") }
    }
  }
}
