import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import TestSupport

/// Members who follow the rules, a server, and attacks upon them. Nothing traps, and what is refused
/// changes nothing; what one member makes by the library all others accept.
struct AttackPlay {
  static let stepCount: UInt8 = 9
  private static let maxSteps = 10

  struct Defect: Error {
    let what: String
  }

  var script: Script
  var groups: [MLS.Group]
  var server: MLS.ExternalGroup?
  let scene: GroupScene
  /// The newcomers', with the resumption secrets of epochs before theirs.
  var configuration: MLS.Configuration
  var random: SeededRandomSource
  let now = GroupScene.now

  init(script: [UInt8], scene: GroupScene) {
    self.script = Script(script)
    _ = self.script.next()
    self.scene = scene
    configuration = scene.configuration
    groups = scene.groups
    server = scene.server
    random = scene.random
  }

  mutating func run() throws {
    var steps = 0
    while !script.isOver, steps < Self.maxSteps, groups.count > 1 {
      steps += 1
      switch UInt8(script.next()) % Self.stepCount {
      case 0: try commit()
      case 1: try propose()
      case 2: try talk()
      case 3: try deliverChanged()
      case 4: try forgeContent()
      case 5: try forgeProposals()
      case 6: try forgeFromOutside()
      case 7: try forgeInvitation()
      default: try restart()
      }
    }
  }

  // MARK: - What members do

  /// A commit of any proposals; where the maker accepts them, everybody does.
  private mutating func commit() throws {
    let who = script.draw(groups.count)
    var proposals: [MLS.Proposal] = []
    for _ in 0..<script.draw(4) { proposals.append(try drawProposal(isHonest: true)) }
    var options = MLS.CommitOptions()
    options.forcesPath = script.draw(2) == 0
    options.includesPending = script.draw(4) != 0
    options.authenticatedData = script.take(script.draw(3))
    let before = try groups[who].wholeState()
    let bundle: MLS.CommitBundle
    do throws(CygnetError) {
      bundle = try groups[who].commit(
        proposals: proposals, options: options, occasion: .ordinary, parent: nil, now: now,
        using: &random)
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "making: \(error)") }
      guard try groups[who].wholeState() == before else { throw Defect(what: "making changed") }
      return
    }
    try follow(bundle, from: who)
  }

  /// All take the commit, and those whom it removes are gone.
  private mutating func follow(_ bundle: MLS.CommitBundle, from who: Int) throws {
    var keys = GroupScene.keys
    keys.set(groups[who].resumptionKey, group: groups[who].id, epoch: groups[who].epoch)
    configuration.preSharedKeys = keys
    let message = try MLS.Message(decoding: bundle.commit.encoded())
    var staying: [MLS.Group] = []
    var authenticators: Set<[UInt8]> = []
    for index in groups.indices {
      if index == who {
        try groups[index].mergePendingCommit(now: now)
      } else {
        guard case .commit(let staged) = try groups[index].receive(message, now: now) else {
          throw Defect(what: "a commit is something else")
        }
        try groups[index].merge(staged, now: now)
        if staged.removesSelf { continue }
      }
      authenticators.insert(groups[index].epochAuthenticator.exposed())
      staying.append(groups[index])
    }
    guard authenticators.count == 1 else { throw Defect(what: "members come to other epochs") }
    if server != nil {
      guard case .commit(let staged) = try server!.receive(message, now: now) else {
        throw Defect(what: "a server sees something else")
      }
      try server!.merge(staged)
      guard server!.context == staying[0].context else { throw Defect(what: "a server strays") }
    }
    groups = staying.filter { $0.reInit == nil }
    if let welcome = bundle.welcome?.welcome { try join(welcome) }
  }

  private mutating func join(_ welcome: MLS.Welcome) throws {
    guard let facts = groups.first?.epochAuthenticator else { return }
    for own in scene.newcomers {
      guard welcome.keyPackageRefs.contains(try own.reference(scene.configuration)) else {
        continue
      }
      let group = try MLS.Invitation.open(
        welcome, using: own, configuration: configuration, now: now
      ).accept()
      guard group.epochAuthenticator == facts else { throw Defect(what: "a newcomer strays") }
      groups.append(group)
    }
  }

  private mutating func propose() throws {
    let who = script.draw(groups.count)
    let message: MLS.Message
    do throws(CygnetError) {
      switch script.draw(4) {
      case 0: message = try groups[who].proposeUpdate(now: now, using: &random)
      case 1: message = try groups[who].proposeLeaving(now: now, using: &random)
      default:
        message = try groups[who].propose(
          .externalKey(id: script.draw(4) == 0 ? [9] : [7]), now: now, using: &random)
      }
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "proposing: \(error)") }
      return
    }
    for index in groups.indices where index != who { try hold(message, by: index) }
    guard server != nil else { return }
    guard case .proposal = try server!.receive(message, now: now) else {
      throw Defect(what: "a server takes a proposal for something else")
    }
  }

  private mutating func hold(_ message: MLS.Message, by index: Int) throws {
    guard case .proposal = try groups[index].receive(message, now: now) else {
      throw Defect(what: "a proposal is something else")
    }
  }

  private mutating func talk() throws {
    let who = script.draw(groups.count)
    let data = script.take(script.draw(40))
    guard let message = try? groups[who].encrypt(data, using: &random) else { return }
    for index in groups.indices where index != who && script.draw(2) == 0 {
      guard case .application(let opened) = try groups[index].receive(message, now: now),
        opened.data == data
      else { throw Defect(what: "a message says something else") }
      try expectRefusal(of: message.encoded(), by: index)
    }
  }

  private mutating func restart() throws {
    let who = script.draw(groups.count)
    let state = try groups[who].wholeState()
    groups[who] = try MLS.Group(
      restoring: groups[who].state(), configuration: scene.configuration)
    guard try groups[who].wholeState() == state else { throw Defect(what: "another state") }
    if let stored = try server?.state() {
      server = try MLS.ExternalGroup(restoring: stored, configuration: scene.configuration)
      guard try server!.state() == stored else { throw Defect(what: "another server") }
    }
  }

  // MARK: - What reaches them

  /// A genuine message, changed.
  private mutating func deliverChanged() throws {
    let who = script.draw(groups.count)
    var sender = groups[who]
    let message: MLS.Message
    switch script.draw(3) {
    case 0: message = try sender.proposeUpdate(now: now, using: &random)
    case 1: message = try sender.commit(now: now, using: &random).commit
    default:
      sender.discardProposals()
      message = try sender.encrypt([1, 2, 3], using: &random)
    }
    let genuine = try message.encoded()
    let changed = script.mutate(genuine)
    if changed == genuine { return }
    let receiver = (who + 1 + script.draw(groups.count - 1)) % groups.count
    try expectRefusal(of: changed, by: receiver)
    try give(changed, isForged: false)
  }

  /// A member must refuse these bytes and be as it was.
  func expectRefusal(of bytes: [UInt8], by index: Int) throws {
    guard let message = try decoded(bytes) else { return }
    var group = groups[index]
    let before = try group.wholeState()
    do throws(CygnetError) {
      _ = try group.receive(message, now: now)
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "\(error)") }
      guard try group.wholeState() == before else { throw Defect(what: "refusing changed") }
      return
    }
    throw Defect(what: "a changed message was accepted")
  }

  func decoded(_ bytes: [UInt8]) throws -> MLS.Message? {
    do throws(CygnetError) {
      let message = try MLS.Message(decoding: bytes)
      guard try message.encoded() == bytes else { throw CygnetError(.internalFault, "other bytes") }
      return message
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "decoding: \(error)") }
      return nil
    }
  }

  /// Everybody gets bytes that may be anything. Nothing traps; what is refused changes nothing but
  /// the key that a decrypted message uses up; what is accepted leaves a group that works.
  mutating func give(_ bytes: [UInt8], isForged: Bool = true) throws {
    guard let message = try decoded(bytes) else { return }
    for index in groups.indices {
      var group = groups[index]
      let before = try GroupStateView(group).rest
      do throws(CygnetError) {
        let received = try group.receive(message, now: now)
        try live(&group, received)
      } catch {
        guard error.code != .internalFault else { throw Defect(what: "\(error)") }
        guard try GroupStateView(group).rest == before else { throw Defect(what: "changed") }
      }
    }
    guard var server else { return }
    let before = try server.state()
    do throws(CygnetError) {
      if case .commit(let staged) = try server.receive(message, now: now) {
        try server.merge(staged)
      }
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "server: \(error)") }
      guard try server.state() == before else { throw Defect(what: "server changed") }
      return
    }
    _ = try MLS.ExternalGroup(restoring: server.state(), configuration: scene.configuration)
  }

  /// A copy of a group goes on with what it accepted.
  private func live(
    _ group: inout MLS.Group, _ received: MLS.Received
  ) throws(CygnetError) {
    var random = random
    switch received {
    case .commit(let staged): try group.merge(staged, now: now)
    default: break
    }
    let stored = try group.state()
    _ = try MLS.Group(restoring: stored, configuration: scene.configuration)
    if group.isRemoved || group.reInit != nil { return }
    if !group.hasPendingCommit { _ = try group.commit(now: now, using: &random) }
    try group.mergePendingCommit(now: now)
  }
}
