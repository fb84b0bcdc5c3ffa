package import CygnetPrimitives

/// Independent pieces of work on all processors.
package enum Parallel {
  /// The results of `body` in the order of the inputs; on several threads from `threshold` inputs
  /// on.
  /// - Throws: what `body` throws for the first input that fails.
  package static func map<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], threshold: Int,
    _ body: @escaping @Sendable (Input) throws(CygnetError) -> Output
  ) throws(CygnetError) -> [Output] {
    let processors = Threads.processorCount
    guard inputs.count >= threshold, processors > 1 else {
      var outputs: [Output] = []
      outputs.reserveCapacity(inputs.count)
      for input in inputs { outputs.append(try body(input)) }
      return outputs
    }
    let queue = Monitor(Queue<Output>(inputs.count, processors: processors))
    Threads.run(processors) {
      while let piece = queue.withLock({ $0.take() }) {
        let outcome = Self.work(inputs[piece], body)
        queue.withLock { $0.finish(piece, outcome) }
      }
    }
    return try queue.withLock { $0.outcome }.get()
  }

  private static func work<Input, Output>(
    _ inputs: ArraySlice<Input>, _ body: (Input) throws(CygnetError) -> Output
  ) -> Result<[Output], CygnetError> {
    do throws(CygnetError) {
      var outputs: [Output] = []
      outputs.reserveCapacity(inputs.count)
      for input in inputs { outputs.append(try body(input)) }
      return .success(outputs)
    } catch { return .failure(error) }
  }

  /// What the threads share. Pieces are handed out in order, so when one fails, those before it are
  /// done or under way, and the first failure is always found.
  private struct Queue<Output> {
    private let count: Int
    /// Large beside the lock, small beside the whole.
    private let size: Int
    private var next = 0
    private var pieces: [[Output]]
    private var failure: (start: Int, error: CygnetError)?

    init(_ count: Int, processors: Int) {
      self.count = count
      size = max(1, min(32, count / (4 * processors)))
      pieces = [[Output]](repeating: [], count: (count + size - 1) / size)
    }

    mutating func take() -> Range<Int>? {
      if failure != nil || next >= count { return nil }
      defer { next += size }
      return next..<min(count, next + size)
    }

    mutating func finish(_ piece: Range<Int>, _ outcome: Result<[Output], CygnetError>) {
      switch outcome {
      case .success(let outputs): pieces[piece.lowerBound / size] = outputs
      case .failure(let error):
        if piece.lowerBound < failure?.start ?? count { failure = (piece.lowerBound, error) }
      }
    }

    var outcome: Result<[Output], CygnetError> {
      if let failure { return .failure(failure.error) }
      return .success(Array(pieces.joined()))
    }
  }
}
