internal import Cygnet
internal import CygnetVectors
internal import CygnetWire

/// Groups and who is in them, as people and programs see them.
extension GroupMember {
  /// `you`, or what the contact is called here, or else what its address says.
  var named: String {
    if isSelf { return "you" }
    return contact?.name.escaped ?? address.shown
  }

  /// `alice (verified)`
  var described: String { isSelf ? "you" : "\(named) (\(trust))" }

  var trust: String {
    guard let contact, !isSelf else { return isSelf ? "you" : "not on record" }
    return isIdentityOnRecord ? contact.trust : "under another identity than on record"
  }

  var json: JSON {
    .object([
      "name": contact.map { .string($0.name) } ?? .null, "address": address.json,
      "fingerprint": .hex(Fingerprint(encodedKey: identity).bytes), "self": .bool(isSelf),
      "identity_on_record": .bool(isSelf || isIdentityOnRecord),
      "verified": .bool(isVerified),
    ])
  }
}

extension [GroupMember] {
  /// `you, alice and bob`; the rest of a long list is counted.
  var listed: String {
    let names = map(\.named)
    let shown = names.count > 12 ? names.prefix(10) + ["\(names.count - 10) more"] : names[...]
    guard let last = shown.last, shown.count > 1 else { return names.first ?? "nobody" }
    return shown.dropLast().joined(separator: ", ") + " and " + last
  }

  var json: JSON { .array(map(\.json)) }
}

/// A title is text from others.
enum GroupTitleText {
  /// `“friends”`, safe to show.
  static func quoted(_ title: [UInt8]) -> String {
    "“\(String(decoding: title, as: UTF8.self).escaped)”"
  }

  static func json(_ title: [UInt8]) -> JSON { .string(String(decoding: title, as: UTF8.self)) }
}

extension GroupChange {
  /// One sentence for each thing that changed.
  var sentences: [String] {
    let who = committer.described
    var sentences: [String] = []
    if isReturn { sentences.append("\(who) came back") }
    if !added.isEmpty { sentences.append("\(who) invited \(added.listed)") }
    if !removed.isEmpty { sentences.append("\(who) removed \(removed.listed)") }
    if !updated.isEmpty { sentences.append("\(who) took in fresh keys of \(updated.listed)") }
    if let title {
      sentences.append("\(who) calls the group \(GroupTitleText.quoted(title))")
    }
    if sentences.isEmpty { sentences.append("\(who) made fresh keys") }
    return sentences
  }

  var json: JSON {
    .object([
      "committer": committer.json, "epoch": .integer(epoch), "added": added.json,
      "removed": removed.json, "updated": updated.json, "return": .bool(isReturn),
      "title": title.map { GroupTitleText.json($0) } ?? .null,
      "removes_self": .bool(removesSelf),
    ])
  }
}

extension GroupProposal {
  var sentence: String {
    let who = proposer.described
    switch kind {
    case .add(let member): return "\(who) wants to invite \(member.described)"
    case .remove(let member): return "\(who) wants to remove \(member.named)"
    case .leave: return "\(who) \(proposer.isSelf ? "want" : "wants") to leave"
    case .update: return "\(who) has fresh keys"
    case .rename(let title):
      return "\(who) wants to call the group \(GroupTitleText.quoted(title))"
    }
  }

  var json: JSON {
    let (name, subject): (String, JSON) =
      switch kind {
      case .add(let member): ("add", member.json)
      case .remove(let member): ("remove", member.json)
      case .leave: ("leave", .null)
      case .update: ("update", .null)
      case .rename(let title): ("rename", GroupTitleText.json(title))
      }
    return .object([
      "proposer": proposer.json, "kind": .string(name), "subject": subject,
    ])
  }
}

extension GroupSummary {
  /// What waits in it.
  var state: String {
    if isLeaving { return "you asked to leave" }
    return pendingChange == nil ? "" : "a change of yours waits"
  }

  var members: KeyValuePairs<String, JSON> {
    [
      "name": .string(name), "group_id": .hex(id), "title": GroupTitleText.json(title),
      "epoch": .integer(epoch), "members": .integer(memberCount), "joined_at": joinedAt.json,
      "leaving": .bool(isLeaving), "pending_change": pendingChange?.json ?? .null,
    ]
  }
}

extension GroupInvitation {
  /// What a person types to answer it.
  var shortID: String { Hex.encode(Array(id.prefix(4))) }

  var lines: [String] {
    [
      "\(inviter.described) invites you into \(GroupTitleText.quoted(title))",
      "  with \(members.filter { !$0.isSelf }.listed)",
    ]
  }

  var json: JSON {
    .object([
      "id": .hex(id), "group_id": .hex(groupID), "title": GroupTitleText.json(title),
      "inviter": inviter.json, "members": members.json, "received_at": receivedAt.json,
    ])
  }
}

extension OutgoingGroupMessage.Kind {
  var label: Armor.Label { self == .welcome ? .groupInvitation : .groupMessage }

  /// What `pending` calls it.
  var noun: String {
    switch self {
    case .message: "message"
    case .proposal: "request"
    case .commit: "change"
    case .welcome: "invitation"
    }
  }
}
