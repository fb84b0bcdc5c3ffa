import CygnetMLS
import CygnetPrimitives
import TestSupport

/// Application messages.
extension GroupPlay {
  /// Members say something, those who are behind as well.
  mutating func talk() throws {
    for _ in 0..<draw(4) { try speak(pick(seated)) }
    if chance(2) { try burst() }
  }

  private mutating func speak(_ who: Int) throws {
    let epoch = seats[who]!.epoch
    let (data, authenticated) = (random.bytes(draw(60)), random.bytes(draw(4)))
    if seats[who]!.group.isCommitRequired {
      try expectRefusal(by: who, to: "talk while proposals wait", [.wrongState]) { group, play in
        _ = try group.encrypt(data, using: &play.random)
      }
      return
    }
    let message = try seats[who]!.group.encrypt(
      data, authenticating: authenticated, using: &random)
    let encoded = try message.encoded()
    guard try MLS.Message(decoding: encoded) == message else { throw fail("another message") }
    var waiting: [Int] = []
    for other in records[epoch]!.roster.keys.sorted() where !chance(5) { waiting.append(other) }
    talkCount += 1
    records[epoch]!.talk.append(
      EpochRecord.Talk(
        id: talkCount, encoded: encoded, sender: who, data: data, authenticated: authenticated,
        waiting: waiting))
    tally["talk"] += 1
  }

  /// On copies: many messages of which only the last arrives, which may be too far ahead.
  private mutating func burst() throws {
    let talkers = atHead.filter { !seats[$0]!.group.isCommitRequired }
    guard talkers.count > 1 else { return }
    let (sender, receiver) = (talkers[0], talkers[1])
    var (from, to) = (seats[sender]!.group, seats[receiver]!.group)
    let count = pick([3, 40, Int(MLS.Limits.forwardDistance) + 300])
    var last = try from.encrypt([0], using: &random)
    for _ in 0..<count { last = try from.encrypt([1], using: &random) }
    if count < 100 {
      guard case .application = try to.receive(last, now: now) else { throw fail("not opened") }
    } else {
      let error = try refusal(by: &to, of: "a message too far ahead") { group in
        _ = try group.receive(last, now: now)
      }
      guard error.code == .tooFarAhead else { throw fail("too far ahead: \(error)") }
    }
    tally["burst"] += 1
  }

  /// Some of what is on its way arrives, in any order.
  mutating func deliverTalk() throws {
    for epoch in records.keys.sorted() {
      for place in shuffled(Array(records[epoch]!.talk.indices)) {
        let isLast = epoch + Self.window < head
        var waiting: [Int] = []
        for who in shuffled(records[epoch]!.talk[place].waiting) {
          guard isLast || chance(50) else {
            waiting.append(who)
            continue
          }
          if try !deliver(records[epoch]!.talk[place], of: epoch, to: who) { waiting.append(who) }
        }
        records[epoch]!.talk[place].waiting = isLast ? [] : waiting
      }
    }
  }

  /// Everything that is on its way arrives, and then once more.
  mutating func finishTalk() throws {
    for epoch in records.keys.sorted() {
      for talk in records[epoch]!.talk {
        for who in talk.waiting { _ = try deliver(talk, of: epoch, to: who) }
        for who in some(3, of: seated) { _ = try deliver(talk, of: epoch, to: who) }
      }
    }
  }

  /// Delivers a message to a member, or who was one.
  /// - Returns: false when the member has not come so far yet.
  private mutating func deliver(
    _ talk: EpochRecord.Talk, of epoch: UInt64, to who: Int
  ) throws -> Bool {
    guard let seat = seats[who] else { return true }
    if seat.epoch < epoch {
      if chance(5) {
        try expectRefusal(of: talk.encoded, by: who, "a message of the future", [.wrongEpoch])
      }
      return false
    }
    guard seat.reads(epoch, now: now) else {
      try expectRefusal(of: talk.encoded, by: who, "a message too late", [.wrongEpoch])
      return true
    }
    if talk.sender == who {
      let before = try seat.group.wholeState()
      guard case .ownMessage = try receive(talk.encoded, by: who),
        try seats[who]!.group.wholeState() == before
      else { throw fail("an own message is something else") }
      return true
    }
    if seat.opened.contains(talk.id) {
      try expectRefusal(of: talk.encoded, by: who, "a message twice", [.duplicate])
      return true
    }
    try tamper(with: talk.encoded, for: who)
    try open(talk, of: epoch, by: who)
    if chance(8) {
      try expectRefusal(of: talk.encoded, by: who, "a message twice", [.duplicate])
    }
    return true
  }

  mutating func open(
    _ talk: EpochRecord.Talk, of epoch: UInt64, by who: Int
  ) throws {
    guard case .application(let message) = try receive(talk.encoded, by: who) else {
      throw fail("an application message is something else")
    }
    guard message.data == talk.data, message.authenticatedData == talk.authenticated,
      message.epoch.rawValue == epoch, message.sender == records[epoch]!.roster[talk.sender],
      StemValidator.stem(message.credential) == Array(people[talk.sender].name.utf8)
    else { throw fail("an application message says something else") }
    seats[who]!.opened.insert(talk.id)
    try note(who, opened: talk, of: epoch)
    tally[epoch == seats[who]!.epoch ? "opened" : "opened late"] += 1
  }

  /// Whoever opens a message was a member of its epoch and opens it for the first time, be it from
  /// another seat than the one in which it was a member then.
  mutating func note(_ who: Int, opened talk: EpochRecord.Talk, of epoch: UInt64) throws {
    guard let record = records[epoch] else { throw fail("a message of an epoch long over opens") }
    guard record.roster[who] != nil, who != talk.sender else {
      throw fail("\(who) opens what is not for it")
    }
    guard records[epoch]!.openers[talk.id, default: []].insert(who).inserted else {
      throw fail("\(who) opens a message twice")
    }
  }

  /// Those who joined later do not open what was said before, and neither do those who left and came
  /// back with what the group is now.
  mutating func annoyNewcomers() throws {
    for who in some(2, of: seated) {
      let joined = seats[who]!.joined
      let earlier = records.keys.sorted().filter { $0 < joined && !records[$0]!.talk.isEmpty }
      guard !earlier.isEmpty, chance(50) else { continue }
      let talk = pick(records[pick(earlier)]!.talk)
      try expectRefusal(
        of: talk.encoded, by: who, "a message from before the joining", [.wrongEpoch])
    }
  }

  mutating func receive(_ encoded: [UInt8], by who: Int) throws -> MLS.Received {
    try seats[who]!.group.receive(MLS.Message(decoding: encoded), now: now)
  }
}
