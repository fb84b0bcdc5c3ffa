import CygnetMLS
import CygnetPrimitives
import TestSupport

/// Proposals that stand by themselves.
extension GroupPlay {
  mutating func proposeSome() throws {
    if chance(15) { try proposeBadly() }
    guard chance(60) else { return }
    for _ in 0..<(1 + draw(5)) {
      do {
        if chance(25) { try proposeFromOutside() } else { try proposeFromInside() }
      } catch let error as CygnetError where error.code == .duplicate {
        // In the clear the same proposal has the same name.
        tally["refused: the same proposal again"] += 1
      }
    }
  }

  private mutating func proposeFromInside() throws {
    let who = pick(atHead)
    switch draw(8) {
    case 0:
      try post(seats[who]!.group.proposeLeaving(now: now, using: &random), from: who, "leave")
    case 1, 2:
      let change = try drawLeafChange(for: who)
      try post(
        seats[who]!.group.proposeUpdate(change, now: now, using: &random), from: who, "update")
    case 3, 4:
      // An Add of a member is sound beside that member's Remove only.
      let invitable = chance(10) ? [pick(atHead)] : invitable
      guard !invitable.isEmpty, seatedCount < maxCount else { return }
      let added = pick(invitable)
      try propose(.add(keyPackage(of: added)), from: who, "add", added: added)
    default:
      if let (change, what) = try drawChange(for: who) {
        try propose(change, from: who, what)
      }
    }
  }

  /// What needs nobody's key package.
  private mutating func drawChange(for who: Int) throws -> (MLS.Change, String)? {
    switch draw(5) {
    case 0:
      return (.remove(pick(seats[who]!.group.members.all).index), "remove")
    case 1:
      let change = try extensionsChange(for: who)
      return (change, "extensions")
    case 2: return (.custom(.playNote, data: [1]), "custom")
    case 3:
      let hasOld = records[head]!.roster.keys.contains { people[$0].isOld }
      return hasOld ? nil : (.custom(.playRule, data: [2]), "custom")
    default:
      return drawKey(for: who).map { ($0, "psk") }
    }
  }

  mutating func extensionsChange(for who: Int) throws -> MLS.Change {
    let hasOld = records[head]!.roster.keys.contains { people[$0].isOld }
    return .extensions(try drawExtensions(new: !hasOld && chance(30)))
  }

  private mutating func propose(
    _ change: MLS.Change, from who: Int, _ what: String, added: Int? = nil
  ) throws {
    try post(
      seats[who]!.group.propose(
        change, authenticating: random.bytes(draw(3)), now: now, using: &random),
      from: who, what, added: added)
  }

  /// What a member changes about itself.
  mutating func drawLeafChange(for who: Int) throws -> MLS.LeafChange {
    var change = MLS.LeafChange()
    if chance(30) {
      change.signatureKeyPair = try .generate(using: &random)
      tally["key rotation"] += 1
    }
    if chance(20) {
      change.credential = people[who].credential(suffix: ".\(draw(100))")
      tally["credential change"] += 1
    }
    if chance(20) { change.extensions = try drawLeafExtensions() }
    return change
  }

  // MARK: - From outside

  private mutating func proposeFromOutside() throws {
    let invitable = invitable
    if chance(50) {
      guard !invitable.isEmpty, seatedCount < maxCount else { return }
      let added = pick(invitable)
      let package = try keyPackage(of: added).keyPackage
      let own = people[added].packages.first { $0.keyPackage == package }!
      let message = try MLS.ExternalProposal.requestToJoin(
        own, group: records[head]!.facts.context.groupID, epoch: MLS.Epoch(head),
        configuration: people[added].configuration)
      return try post(message, from: nil, "request to join", added: added)
    }
    let senders = try records[head]!.facts.context.externalSenders
    guard !senders.isEmpty else { return }
    let index = draw(senders.count)
    let key = outsiders.first { $0.publicKey == senders[index].signatureKey }!
    var added: Int?
    let change: MLS.Change
    switch draw(4) {
    case 0:
      guard !invitable.isEmpty, seatedCount < maxCount else { return }
      added = pick(invitable)
      change = .add(try keyPackage(of: added!))
    case 1: change = .remove(pick(records[head]!.roster.values.sorted()))
    case 2: change = .externalKey(id: Self.keyName(draw(externalKeys.count)))
    default: change = try extensionsChange(for: pick(atHead))
    }
    var outside = try observer()
    if chance(50) {
      outside = try MLS.ExternalGroup(
        restoring: outside.state(), configuration: outside.configuration)
    }
    let message = try outside.propose(
      change, as: UInt32(index), signingWith: key, now: now, using: &random)
    try post(message, from: nil, "external sender", added: added)
  }

  /// A group as a server sees it that begins now.
  mutating func observer() throws -> MLS.ExternalGroup {
    let info = try seats[pick(atHead)]!.group.groupInfo(
      allowsExternalJoin: chance(50), using: &random)
    return try MLS.ExternalGroup(info, configuration: Self.configuration(), now: now)
  }

  // MARK: - Delivery

  /// Sends a proposal to everybody; it reaches some at once.
  mutating func post(
    _ message: MLS.Message, from sender: Int?, _ what: String, added: Int? = nil
  ) throws {
    let encoded = try message.encoded()
    guard !records[head]!.proposals.contains(where: { $0.encoded == encoded }) else { return }
    let place = records[head]!.proposals.count
    records[head]!.proposals.append(
      EpochRecord.Posted(encoded: encoded, sender: sender, added: added))
    if let sender { seats[sender]!.held.insert(place) }
    try serve(proposal: place)
    for who in shuffled(atHead) where chance(75) { try deliver(proposal: place, to: who) }
    tally["proposal: \(what)"] += 1
  }

  /// Delivers a proposal of the member's epoch.
  mutating func deliver(proposal place: Int, to who: Int) throws {
    let posted = records[seats[who]!.epoch]!.proposals[place]
    if posted.sender == who {
      let before = try seats[who]!.group.wholeState()
      guard case .ownMessage = try receive(posted.encoded, by: who),
        try seats[who]!.group.wholeState() == before
      else { throw fail("an own proposal is something else") }
      return
    }
    if seats[who]!.held.contains(place) {
      return try expectRefusal(of: posted.encoded, by: who, "a proposal twice", [.duplicate])
    }
    try tamper(with: posted.encoded, for: who)
    guard case .proposal = try receive(posted.encoded, by: who) else {
      throw fail("a proposal is something else")
    }
    seats[who]!.held.insert(place)
    if chance(5) {
      try expectRefusal(of: posted.encoded, by: who, "a proposal twice", [.duplicate])
    }
  }

  // MARK: - What is no proposal

  private mutating func proposeBadly() throws {
    let who = pick(atHead)
    let codes: [CygnetError.Code] = [.ruleViolation, .unsupported, .malformed]
    switch draw(6) {
    case 0:
      try expectRefusal(by: who, to: "remove nobody", codes) { group, play in
        let nobody = LeafIndex(UInt32(play.people.count * 4 + play.draw(1_000)))
        _ = try group.propose(.remove(nobody), now: play.now, using: &play.random)
      }
    case 1:
      try expectRefusal(by: who, to: "break the policy", codes) { group, play in
        _ = try group.propose(
          .custom(.playNote, data: [0xff]), now: play.now, using: &play.random)
      }
    case 2:
      let signer = outsiders[0]
      let now = now
      let context = records[head]!.facts.context
      let outside = try observer()
      let index = UInt32(try context.externalSenders.count)
      let error = failure {
        _ = try outside.propose(.remove(LeafIndex(0)), as: index, signingWith: signer, now: now)
      }
      guard error?.code == .wrongState else { throw fail("a stranger proposes: \(error as Any)") }
    case 3:
      try expectRefusal(by: who, to: "propose an unknown type", codes) { group, play in
        _ = try group.propose(
          .custom(MLS.ProposalType(0xf777), data: []), now: play.now, using: &play.random)
      }
    case 4:
      guard let added = outside.first else { return }
      let late = now.adding(61 * 86_400)
      let package = try keyPackage(of: added)
      try expectRefusal(by: who, to: "add by a key package that is over", codes) { group, play in
        _ = try group.propose(.add(package), now: late, using: &play.random)
      }
    default:
      try expectRefusal(by: who, to: "take somebody's name", codes) {
        (group, play) in
        let change = MLS.LeafChange(credential: .basic(identity: Array("mallory".utf8)))
        _ = try group.proposeUpdate(change, now: play.now, using: &play.random)
      }
    }
  }
}

extension MLS.GroupContext {
  var externalSenders: [MLS.ExternalSender] {
    get throws {
      try extensions.decoded(.externalSenders, as: MLS.ExternalSenders.self)?.list ?? []
    }
  }
}
