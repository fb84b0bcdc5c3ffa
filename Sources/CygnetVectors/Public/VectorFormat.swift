internal import CygnetPrimitives

/// A kind of vector file, told by its content: what the file's name is does not matter.
package struct VectorFormat: Sendable {
  /// Its name in reports.
  package let name: String
  /// Where such files come from.
  package let family: String
  /// Why its cases are not run: what they test is not part of the library.
  package let notOffered: String?
  package let recognises: @Sendable (JSON) -> Bool
  let run: @Sendable (VectorCase, VectorRun.Options) throws(CygnetError) -> VectorOutcome

  /// A format whose cases are run.
  init(
    _ family: String, _ name: String, recognises: @escaping @Sendable (JSON) -> Bool,
    run: @escaping @Sendable (VectorCase, VectorRun.Options) throws(CygnetError) -> VectorOutcome
  ) {
    self.name = name
    self.family = family
    self.recognises = recognises
    self.run = run
    notOffered = nil
  }

  /// A format whose cases are counted and skipped.
  init(
    _ family: String, _ name: String, notOffered reason: String,
    recognises: @escaping @Sendable (JSON) -> Bool
  ) {
    self.name = name
    self.family = family
    self.recognises = recognises
    notOffered = reason
    run = { (_, _) throws(CygnetError) in .skipped(reason) }
  }

  /// Every format, those that are run first. At most one recognises a file.
  package static let all =
    WycheproofFormats.all + HashFormats.all + Curve25519Formats.all + AEADFormats.all
    + MLKEMFormats.all + XWingFormats.all + PasswordHashFormats.all + RatchetFormats.all
    + SignalFormats.all + PQXDHFormats.all + HPKEFormats.all
    + MLSFormats.all + UnofferedFormats.all
}

/// What a file is, besides the formats of other projects.
package enum VectorFile: Sendable {
  /// One of another project's.
  case published(VectorFormat)
  /// One of ours.
  case own
  /// JSON that no format fits.
  case unknown

  package static func recognise(_ json: JSON) -> VectorFile {
    if OwnVectorFile.recognises(json) { return .own }
    for format in VectorFormat.all where format.recognises(json) { return .published(format) }
    return .unknown
  }

  package var name: String {
    switch self {
    case .published(let format): format.name
    case .own: "Cygnet"
    case .unknown: "unknown"
    }
  }
}

extension JSON {
  /// Whether the first case of the file is an object with all of these fields.
  func firstCase(has keys: String...) -> Bool {
    let rows = array ?? self["tests"]?.array
    guard let first = rows?.first?.object else { return false }
    for key in keys where first[key] == nil { return false }
    return true
  }

  /// Whether the file's `name` begins with this.
  func isNamed(_ prefix: String) -> Bool { self["name"]?.string?.hasPrefix(prefix) ?? false }
}
