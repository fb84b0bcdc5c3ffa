internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors

/// What of the conversation a quantum computer does not break, told from the sessions as they stand.
extension Conversation {
  mutating func showPostQuantumParts(of bundle: PreKeyBundle) throws {
    let kem = bundle.kemPreKey == nil ? "with X25519 alone" : "with ML-KEM-768 beside X25519"
    try narration.step("post-quantum: the first secret, agreed \(kem)")
    try narration.step("classical: who is who, proved by Ed25519 signatures")
  }

  /// Goes on in turns until the sparse ratchet has gone through two epochs, which is as long as a
  /// thief of both parties' states could read along.
  mutating func heal() throws {
    try narration.heading("Healing from a thief with a quantum computer")
    _ = spent()
    let start = try sparse(of: alice)
    var count = 0
    var bytes: UInt64 = 0
    while try min(sparse(of: alice).sendingEpoch, sparse(of: bob).sendingEpoch)
      < start.sendingEpoch + 2
    {
      for (sender, receiver) in [(alice, bob), (bob, alice)] {
        let text = "turn \(count)"
        bytes += try sender.send(Array(text.utf8), "turn", folder)
        try deliver("turn", to: receiver, from: sender, expecting: text)
        count += 1
      }
      try narration.require(count < 1_000, "two epochs take less than a thousand messages")
    }
    try narration.step(
      "\(count) messages in turns carry two ML-KEM keys in pieces of 32 bytes, hidden in their headers",
      bytes: bytes, spent: spent())
    let epoch = try sparse(of: alice).sendingEpoch
    try narration.step(
      "post-quantum: message keys are of epoch \(epoch) now, in which nothing of epoch "
        + "\(start.sendingEpoch) helps")
  }

  private func sparse(of party: DemoParty) throws -> SessionSummary.Sparse {
    guard let sparse = party.session?.summary.sparse else {
      throw CommandFailure(.mismatch, "the demonstration failed: the session is classical")
    }
    return sparse
  }
}
