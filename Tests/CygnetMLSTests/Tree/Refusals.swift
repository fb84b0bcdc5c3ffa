import CygnetMLS
import CygnetPrimitives
import Testing

/// Demands that `body` is refused by the rule with this id.
func expectRefusal<Value>(
  _ rule: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Value
) {
  do {
    _ = try body()
    Issue.record("accepted, against rule \(rule)", sourceLocation: sourceLocation)
  } catch let error as CygnetError {
    #expect(error.rule == rule, "\(error)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
  }
}
