internal import Cygnet
internal import CygnetVectors

/// What is said where something is not post-quantum.
enum ClassicalSession {
  static let allowOption = Option(
    long: "allow-classical",
    summary: "Take a bundle or card of an earlier version, whose sessions are not post-quantum")

  /// Who can read what is sent in one.
  static let risk = "whoever records it now and has a quantum computer later can read it"

  /// The failure to end with when a bundle or card is refused; nothing was sent or stored.
  static func failure(_ subject: String, of name: String) -> CommandFailure {
    var failure = CommandFailure(
      .authentication,
      """
      \(subject) of \(name.escaped) is not post-quantum, so it was refused: a server may have put it in \
      the place of a newer one, and of what is sent by it, \(risk)
      """,
      hint: """
        ask \(name.escaped) for a new card, made by a version with post-quantum sessions; only if there \
        is none, repeat this with --\(allowOption.long)
        """)
    failure.libraryCode = CygnetError.Code.ruleViolation.name
    return failure
  }
}

extension Invocation {
  /// What `--allow-classical` says.
  var suitePolicy: SuitePolicy {
    arguments.has(ClassicalSession.allowOption.long) ? .classicalAllowed : .postQuantumOnly
  }
}

extension Suite {
  /// `2 (PQXDH), post-quantum: yes`
  var described: String {
    let name =
      switch self {
      case .x3dh: "X3DH"
      case .pqxdh: "PQXDH"
      default: "unknown"
      }
    return "\(rawValue) (\(name)), post-quantum: \(isPostQuantum ? "yes" : "no")"
  }

  var json: JSON { .integer(Int(rawValue)) }
}
