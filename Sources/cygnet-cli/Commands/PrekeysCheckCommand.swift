internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// `cygnet prekeys check`
enum PrekeysCheckCommand {
  static let command = Command(
    name: "check",
    summary: "Verify a prekey bundle or contact card, without any key of yours",
    discussion: """
      Checks the signatures and the age, as whoever starts a session does, and as a server can that \
      stores bundles. A bundle of an earlier version is checked too, and said not to be post-quantum. That the identity key is the right person's is not checked, unless \
      --identity names it. No profile is needed.
      """,
    options: [identityOption],
    positionals: [
      Positional(name: "FILE", summary: "A bundle or card, armored or not; - is standard input")
    ],
    examples: [
      Example(line: "cygnet prekeys check bob.card", meaning: "Whether the card can be used")
    ],
    exitCodes: [.authentication, .identity, .stale, .limit],
    run: run)

  private static let identityOption = Option(
    long: "identity", valueName: "KEY",
    summary: "The identity key it must carry, as text that begins with cygid1")
  private static let maxByteCount = 1 << 16

  @Sendable private static func run(_ invocation: Invocation) throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let expected = try identity(arguments)
    guard let path = arguments.argumentPath("FILE") else {
      throw CommandFailure.usage("FILE is missing")
    }
    let file = try InputFile(path)
    let content = try ObjectFile.read(
      file, oneOf: [.preKeyBundle, .contactCard], limit: maxByteCount)
    let checked: Checked
    do throws(CygnetError) {
      checked = try check(content, expected)
    } catch {
      throw CommandFailure(error, about: file)
    }
    try output.line("\(checked.kind) of \(checked.bundle.address.shown): sound")
    try output.line("  fingerprint  \(Fingerprint(checked.bundle.identity).shown)")
    try output.line("  signed       \(checked.signedAt.calendarText)")
    try output.line("  one-time     \(checked.bundle.hasOneTimePreKey ? "yes" : "no")")
    try output.line("  suite        \(checked.bundle.suite.described)")
    try output.result([
      "kind": .string(checked.kind), "address": checked.bundle.address.json,
      "fingerprint": .hex(Fingerprint(checked.bundle.identity).bytes),
      "identity": .string(try checked.bundle.identity.text),
      "signed_at": checked.signedAt.json,
      "has_one_time_pre_key": .bool(checked.bundle.hasOneTimePreKey),
      "suite": checked.bundle.suite.json,
      "post_quantum": .bool(checked.bundle.suite.isPostQuantum),
    ])
    output.hint(
      checked.kind == card
        ? "Next: cygnet contact add NAME \(path)" : "Next: cygnet send NAME --bundle \(path)")
    return .ok
  }

  private static let card = "contact card"

  private struct Checked {
    let kind: String
    let bundle: VerifiedPreKeyBundle
    let signedAt: Timestamp
  }

  private static func identity(_ arguments: Arguments) throws(CommandFailure) -> IdentityKey? {
    guard let text = try arguments.text("identity") else { return nil }
    do { return try IdentityKey(text: text) } catch {
      throw .usage("--identity takes a key that begins with cygid1: \(error.reason)")
    }
  }

  private static func check(
    _ bytes: [UInt8], _ expected: IdentityKey?
  ) throws(CygnetError) -> Checked {
    if try WireType.peek(bytes) == .contactCard {
      let decoded = try ContactCard(decoding: bytes)
      let verified = try decoded.verified(
        now: .now, expecting: expected, policy: .classicalAllowed)
      return Checked(kind: card, bundle: verified.bundle, signedAt: decoded.bundle.signedAt)
    }
    let bundle = try PreKeyBundle(decoding: bytes)
    let verified = try bundle.verified(
      now: .now, expecting: expected, policy: .classicalAllowed)
    return Checked(kind: "prekey bundle", bundle: verified, signedAt: bundle.signedAt)
  }
}

extension PreKeyBundle {
  /// When the signed prekey in it was made, as it claims.
  var signedAt: Timestamp { signedPreKey.createdAt }
}
