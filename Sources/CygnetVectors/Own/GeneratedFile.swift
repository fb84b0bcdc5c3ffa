package import CygnetPrimitives

/// Any of the files under `Vectors` that the generator writes: of our own format, or of the MLS
/// working group's.
package struct GeneratedFile: Sendable {
  private enum Source: Sendable {
    case own(OwnVectorSuite)
    case mls(MLSVectorSuite)
  }

  private let source: Source

  package static let all: [GeneratedFile] =
    OwnVectorSuite.all.map { GeneratedFile(source: .own($0)) }
    + MLSVectorSuite.all.map { GeneratedFile(source: .mls($0)) }

  package static func named(_ name: String) -> GeneratedFile? {
    for file in all where file.name == name { return file }
    return nil
  }

  /// Its path under `Vectors`, without `.json`.
  package var name: String {
    switch source {
    case .own(let suite): suite.name
    case .mls(let suite): suite.name
    }
  }

  /// Its path under `Vectors`.
  package var path: String { name + ".json" }

  /// Its content.
  /// - Parameters:
  ///   - seed: What everything random in it is drawn from.
  ///   - problem: What is wrong with a test that does not hold.
  package func text(
    seed: [UInt8] = OwnVectorSuite.defaultSeed, problem: inout String?
  ) throws(CygnetError) -> String {
    switch source {
    case .own(let suite):
      var writer = OwnVectorWriter(suite, seed: seed)
      defer { problem = writer.problem }
      return try suite.emit(&writer).text
    case .mls(let suite):
      return try suite.emit(seed: seed).text
    }
  }
}
