internal import CygnetPrimitives

/// The comparisons of one case; the first that does not hold is its failure.
struct VectorChecks {
  private var problem: String?

  init() {}

  var outcome: VectorOutcome { problem.map { .failed($0) } ?? .passed }

  mutating func that(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds && problem == nil { problem = what() }
  }

  mutating func equal(_ name: String, _ computed: [UInt8], _ stated: [UInt8]) {
    that(
      computed == stated,
      "\(name) should be \(Hex.encode(stated)), is \(Hex.encode(computed))")
  }

  mutating func equal(_ name: String, _ computed: SecretBytes, _ stated: [UInt8]) {
    equal(name, computed.exposed(), stated)
  }

  /// Demands that `body` fails, whatever the reason.
  mutating func refused<Value>(_ name: String, _ body: () throws(CygnetError) -> Value) {
    that(Self.error(body) != nil, "\(name) should be refused, is accepted")
  }

  /// Demands that `body` fails with `code`.
  mutating func refused<Value>(
    _ name: String, _ code: CygnetError.Code, _ body: () throws(CygnetError) -> Value
  ) {
    let error = Self.error(body)
    that(
      error?.code == code,
      "\(name) should be refused as \(code), is \(error.map { "\($0)" } ?? "accepted")")
  }

  private static func error<Value>(
    _ body: () throws(CygnetError) -> Value
  ) -> CygnetError? {
    do throws(CygnetError) {
      _ = try body()
      return nil
    } catch { return error }
  }
}
