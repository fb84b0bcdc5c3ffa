internal import Cygnet
internal import CygnetVectors
internal import CygnetWire

/// `cygnet contact add`
enum ContactAddCommand {
  static let maxCardByteCount = 1 << 16

  static let command = Command(
    name: "add",
    summary: "Add a contact from its card, or take a newer card",
    discussion: """
      The card's signature is checked, and nothing more can be: that the card is really from whom it \
      names is what 'cygnet verify' is for. A card with another identity key than the one on record is \
      refused with exit code 5, with both safety numbers shown. A card that an earlier version made, \
      whose sessions would not be post-quantum, is refused with exit code 4.
      """,
    options: [IdentityChange.acceptOption, ClassicalSession.allowOption] + Option.store,
    positionals: [
      ContactCommand.name,
      Positional(name: "CARD", summary: "The card, by name or - for standard input"),
    ],
    examples: [
      Example(line: "cygnet contact add bob bob.card", meaning: "Bob can be written to"),
      Example(
        line: "pbpaste | cygnet contact add bob -", meaning: "The same with a card that was pasted"),
    ],
    exitCodes: [.authentication, .identity, .locked, .unknown, .stale],
    run: run)

  @Sendable static func run(_ invocation: Invocation) async throws -> ExitCode {
    let arguments = invocation.arguments
    let name = try ContactCommand.name(invocation)
    let path = arguments.argumentPath("CARD") ?? Path("-")
    let card: ContactCard
    do {
      card = try ContactCard(
        decoding: ObjectFile.read(path, .contactCard, limit: maxCardByteCount))
    } catch let error as CygnetError { throw CommandFailure(error, about: path) }
    let number = try invocation.acceptedNumber
    let client = try await StoreSession.open(invocation).client
    let contact: Contact
    do throws(CygnetError) {
      contact = try await client.addContact(
        name, card: card, acceptingChange: number, suitePolicy: invocation.suitePolicy, now: .now)
    } catch {
      if error.code == .ruleViolation, invocation.suitePolicy == .postQuantumOnly,
        !card.bundle.suite.isPostQuantum
      {
        throw ClassicalSession.failure("the card", of: name)
      }
      guard error.code == .identityChanged,
        let known = try await client.contacts().first(where: { $0.address == card.address })
      else { throw error }
      throw try await IdentityChange.failure(
        of: known, claimed: card.unverifiedIdentity, client: client,
        repeating: invocation.line("contact add \(name.shellWord) \(path.text.shellWord)"))
    }
    try ContactCommand.show(contact, invocation.output)
    if !card.bundle.suite.isPostQuantum {
      invocation.output.warning(
        "a session from this card is not post-quantum: of what is sent, \(ClassicalSession.risk)")
    }
    if card.bundle.suite.isPostQuantum { try await noteOldSession(contact, client, invocation) }
    invocation.next("verify \(name.shellWord)")
    return .ok
  }

  /// A newer card changes nothing about a session that is there.
  private static func noteOldSession(
    _ contact: Contact, _ client: Client, _ invocation: Invocation
  ) async throws {
    let session = try await client.sessions().first { $0.address == contact.address }
    guard let session, !session.suite.isPostQuantum else { return }
    let line = invocation.line("session reset \(contact.name.shellWord)")
    invocation.output.note(
      """
      the session with \(contact.name.escaped) is not post-quantum and goes on; after '\(line)' the next \
      message begins one that is
      """)
  }
}

extension Invocation {
  /// The sixty digits that `--accept-change` says.
  var acceptedNumber: String? {
    get throws(CommandFailure) {
      guard let text = try arguments.text(IdentityChange.acceptOption.long) else { return nil }
      let digits = text.asciiDigits
      guard digits.count == 60 else {
        throw .usage("a safety number has 60 digits, not \(digits.count)")
      }
      return digits
    }
  }
}
