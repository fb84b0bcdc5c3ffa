internal import CygnetBenchmarks
internal import CygnetVectors

/// `cygnet bench`
enum BenchCommand {
  static let command = Command(
    name: "bench",
    summary: "Time the library beside bare libsodium",
    discussion: """
      Every round times one batch of each operation, of the library and of the same cryptography in \
      bare libsodium calls, so both see the same noise. Where one thread works, its processor time \
      counts; where all cores do, the time that passes. The least of all rounds is printed, because \
      noise only adds; quote the ratios, since times differ from machine to machine.

      The figures of groups (mls_…) stand beside what the cryptography that RFC 9420 demands costs:       its signatures, key agreements and hashes counted, times what each cost in bare libsodium in       the same run, with what can be spread over the processors divided by their number.

      Times and sizes should be at most their goal, attachments at least 0.95 of the speed that \
      cipher and digest reach together on the same cores.

      With --json each figure is one line with the members kind, peer, name, and ns (the median), min \
      and n for a time, value and unit for a size, value and goal for a ratio.
      """,
    options: [
      Option(
        long: "filter", valueName: "TEXT", summary: "Run only figures whose name contains TEXT"),
      Option(
        long: "seconds", valueName: "N", value: .count,
        summary: "Time for sessions, and again for attachments and for groups (10)"),
      Option(long: "large", summary: "Measure groups of 10,000 members too, for minutes"),
    ],
    examples: [
      Example(line: "cygnet bench --filter setup", meaning: "What starting a session costs"),
      Example(
        line: "cygnet bench --large --filter mls_", meaning: "Groups of up to 10,000 members"),
      Example(line: "cygnet bench --json > bench.jsonl", meaning: "All figures for a program"),
    ],
    run: run)

  @Sendable static func run(_ invocation: Invocation) throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let seconds = try arguments.count("seconds", in: 1...3600) ?? 10
    #if DEBUG
      output.warning("this is a debug build: its figures mean nothing")
    #endif
    output.note("timing for about \(seconds) s")
    let progress = ProgressBar("timing", total: 1000, output: output)
    var shown = 0
    let figures = try Benchmarks.run(
      filter: arguments.text("filter"), seconds: Double(seconds), isLarge: arguments.has("large")
    ) { done in
      let now = Int(done * 1000)
      progress.advance(by: now - shown)
      shown = now
    }
    progress.finish()
    guard !figures.isEmpty else { throw CommandFailure.usage("no figure has such a name") }
    if output.isJSON {
      for figure in figures { try output.raw(json(figure).compact + "\n") }
    } else {
      for line in table(of: figures).lines(output.outputStyle) { try output.line(line) }
    }
    return .ok
  }

  private static func table(of figures: [Figure]) -> TextTable {
    var floors: [String: Double] = [:]
    var ratios: [String: (value: Double, goal: String)] = [:]
    var names: Set<String> = []
    for figure in figures {
      switch figure {
      case .time(let peer, let name, _, let least, _, _) where peer != Benchmarks.library:
        floors[name] = least
      case .time(_, let name, _, _, _, _): names.insert(name)
      case .ratio(let name, let value, let goal, let isFloor):
        ratios[name] = (value, "\(isFloor ? "≥" : "≤") \(decimals(goal))")
      default: break
      }
    }
    var table = TextTable([
      .left("figure"), .right("cygnet"), .right("bare calls"), .right("ratio"), .right("goal"),
      .right("rate"),
    ])
    for figure in figures {
      switch figure {
      case .time(let peer, let name, _, let least, _, let bytes) where peer == Benchmarks.library:
        let ratio = ratios[name]
        table.add([
          name, time(least), floors[name].map(time) ?? "",
          ratio.map { decimals($0.value) } ?? "",
          ratio?.goal ?? "", bytes > 0 ? rate(bytes, least) : "",
        ])
      case .time(_, let name, _, let least, _, let bytes) where !names.contains(name):
        table.add([name, "", time(least), "", "", bytes > 0 ? rate(bytes, least) : ""])
      // Of two figures of the library, so neither row can carry it.
      case .ratio(let name, let value, _, _) where !names.contains(name):
        table.add([name, "", "", decimals(value), ratios[name]?.goal ?? "", ""])
      case .fact(_, let name, let value, let unit):
        let goal = Benchmarks.sizeGoals[name].map { "≤ \($0)" }
        table.add([name, "\(Int(value)) \(unit)", "", "", goal ?? ""])
      default: break
      }
    }
    return table
  }

  /// The shape that the benchmarks of other libraries print, so that one program reads them all.
  private static func json(_ figure: Figure) -> JSON {
    switch figure {
    case .time(let peer, let name, let nanoseconds, let least, let count, let bytes):
      var object = JSONObject()
      object.append("kind", .string("time"))
      object.append("peer", .string(peer))
      object.append("name", .string(name))
      object.append("ns", .number(tenths(nanoseconds)))
      object.append("min", .number(tenths(least)))
      object.append("n", .integer(count))
      if bytes > 0 {
        object.append("MBps", .integer(Int(Double(bytes) * 1000 / nanoseconds)))
      }
      return .object(object)
    case .fact(let peer, let name, let value, let unit):
      return .object([
        "kind": "fact", "peer": .string(peer), "name": .string(name),
        "value": .number(tenths(value)), "unit": .string(unit),
      ])
    case .ratio(let name, let value, let goal, let isFloor):
      return .object([
        "kind": "ratio", "peer": .string(Benchmarks.library), "name": .string(name),
        "value": .number(decimals(value)), "goal": .number(decimals(goal)),
        "goal_is": .string(isFloor ? "at least" : "at most"),
      ])
    }
  }

  private static func time(_ nanoseconds: Double) -> String {
    Duration.nanoseconds(Int64(nanoseconds)).asText
  }

  private static func rate(_ bytes: Int, _ nanoseconds: Double) -> String {
    "\(UInt64(Double(bytes) * 1e9 / max(nanoseconds, 1)).asByteCount)/s"
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func decimals(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
