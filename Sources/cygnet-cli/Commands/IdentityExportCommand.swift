internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// `cygnet identity export`
enum IdentityExportCommand {
  static let command = Command(
    name: "export",
    summary: "Write the card that lets others write to you",
    discussion: """
      A contact card holds the identity key, the address and a prekey, signed. It is public: send \
      it, paste it, publish it. It serves any number of people until the signed prekey in it is 60 \
      days old; make a new one before. Private keys are never exported: 'cygnet backup create' \
      saves them under a recovery key.
      """,
    options: [publicOption, nameOption, .binary, .output, .force] + Option.store,
    examples: [
      Example(
        line: "cygnet identity export --public --profile bob -o bob.card",
        meaning: "Bob's card as a file"),
      Example(line: "cygnet identity export", meaning: "As text to paste"),
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  private static let publicOption = Option(
    long: "public", summary: "Export the public card: what is done in any case")
  private static let nameOption = Option(
    long: "name", valueName: "NAME", summary: "What the card calls you (the user of your address)")

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let target = try ObjectTarget(.contactCard, invocation)
    let session = try await StoreSession.open(invocation)
    let profile = try await session.client.profile()
    let name =
      try arguments.text("name") ?? String(decoding: profile.address.user, as: UTF8.self)
    let card = try await session.client.card(name: name, now: .now)
    try target.write(
      card.encoded(),
      [
        "name": .string(name), "address": profile.address.json,
        "fingerprint": .hex(Fingerprint(profile.identity).bytes),
      ])
    output.hint("Next: whoever has the card adds it with cygnet contact add NAME FILE")
    return .ok
  }
}
