internal import CygnetPrimitives

/// How the command ends. The numbers are a promise to scripts.
enum ExitCode: Int32, Sendable, CaseIterable {
  case ok = 0
  case internalError = 1
  case usage = 2
  case inputOutput = 3
  case authentication = 4
  case identity = 5
  case locked = 6
  case duplicate = 7
  case unknown = 8
  case stale = 9
  case mismatch = 10
  case vectors = 11
  case limit = 12
  case interrupted = 130

  /// One line for help pages.
  var meaning: String {
    switch self {
    case .ok: "Success"
    case .internalError: "Internal error: a defect of this program; please report it"
    case .usage: "The command line was not understood; nothing was done"
    case .inputOutput: "A file, a pipe or the disk failed, or a file to be written exists"
    case .authentication: "Authentication or decryption failed, or the input is malformed"
    case .identity: "The identity of a peer changed or is not trusted"
    case .locked: "The key store is locked, or the passphrase is wrong"
    case .duplicate: "Duplicate or replayed message: it was processed already"
    case .unknown: "Unknown contact, session, group or epoch, or not possible in this state"
    case .stale: "Expired, stale, or of a version that is not supported"
    case .mismatch: "Verification mismatch: safety number, short code or QR code differ"
    case .vectors: "A test vector or conformance check failed"
    case .limit: "A limit was exceeded"
    case .interrupted: "Interrupted by a signal; no partial output is left but with --resume"
    }
  }

  /// Which library errors end with this code; shown by `help exit-codes`.
  var libraryCodes: [CygnetError.Code] {
    CygnetError.Code.all.filter { ExitCode(for: $0) == self }
  }

  /// The exit code for an error of the library.
  init(for code: CygnetError.Code) {
    switch code {
    case .malformed, .truncated, .authenticationFailed, .ruleViolation, .storeDamaged:
      self = .authentication
    case .unsupported, .sourceChanged: self = .stale
    case .duplicate: self = .duplicate
    case .tooFarAhead, .limitExceeded: self = .limit
    case .identityChanged: self = .identity
    case .notFound, .wrongState, .wrongEpoch: self = .unknown
    case .storage: self = .inputOutput
    case .locked: self = .locked
    default: self = .internalError
    }
  }
}
