internal import Cygnet
internal import CygnetVectors

/// `cygnet verify`
enum VerifyCommand {
  static let command = Command(
    name: "verify",
    summary: "Compare safety numbers with a contact",
    discussion: """
      Both sides see the same sixty digits if, and only if, nobody sits between them. Compare them over \
      another channel: read them out, or scan the code that the other side shows. With --number or \
      --scan the comparison is made here; if it holds the contact is marked verified, and if not the \
      exit code is 10.
      """,
    options: [
      Option(
        long: "number", valueName: "DIGITS",
        summary: "The 60 digits that the other side reads out; spaces do not matter"),
      Option(
        long: "scan", valueName: "PAYLOAD",
        summary: "What was scanned from the other side's screen: text beginning with cygnum"),
    ] + Option.store,
    positionals: [ContactCommand.name],
    examples: [
      Example(line: "cygnet verify bob", meaning: "The digits, and a code to scan"),
      Example(
        line: "cygnet verify bob --number '23508 45457 …'",
        meaning: "Marks Bob as verified if the digits are the same"),
    ],
    exitCodes: [.authentication, .locked, .unknown, .stale, .mismatch],
    run: run)

  @Sendable static func run(_ invocation: Invocation) async throws -> ExitCode {
    let name = try ContactCommand.name(invocation)
    let number = try invocation.arguments.text("number")
    let scanned = try invocation.arguments.text("scan")
    guard number == nil || scanned == nil else {
      throw CommandFailure.usage("--number and --scan exclude each other")
    }
    let client = try await StoreSession.open(invocation).client
    if let number {
      let digits = number.asciiDigits
      guard digits.count == 60 else {
        throw CommandFailure.usage("a safety number has 60 digits, not \(digits.count)")
      }
      return try await end(
        client.verify(name, number: digits, now: .now), name, client, invocation)
    }
    if let scanned {
      let payload = try SafetyNumber.payload(ofText: scanned)
      return try await end(
        client.verify(name, scanned: payload, now: .now), name, client, invocation)
    }
    return try await show(name, client, invocation)
  }

  private static func show(
    _ name: String, _ client: Client, _ invocation: Invocation
  ) async throws -> ExitCode {
    let output = invocation.output
    let contact = try await client.contact(name)
    let number = try await client.safetyNumber(with: name)
    let payload = try number.scannableText()
    try output.line("safety number with \(contact.described)")
    for line in number.lines { try output.line("  \(line)") }
    try output.line("to scan")
    try output.line("  \(payload)")
    if !output.isJSON, let code = QRCode.lines(payload.uppercased(), output.outputStyle) {
      for line in code { try output.line(line) }
    }
    try output.result([
      "contact": contact.json, "number": .string(number.digits), "scannable": .string(payload),
    ])
    if contact.isVerified {
      invocation.next("send \(name.shellWord) -m TEXT")
    } else {
      invocation.next("verify \(name.shellWord) --number DIGITS", ", once you have compared them")
    }
    return .ok
  }

  private static func end(
    _ isSame: Bool, _ name: String, _ client: Client, _ invocation: Invocation
  ) async throws -> ExitCode {
    guard isSame else {
      throw CommandFailure(
        .mismatch, "this is not the safety number with \(name.escaped): nothing was marked",
        hint: "look for a slip; if there is none, somebody may sit between you")
    }
    let contact = try await client.contact(name)
    try invocation.output.line("\(contact.described): the safety numbers are the same")
    try invocation.output.result(["contact": contact.json])
    invocation.next("send \(name.shellWord) -m TEXT")
    return .ok
  }
}

/// `cygnet unverify`
enum UnverifyCommand {
  static let command = Command(
    name: "unverify",
    summary: "Take back that a contact was verified",
    options: Option.store, positionals: [ContactCommand.name],
    examples: [Example(line: "cygnet unverify bob", meaning: "Bob is unverified again")],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let contact = try await StoreSession.open(invocation).client
        .setVerified(ContactCommand.name(invocation), false, now: .now)
      try ContactCommand.show(contact, invocation.output)
      invocation.next("verify \(contact.name.shellWord)")
      return .ok
    })
}

extension String {
  /// The decimal digits, Arabic-Indic and Persian ones as ASCII; anything else is dropped.
  var asciiDigits: String {
    var digits = ""
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x30...0x39: digits.unicodeScalars.append(scalar)
      case 0x660...0x669: digits += String(scalar.value - 0x660)
      case 0x6f0...0x6f9: digits += String(scalar.value - 0x6f0)
      default: break
      }
    }
    return digits
  }
}
