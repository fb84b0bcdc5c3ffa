internal import CygnetPrimitives

/// Runs a vector file of our own format.
package enum OwnVectorFile {
  /// Whether this is a file of our format, judged by its header.
  package static func recognises(_ json: JSON) -> Bool {
    guard let kind = json["kind"]?.string, let schema = json["schema"]?.string else { return false }
    return OwnVectorSuite.Kind(rawValue: kind) != nil && schema == "\(kind)_v1.json"
      && json["protocol"]?.string != nil
  }

  /// Runs every test. An unknown member, flag, id or count is a failure of the file.
  package static func run(_ json: JSON) -> OwnVectorReport {
    var report = OwnVectorReport()
    guard let object = json.object else {
      report.fail(0, "not an object")
      return report
    }
    var file = VectorLedger(object, mode: .checking)
    do throws(CygnetError) {
      let header = try readHeader(&file)
      report.stated = header.count
      switch header.kind {
      case .conversation where header.subject == "sender-keys":
        try SenderKeyConversationPlayer.check(&file, &report)
      case .conversation: try ConversationPlayer.check(&file, &report)
      case .check, .trace: try runGroups(&file, header, &report)
      }
      try file.demandAllUsed()
    } catch {
      report.fail(0, file.problem ?? error.description)
    }
    if report.failures.isEmpty && (report.run != report.stated || report.run == 0) {
      report.fail(0, "\"numberOfTests\" says \(report.stated), ran \(report.run)")
    }
    return report
  }

  private struct Header {
    let kind: OwnVectorSuite.Kind
    let subject: String
    let count: Int
    let flags: Set<String>
  }

  private static func readHeader(_ file: inout VectorLedger) throws(CygnetError) -> Header {
    let schema = try file.text("schema")
    guard let kind = OwnVectorSuite.Kind(rawValue: try file.text("kind")),
      schema == "\(kind.rawValue)_v1.json"
    else { throw file.failure("unknown \"schema\" or \"kind\"") }
    let subject = try file.text("protocol")
    _ = try file.text("spec")
    if file.has("source") {
      _ = try file.text("source")
      return try readRest(kind, subject, &file)
    }
    try file.nested("generator") { (generator) throws(CygnetError) in
      _ = try generator.text("tool")
      _ = try generator.bytes("seed")
      _ = try generator.text("label")
    }
    return try readRest(kind, subject, &file)
  }

  private static func readRest(
    _ kind: OwnVectorSuite.Kind, _ subject: String, _ file: inout VectorLedger
  ) throws(CygnetError) -> Header {
    guard try file.integer("now") == OwnVectorSuite.now else {
      throw file.failure("\"now\" is another time than the tests'")
    }
    guard let count = Int(exactly: try file.integer("numberOfTests")) else {
      throw file.failure("\"numberOfTests\" is too large")
    }
    guard let notes = try file.value("notes").object else {
      throw file.failure("\"notes\" is not an object")
    }
    return Header(kind: kind, subject: subject, count: count, flags: Set(notes.keys))
  }

  private static func runGroups(
    _ file: inout VectorLedger, _ header: Header, _ report: inout OwnVectorReport
  ) throws(CygnetError) {
    guard let groups = try file.value("groups").array else {
      throw file.failure("\"groups\" is not an array")
    }
    var lastID = 0
    for group in groups {
      guard var shared = group.object, let tests = shared["tests"]?.array,
        let type = shared["type"]?.string.flatMap({ OwnGroupType(rawValue: $0) })
      else { throw file.failure("a group without tests or of unknown type") }
      shared["tests"] = nil
      shared["type"] = nil
      var ledger = VectorLedger(shared, mode: .checking)
      do throws(CygnetError) {
        let run = try type.open(&ledger)
        try ledger.demandAllUsed()
        for test in tests { runTest(test, header.flags, run, &lastID, &report) }
      } catch {
        throw file.failure("group \(type.rawValue): \(ledger.problem ?? error.description)")
      }
    }
  }

  private static func runTest(
    _ test: JSON, _ flags: Set<String>, _ run: OwnGroupType.TestRunner, _ lastID: inout Int,
    _ report: inout OwnVectorReport
  ) {
    guard let object = test.object, let id = object["id"]?.int, id > lastID else {
      return report.fail(lastID + 1, "ids ascend from 1")
    }
    lastID = id
    var ledger = VectorLedger(object, mode: .checking)
    do throws(CygnetError) {
      for flag in try readCommon(&ledger) where !flags.contains(flag) {
        throw ledger.failure("flag \"\(flag)\" has no note")
      }
      try run(&ledger)
      try ledger.demandAllUsed()
      report.settle(id, nil)
    } catch {
      report.settle(id, ledger.problem ?? error.description)
    }
  }

  /// What every test has: id, comment and flags.
  @discardableResult
  static func readCommon(_ test: inout VectorLedger) throws(CygnetError) -> [String] {
    _ = try test.integer("id")
    _ = try test.text("comment")
    guard let list = try test.value("flags").array else {
      throw test.failure("\"flags\" is not an array")
    }
    var flags: [String] = []
    for flag in list {
      guard let flag = flag.string else { throw test.failure("a flag is not a string") }
      flags.append(flag)
    }
    return flags
  }
}
