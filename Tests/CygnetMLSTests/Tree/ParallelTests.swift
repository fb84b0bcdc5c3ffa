import CygnetMLS
import CygnetPrimitives
import Testing

@Suite("Work on several threads")
struct ParallelTests {
  @Test("results come in the order of the inputs, at every size", arguments: [1, 16, .max])
  func order(threshold: Int) throws {
    for count in [0, 1, 2, 15, 16, 17, 63, 64, 65, 1000, 4097] {
      let inputs = Array(0..<count)
      let outputs = try Parallel.map(inputs, threshold: threshold) { (input) throws(CygnetError) in
        2 * input
      }
      #expect(outputs == inputs.map { 2 * $0 })
    }
  }

  @Test("the first input that fails is the one that is told", arguments: [1, .max])
  func failure(threshold: Int) throws {
    for first in [0, 1, 31, 32, 499, 999] {
      let inputs = Array(0..<1000)
      do {
        _ = try Parallel.map(inputs, threshold: threshold) { (input) throws(CygnetError) -> Int in
          if input == first { throw CygnetError(.duplicate, "the first") }
          if input > first { throw CygnetError(.notFound, "a later one") }
          return input
        }
        Issue.record("no failure")
      } catch {
        #expect(error.code == .duplicate, "\(first)")
      }
    }
  }
}
