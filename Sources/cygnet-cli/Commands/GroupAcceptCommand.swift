internal import Cygnet
internal import CygnetVectors

/// `cygnet group accept` and `decline`
enum GroupAcceptCommand {
  private static let invitation = Positional(
    name: "INVITATION", arity: .optional, value: .text,
    summary: "The title of the group, or the number that 'group pending' shows")

  static let command = Command(
    name: "accept", summary: "Accept an invitation into a group",
    discussion: """
      From then on what is sent to the group can be read. The key package that the invitation is for is \
      deleted, unless it is of a last resort. Members who are met for the first time become contacts, \
      unverified.
      """,
    options: [
      Option(long: "as", valueName: "NAME", summary: "What to call the group here"),
      IdentityChange.acceptOption,
    ] + Option.store,
    positionals: [invitation],
    examples: [
      Example(line: "cygnet group accept friends --as family", meaning: "The one titled friends")
    ],
    exitCodes: [.authentication, .identity, .locked, .unknown],
    run: { invocation in
      let name = try invocation.arguments.text("as")
      let number = try invocation.acceptedNumber
      let client = try await StoreSession.open(invocation).client
      let chosen = try await choose(client, invocation)
      let group: GroupDetails
      do throws(CygnetError) {
        group = try await client.accept(
          chosen.id, as: name, acceptingChange: number, now: .now)
      } catch {
        throw try await IdentityChange.explained(
          error, client, repeating: invocation.line("group accept \(chosen.shortID)"))
      }
      try GroupListCommand.show(group, invocation.output)
      invocation.next("send \(group.summary.name.shellWord) -m TEXT")
      return .ok
    })

  static let declineCommand = Command(
    name: "decline", summary: "Drop an invitation into a group",
    discussion: """
      Nobody is told. The key package that the invitation is for is deleted with it, unless it is of a \
      last resort or another invitation needs it.
      """,
    options: Option.store, positionals: [invitation],
    examples: [Example(line: "cygnet group decline friends", meaning: "Nothing was joined")],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let client = try await StoreSession.open(invocation).client
      let chosen = try await choose(client, invocation)
      try await client.decline(chosen.id)
      try invocation.output.line(
        "the invitation into \(GroupTitleText.quoted(chosen.title)) is dropped")
      try invocation.output.result(["declined": chosen.json])
      invocation.next("group pending")
      return .ok
    })

  /// The invitation that is meant: the only one, or the one of that title or number.
  private static func choose(
    _ client: Client, _ invocation: Invocation
  ) async throws -> GroupInvitation {
    let all = try await client.invitations()
    let line = invocation.line("group pending")
    guard let wanted = try invocation.arguments.argumentText("INVITATION") else {
      guard all.count <= 1 else {
        throw CommandFailure.usage(
          "\(all.count) invitations wait: say which", hint: "see '\(line)'")
      }
      guard let only = all.first else { throw CommandFailure(.unknown, "no invitation waits") }
      return only
    }
    let key = wanted.lowercased()
    var found = all.filter { String(decoding: $0.title, as: UTF8.self).lowercased() == key }
    if found.isEmpty, key.utf8.count >= 4 {
      found = all.filter { Hex.encode($0.id).hasPrefix(key) }
    }
    guard let first = found.first else {
      throw CommandFailure(
        .unknown, "no invitation into \(wanted.escaped) waits", hint: "see '\(line)'")
    }
    guard found.count == 1 else {
      throw CommandFailure(
        .unknown, "\(found.count) invitations into \(wanted.escaped) wait",
        hint: "say which by its number: see '\(line)'")
    }
    return first
  }
}
