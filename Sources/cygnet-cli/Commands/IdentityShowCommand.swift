internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet identity show`
enum IdentityShowCommand {
  static let command = Command(
    name: "show",
    summary: "Show who the profile belongs to",
    discussion: """
      Prints the address that others write to, the identity key as text that begins with cygid1, \
      and its fingerprint. None of this is secret.
      """,
    options: [qrOption] + Option.store,
    examples: [
      Example(line: "cygnet identity show --profile alice", meaning: "Who alice is"),
      Example(line: "cygnet identity show --qr", meaning: "With the identity key as a QR code"),
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  private static let qrOption = Option(
    long: "qr", summary: "Draw the identity key as a QR code, by the program qrencode")

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let output = invocation.output
    let session = try await StoreSession.open(invocation)
    let profile = try await session.client.profile()
    try ProfileText.print(profile, session, title: "", output)
    if invocation.arguments.has("qr"), !output.isJSON {
      // In upper case it needs fewer modules.
      let text = try profile.identity.text.uppercased()
      for line in QRCode.lines(text, output.outputStyle) ?? [] { try output.line(line) }
    }
    output.hint("Next: hand out your card with " + session.folder.line("identity export --public"))
    return .ok
  }
}
