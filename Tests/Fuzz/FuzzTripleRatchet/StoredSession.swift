import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport

/// Any bytes as a stored session. One that loads comes back byte for byte, sends, and receives what a
/// peer with its keys may send; what it holds may contradict itself, so that calls fail, but no call
/// traps and none that fails changes anything.
enum StoredSession {
  static func check(_ bytes: [UInt8]) throws {
    let stored = SecretBytes(copying: bytes)
    guard let session = try? PairwiseSession(restoring: stored) else { return }
    guard try session.state() == stored else { throw Defect(what: "another state comes back") }
    var random = SeededRandomSource(2, label: "fuzz")
    var sender = session
    for _ in 0..<4 {
      let before = try sender.state()
      guard (try? sender.encrypt([1], using: &random)) != nil else {
        guard try sender.state() == before else { throw Defect(what: "sending changed the state") }
        break
      }
    }
    var receiver = session
    for step in 0..<8 {
      guard let message = try message(to: receiver, step) else { return }
      if try Laws.receive(message, by: &receiver, faults: true) == nil { break }
    }
    let state = try receiver.state()
    guard try PairwiseSession(restoring: state).state() == state else {
      throw Defect(what: "what was received cannot be stored")
    }
  }

  /// The next message of the receiving chains, with a chunk of each kind in turn.
  private static func message(
    to session: PairwiseSession, _ step: Int
  ) throws -> PairwiseMessage? {
    let view = try SessionStateView(session)
    guard let receiving = view.receiving, let chains = session.sparseRatchet?.chains else {
      return nil
    }
    let breaker = RuleBreaker(
      associatedData: view.associatedData, headerKey: receiving.headerKey,
      chainKey: receiving.chainKey, ratchetKey: [UInt8](repeating: 9, count: 32), n: receiving.n)
    let chunk = Chunk(index: UInt16(step), data: ChunkData([UInt8](repeating: 3, count: 32)))
    let contents: [BraidMessage.Content] = [
      .header(chunk), .vector(chunk), .vectorAcknowledging(chunk), .firstCiphertext(chunk),
      .secondCiphertext(chunk), .acknowledgement,
    ]
    let n = chains.receiving.n + 1
    guard n <= SparseRatchetMessage.maxNumber else { return nil }
    let message = SparseRatchetMessage(
      braid: BraidMessage(
        epoch: chains.receiving.epoch + 1, content: contents[step % contents.count]), n: n,
      previousChainLength: 0)
    let key = try SparseKeyDerivation.step(chains.receiving.key, n: n).messageKey
    return try breaker.message(
      receiving.n, plaintext: [1], sparse: .init(message: message, messageKey: key))
  }
}
