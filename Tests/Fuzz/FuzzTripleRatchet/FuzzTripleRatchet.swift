import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport

/// The first byte says whether the rest is a script of a conversation with a hostile peer or a stored
/// session.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTripleRatchet(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  guard let first = input.first else { return 0 }
  do {
    if first & 1 == 0 {
      var play = HostilePlay(Script(input))
      try play.run()
    } else {
      try StoredSession.check(Array(input.dropFirst()))
    }
  } catch {
    fatalError("\(error)")
  }
  return 0
}

struct Defect: Error {
  let what: String
}

/// What holds of every session of suite 2, whatever it has received.
enum Laws {
  /// Checks the stored form and gives it.
  static func state(of session: PairwiseSession) throws -> SecretBytes {
    let state = try session.state()
    guard try PairwiseSession(restoring: state).state() == state else {
      throw Defect(what: "another state comes back")
    }
    let own = session.summary.skippedKeyCount
    let other = session.sparseRatchet?.skipped.count ?? 0
    guard other <= own, own <= Limits.maxSkippedKeys else {
      throw Defect(what: "\(own) and \(other) skipped keys")
    }
    // A handshake that is still sent has 1.2 KB.
    let bound = (session.isEstablished ? 3_300 : 4_500) + 41 * own + 49 * other
    guard state.count <= bound + 40 * Limits.maxSkippedChains else {
      throw Defect(what: "a state of \(state.count) bytes")
    }
    return state
  }

  /// The plaintext, or nil after a failure that changed nothing.
  static func receive(
    _ message: PairwiseMessage, by session: inout PairwiseSession, faults: Bool = false
  ) throws -> [UInt8]? {
    let before = try session.state()
    do throws(CygnetError) {
      return try session.decrypt(message)
    } catch {
      guard error.code != .internalFault || faults else {
        throw Defect(what: "internal fault: \(error)")
      }
      guard try session.state() == before else { throw Defect(what: "the state changed") }
      return nil
    }
  }
}
