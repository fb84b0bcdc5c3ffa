internal import CygnetVectors

/// `cygnet conformance serve`
enum ConformanceServeCommand {
  static let command = Command(
    name: "serve",
    summary: "Run protocol steps with given keys and randomness, as JSON lines ask",
    discussion: """
      TEST KEYS ONLY. Answers hold private keys, plaintexts and other secrets in the open, and \
      the random bytes in a request take the place of fresh ones. Never send it a key that \
      protects anything.

      Each line of standard input is a request, a JSON object with the members id and op and those \
      that the operation takes: {"id":1,"op":"hash.digest","hash":"SHA-256","data":"616263"}. Each \
      is answered by one line with the same id: "ok":true and the results, or "ok":false with an \
      error code and a reason. A line that is wrong is answered and changes nothing, and the \
      server goes on; it ends with code 0 when standard input ends.

      The request {"id":1,"op":"help"} lists the operations, the bounds and the error codes. The \
      page Conformance of the documentation says how to write a client.
      """,
    options: [
      Option(
        long: "stdio", summary: "Serve standard input and output; required, as no other way exists")
    ],
    examples: [
      Example(
        line: "cygnet conformance serve --stdio < requests.jsonl",
        meaning: "Answer each line of a file"),
      Example(
        line: "echo '{\"id\":1,\"op\":\"help\"}' | cygnet conformance serve --stdio --quiet",
        meaning: "List the operations"),
    ],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) throws -> ExitCode {
    guard invocation.arguments.has("stdio") else {
      throw CommandFailure.usage("say where to serve: --stdio")
    }
    invocation.output.note(
      "Test keys only: answers hold private keys in the open. The end of input ends the server.")
    var lines = LineInput(
      try InputFile(Path("-")), maxByteCount: ConformanceServer.maxLineByteCount)
    var server = ConformanceServer()
    while let line = try lines.next() {
      let answer =
        switch line {
        case .whole(let bytes): server.answer(bytes)
        case .tooLong: ConformanceServer.answerToLongLine
        }
      try Descriptor.standardOutput.write(Array(answer.utf8) + [UInt8(ascii: "\n")])
    }
    return .ok
  }
}
