internal import CygnetVectors

/// Tells a demonstration step by step, to people as lines and to programs as one list.
struct Narration {
  private let output: Output
  private var steps: [JSON] = []
  private var stepStart = ContinuousClock.now

  init(_ output: Output) { self.output = output }

  mutating func heading(_ text: String) throws(CommandFailure) {
    try output.line()
    try output.line(output.outputStyle.bold(text))
    stepStart = ContinuousClock.now
  }

  /// One thing that happened, with the bytes that travelled, and the time it took: since the last step
  /// unless `spent` says otherwise.
  mutating func step(
    _ text: String, bytes: UInt64? = nil, spent: Duration? = nil
  ) throws(CommandFailure) {
    let duration = spent ?? (ContinuousClock.now - stepStart)
    var line = "  \(text)"
    var object = JSONObject()
    object.append("step", .string(text))
    if let bytes {
      line += "  [\(bytes) bytes]"
      object.append("bytes", .integer(bytes))
    }
    object.append("nanoseconds", .integer(duration.nanoseconds))
    steps.append(.object(object))
    try output.line("\(line)  (\(duration.asText))")
    stepStart = ContinuousClock.now
  }

  /// What must hold. A demonstration that finds it does not ends with exit code 10.
  func require(_ condition: Bool, _ claim: String) throws(CommandFailure) {
    guard condition else { throw CommandFailure(.mismatch, "the demonstration failed: \(claim)") }
  }

  func finish(_ members: KeyValuePairs<String, JSON>) throws(CommandFailure) {
    var object = JSONObject()
    for (key, value) in members { object.append(key, value) }
    object.append("steps", .array(steps))
    try output.result(object)
  }
}
