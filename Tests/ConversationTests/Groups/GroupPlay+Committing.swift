import CygnetMLS
import CygnetPrimitives
import TestSupport

/// A commit that may become the one of its epoch.
struct Candidate {
  let committer: Int
  let encoded: [UInt8]
  let summary: MLS.CommitSummary
  let held: Set<Int>
  var welcome: [UInt8]?
  var tree: [UInt8]?
  /// What somebody who joins by it will have.
  var joined: MLS.Group?

  var isEncrypted: Bool { encoded[3] == 2 }
}

/// One or several members commit, and the delivery service takes the first.
extension GroupPlay {
  mutating func playEpoch() throws {
    var candidates: [Candidate] = []
    var members = shuffled(atHead)
    for _ in 0..<(chance(70) ? 1 : 2 + draw(2)) {
      if chance(mustReturn.isEmpty ? 10 : 40), let candidate = try externalCandidate() {
        candidates.append(candidate)
      } else if let who = members.popLast() {
        candidates += try memberCandidates(who)
      }
    }
    if candidates.isEmpty { candidates += try memberCandidates(pick(atHead)) }
    // One person wins once: what a member made first was given up.
    let winner = try serve(&candidates)
    try settle(winner, over: candidates)
  }

  // MARK: - By members

  /// The commit that counts comes last; before it those that the member gave up.
  private mutating func memberCandidates(_ who: Int) throws -> [Candidate] {
    var candidates: [Candidate] = []
    if chance(6) {
      candidates.append(try memberCandidate(who))
      seats[who]!.group.clearPendingCommit()
      tally["commit given up"] += 1
      records[head]!.losers.append(candidates[0].encoded)
      candidates = []
    }
    let candidate = try memberCandidate(who)
    if chance(5) {
      try expectRefusal(by: who, to: "commit while a commit waits", [.wrongState]) {
        (group, play) in
        _ = try group.commit(now: play.now, using: &play.random)
      }
    }
    return candidates + [candidate]
  }

  private mutating func memberCandidate(_ who: Int) throws -> Candidate {
    if chance(6) { try commitBadly(who) }
    var options = MLS.CommitOptions()
    options.includesPending = chance(85)
    options.forcesPath = chance(75)
    options.leaf = chance(30) ? try drawLeafChange(for: who) : MLS.LeafChange()
    options.authenticatedData = random.bytes(draw(5))
    let changes = try drawChanges(for: who)
    let rest = try GroupStateView(seats[who]!.group)
    let bundle = try seats[who]!.group.commit(
      changes, options: options, now: now, using: &random)
    let after = try GroupStateView(seats[who]!.group)
    guard after.context == rest.context, after.tree.memberCount == rest.tree.memberCount,
      try Facts(seats[who]!.group) == records[head]!.facts
    else { throw fail("making a commit changed the group") }
    let isSilent = bundle.summary.hasPath == false
    tally[isSilent ? "commit without path" : "commit with path"] += 1
    return Candidate(
      committer: who, encoded: try bundle.commit.encoded(), summary: bundle.summary,
      held: seats[who]!.held, welcome: try bundle.welcome?.encoded(),
      tree: people[who].configuration.sendsTreeInWelcome ? nil : bundle.ratchetTree)
  }

  /// What a commit carries itself.
  private mutating func drawChanges(for who: Int) throws -> [MLS.Change] {
    var changes: [MLS.Change] = []
    var hasOld = records[head]!.roster.keys.contains { people[$0].isOld }
    let count = records[head]!.roster.count
    let target = maxCount * 3 / 4
    var leaving: [Int] = []
    if chance(count > target ? 50 : 20), count > 1 {
      let others = records[head]!.roster.keys.sorted().filter { $0 != who }
      leaving = some(1 + (chance(20) ? draw(max(1, others.count / 2)) : 0), of: others)
      for member in leaving { changes.append(.remove(records[head]!.roster[member]!)) }
    }
    if chance(count < target ? 50 : 15), count < maxCount {
      let room = maxCount - count
      var added = some(1 + (chance(30) ? draw(room) : 0), of: invitable)
      added = Array(added.prefix(room))
      // Somebody who is removed may come back at once.
      if chance(10) { added += leaving.filter { !(excludesOld && people[$0].isOld) }.prefix(1) }
      for person in added {
        hasOld = hasOld || people[person].isOld
        changes.append(.add(try keyPackage(of: person)))
      }
    }
    if chance(10), let key = drawKey(for: who) { changes.append(key) }
    if chance(8) {
      changes.append(.extensions(try drawExtensions(new: !hasOld && chance(30))))
    }
    if chance(8) { changes.append(.custom(.playNote, data: random.bytes(2).map { $0 & 0x7f })) }
    if chance(4), !hasOld { changes.append(.custom(.playRule, data: [])) }
    return shuffled(changes)
  }

  private mutating func commitBadly(_ who: Int) throws {
    let codes: [CygnetError.Code] = [.ruleViolation, .notFound, .unsupported]
    let own = seats[who]!.group.ownIndex
    switch draw(5) {
    case 0:
      try expectRefusal(by: who, to: "commit its own removal", codes) { group, play in
        _ = try group.commit([.remove(own)], now: play.now, using: &play.random)
      }
    case 1:
      try expectRefusal(by: who, to: "commit a key that it lacks", codes) { group, play in
        _ = try group.commit(
          [.externalKey(id: [9])], now: play.now, using: &play.random)
      }
    case 2:
      let unknown = MLS.Extension(type: MLS.ExtensionType(0xf555), data: [])
      try expectRefusal(by: who, to: "demand what nobody supports", codes) { group, play in
        _ = try group.commit(
          [.extensions(MLS.Extensions([unknown]))], now: play.now, using: &play.random)
      }
    case 3:
      let package = try keyPackage(of: who)
      try expectRefusal(by: who, to: "add itself", codes) { group, play in
        _ = try group.commit([.add(package)], now: play.now, using: &play.random)
      }
    default:
      try expectRefusal(by: who, to: "close the group and go on", codes) { group, play in
        _ = try group.commit(
          [
            .reInit(group: nil, suite: group.cipherSuite, extensions: .none),
            .custom(.playNote, data: []),
          ], now: play.now, using: &play.random)
      }
    }
  }

  // MARK: - By those outside

  /// Members who need an external commit to go on.
  var mustReturn: [Int] { seated.filter { seats[$0]!.isStuck } }

  private mutating func externalCandidate() throws -> Candidate? {
    let lost = records[head]!.roster.keys.sorted().filter { seats[$0] == nil }
    let behind = lost + seated.filter { seats[$0]!.isStuck || seats[$0]!.epoch < head }
    var returning: Int?
    if !behind.isEmpty, chance(60) {
      returning = pick(behind)
    } else if chance(20), atHead.count > 1 {
      returning = pick(atHead)
    }
    if chance(10) { try joinTwice() }
    if let returning {
      guard let place = records[head]!.roster[returning] else { return nil }
      tally["resync"] += 1
      return try externalCandidate(of: returning, replacing: place)
    }
    let invitable = invitable
    guard !invitable.isEmpty, records[head]!.roster.count < maxCount else { return nil }
    tally["external join"] += 1
    return try externalCandidate(of: pick(invitable), replacing: nil)
  }

  private mutating func externalCandidate(
    of who: Int, replacing: LeafIndex?
  ) throws -> Candidate {
    var keys: [MLS.PreSharedKeyID.Kind] = []
    if chance(25), let number = people[who].knownKeys.sorted().first {
      keys.append(.external(id: Self.keyName(number)))
    }
    if chance(25), replacing != nil, let seat = seats[who], head - seat.epoch < 4,
      seat.group.id == records[head]!.facts.context.groupID
    {
      let id = MLS.PreSharedKeyID.Kind.resumption(
        .application, group: seat.group.id, epoch: seat.group.epoch)
      people[who].keys.set(
        seat.group.resumptionKey, group: seat.group.id, epoch: seat.group.epoch)
      useConfiguration(who)
      keys.append(id)
    }
    let join = try join(who, replacing: replacing, keys: keys)
    let encoded = try join.commit.encoded()
    var observer = try observer()
    guard
      case .commit(let staged) = try observer.receive(
        MLS.Message(decoding: encoded), now: now)
    else { throw fail("an external commit is something else") }
    return Candidate(
      committer: who, encoded: encoded, summary: staged.summary, held: [], joined: join.merge())
  }

  private mutating func join(
    _ who: Int, replacing: LeafIndex?, keys: [MLS.PreSharedKeyID.Kind]
  ) throws -> MLS.ExternalJoin {
    let host = seats[pick(atHead)]!.group
    let includesTree = chance(50)
    let tree = includesTree ? nil : try host.ratchetTree()
    let info = try host.groupInfo(
      allowsExternalJoin: !chance(5), includesTree: includesTree, using: &random)
    let signer = try MLS.SignatureKeyPair.generate(using: &random)
    let encoded = try MLS.Message(info).encoded()
    try expectTampering(percent: 30, with: encoded) { message, play in
      guard let info = message.groupInfo else { return }
      _ = try play.join(who, info, tree, signer, replacing, keys)
      throw play.fail("a GroupInfo that was tampered with is accepted")
    }
    let decoded = try MLS.Message(decoding: encoded).groupInfo!
    do {
      return try join(who, decoded, tree, signer, replacing, keys)
    } catch let error as CygnetError where error.rule == "X9" {
      let info = try host.groupInfo(
        allowsExternalJoin: true, includesTree: includesTree, using: &random)
      return try join(who, info, tree, signer, replacing, keys)
    }
  }

  private mutating func join(
    _ who: Int, _ info: MLS.GroupInfo, _ tree: [UInt8]?, _ signer: MLS.SignatureKeyPair,
    _ replacing: LeafIndex?, _ keys: [MLS.PreSharedKeyID.Kind]
  ) throws -> MLS.ExternalJoin {
    try MLS.Group.joinExternally(
      info, ratchetTree: tree, as: people[who].credential, signingWith: signer,
      replacing: replacing, preSharedKeys: keys, leafExtensions: drawLeafExtensions(),
      authenticating: random.bytes(draw(4)), configuration: people[who].configuration, now: now,
      using: &random)
  }

  /// A client that is in the group already cannot join beside itself (rule X8): it finds out itself,
  /// and where it does not look, the members refuse it.
  private mutating func joinTwice() throws {
    let who = pick(records[head]!.roster.keys.sorted())
    do {
      _ = try join(who, replacing: nil, keys: [])
      throw fail("a client joins beside itself")
    } catch let error as CygnetError {
      guard error.rule == "X8" else { throw error }
    }
    let configuration = people[who].configuration
    people[who].configuration.credentialValidator = CarelessValidator()
    defer { people[who].configuration = configuration }
    let encoded = try join(who, replacing: nil, keys: []).commit.encoded()
    for member in some(2, of: atHead) {
      try expectRefusal(of: encoded, by: member, "a client twice", [.ruleViolation])
    }
  }
}

/// Takes every key for another client.
private struct CarelessValidator: MLS.CredentialValidator {
  func isValid(
    _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
  ) -> Bool { true }

  func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool { true }

  func clientID(
    of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
  ) -> [UInt8] { signatureKey.bytes }

  func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool { true }
}
