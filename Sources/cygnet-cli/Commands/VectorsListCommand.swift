internal import CygnetVectors

/// `cygnet vectors list`
enum VectorsListCommand {
  static let command = Command(
    name: "list",
    summary: "List the kinds of vector files that are known",
    discussion: """
      A file is told by its content. Those of the family Cygnet are this library's own, which \
      "vectors emit" writes. The cases of a kind that the library does not offer are counted \
      as skipped when such a file is run.
      """,
    examples: [Example(line: "cygnet vectors list", meaning: "What vectors run can check")],
    run: run)

  @Sendable static func run(_ invocation: Invocation) throws -> ExitCode {
    let output = invocation.output
    var table = TextTable([.left("FAMILY"), .left("KIND"), .left("RUN")])
    for file in GeneratedFile.all {
      table.add(["Cygnet", file.name, "yes"])
      try output.record([
        "family": "Cygnet", "kind": .string(file.name), "run": true, "reason": .null,
      ])
    }
    for format in VectorFormat.all {
      table.add([format.family, format.name, format.notOffered.map { "no: \($0)" } ?? "yes"])
      try output.record([
        "family": .string(format.family), "kind": .string(format.name),
        "run": .bool(format.notOffered == nil),
        "reason": format.notOffered.map { .string($0) } ?? .null,
      ])
    }
    for line in table.lines(output.outputStyle) { try output.line(line) }
    return .ok
  }
}
