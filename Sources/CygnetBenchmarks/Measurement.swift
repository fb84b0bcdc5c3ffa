/// One operation to time. `run(n)` does it `n` times and gives the nanoseconds that counted, so that an
/// operation may prepare its inputs off the clock.
struct Operation {
  let peer: String
  let name: String
  /// Bytes one operation works on, where a throughput is of interest.
  let bytes: Int
  let run: (Int) throws -> Double

  init(
    _ peer: String, _ name: String, bytes: Int = 0, run: @escaping (Int) throws -> Double
  ) {
    self.peer = peer
    self.name = name
    self.bytes = bytes
    self.run = run
  }

  /// An operation of several threads, all of which counts.
  static func parallel(
    _ peer: String, _ name: String, bytes: Int, _ body: @escaping () throws -> Void
  ) -> Operation {
    Operation(peer, name, bytes: bytes) { count in
      try Stopwatch.elapsedNanoseconds { for _ in 0..<count { try body() } }
    }
  }

  /// An operation of one thread, all of which counts.
  static func plain(
    _ peer: String, _ name: String, bytes: Int = 0, _ body: @escaping () throws -> Void
  ) -> Operation {
    Operation(peer, name, bytes: bytes) { count in
      try Stopwatch.nanoseconds { for _ in 0..<count { try body() } }
    }
  }
}

/// A figure of a benchmark run.
package enum Figure: Sendable {
  /// Nanoseconds for one operation: the median and the least over the rounds, and how many ran.
  case time(
    peer: String, name: String, nanoseconds: Double, least: Double, count: Int, bytes: Int)
  /// A size or count.
  case fact(peer: String, name: String, value: Double, unit: String)
  /// A figure divided by what the same cryptography costs without the library, and the goal for it.
  case ratio(name: String, value: Double, goal: Double, goalIsFloor: Bool)

  package var name: String {
    switch self {
    case .time(_, let name, _, _, _, _): name
    case .fact(_, let name, _, _): name
    case .ratio(let name, _, _, _): name
    }
  }
}

/// Times operations in turn: every round runs one batch of each, so all see the same noise.
struct Interleaved {
  var operations: [Operation] = []
  let rounds: Int
  let batchNanoseconds: Double

  func run(progress: (Double) -> Void) throws -> [Figure] {
    var batches: [Int] = []
    for operation in operations { batches.append(try batch(of: operation)) }
    var samples = [[Double]](repeating: [], count: operations.count)
    for round in 0..<rounds {
      for (index, operation) in operations.enumerated() {
        samples[index].append(try operation.run(batches[index]) / Double(batches[index]))
      }
      progress(Double(round + 1) / Double(rounds))
    }
    var figures: [Figure] = []
    for (index, operation) in operations.enumerated() {
      let sorted = samples[index].sorted()
      figures.append(
        .time(
          peer: operation.peer, name: operation.name, nanoseconds: sorted[sorted.count / 2],
          least: sorted[0], count: batches[index] * rounds, bytes: operation.bytes))
    }
    return figures
  }

  private func batch(of operation: Operation) throws -> Int {
    _ = try operation.run(1)
    var count = 1
    while true {
      let time = try operation.run(count)
      if time > batchNanoseconds / 4 || count > 1 << 20 {
        return max(1, Int(Double(count) * batchNanoseconds / max(time, 1)))
      }
      count *= 2
    }
  }
}
