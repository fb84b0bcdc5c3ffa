internal import Cygnet

/// What is shown when somebody known appears under another identity key: both safety numbers, and how
/// to accept the new one. Nothing was sent or stored.
enum IdentityChange {
  static let acceptOption = Option(
    long: "accept-change", valueName: "NUMBER",
    summary: "Accept a changed identity whose safety number has these 60 digits")

  /// The failure to end with after a step in a group; any other error as it is.
  static func explained(
    _ error: CygnetError, _ client: Client, repeating command: String
  ) async throws -> CommandFailure {
    guard error.code == .identityChanged, let changed = error.underlying as? ChangedIdentity,
      let known = try await client.contacts().first(where: { $0.address == changed.address })
    else { return CommandFailure(error) }
    return try await failure(
      of: known, claimed: changed.identity, client: client, repeating: command)
  }

  /// The failure to end with.
  static func failure(
    of contact: Contact, claimed: [UInt8], client: Client, repeating command: String
  ) async throws -> CommandFailure {
    let new = try await client.safetyNumber(
      with: IdentityKey(decoding: claimed), at: contact.address)
    let old = try await client.safetyNumber(with: contact.name)
    let mark = contact.isVerified ? "compared and verified" : "never compared"
    var failure = CommandFailure(
      .identity,
      """
      the identity of \(contact.name.escaped) changed: this is a new device, a new installation, or \
      somebody else
        on record (\(mark)):
          \(old.lines.joined(separator: "\n    "))
        shown now:
          \(new.lines.joined(separator: "\n    "))
      """,
      hint: """
        ask \(contact.name.escaped) for the new number over another channel; if it is the second one: \
        \(command) --accept-change \(new.digits)
        """)
    failure.libraryCode = CygnetError.Code.identityChanged.name
    return failure
  }
}
