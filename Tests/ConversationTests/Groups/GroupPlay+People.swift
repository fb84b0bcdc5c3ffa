import CygnetMLS
import CygnetPrimitives
import TestSupport

/// Somebody who may be in the group.
struct Person {
  let name: String
  /// Does not understand everything.
  let isOld: Bool
  let usesOwnCredentialType: Bool
  var configuration: MLS.Configuration
  /// Key packages that were published.
  var packages: [MLS.OwnKeyPackage] = []
  /// The pre-shared keys that it has.
  var keys = MLS.PreSharedKeys()
  var knownKeys: Set<Int> = []

  var credential: MLS.Credential { credential(suffix: "") }

  func credential(suffix: String) -> MLS.Credential {
    let bytes = Array((name + suffix).utf8)
    return usesOwnCredentialType ? .other(.play, data: bytes) : .basic(identity: bytes)
  }
}

extension GroupPlay {
  /// The suites that everybody offers.
  static let suites: [MLS.CipherSuite] = [
    .x25519ChaCha20SHA256Ed25519, .xWingChaCha20SHA256Ed25519,
  ]

  static func configuration(isOld: Bool = false) throws -> MLS.Configuration {
    var configuration = MLS.Configuration.play(isOld: isOld)
    try configuration.offer(suites)
    return configuration
  }

  mutating func makePerson(_ number: Int) throws -> Person {
    let isOld = chance(15)
    var person = Person(
      name: "p\(number)", isOld: isOld, usesOwnCredentialType: chance(20),
      configuration: try Self.configuration(isOld: isOld))
    person.configuration.pastEpochCount = draw(5)
    person.configuration.sendsGREASE = chance(60)
    for index in externalKeys.indices where chance(90) {
      person.keys.set(externalKeys[index], externalID: Self.keyName(index))
      person.knownKeys.insert(index)
    }
    person.configuration.preSharedKeys = person.keys
    person.configuration.sendsTreeInWelcome = chance(60)
    return person
  }

  static func keyName(_ index: Int) -> [UInt8] { Array("key \(index)".utf8) }

  /// Draws anew what a client may change at any time.
  mutating func configure(_ who: Int) {
    switch wireFormats {
    case .mixed:
      people[who].configuration.handshakeFormat = pick([.publicMessage, .privateMessage])
    case .clear: people[who].configuration.handshakeFormat = .publicMessage
    case .encrypted: people[who].configuration.handshakeFormat = .privateMessage
    }
    people[who].configuration.padding = pick([.none, .step(64), .padme])
    people[who].configuration.sendsGREASE = chance(60)
    people[who].configuration.sendsTreeInWelcome = chance(60)
    useConfiguration(who)
  }

  func keysOf(_ who: Int) -> MLS.PreSharedKeys { people[who].keys }

  /// Hands a client's configuration to its group.
  mutating func useConfiguration(_ who: Int) {
    people[who].configuration.preSharedKeys = people[who].keys
    seats[who]?.group.configuration = people[who].configuration
  }

  /// A fresh key package, or one for repeated use.
  mutating func keyPackage(of who: Int) throws -> MLS.VerifiedKeyPackage {
    let configuration = people[who].configuration
    if chance(20),
      let old = people[who].packages.last(where: {
        $0.isLastResort && $0.keyPackage.cipherSuite == suite
      }),
      let verified = try? old.keyPackage.verified(at: now, configuration: configuration)
    {
      tally["last resort"] += 1
      return verified
    }
    let own = try MLS.OwnKeyPackage.generate(
      credential: people[who].credential, signatureKeyPair: .generate(using: &random),
      lifetime: MLS.Lifetime(
        notBefore: Timestamp(seconds: now.seconds - 60), notAfter: now.adding(60 * 86_400)),
      isLastResort: chance(15), leafExtensions: drawLeafExtensions(), suite: suite,
      configuration: configuration, using: &random)
    people[who].packages.append(own)
    // Long past every proposal that may name it.
    if people[who].packages.count > 100 { people[who].packages.removeFirst() }
    let encoded = try MLS.Message(own.keyPackage).encoded()
    try expectTampering(with: encoded) { message, play in
      guard let keyPackage = message.keyPackage else { return }
      _ = try keyPackage.verified(at: play.now, configuration: configuration)
      throw play.fail("a key package that was tampered with is accepted")
    }
    guard let keyPackage = try MLS.Message(decoding: encoded).keyPackage else {
      throw fail("a key package is none any more")
    }
    return try keyPackage.verified(at: now, configuration: configuration)
  }

  mutating func drawLeafExtensions() throws -> MLS.Extensions {
    var list: [MLS.Extension] = []
    if chance(30) { list.append(MLS.Extension(type: .applicationID, data: random.bytes(4))) }
    if chance(30) {
      list.append(MLS.Extension(type: .playLeaf, data: random.bytes(draw(20))))
    }
    return try MLS.Extensions(list)
  }

  /// Extensions of the group; with `new` one that old clients do not understand.
  mutating func drawExtensions(new: Bool = false) throws -> MLS.Extensions {
    var list: [MLS.Extension] = []
    if chance(50) { list.append(MLS.Extension(type: .playGroup, data: random.bytes(draw(20)))) }
    if chance(50) {
      let required = MLS.RequiredCapabilities(
        extensions: chance(50) ? [.playGroup] : [], proposals: chance(50) ? [.playNote] : [],
        credentials: [.basic])
      list.append(try MLS.Extension(type: .requiredCapabilities, required))
    }
    if chance(70) {
      var senders: [MLS.ExternalSender] = []
      for (index, key) in shuffled(Array(outsiders.enumerated())) where chance(80) {
        senders.append(
          MLS.ExternalSender(
            signatureKey: key.publicKey, credential: .basic(identity: Array("out\(index)".utf8))))
      }
      list.append(try MLS.Extension(type: .externalSenders, MLS.ExternalSenders(senders)))
    }
    if new { list.append(MLS.Extension(type: .playNew, data: random.bytes(3))) }
    return try MLS.Extensions(shuffled(list))
  }

  /// Whether the group has something that old clients do not understand.
  var excludesOld: Bool { records[head]!.facts.context.extensions[.playNew] != nil }

  /// Who can be added: with an old client among them the group must do without what is new.
  var invitable: [Int] {
    let excludesOld = excludesOld
    return outside.filter { !(excludesOld && people[$0].isOld) }
  }

  // MARK: - Pre-shared keys

  /// Those of a commit that `who` lacks.
  func missingKeys(_ ids: [MLS.PreSharedKeyID], for seat: Seat) -> [MLS.PreSharedKeyID] {
    ids.filter { id in
      switch id.kind {
      case .external(let name):
        return keysOf(seat.person).externalKey(id: name) == nil
      case .resumption(_, let group, let epoch):
        if group == seat.group.id, epoch.rawValue >= seat.joined { return false }
        return keysOf(seat.person).resumptionKey(group: group, epoch: epoch) == nil
      }
    }
  }

  /// Gives `who` keys that it lacks.
  mutating func teach(_ who: Int, _ ids: [MLS.PreSharedKeyID], in group: MLS.GroupID) throws {
    for id in ids {
      switch id.kind {
      case .external(let name):
        guard let index = externalKeys.indices.first(where: { Self.keyName($0) == name }) else {
          throw fail("an unknown key")
        }
        people[who].knownKeys.insert(index)
        people[who].keys.set(externalKeys[index], externalID: name)
      case .resumption(_, group, let epoch):
        guard let record = records[epoch.rawValue] else { throw fail("an epoch too old") }
        people[who].keys.set(record.facts.resumption, group: group, epoch: epoch)
      case .resumption(_, let other, let epoch):
        guard
          let index = otherGroups.firstIndex(where: { $0.id == other && $0.epoch == epoch })
        else { throw fail("an unknown group") }
        otherGroups[index].knownTo.insert(who)
        people[who].keys.set(otherGroups[index].secret, group: other, epoch: epoch)
      }
    }
    useConfiguration(who)
    tally["key taught"] += ids.count
  }

  /// Remembers a group beside the current one, with those who are in it.
  mutating func remember(_ group: MLS.Group, of members: [Int]) {
    let other = OtherGroup(
      id: group.id, epoch: group.epoch, secret: group.resumptionKey, knownTo: Set(members))
    for who in members {
      people[who].keys.set(other.secret, group: other.id, epoch: other.epoch)
      useConfiguration(who)
    }
    otherGroups.append(other)
    if otherGroups.count > 5 { otherGroups.removeFirst() }
  }

  /// A change that mixes a key in, which `who` has.
  mutating func drawKey(for who: Int) -> MLS.Change? {
    switch draw(3) {
    case 0:
      let known = externalKeys.indices.filter { people[who].knownKeys.contains($0) }
      return known.isEmpty ? nil : .externalKey(id: Self.keyName(pick(known)))
    case 1:
      guard let seat = seats[who] else { return nil }
      let first = max(seat.joined, head >= 4 ? head - 4 : 0)
      guard first <= seat.epoch else { return nil }
      let epoch = first + UInt64(draw(Int(seat.epoch - first) + 1))
      return .resumptionKey(group: seat.group.id, epoch: MLS.Epoch(epoch))
    default:
      let known = otherGroups.filter { $0.knownTo.contains(who) }
      if known.isEmpty { return nil }
      let other = pick(known)
      return .resumptionKey(group: other.id, epoch: other.epoch)
    }
  }
}
