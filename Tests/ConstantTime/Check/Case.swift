import CygnetPrimitives
import SecretMarks

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What runs with undefined secrets, and whether memcheck must find something.
struct Case: Sendable {
  let name: String
  let leaks: Bool
  /// Branches on the outcome of a verification, which is no secret: so many reports and no more.
  let outcomes: Int
  let body: @Sendable () throws -> Void

  init(
    _ name: String, leaks: Bool = false, outcomes: Int = 0,
    _ body: @escaping @Sendable () throws -> Void
  ) {
    self.name = name
    self.leaks = leaks
    self.outcomes = outcomes
    self.body = body
  }

  static let all =
    SHA3Cases.all + MLKEMCases.all + ComparisonCases.all + SparseRatchetCases.all + BraidCases.all
    + LeakyTwins.all
}

/// Secrets for the cases: what they are does not matter, since memcheck does not look at values.
enum Secret {
  /// `count` bytes that memcheck takes for secret.
  static func make(_ count: Int) -> SecretBytes {
    var random = SystemRandomSource()
    let secret = random.secret(count)
    hide(secret)
    return secret
  }

  static func hide(_ secret: SecretBytes, _ range: Range<Int>? = nil) {
    secret.withUnsafeBytes { bytes in
      let part = UnsafeRawBufferPointer(rebasing: bytes[range ?? 0..<bytes.count])
      secret_marks_hide(part.baseAddress, part.count)
    }
  }

  /// Bytes that are about to be sent.
  static func publish(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { secret_marks_reveal($0.baseAddress, $0.count) }
    return bytes
  }

  /// What a caller may know, such as the outcome of a verification.
  static func reveal(_ outcome: Bool) -> Bool {
    var outcome = outcome
    withUnsafeMutableBytes(of: &outcome) { secret_marks_reveal($0.baseAddress, $0.count) }
    return outcome
  }
}

/// A use that no optimiser leaves out.
@inline(never)
func keep<Value>(_ value: Value) { withExtendedLifetime(value) {} }

func exitNow(_ status: Int32) -> Never { exit(status) }

/// Draws that memcheck takes for secret, in whole or in half.
struct HiddenSource: RandomSource {
  /// Of a draw of 64 bytes, the seed of a KEM key, only the second half is secret: see `MLKEMCases`.
  private func visibleCount(_ count: Int) -> Int { count == MLKEM768.seedByteCount ? 32 : 0 }

  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    var random = SystemRandomSource()
    random.fill(buffer)
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[visibleCount(buffer.count)...])
    secret_marks_hide(part.baseAddress, part.count)
  }
}
