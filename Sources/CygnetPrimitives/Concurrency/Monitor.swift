#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// State that several threads share: one lock, and waiting until the state allows the next step.
@safe package final class Monitor<State: ~Copyable>: @unchecked Sendable {
  // The state is reached under the mutex only, which makes sharing this object sound. Mutex and
  // condition are in allocated memory because they must not move.
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>

  package init(_ state: consuming State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe changed.initialize(to: pthread_cond_t())
    _ = unsafe pthread_mutex_init(mutex, nil)
    _ = unsafe pthread_cond_init(changed, nil)
  }

  deinit {
    _ = unsafe pthread_cond_destroy(changed)
    _ = unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs `body` alone, and wakes everyone who waits for a change.
  package func withLock<R>(_ body: (inout State) -> R) -> R {
    _ = unsafe pthread_mutex_lock(mutex)
    defer {
      _ = unsafe pthread_cond_broadcast(changed)
      _ = unsafe pthread_mutex_unlock(mutex)
    }
    return body(&state)
  }

  /// Runs `body` alone, now and after every change, until it gives a value. A `body` that gives nil
  /// has changed nothing.
  package func wait<R>(_ body: (inout State) -> R?) -> R {
    _ = unsafe pthread_mutex_lock(mutex)
    defer {
      _ = unsafe pthread_cond_broadcast(changed)
      _ = unsafe pthread_mutex_unlock(mutex)
    }
    while true {
      if let value = body(&state) { return value }
      _ = unsafe pthread_cond_wait(changed, mutex)
    }
  }
}
