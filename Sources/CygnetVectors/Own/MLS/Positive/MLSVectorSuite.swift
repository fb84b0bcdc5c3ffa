internal import CygnetHPKE
internal import CygnetMLS
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
  /// The suite of its cases, where they have one.
  let suite: Algorithms
  /// The most cases that it has: the first ones.
  let limit: Int
  /// Adds the cases.
  let write: @Sendable (inout MLSVectorWriter) throws(CygnetError) -> Void

  init(
    _ name: String, _ format: String, isSeeded: Bool = true,
    suite: Algorithms = MLSKeyVectors.suite, limit: Int = .max,
    write: @escaping @Sendable (inout MLSVectorWriter) throws(CygnetError) -> Void
  ) {
    self.suite = suite
    self.limit = limit
    self.name = "mls/" + name
    self.format = "MLS " + format
    self.isSeeded = isSeeded
    self.write = write
  }

  package static let all: [MLSVectorSuite] =
    MLSArithmeticVectors.suites + MLSKeyVectors.suites + MLSFramingVectors.suites
    + [MLSMessagesVectors.suite, MLSWelcomeVectors.suite] + MLSTreeVectors.suites
    + MLSPassiveVectors.suites + MLSScenarios.suites + postQuantum

  /// Suite 0x004D, in the first cases of files that depend on the KEM: those of 0x0003 hold the rest.
  private static let postQuantum: [MLSVectorSuite] = {
    let suite = Algorithms(
      suite: .xWingChaCha20SHA256Ed25519, hpke: .xWingSHA256ChaCha20Poly1305,
      aead: ChaCha20Poly1305Algorithm())
    let files: [(of: [MLSVectorSuite], name: String, limit: Int)] = [
      (MLSKeyVectors.suites, "crypto-basics", 4), (MLSKeyVectors.suites, "key-schedule", 2),
      (MLSTreeVectors.suites, "tree-operations", 3), (MLSTreeVectors.suites, "tree-validation", 6),
      (MLSTreeVectors.suites, "treekem", 3), ([MLSWelcomeVectors.suite], "welcome", 4),
      (MLSPassiveVectors.suites, "passive-client-welcome", 6),
      (MLSPassiveVectors.suites, "passive-client-handling-commit", 2),
      (MLSScenarios.suites, "scenarios/external-commits", 1),
    ]
    return files.flatMap { file in
      file.of.filter { $0.name == "mls/" + file.name }.map {
        MLSVectorSuite($0, suite: suite, limit: file.limit)
      }
    }
  }()

  /// Another file's first cases, with another suite.
  private init(_ other: MLSVectorSuite, suite: Algorithms, limit: Int) {
    (self.suite, self.limit) = (suite, limit)
    name = "mls/x-wing/" + (other.name.split(separator: "/").last ?? "")
    (format, isSeeded, write) = (other.format, other.isSeeded, other.write)
  }

  /// The path of its file under `Vectors`.
  package var path: String { name + ".json" }

  /// The file's content.
  package func emit(seed: [UInt8] = OwnVectorSuite.defaultSeed) throws(CygnetError) -> JSON {
    var writer = MLSVectorWriter(
      suite: suite, limit: limit, random: SeededRandomSource(seed: seed, label: name))
    try write(&writer)
    return .array(writer.cases)
  }
}

extension MLSVectorSuite: CustomStringConvertible {
  package var description: String { name }
}

/// Collects the cases of a file.
struct MLSVectorWriter {
  let suite: Algorithms
  private let limit: Int
  private var random: SeededRandomSource
  private(set) var cases: [JSON] = []

  init(suite: Algorithms, limit: Int, random: SeededRandomSource) {
    self.suite = suite
    self.limit = limit
    self.random = random
  }

  /// Adds a case, which draws from a stream of its own, so that one more draw changes no other.
  mutating func add(
    _ make: (inout SeededRandomSource) throws(CygnetError) -> JSON
  ) throws(CygnetError) {
    guard cases.count < limit else { return }
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

extension Algorithms {
  /// The number of the suite, as cases state it.
  var number: JSON { .integer(Int(suite.rawValue)) }
}
