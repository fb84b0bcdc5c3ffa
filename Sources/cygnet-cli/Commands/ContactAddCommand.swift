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
      refused with exit code 5, with both safety numbers shown.
      """,
    options: [IdentityChange.acceptOption] + Option.store,
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
    let client = try await StoreSession.open(invocation).client
    do throws(CygnetError) {
      let contact = try await client.addContact(
        name, card: card, acceptingChange: invocation.acceptedNumber, now: .now)
      try invocation.showAdded(contact)
    } catch {
      guard error.code == .identityChanged,
        let known = try await client.contacts().first(where: { $0.address == card.address })
      else { throw error }
      throw try await IdentityChange.failure(
        of: known, claimed: card.unverifiedIdentity, client: client,
        repeating: invocation.line("contact add \(name.shellWord) \(path.text.shellWord)"))
    }
    invocation.next("verify \(name.shellWord)")
    return .ok
  }
}

extension Invocation {
  fileprivate func showAdded(_ contact: Contact) throws(CygnetError) {
    do { try ContactCommand.show(contact, output) } catch {
      throw CygnetError(.storage, "the result could not be shown", underlying: error)
    }
  }

  /// What `--accept-change` says.
  var acceptedNumber: String? { (try? arguments.text("accept-change")) ?? nil }
}
