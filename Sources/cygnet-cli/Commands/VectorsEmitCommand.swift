internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet vectors emit`
enum VectorsEmitCommand {
  static let command = Command(
    name: "emit",
    summary: "Write one of this library's vector files from a seed",
    discussion: """
      The same seed gives the same file, byte for byte. Without --seed it is the file that comes \
      with the source. A fresh seed gives fresh values, with which two implementations can check \
      each other. 'cygnet vectors list' names the suites.
      """,
    options: [
      Option(
        long: "seed", valueName: "HEX", summary: "Seed of 1 to 64 bytes in hex (31 zeros and 01)"),
      .output, .force,
    ],
    positionals: [
      Positional(
        name: "SUITE", value: .choice(GeneratedFile.all.map(\.name)),
        summary: "Which file, by its path without .json")
    ],
    examples: [
      Example(
        line: "cygnet vectors emit x3dh/agreement -o agreement.json",
        meaning: "The key agreement with every intermediate value")
    ],
    run: run)

  @Sendable static func run(_ invocation: Invocation) throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let name = try arguments.argumentText("SUITE") ?? ""
    guard let suite = GeneratedFile.named(name) else {
      let nearest = Suggestion.nearest(to: name, in: GeneratedFile.all.map(\.name))
      throw CommandFailure.usage(
        "'\(name.escaped)' is not a suite", hint: nearest.map { "did you mean '\($0)'?" })
    }
    let seed = try seed(arguments.text("seed"))
    var problem: String?
    let text = Array(try suite.text(seed: seed, problem: &problem).utf8)
    let path = arguments.path("output") ?? Path("-")
    let target = try OutputFile(path, force: arguments.has("force"))
    try target.write(text)
    try target.commit()
    guard !path.isStandardStream else { return .ok }
    output.note("wrote \(path), \(UInt64(text.count).asByteCount)")
    try output.result([
      "suite": .string(suite.name), "seed": .hex(seed), "bytes": .integer(text.count),
    ])
    return .ok
  }

  private static func seed(_ text: String?) throws(CommandFailure) -> [UInt8] {
    guard let text else { return OwnVectorSuite.defaultSeed }
    guard let seed = Hex.decode(text), (1...64).contains(seed.count) else {
      throw .usage("--seed takes 1 to 64 bytes in hex")
    }
    return seed
  }
}
