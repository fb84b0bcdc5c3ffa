/// What running one of our vector files gave.
package struct OwnVectorReport: Equatable, Sendable {
  package struct Failure: Equatable, Sendable {
    /// The test's id, or the step's number in a conversation; 0 for the file itself.
    package let id: Int
    package let what: String
  }

  /// `numberOfTests` of the header.
  package var stated = 0
  package var passed = 0
  package var failures: [Failure] = []

  package var run: Int { passed + failures.count }
  package var isClean: Bool { failures.isEmpty && run == stated && run > 0 }

  mutating func fail(_ id: Int, _ what: String) {
    failures.append(Failure(id: id, what: what))
  }

  mutating func settle(_ id: Int, _ problem: String?) {
    if let problem { fail(id, problem) } else { passed += 1 }
  }
}
