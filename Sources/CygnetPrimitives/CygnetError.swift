/// The one error of the library: a code to act on, and a fixed reason to read.
///
/// The reason is a constant of the source, so no key, plaintext or text from a peer can reach a log
/// through it. Equality looks at the code alone.
public struct CygnetError: Error, Sendable {
  /// What went wrong, as far as a caller can act on it.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's stable name, as vectors and the command line spell it.
    public let name: String

    init(_ name: StaticString) { self.name = "\(name)" }

    public var description: String { name }

    /// Not a valid encoding. Drop the input.
    public static let malformed = Code("malformed")
    /// The input ended before its last part. Fetch the rest, or drop it.
    public static let truncated = Code("truncated")
    /// An unknown version, suite or required extension. Drop the input; an update may read it.
    public static let unsupported = Code("unsupported")
    /// A signature, tag or commitment did not verify; which one is never said. Drop the input.
    public static let authenticationFailed = Code("authenticationFailed")
    /// Authentic, but against the protocol; the reason names the rule.
    public static let ruleViolation = Code("ruleViolation")
    /// The key of this message was used already. Drop the input.
    public static let duplicate = Code("duplicate")
    /// The message lies beyond the bound on skipped messages. Drop the input.
    public static let tooFarAhead = Code("tooFarAhead")
    /// The message belongs to an epoch that is not held here.
    public static let wrongEpoch = Code("wrongEpoch")
    /// The peer's identity key is not the one on record. Ask the person.
    public static let identityChanged = Code("identityChanged")
    /// The source of an interrupted encryption is no longer the same. Start anew with a fresh key.
    public static let sourceChanged = Code("sourceChanged")
    /// No such session, group or key.
    public static let notFound = Code("notFound")
    /// The call is not possible in this state.
    public static let wrongState = Code("wrongState")
    /// A stated bound was reached.
    public static let limitExceeded = Code("limitExceeded")
    /// The store, a file or a stream failed.
    public static let storage = Code("storage")
    /// The passphrase or key does not open the store. Ask again.
    public static let locked = Code("locked")
    /// A record of the store was altered, went back to an older one, or is gone. Restore a backup.
    public static let storeDamaged = Code("storeDamaged")
    /// A defect here, or libsodium refused sound input. Report it.
    public static let internalFault = Code("internalFault")

    /// Every code, in the order of the documentation.
    public static let all: [Code] = [
      malformed, truncated, unsupported, authenticationFailed, ruleViolation, duplicate,
      tooFarAhead, wrongEpoch, identityChanged, sourceChanged, notFound, wrongState,
      limitExceeded, storage, locked, storeDamaged, internalFault,
    ]
  }

  /// What to act on.
  public let code: Code
  /// What to read: fixed text, the same for every occurrence.
  public let reason: StaticString
  /// The error of a store or stream that the application supplied.
  public let underlying: (any Error)?

  /// An error with its code and a reason fixed in the source.
  public init(_ code: Code, _ reason: StaticString, underlying: (any Error)? = nil) {
    self.code = code
    self.reason = reason
    self.underlying = underlying
  }
}

extension CygnetError: Equatable {
  public static func == (left: CygnetError, right: CygnetError) -> Bool { left.code == right.code }
}

extension CygnetError: CustomStringConvertible {
  public var description: String { "\(code.name): \(reason)" }
}
