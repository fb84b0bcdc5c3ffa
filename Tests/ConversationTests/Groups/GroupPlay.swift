import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import TestSupport

/// A random run of groups, wholly determined by its seed: up to fifty members use everything that
/// MLS offers, while messages are lost, doubled, tampered with and delivered out of order, and
/// members restart from what they stored.
///
/// What it owes: whoever is in an epoch agrees on it with all others; whoever was removed does not,
/// and reads nothing of it; every application message opens exactly once for each member of its
/// epoch; whatever is refused changes nothing.
struct GroupPlay {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Epochs for which messages may still come, and members be behind.
  static let window: UInt64 = 6

  let seed: UInt64
  /// The group grows to as many members.
  let maxCount: Int
  /// Decides what happens.
  var random: SeededRandomSource
  var now = Timestamp(seconds: 1_767_225_600)
  var people: [Person] = []
  /// The members by person.
  var seats: [Seat?] = []
  /// Those who were removed, with what they are left with.
  var formers: [Seat] = []
  /// The group's; its successor may have another.
  var suite: MLS.CipherSuite
  var records: [UInt64: EpochRecord] = [:]
  /// The number of the current epoch.
  var head: UInt64 = 0
  var server = Server()
  /// Others who may propose from outside.
  var outsiders: [MLS.SignatureKeyPair] = []
  /// Pre-shared keys of the application's, by number.
  var externalKeys: [SecretBytes] = []
  /// Resumption secrets of groups other than the current one.
  var otherGroups: [OtherGroup] = []
  var wireFormats = WireFormats.mixed
  var talkCount = 0
  var step = 0
  var phase = ""
  var tally = Tally()
  /// Refusals by the rule that was broken, or by the code of the error where it names none.
  var rules = Tally()

  enum WireFormats: Int {
    case mixed, clear, encrypted
  }

  init(
    seed: UInt64, maxCount: Int, suite: MLS.CipherSuite = .x25519ChaCha20SHA256Ed25519
  ) throws {
    self.seed = seed
    self.maxCount = maxCount
    random = SeededRandomSource(seed, label: "groups")
    self.suite = suite
    for _ in 0..<2 { outsiders.append(try .generate(using: &random)) }
    for _ in 0..<4 { externalKeys.append(random.secret(32)) }
    for number in 0..<(maxCount + 8) {
      people.append(try makePerson(number))
      seats.append(nil)
    }
    try create()
  }

  /// Plays until so many epochs are over.
  mutating func run(epochs: Int) throws {
    while tally["epoch"] < epochs {
      step += 1
      try turn()
    }
    try finishTalk()
  }

  private mutating func turn() throws {
    try at("time") { try $0.passTime() }
    if chance(2), seatedCount > 1 {
      try at("branch") { try $0.branch() }
    }
    try at("talk") { try $0.talk() }
    if chance(2) {
      try at("reinit") { try $0.reInit() }
      return
    }
    try at("propose") { try $0.proposeSome() }
    try at("commit") { try $0.playEpoch() }
    try at("deliver") { try $0.deliverTalk() }
    try at("laggards") { try $0.moveLaggards() }
    try at("former") { try $0.annoyFormers() }
    try at("newcomers") { try $0.annoyNewcomers() }
    try at("restore") { try $0.restoreSome() }
    try at("agree") { try $0.checkAgreement() }
    prune()
  }

  /// Names what is going on, for failures.
  private mutating func at(
    _ phase: String, _ body: (inout GroupPlay) throws -> Void
  ) throws {
    self.phase = phase
    do { try body(&self) } catch let error as CygnetError { throw fail("unexpected: \(error)") }
  }

  // MARK: - The group's life

  mutating func create() throws {
    let who = draw(people.count)
    let signer = try MLS.SignatureKeyPair.generate(using: &random)
    let group = try MLS.Group.create(
      as: people[who].credential, signingWith: signer, suite: suite,
      extensions: drawExtensions(), configuration: people[who].configuration, now: now,
      using: &random)
    try begin(with: group, of: who)
    tally["create"] += 1
  }

  /// A new line of epochs.
  mutating func begin(with group: MLS.Group, of who: Int) throws {
    for index in seats.indices { seats[index] = nil }
    formers = []
    records = [:]
    server = Server()
    seats[who] = Seat(person: who, group: group)
    try recordEpoch(of: group)
  }

  /// Makes what a group shows the truth about its epoch.
  mutating func recordEpoch(of group: MLS.Group) throws {
    head = group.epoch.rawValue
    var roster: [Int: LeafIndex] = [:]
    for member in group.members.all { roster[try person(of: member)] = member.index }
    guard roster.count == group.members.count else { throw fail("one person sits twice") }
    records[head] = EpochRecord(facts: try Facts(group), roster: roster)
  }

  private mutating func passTime() throws {
    now = now.adding(UInt64(chance(10) ? draw(90_000) : draw(2_000)))
    guard chance(8) else { return }
    wireFormats = WireFormats(rawValue: draw(3))!
    for index in people.indices { configure(index) }
  }

  private mutating func prune() {
    for epoch in records.keys where epoch + 2 * Self.window < head { records[epoch] = nil }
    formers.removeAll { $0.group.epoch.rawValue + 2 * Self.window < head }
  }

  private func checkAgreement() throws {
    let facts = records[head]!.facts
    for who in seated where seats[who]!.group.epoch.rawValue == head {
      guard try Facts(seats[who]!.group) == facts else { throw fail("\(who) sees another epoch") }
    }
    guard atHead.count > 0 else { throw fail("nobody is left in the current epoch") }
  }
}

// MARK: - Looking around

extension GroupPlay {
  /// Who has a seat.
  var seated: [Int] { seats.indices.filter { seats[$0] != nil } }

  var seatedCount: Int { seated.count }

  /// Who has a seat and is in the current epoch.
  var atHead: [Int] { seated.filter { seats[$0]!.group.epoch.rawValue == head } }

  /// Who is in nobody's view a member.
  var outside: [Int] {
    seats.indices.filter { seats[$0] == nil && records[head]!.roster[$0] == nil }
  }

  func person(of member: MLS.Member) throws -> Int {
    let name = StemValidator.stem(member.credential)
    guard let index = people.firstIndex(where: { Array($0.name.utf8) == name }) else {
      throw fail("a stranger is in the group")
    }
    return index
  }

  func fail(_ what: String) -> Failure {
    Failure(
      description: "CYGNET_SEED=\(seed) CYGNET_MEMBERS=\(maxCount) step \(step), \(phase): \(what)")
  }

  // MARK: - Chance

  mutating func draw(_ limit: Int) -> Int {
    let bytes = random.bytes(3)
    return (Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])) % limit
  }

  mutating func chance(_ percent: Int) -> Bool { draw(100) < percent }

  mutating func pick<T>(_ items: [T]) -> T { items[draw(items.count)] }

  mutating func shuffled<T>(_ items: [T]) -> [T] {
    var items = items
    for index in items.indices.dropFirst() { items.swapAt(index, draw(index + 1)) }
    return items
  }

  mutating func some<T>(_ count: Int, of items: [T]) -> [T] {
    Array(shuffled(items).prefix(count))
  }
}
