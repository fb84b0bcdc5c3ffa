internal import CygnetPrimitives
internal import CygnetStorage

/// Fetches the secret of a store from where the command line says.
struct SecretReader: Sendable {
  private let source: SecretSource
  /// What the secret is for, as in "the passphrase of profile alice".
  private let subject: String
  private let mayAsk: Bool
  private let output: Output

  init(
    _ invocation: Invocation, _ purpose: SecretSource.Purpose = .present, of subject: String
  ) throws(CommandFailure) {
    let arguments = invocation.arguments
    source = try SecretSource.chosen(arguments, purpose)
    self.subject = subject
    mayAsk = !arguments.has(Option.noInput.long)
    output = invocation.output
  }

  /// Whether a second attempt may bring another answer.
  var canRepeat: Bool { source == .terminal }

  /// The secret of a store that exists.
  /// - Throws: `locked` if none can be had.
  func existing() throws(CommandFailure) -> StoreSecret {
    if case .keyFile(let path) = source { return .keyFile(try KeyFile.read(path)) }
    return .passphrase(try Passphrase.normalized(ask("Passphrase of \(subject): ")))
  }

  /// Hands `body` a secret for a new store, or a new one for a store: a person is asked twice, and
  /// who enters nothing at the terminal is given a passphrase, once. A key file that was made for it
  /// is removed again if `body` throws, since then it opens nothing.
  func new<Value>(_ body: (StoreSecret) async throws -> Value) async throws -> Value {
    var made: Path?
    if case .keyFile(let path) = source, !path.isStandardStream,
      FileStatus.of(path, followingLinks: false) == nil
    {
      made = path
    }
    let secret = try new()
    do { return try await body(secret) } catch {
      if let made { KeyFile.remove(made) }
      throw error
    }
  }

  private func new() throws(CommandFailure) -> StoreSecret {
    switch source {
    case .keyFile(let path): return .keyFile(try keyFile(path))
    case .descriptor, .file: return .passphrase(try Passphrase.normalized(ask("")))
    case .program: return .passphrase(try askTwice())
    case .terminal: return .passphrase(try chooseAtTerminal())
    }
  }

  /// A key file that exists may open several stores; it is never written over.
  private func keyFile(_ path: Path) throws(CommandFailure) -> SecretBytes {
    guard path.isStandardStream || FileStatus.of(path, followingLinks: false) != nil else {
      return try KeyFile.create(path)
    }
    let key = try KeyFile.read(path)
    output.note("The key file exists and is used as it is.")
    return key
  }

  // MARK: Sources

  private func ask(_ question: String) throws(CommandFailure) -> SecretBytes {
    let line: SecretBytes?
    switch source {
    case .keyFile: line = nil
    case .descriptor(let number):
      line = try Descriptor.inherited(number).readSecretLine(
        "file descriptor \(number)", limit: Passphrase.maxCount)
    case .file(let path):
      let file = try SecretFile.open(path)
      line = try file.descriptor.readSecretLine(file.name, limit: Passphrase.maxCount)
    case .program(let program): line = try ask(program, question)
    case .terminal:
      line = try terminal().hidingInput { (terminal) throws(CommandFailure) in
        try terminal.ask(question)
      }
    }
    guard let line else { throw CommandFailure(.locked, "there is no passphrase: the input ended") }
    return line
  }

  private func ask(_ program: Path, _ question: String) throws(CommandFailure) -> SecretBytes? {
    guard mayAsk else { throw Self.unasked }
    return try Askpass.ask(program, question, limit: Passphrase.maxCount)
  }

  private func terminal() throws(CommandFailure) -> ControllingTerminal {
    guard mayAsk else { throw Self.unasked }
    guard let terminal = ControllingTerminal() else {
      throw CommandFailure(
        .locked, "there is no terminal to ask for a passphrase at", hint: Self.ways)
    }
    return terminal
  }

  private static var unasked: CommandFailure {
    CommandFailure(.locked, "a passphrase is needed, and --no-input forbids to ask", hint: ways)
  }

  private static let ways =
    "give it with --passphrase-file, --passphrase-fd or CYGNET_ASKPASS, or use --key-file"

  // MARK: New passphrases

  private func askTwice() throws(CommandFailure) -> SecretBytes {
    let first = try Passphrase.normalized(ask("New passphrase for \(subject): "))
    let second = try Passphrase.normalized(ask("The same passphrase again: "))
    guard first == second else { throw Self.different }
    return first
  }

  private static var different: CommandFailure {
    CommandFailure(.locked, "the two passphrases differ; nothing was changed")
  }

  private func chooseAtTerminal() throws(CommandFailure) -> SecretBytes {
    let terminal = try terminal()
    let chosen = try terminal.hidingInput { (terminal) throws(CommandFailure) in
      try chooseHidden(terminal)
    }
    if let chosen { return chosen }
    let generated = GeneratedPassphrase.generate()
    terminal.show("Your passphrase, shown this once; write it down:\n\n    ")
    terminal.show(generated)
    terminal.show("\n\n")
    return generated
  }

  /// nil if the person leaves the choice to the program.
  private func chooseHidden(
    _ terminal: ControllingTerminal
  ) throws(CommandFailure) -> SecretBytes? {
    for _ in 0..<3 {
      guard
        let typed = try terminal.ask(
          "New passphrase for \(subject) (empty: one is made for you): ")
      else { throw CommandFailure(.locked, "there is no passphrase: the input ended") }
      guard typed.count > 0 else { return nil }
      let first = try Passphrase.normalized(typed)
      guard let again = try terminal.ask("The same passphrase again: ") else {
        throw Self.different
      }
      // An empty line is another passphrase too.
      if again.count > 0, try Passphrase.normalized(again) == first { return first }
      terminal.show("They differ.\n")
    }
    throw Self.different
  }
}
