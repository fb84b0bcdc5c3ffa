package import CygnetPrimitives

/// A row of the table of our files in the formats of the MLS working group, with values that the
/// working group's own files lack. What runs those runs these.
package struct MLSVectorSuite: Sendable {
  /// The file's path under `Vectors`, without `.json`; also the label of its random stream.
  package let name: String
  /// The name of the format that it is recognised as.
  package let format: String
  /// Whether its content depends on the seed.
  package let isSeeded: Bool
  /// Adds the cases.
  let write: @Sendable (inout MLSVectorWriter) throws(CygnetError) -> Void

  init(
    _ name: String, _ format: String, isSeeded: Bool = true,
    write: @escaping @Sendable (inout MLSVectorWriter) throws(CygnetError) -> Void
  ) {
    self.name = "mls/" + name
    self.format = "MLS " + format
    self.isSeeded = isSeeded
    self.write = write
  }

  package static let all: [MLSVectorSuite] =
    MLSArithmeticVectors.suites + MLSKeyVectors.suites + MLSFramingVectors.suites
    + [MLSMessagesVectors.suite, MLSWelcomeVectors.suite] + MLSTreeVectors.suites
    + MLSPassiveVectors.suites + MLSScenarios.suites

  /// The path of its file under `Vectors`.
  package var path: String { name + ".json" }

  /// The file's content.
  package func emit(seed: [UInt8] = OwnVectorSuite.defaultSeed) throws(CygnetError) -> JSON {
    var writer = MLSVectorWriter(
      random: SeededRandomSource(seed: seed, label: name))
    try write(&writer)
    return .array(writer.cases)
  }
}

extension MLSVectorSuite: CustomStringConvertible {
  package var description: String { name }
}

/// Collects the cases of a file.
struct MLSVectorWriter {
  private var random: SeededRandomSource
  private(set) var cases: [JSON] = []

  init(random: SeededRandomSource) { self.random = random }

  /// Adds a case, which draws from a stream of its own, so that one more draw changes no other.
  mutating func add(
    _ make: (inout SeededRandomSource) throws(CygnetError) -> JSON
  ) throws(CygnetError) {
    var own = SeededRandomSource(seed: random.bytes(32))
    do throws(CygnetError) { cases.append(try make(&own)) } catch {
      throw CygnetError(
        error.code, error.reason,
        underlying: MLSCaseError(comment: "case \(cases.count + 1)"))
    }
  }
}

extension RandomSource {
  /// Lower-case letters.
  mutating func letters(_ count: Int) -> String {
    String(decoding: bytes(count).map { UInt8(ascii: "a") + $0 % 26 }, as: UTF8.self)
  }

  /// A number below `bound`, which is small.
  mutating func number(below bound: Int) -> Int {
    let bytes = bytes(4)
    let drawn = bytes.reduce(0) { $0 << 8 | Int($1) }
    return drawn % bound
  }

  /// One of them, nil of none.
  mutating func pick<Element>(_ list: [Element]) -> Element? {
    list.isEmpty ? nil : list[number(below: list.count)]
  }
}
