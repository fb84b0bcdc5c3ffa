internal import CygnetPrimitives

/// What plays the conversations of one protocol: writes them from a script, or checks a file.
protocol ConversationPlaying {
  init()

  /// Makes a party from its entry in the file.
  mutating func setUpParty(_ name: String, _ entry: inout VectorLedger) throws(CygnetError)

  /// Plays one step and compares, or adds, what it brought about.
  mutating func play(_ step: inout VectorLedger) throws(CygnetError)
}

extension ConversationPlaying {
  /// The files' writer: plays `steps` and gives them back with all that they brought about.
  static func play(
    parties: JSON, steps: [JSON], problem: inout String?
  ) throws(CygnetError) -> (parties: JSON, steps: [JSON]) {
    var player = Self()
    var file = VectorLedger(JSONObject([.init(key: "parties", value: parties)]), mode: .emitting)
    var written: [JSON] = []
    do throws(CygnetError) {
      try player.setUp(&file)
      for (index, step) in steps.enumerated() {
        var ledger = VectorLedger(step.object ?? JSONObject(), mode: .emitting)
        do throws(CygnetError) { try player.play(&ledger) } catch {
          problem = "step \(index + 1): \(ledger.problem ?? error.description)"
          throw error
        }
        written.append(.object(ledger.object))
      }
    } catch {
      if problem == nil { problem = file.problem ?? error.description }
      throw CygnetError(.internalFault, "a conversation of our own does not hold")
    }
    return (file.object["parties"] ?? .null, written)
  }

  /// Every step after a failed one would fail as well, so the first failure ends the run.
  static func check(
    _ file: inout VectorLedger, _ report: inout OwnVectorReport
  ) throws(CygnetError) {
    var player = Self()
    try player.setUp(&file)
    guard let steps = try file.value("steps").array else {
      throw file.failure("\"steps\" is not an array")
    }
    for (index, step) in steps.enumerated() {
      guard let object = step.object else { throw file.failure("a step is not an object") }
      var ledger = VectorLedger(object, mode: .checking)
      do throws(CygnetError) {
        try player.play(&ledger)
        report.settle(index + 1, nil)
      } catch {
        report.settle(index + 1, ledger.problem ?? error.description)
        return
      }
    }
  }

  private mutating func setUp(_ file: inout VectorLedger) throws(CygnetError) {
    guard let names = file.object["parties"]?.object?.keys else {
      throw file.failure("no parties")
    }
    var copy = self
    try file.nested("parties") { (parties) throws(CygnetError) in
      for name in names {
        try parties.nested(name) { (entry) throws(CygnetError) in
          try copy.setUpParty(name, &entry)
        }
      }
    }
    self = copy
  }
}
