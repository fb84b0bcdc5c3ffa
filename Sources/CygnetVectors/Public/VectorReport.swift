/// What running one vector file gave: every case is run or skipped with a reason, none is lost.
package struct VectorReport: Equatable, Sendable {
  package struct Failure: Equatable, Sendable {
    /// The case's number or name in its file.
    package let id: String
    package let what: String
  }

  package struct Skip: Equatable, Sendable {
    package let reason: String
    package fileprivate(set) var count: Int
  }

  /// The file's name, as the caller calls it.
  package let file: String
  /// The format it was recognised as.
  package let format: String
  package private(set) var passed = 0
  package private(set) var failures: [Failure] = []
  package private(set) var skips: [Skip] = []

  package init(file: String, format: String) {
    self.file = file
    self.format = format
  }

  /// Cases that were run.
  package var run: Int { passed + failures.count }

  package var skipped: Int {
    var sum = 0
    for skip in skips { sum += skip.count }
    return sum
  }

  mutating func add(_ outcome: VectorOutcome, id: String) {
    switch outcome {
    case .passed: passed += 1
    case .failed(let what): failures.append(Failure(id: id, what: what))
    case .skipped(let reason): skip(reason)
    }
  }

  mutating func pass(_ count: Int) { passed += count }

  mutating func skip(_ reason: String, count: Int = 1) {
    for index in skips.indices where skips[index].reason == reason {
      skips[index].count += count
      return
    }
    skips.append(Skip(reason: reason, count: count))
  }
}

/// What one case gave.
enum VectorOutcome: Equatable {
  case passed
  case failed(String)
  case skipped(String)
}
