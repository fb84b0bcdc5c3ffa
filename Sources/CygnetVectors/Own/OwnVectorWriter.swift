internal import CygnetPrimitives

/// Collects the groups of a vector file. Every test is run as it is added, so nothing is written
/// that does not hold.
package struct OwnVectorWriter {
  /// The file's random stream.
  var random: SeededRandomSource
  /// Tests so far.
  private(set) var count = 0
  private var groups: [JSON] = []
  private var conversation: [JSONObject.Member] = []

  let seed: [UInt8]

  package init(_ suite: OwnVectorSuite, seed: [UInt8] = OwnVectorSuite.defaultSeed) {
    random = SeededRandomSource(seed: seed, label: suite.name)
    self.seed = seed
  }

  /// What follows the header.
  var members: [JSONObject.Member] {
    if !conversation.isEmpty { return conversation }
    return [JSONObject.Member(key: "groups", value: .array(groups))]
  }

  /// A test as a suite describes it: what it is about, its flags and its inputs.
  struct Test {
    let comment: String
    var flags: [String] = []
    let inputs: [(String, JSON)]

    init(_ comment: String, flags: [String] = [], _ inputs: KeyValuePairs<String, JSON>) {
      self.comment = comment
      self.flags = flags
      self.inputs = inputs.map { ($0.key, $0.value) }
    }

    init(_ comment: String, flags: [String], members: [(String, JSON)]) {
      self.comment = comment
      self.flags = flags
      inputs = members
    }
  }

  /// Adds a group without shared parameters.
  mutating func group(_ type: OwnGroupType, _ tests: [Test]) throws(CygnetError) {
    try group(type, [:], tests)
  }

  /// Adds a group with its shared parameters and tests.
  /// - Throws: `internalFault` where a test does not hold; what is wrong goes to `problem`.
  mutating func group(
    _ type: OwnGroupType, _ parameters: KeyValuePairs<String, JSON>, _ tests: [Test]
  ) throws(CygnetError) {
    var shared = JSONObject()
    for (key, value) in parameters { shared.append(key, value) }
    var ledger = VectorLedger(shared, mode: .emitting)
    do throws(CygnetError) {
      let run = try type.open(&ledger)
      try ledger.demandAllUsed()
      var written: [JSON] = []
      for test in tests {
        if let json = self.test(test, run) { written.append(json) }
      }
      guard written.count == tests.count else {
        throw CygnetError(.internalFault, "a test of our own does not hold")
      }
      var group = JSONObject()
      group.append("type", .string(type.rawValue))
      for member in ledger.object.members { group.append(member.key, member.value) }
      group.append("tests", .array(written))
      groups.append(.object(group))
    } catch {
      if problem == nil { problem = "\(type.rawValue): \(ledger.problem ?? error.description)" }
      throw CygnetError(.internalFault, "a test of our own does not hold")
    }
  }

  /// What is wrong with the test that was refused.
  package private(set) var problem: String?

  /// nil for a test that does not hold: then its `problem` is one line more, and the others are
  /// tried all the same.
  private mutating func test(_ test: Test, _ run: OwnGroupType.TestRunner) -> JSON? {
    count += 1
    var object = JSONObject()
    object.append("id", .integer(count))
    object.append("comment", .string(test.comment))
    var flags: [JSON] = []
    for flag in test.flags { flags.append(.string(flag)) }
    object.append("flags", .array(flags))
    for (key, value) in test.inputs { object.append(key, value) }
    var ledger = VectorLedger(object, mode: .emitting)
    do throws(CygnetError) {
      try OwnVectorFile.readCommon(&ledger)
      try run(&ledger)
      try ledger.demandAllUsed()
    } catch {
      let line = "test \(count) (\(test.comment)): \(ledger.problem ?? error.description)"
      problem = problem.map { $0 + "\n" + line } ?? line
      return nil
    }
    return .object(ledger.object)
  }

  /// Plays a conversation and keeps what its steps brought about.
  mutating func play(
    _ player: (some ConversationPlaying).Type, parties: JSON, steps: [JSON]
  ) throws(CygnetError) {
    let played = try player.play(parties: parties, steps: steps, problem: &problem)
    conversation = [
      JSONObject.Member(key: "parties", value: played.parties),
      JSONObject.Member(key: "steps", value: .array(played.steps)),
    ]
    count = played.steps.count
  }
}
