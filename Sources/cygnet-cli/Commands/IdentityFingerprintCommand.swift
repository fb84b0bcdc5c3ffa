internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet identity fingerprint`
enum IdentityFingerprintCommand {
  static let command = Command(
    name: "fingerprint",
    summary: "Print the fingerprint of your identity key, or of a contact's",
    discussion: """
      The first 16 bytes of the SHA-256 of the identity key: enough to tell keys apart. To find out \
      that nobody sits between you and a contact, compare safety numbers: 'cygnet verify'.
      """,
    options: Option.store,
    positionals: [
      Positional(
        name: "CONTACT", arity: .optional, value: .text, summary: "A contact, instead of yourself")
    ],
    examples: [
      Example(line: "cygnet identity fingerprint", meaning: "Your own"),
      Example(line: "cygnet identity fingerprint bob", meaning: "Of the key on record for bob"),
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let output = invocation.output
    let session = try await StoreSession.open(invocation)
    let contact = try invocation.arguments.argumentText("CONTACT")
    let key: [UInt8]
    if let contact {
      key = try await session.client.contact(contact).identity
    } else {
      key = try await session.client.profile().identity.encoded()
    }
    let fingerprint = Fingerprint(encodedKey: key)
    try output.line(fingerprint.shown)
    try output.result([
      "contact": contact.map { .string($0) } ?? .null, "fingerprint": .hex(fingerprint.bytes),
    ])
    output.hint(
      "Next: compare safety numbers with "
        + session.folder.line("verify \(contact?.escaped ?? "NAME")"))
    return .ok
  }
}
