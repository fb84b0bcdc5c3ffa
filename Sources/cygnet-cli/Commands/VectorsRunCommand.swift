internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet vectors run`
enum VectorsRunCommand {
  static let command = Command(
    name: "run",
    summary: "Check the library against vector files",
    discussion: """
      Runs every case of the given files, and of the .json files below the given folders. A file is \
      told by its content: our own files, those of RFCs, of Wycheproof and of other implementations, \
      as "vectors list" has them. Each case counts as passed, failed, or skipped with a reason.
      """,
    options: [
      Option(long: "slow", summary: "Also run cases of a million steps, which take minutes")
    ],
    positionals: [
      Positional(name: "PATH", arity: .some, summary: "A vector file, a folder of them, or -")
    ],
    examples: [
      Example(line: "cygnet vectors run Vectors", meaning: "Check this library's own files"),
      Example(
        line: "cygnet vectors run --json wycheproof/x25519_test.json",
        meaning: "One line of JSON for the file"),
    ],
    exitCodes: [.vectors, .authentication, .limit],
    run: run)

  private static let maxByteCount = 256 << 20
  /// Failures of one file that are shown in full.
  private static let shownFailures = 10

  @Sendable static func run(_ invocation: Invocation) throws -> ExitCode {
    let options = VectorRun.Options(slow: invocation.arguments.has("slow"))
    var reports: [VectorReport] = []
    for path in invocation.arguments.argumentPaths("PATH") {
      for file in try files(at: path) {
        let bytes = try InputFile(file).readAll(limit: maxByteCount)
        do throws(CygnetError) {
          reports.append(try VectorRun.run(bytes, file: file.text, options: options))
        } catch {
          throw CommandFailure(error, about: file)
        }
      }
    }
    try show(reports, invocation.output)
    return reports.contains { !$0.failures.isEmpty } ? .vectors : .ok
  }

  private static func files(at path: Path) throws(CommandFailure) -> [Path] {
    guard !path.isStandardStream, FileStatus.of(path)?.kind == .directory else { return [path] }
    let files = try FolderWalk.files(below: path, suffix: ".json")
    guard !files.isEmpty else {
      throw CommandFailure(.inputOutput, "\(path): no .json file in this folder")
    }
    return files
  }

  private static func show(_ reports: [VectorReport], _ output: Output) throws(CommandFailure) {
    var table = TextTable([
      .left("FILE"), .left("KIND"), .right("RUN"), .right("PASSED"), .right("FAILED"),
      .right("SKIPPED"), .left("WHY"),
    ])
    var (run, passed, failed, skipped) = (0, 0, 0, 0)
    for report in reports {
      table.add([
        report.file.escaped, report.format, "\(report.run)", "\(report.passed)",
        "\(report.failures.count)", "\(report.skipped)", reasons(report),
      ])
      run += report.run
      passed += report.passed
      failed += report.failures.count
      skipped += report.skipped
      try record(report, output)
    }
    table.add(["total", "", "\(run)", "\(passed)", "\(failed)", "\(skipped)"])
    for line in table.lines(output.outputStyle) { try output.line(line) }
    for report in reports {
      for failure in report.failures.prefix(shownFailures) {
        output.note("\(report.file.escaped): \(failure.id.escaped): \(failure.what.escaped)")
      }
      let more = report.failures.count - shownFailures
      if more > 0 { output.note("\(report.file.escaped): \(more) more failures") }
    }
  }

  private static func reasons(_ report: VectorReport) -> String {
    var parts: [String] = []
    for skip in report.skips {
      parts.append(report.skips.count > 1 ? "\(skip.count): \(skip.reason)" : skip.reason)
    }
    return parts.joined(separator: "; ")
  }

  private static func record(
    _ report: VectorReport, _ output: Output
  ) throws(CommandFailure) {
    var skips: [JSON] = []
    for skip in report.skips {
      skips.append(["reason": .string(skip.reason), "count": .integer(skip.count)])
    }
    var failures: [JSON] = []
    for failure in report.failures {
      failures.append(["id": .string(failure.id), "what": .string(failure.what)])
    }
    try output.record([
      "file": .string(report.file), "kind": .string(report.format), "run": .integer(report.run),
      "passed": .integer(report.passed), "failed": .integer(report.failures.count),
      "skipped": .array(skips), "failures": .array(failures),
    ])
  }
}
