internal import CygnetPrimitives

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The lock that every process takes for each of its transactions, on a file of its own beside the
/// database. The kernel gives it back when its holder dies.
final class StoreLock: Sendable {
  private let descriptor: CInt
  /// How long a process waits for its turn.
  private let patience: Duration

  /// Opens the lock's file, and creates it for its owner alone where there is none.
  init(path: String, patience: Duration) throws(CygnetError) {
    self.patience = patience
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CygnetError(
        .storage, "the store or its folder cannot be written to",
        underlying: SystemFailure(number: errno))
    }
    // The process's mask may have taken permissions away. Another owner's file stays as it is.
    _ = fchmod(descriptor, 0o600)
  }

  deinit { _ = close(descriptor) }

  /// Takes the lock if nobody has it.
  func tryAcquire() throws(CygnetError) -> Bool {
    while true {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      if errno == EWOULDBLOCK { return false }
      if errno != EINTR {
        throw CygnetError(
          .storage, "the store cannot be locked", underlying: SystemFailure(number: errno))
      }
    }
  }

  /// Waits for the lock without holding a thread.
  /// - Throws: `storage` when others keep it too long, or when the task is cancelled.
  func acquire() async throws(CygnetError) {
    var turns = Turns(patience)
    while try !tryAcquire() {
      let pause = try turns.next()
      do { try await Task.sleep(for: .microseconds(pause)) } catch {
        throw CygnetError(.storage, "cancelled while another process held the store")
      }
    }
  }

  /// Waits for the lock on this thread.
  /// - Throws: `storage` when others keep it too long.
  func acquireBlocking() throws(CygnetError) {
    var turns = Turns(patience)
    while try !tryAcquire() {
      let pause = try turns.next()
      usleep(pause)
    }
  }

  func release() { _ = flock(descriptor, LOCK_UN) }

  /// The pauses between attempts: short at first, since most transactions are.
  private struct Turns {
    private let end: ContinuousClock.Instant
    private var pause: useconds_t = 200

    init(_ patience: Duration) { end = ContinuousClock.now + patience }

    /// Microseconds until the next attempt.
    mutating func next() throws(CygnetError) -> useconds_t {
      guard ContinuousClock.now < end else {
        throw CygnetError(.storage, "another process holds the store")
      }
      defer { pause = min(pause * 2, 10_000) }
      return pause
    }
  }
}

/// What the operating system answered.
struct SystemFailure: Error, CustomStringConvertible {
  let number: CInt

  var description: String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
  }
}
