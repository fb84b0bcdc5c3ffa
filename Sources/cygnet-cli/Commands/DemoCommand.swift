internal import CygnetPrimitives
internal import CygnetVectors

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// `cygnet demo`
enum DemoCommand {
  static let command = Command(
    name: "demo",
    summary: "Play a whole conversation between two people, and a group, with files",
    discussion: """
      Alice and Bob exchange keys, talk with losses and disorder until their keys have healed from a \
      thief with a quantum computer, refuse replays and altered \
      messages, send each FILE as an encrypted attachment, and compare safety numbers. With Carol they \
      form a group, in which the first FILE goes to all, until Carol has to go. All that travels goes through a temporary folder, and everything that arrives is compared with what was \
      sent: if anything differs the exit code is 10. Without FILE a small picture is sent.
      """,
    options: [Option(long: "keep", summary: "Keep the temporary folder and tell where it is")],
    positionals: [Positional(name: "FILE", arity: .any, summary: "Files to send")],
    examples: [
      Example(line: "cygnet demo photo.jpg", meaning: "The tour, with a picture of yours")
    ],
    exitCodes: [.mismatch],
    run: run)

  @Sendable static func run(_ invocation: Invocation) async throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let start = ContinuousClock.now
    let folder = try DemoFolder(isKept: arguments.has("keep"))
    if arguments.has("keep") { output.note("the folder \(folder.path) is kept") }
    let now = Timestamp(seconds: UInt64(max(0, time(nil))))
    var conversation = try Conversation(folder, now: now, output)
    try conversation.meet()
    try conversation.talk()
    try conversation.heal()
    try conversation.attack()
    var paths = arguments.argumentPaths("FILE")
    if paths.isEmpty {
      try folder.write(DemoPicture.bytes, "picture.ppm")
      paths = [folder.file("picture.ppm")]
    }
    for (number, path) in paths.enumerated() { try conversation.share(path, number: number) }
    let digits = try conversation.compare()
    var scene = try await GroupScene(folder, now: now, conversation.narration, output)
    try await scene.play(sharing: paths[0])
    let duration = ContinuousClock.now - start
    try output.line()
    try output.line("All of it arrived as it was sent, and nothing else did. (\(duration.asText))")
    try scene.narration.finish([
      "files": .integer(paths.count), "safety_number": .string(digits),
      "nanoseconds": .integer(duration.nanoseconds),
    ])
    return .ok
  }
}
