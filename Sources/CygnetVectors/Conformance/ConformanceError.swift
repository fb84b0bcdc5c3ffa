internal import CygnetPrimitives

/// Why a request was refused, in the words of the answer.
///
/// A refusal by the library keeps the library's code; those of the server itself are below.
struct ConformanceError: Error, Equatable {
  /// What the server refuses on its own, before or after the library was asked.
  enum Code: String, CaseIterable, Sendable {
    case lineTooLong
    case notJSON
    case badRequest
    case unknownOperation
    case unknownMember
    case missingMember
    case badMember
    case unknownObject
    case tooManyObjects
    case randomTooShort
    case randomTooLong

    var meaning: String {
      switch self {
      case .lineTooLong: "the line is longer than max_line_bytes"
      case .notJSON: "the line is not one strict JSON value"
      case .badRequest: "not an object, no id that is a scalar, or no op that is a string"
      case .unknownOperation: "there is no such op"
      case .unknownMember: "the operation has no such member"
      case .missingMember: "a member that the operation needs is not there"
      case .badMember: "a member of another type, length or range"
      case .unknownObject: "no object of that name and kind is kept here"
      case .tooManyObjects: "max_objects are kept already: release some"
      case .randomTooShort: "the operation drew more bytes than random holds"
      case .randomTooLong: "the operation left bytes of random over"
      }
    }
  }

  let code: String
  let reason: String

  init(_ code: Code, _ reason: String) {
    self.code = code.rawValue
    self.reason = reason
  }

  init(_ error: CygnetError) {
    code = error.code.name
    reason = "\(error.reason)"
  }

  /// The library's codes that operations here can end with. Those left out concern files,
  /// groups and `internalFault`, which is a defect of the library.
  static let libraryCodes: [CygnetError.Code] = [
    .malformed, .truncated, .unsupported, .authenticationFailed, .ruleViolation, .duplicate,
    .tooFarAhead, .identityChanged, .notFound, .wrongState, .limitExceeded, .locked, .storeDamaged,
  ]
}
