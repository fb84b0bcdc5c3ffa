internal import Cygnet
internal import CygnetVectors
internal import CygnetWire

/// `cygnet group add`, `invite`, `remove` and `update`: changes that a member makes.
enum GroupAddCommand {
  private static let propose = Option(
    long: "propose", summary: "Only propose it, for another member to make the change")
  private static let members = Positional(
    name: "NAME", arity: .some, value: .text, summary: "Contacts")

  static let addCommand = Command(
    name: "add", summary: "Invite contacts whose key packages were received",
    discussion: """
      A key package comes from 'group join' of the one who shall come in, and is kept when 'receive' \
      has taken it in. FILE is for the members, FILE.welcome for those who are new; if nobody else is in \
      the group yet, there is only the latter.
      """,
    options: [GroupCommand.wait, propose, .output, .binary, .force] + Option.store,
    positionals: [GroupCommand.name, members],
    examples: [
      Example(line: "cygnet group add friends bob -o c1", meaning: "Writes c1 and c1.welcome")
    ],
    exitCodes: [.authentication, .identity, .locked, .unknown, .stale, .limit],
    run: { invocation in
      let names = try invocation.arguments.argumentTexts("NAME")
      return try await run(names.map { .addContact($0) }, invocation)
    })

  static let inviteCommand = Command(
    name: "invite", summary: "Invite the owners of key packages",
    discussion: """
      As 'group add', with the key packages in files. A key package under another identity key than \
      the one on record is refused with exit code 5; 'cygnet receive' shows both safety numbers.
      """,
    options: [GroupCommand.wait, propose, .output, .binary, .force] + Option.store,
    positionals: [
      GroupCommand.name,
      Positional(name: "KEYPACKAGE", arity: .some, summary: "Key packages, by name of the file"),
    ],
    examples: [
      Example(
        line: "cygnet group invite friends bob.keys carol.keys -o c1",
        meaning: "c1 is for the members, c1.welcome for Bob and Carol")
    ],
    exitCodes: [.authentication, .identity, .locked, .unknown, .stale, .limit],
    run: { invocation in
      var edits: [GroupEdit] = []
      for path in invocation.arguments.argumentPaths("KEYPACKAGE") {
        let bytes = try ObjectFile.read(path, .keyPackage, limit: 1 << 20)
        try demandKeyPackage(bytes, path)
        edits.append(.add(keyPackage: bytes))
      }
      return try await run(edits, invocation)
    })

  static let removeCommand = Command(
    name: "remove", summary: "Remove members from a group",
    discussion: """
      What is sent after that they cannot read; what they have they keep. FILE is for all who were \
      members, also for those who are removed, so that they know.
      """,
    options: [GroupCommand.wait, propose, .output, .binary, .force] + Option.store,
    positionals: [
      GroupCommand.name,
      Positional(
        name: "NAME", arity: .some, value: .text,
        summary: "Members, as your contacts are called or as their users are"),
    ],
    examples: [Example(line: "cygnet group remove friends bob -o c2", meaning: "Bob is out")],
    exitCodes: [.authentication, .locked, .unknown, .limit],
    run: { invocation in
      let names = try invocation.arguments.argumentTexts("NAME")
      return try await run(names.map { .remove($0) }, invocation, invites: false)
    })

  static let updateCommand = Command(
    name: "update", summary: "Make fresh keys, and grant what members request",
    discussion: """
      Fresh keys lock out whoever had stolen the old ones. Requests that wait, such as one to leave, are \
      granted with the same change; see 'group pending'. After 'identity rotate' this is how the new \
      identity key comes into a group.
      """,
    options: [
      Option(long: "title", valueName: "TEXT", summary: "Give the group another title"),
      GroupCommand.wait, .output, .binary, .force,
    ] + Option.store,
    positionals: [GroupCommand.name],
    examples: [
      Example(line: "cygnet group update friends -o c3", meaning: "Carry c3 to the members")
    ],
    exitCodes: [.authentication, .identity, .locked, .unknown, .limit],
    run: { invocation in
      let title = try invocation.arguments.text("title")
      return try await run(title.map { [.rename($0)] } ?? [], invocation, invites: nil)
    })

  private static func demandKeyPackage(_ bytes: [UInt8], _ path: Path) throws(CommandFailure) {
    do throws(CygnetError) {
      guard try MLS.Message(decoding: bytes).keyPackage != nil else {
        throw CygnetError(.malformed, "not a key package")
      }
    } catch { throw CommandFailure(error, about: path) }
  }

  // MARK: The change

  /// - Parameter invites: whether there is an invitation to be written; nil where a request that waits
  ///   decides that.
  private static func run(
    _ edits: [GroupEdit], _ invocation: Invocation, invites: Bool? = true
  ) async throws -> ExitCode {
    let arguments = invocation.arguments
    let name = try GroupCommand.name(invocation)
    let proposes = invites != nil && arguments.has(propose.long)
    guard !proposes || edits.count == 1 else {
      throw CommandFailure.usage("--propose takes one at a time: each makes a file of its own")
    }
    let client = try await StoreSession.open(invocation).client
    var willInvite = invites ?? false
    if invites == nil {
      willInvite = try await client.group(name).proposals.contains {
        if case .add = $0.kind { true } else { false }
      }
    }
    let files = try GroupFiles(invocation, invites: willInvite && !proposes)
    do {
      if proposes {
        try await files.write(client.propose(edits[0], to: name, now: .now), client)
        return .ok
      }
      let waits = arguments.has(GroupCommand.wait.long)
      let step = try await client.change(
        name, edits, mode: waits ? .pending : .immediate, now: .now)
      try await files.write(step, client, name)
      if waits, step.commit != nil {
        invocation.next(
          "group pending \(name.shellWord) --delivered", ", once the others have it")
      }
      return .ok
    } catch let error as CygnetError {
      var failure = try await IdentityChange.explained(
        error, client, repeating: invocation.line("receive KEYPACKAGE"))
      if error.rule == "V6" {
        failure.message = "somebody of these is in the group already"
        failure.hint = "who declined or lost the invitation has to be removed before the next one"
      }
      throw failure
    }
  }
}
