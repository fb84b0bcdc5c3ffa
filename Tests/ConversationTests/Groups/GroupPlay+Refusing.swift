import CygnetMLS
import CygnetPrimitives
import TestSupport

/// What must be refused, and must not change anything.
extension GroupPlay {
  /// Has a group refuse something, and sees that it is as it was, byte for byte.
  func refusal(
    by group: inout MLS.Group, of what: String, _ body: (inout MLS.Group) throws -> Void
  ) throws -> CygnetError {
    let before = try group.wholeState()
    do {
      try body(&group)
    } catch let error as CygnetError {
      guard try group.wholeState() == before else {
        throw fail("refusing \(what) changed the state: \(error)")
      }
      guard error.code != .internalFault else { throw fail("\(what): \(error)") }
      return error
    }
    throw fail("not refused: \(what)")
  }

  /// Has a member refuse a message.
  mutating func expectRefusal(
    of encoded: [UInt8], by who: Int, _ what: String, _ codes: [CygnetError.Code]
  ) throws {
    let message = try MLS.Message(decoding: encoded)
    let now = now
    let error = try refusal(by: &seats[who]!.group, of: what) { group in
      _ = try group.receive(message, now: now)
    }
    guard codes.contains(error.code) else { throw fail("\(what): \(error)") }
    count(error, what)
  }

  mutating func count(_ error: CygnetError, _ what: String? = nil) {
    if let what { tally["refused: \(what)"] += 1 }
    rules[error.rule ?? "\(error.code)"] += 1
  }

  /// Has a member refuse a message that is genuine and encrypted: its key is used up, and nothing
  /// else changes. The member itself keeps the state from before.
  mutating func expectRefusalAfterDecryption(
    of encoded: [UInt8], by who: Int, _ what: String, _ codes: [CygnetError.Code]
  ) throws {
    let message = try MLS.Message(decoding: encoded)
    guard message.wireFormat == .privateMessage else {
      return try expectRefusal(of: encoded, by: who, what, codes)
    }
    let before = try seats[who]!.group.wholeState()
    let rest = try GroupStateView(seats[who]!.group).rest
    var copy = seats[who]!.group
    do {
      _ = try copy.receive(message, now: now)
    } catch {
      guard codes.contains(error.code) else { throw fail("\(what): \(error)") }
      guard try GroupStateView(copy).rest == rest, try seats[who]!.group.wholeState() == before
      else { throw fail("refusing \(what) changed the state") }
      let again = try refusal(by: &copy, of: "a used key") { group in
        _ = try group.receive(message, now: now)
      }
      guard again.code == .duplicate else { throw fail("a used key: \(again)") }
      return count(error, what)
    }
    throw fail("not refused: \(what)")
  }

  /// Has a member refuse to make something.
  mutating func expectRefusal(
    by who: Int, to what: String, _ codes: [CygnetError.Code],
    _ body: (inout MLS.Group, inout GroupPlay) throws -> Void
  ) throws {
    var group = seats[who]!.group
    var play = self
    let error = try refusal(by: &group, of: what) { group in try body(&group, &play) }
    random = play.random
    guard codes.contains(error.code) else { throw fail("\(what): \(error)") }
    count(error, what)
  }

  // MARK: - Tampering

  /// Now and then hands a changed copy of a message to `body`, which must throw.
  mutating func expectTampering(
    percent: Int = 10, with encoded: [UInt8],
    _ body: (MLS.Message, inout GroupPlay) throws -> Void
  ) throws {
    guard chance(percent) else { return }
    let bytes = tampered(encoded)
    tally["tampered"] += 1
    guard let message = try decoded(bytes) else { return }
    do {
      try body(message, &self)
    } catch let error as CygnetError {
      guard error.code != .internalFault else { throw fail("tampering: \(error)") }
      count(error)
    }
  }

  /// Now and then lets a member see a changed copy of a message first.
  mutating func tamper(percent: Int = 5, with encoded: [UInt8], for who: Int) throws {
    guard chance(percent) else { return }
    let bytes = tampered(encoded)
    tally["tampered"] += 1
    guard let message = try decoded(bytes) else { return }
    let before = try seats[who]!.group.wholeState()
    do {
      // An own message is known by its sender data; nobody reads on.
      if case .ownMessage = try seats[who]!.group.receive(message, now: now) {
      } else {
        throw fail("a message that was tampered with is accepted")
      }
    } catch let error as CygnetError {
      guard error.code != .internalFault else { throw fail("tampering: \(error)") }
      count(error)
    }
    guard try seats[who]!.group.wholeState() == before else {
      throw fail("a message that was tampered with changed the state")
    }
  }

  private func decoded(_ bytes: [UInt8]) throws -> MLS.Message? {
    let message: MLS.Message
    do {
      message = try MLS.Message(decoding: bytes)
    } catch {
      guard error.code != .internalFault else { throw fail("decoding: \(error)") }
      return nil
    }
    guard try message.encoded() == bytes else { throw fail("a message comes back as other bytes") }
    return message
  }

  private mutating func tampered(_ encoded: [UInt8]) -> [UInt8] {
    var bytes = encoded
    switch draw(8) {
    case 0: bytes.removeLast(1 + draw(bytes.count))
    case 1: bytes.append(UInt8(draw(256)))
    case 2:
      let place = draw(bytes.count)
      bytes.insert(UInt8(draw(256)), at: place)
      if bytes.dropLast() == encoded[...] { bytes.removeLast() }
    case 3:
      let place = draw(bytes.count)
      for index in place..<min(place + 1 + draw(8), bytes.count) {
        bytes[index] = UInt8(draw(256))
      }
    default: bytes[draw(bytes.count)] ^= 1 << UInt8(draw(8))
    }
    if bytes == encoded { bytes[bytes.count - 1] ^= 1 }
    return bytes
  }

  // MARK: - Those who are gone

  /// Who was removed cannot read what comes after, sees no other epoch than the last, and opens
  /// what was sent while it was a member.
  mutating func annoyFormers() throws {
    let facts = records[head]!.facts
    for index in formers.indices where chance(40) {
      let group = formers[index].group
      guard group.isRemoved, group.epochAuthenticator != facts.authenticator,
        group.resumptionKey != facts.resumption,
        failure({ _ = try group.export(label: "play", context: [1, 2], count: 40) })?.rule == "M8"
      else { throw fail("who was removed knows the epoch") }
      var messages: [[UInt8]] = []
      let epoch = formers[index].epoch
      for number in (epoch + 1)...max(head, epoch + 1) {
        guard let record = records[number] else { continue }
        messages += record.talk.map(\.encoded) + record.proposals.map(\.encoded)
        if let commit = record.commit { messages.append(commit.encoded) }
      }
      // What ended the membership opens no epoch, however often it is tried.
      for encoded in some(2, of: messages) {
        let message = try MLS.Message(decoding: encoded)
        let error = try refusal(by: &formers[index].group, of: "a message after the removal") {
          group in
          _ = try group.receive(message, now: now)
        }
        guard error.code == .wrongEpoch else { throw fail("after the removal: \(error)") }
        count(error, "by a former member")
      }
      try remind(index)
    }
  }

  /// A late message of the last epoch of somebody who was removed.
  private mutating func remind(_ index: Int) throws {
    let former = formers[index]
    guard let talk = records[former.epoch]?.talk.first(where: { $0.sender != former.person })
    else { return }
    let message = try MLS.Message(decoding: talk.encoded)
    guard former.reads(former.epoch, now: now) else {
      let error = try refusal(by: &formers[index].group, of: "a message too late") { group in
        _ = try group.receive(message, now: now)
      }
      guard error.code == .wrongEpoch else { throw fail("a message too late: \(error)") }
      return
    }
    if former.opened.contains(talk.id) {
      let error = try refusal(by: &formers[index].group, of: "a message twice") { group in
        _ = try group.receive(message, now: now)
      }
      guard error.code == .duplicate else { throw fail("a message twice: \(error)") }
      return
    }
    guard case .application(let opened) = try formers[index].group.receive(message, now: now),
      opened.data == talk.data
    else { throw fail("a message before the removal does not open") }
    formers[index].opened.insert(talk.id)
    try note(former.person, opened: talk, of: former.epoch)
    tally["opened by a former member"] += 1
  }
}

/// What `body` throws.
func failure(_ body: () throws -> Void) -> CygnetError? {
  do { try body() } catch { return error as? CygnetError }
  return nil
}
