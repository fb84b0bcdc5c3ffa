import CygnetMLS
import CygnetPrimitives
import TestSupport

/// A delivery service without any key that follows the group as far as it is in the clear, and says
/// which commit of an epoch is the first.
struct Server {
  var group: MLS.ExternalGroup?
  /// It has seen something that it cannot read.
  var isLost = false
}

extension GroupPlay {
  /// The server sees a proposal.
  mutating func serve(proposal place: Int) throws {
    guard server.group != nil else { return }
    let encoded = records[head]!.proposals[place].encoded
    try tamperForServer(encoded)
    switch try server.group!.receive(MLS.Message(decoding: encoded), now: now) {
    case .proposal: tally["server: proposal"] += 1
    case .encrypted: server.isLost = true
    case .commit: throw fail("a proposal is something else")
    }
  }

  /// The server takes the commits in some order, and the first wins.
  mutating func serve(_ candidates: inout [Candidate]) throws -> Candidate {
    candidates = shuffled(candidates)
    guard server.group != nil else { return candidates[0] }
    let winner = try MLS.Message(decoding: candidates[0].encoded)
    try tamperForServer(candidates[0].encoded)
    let before = try server.group!.state()
    do {
      guard case .commit(let staged) = try server.group!.receive(winner, now: now) else {
        server.group = nil
        return candidates[0]
      }
      guard staged.summary.isSame(as: candidates[0].summary) else {
        throw fail("a server sees another commit")
      }
      guard try server.group!.state() == before else { throw fail("looking changed the server") }
      try server.group!.merge(staged)
    } catch let error as CygnetError where error.code == .notFound && server.isLost {
      server.group = nil
      return candidates[0]
    }
    for loser in candidates.dropFirst() {
      let message = try MLS.Message(decoding: loser.encoded)
      do {
        _ = try server.group!.receive(message, now: now)
        throw fail("a server takes two commits of one epoch")
      } catch let error as CygnetError {
        guard error.code == .wrongEpoch else { throw fail("a server's refusal: \(error)") }
      }
      tally["server: second commit"] += 1
    }
    tally["server: epoch"] += 1
    return candidates[0]
  }

  /// The server sees what the members see, and begins anew where it lost the group.
  mutating func checkServer() throws {
    server.isLost = false
    guard let group = server.group else {
      if chance(40) {
        server.group = try observer()
        tally["server: begin"] += 1
      }
      return
    }
    let facts = records[head]!.facts
    guard group.context == facts.context, group.pendingProposals.isEmpty,
      group.members.count == records[head]!.roster.count
    else { throw fail("a server sees another epoch") }
    if chance(10) {
      let state = try group.state()
      let restored = try MLS.ExternalGroup(restoring: state, configuration: Self.configuration())
      guard try restored.state() == state else { throw fail("a server comes back otherwise") }
      server.group = restored
    }
  }

  /// A server cannot tell tags that only members can verify, and everything else it can.
  private mutating func tamperForServer(_ encoded: [UInt8]) throws {
    let original = try MLS.Message(decoding: encoded)
    guard case .publicMessage(let genuine) = original.body else { return }
    try expectTampering(percent: 10, with: encoded) { message, play in
      guard case .publicMessage(let changed) = message.body else { return }
      let before = try play.server.group!.state()
      var group = play.server.group!
      do {
        _ = try group.receive(message, now: play.now)
      } catch let error as CygnetError {
        guard try group.state() == before else { throw play.fail("refusing changed a server") }
        throw error
      }
      guard changed.content == genuine.content, changed.auth.signature == genuine.auth.signature
      else { throw play.fail("a server takes what was tampered with") }
    }
  }
}
