internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// What the sparse post-quantum ratchet adds to a message, and its parts.
struct SparseRatchetBenchmarks {
  private let shared = SecretBytes(copying: [UInt8](repeating: 0x2a, count: 32))

  private func pair() throws(CygnetError) -> (SparseRatchet, SparseRatchet) {
    (try SparseRatchet(shared, role: .initiator), try SparseRatchet(shared, role: .responder))
  }

  private static func pass(
    _ sender: inout SparseRatchet, _ receiver: inout SparseRatchet
  ) throws(CygnetError) {
    let message = try sender.send().message
    try receiver.commit(receiver.receive(message))
  }

  /// A pair in its third epoch, where the initiator sends the vector of a key.
  private func sendingVector() throws(CygnetError) -> (SparseRatchet, SparseRatchet) {
    var (alice, bob) = try pair()
    while true {
      try Self.pass(&alice, &bob)
      if case .headerSent = alice.braid.state, alice.braid.epoch == 3 { return (alice, bob) }
      try Self.pass(&bob, &alice)
    }
  }

  func operations() throws -> [Operation] {
    let own = MessageKey(shared)
    let (sender, receiver) = try sendingVector()
    var (sending, codewords) = (sender, sender)
    for _ in 0..<36 { _ = try codewords.send() }
    var (alice, bob) = try pair()
    let state = try sender.wireEncodedSecret()
    let restored = try SparseRatchet(wire: state)
    return [
      // A chunk of the payload itself, a chain step, and the key of both ratchets.
      Operation(Benchmarks.library, "sparse_send_inchain") { count in
        var time = 0.0
        var left = count
        while left > 0 {
          sending = sender
          let some = min(left, 30)
          time += try Stopwatch.nanoseconds {
            for _ in 0..<some {
              _ = try MessageKey.hybrid(doubleRatchet: own, sparse: sending.send().messageKey)
            }
          }
          left -= some
        }
        return time
      },
      .plain(Benchmarks.library, "sparse_send_codeword") {
        _ = try MessageKey.hybrid(doubleRatchet: own, sparse: codewords.send().messageKey)
      },
      Operation(Benchmarks.library, "sparse_receive_inchain") { count in
        var time = 0.0
        var left = count
        while left > 0 {
          var (alice, bob) = (sender, receiver)
          let messages = try (0..<min(left, 30)).map { _ in try alice.send().message }
          time += try Stopwatch.nanoseconds {
            for message in messages {
              let incoming = try bob.receive(message)
              _ = try MessageKey.hybrid(doubleRatchet: own, sparse: incoming.messageKey)
              try bob.commit(incoming)
            }
          }
          left -= messages.count
        }
        return time
      },
      // Both directions with all that epochs cost, on the average of a message.
      .plain(Benchmarks.library, "sparse_pingpong_per_message") {
        try Self.pass(&alice, &bob)
        swap(&alice, &bob)
      },
      .plain(Benchmarks.library, "sparse_encode_state") { _ = try restored.wireEncodedSecret() },
      .plain(Benchmarks.library, "sparse_restore_state") { _ = try SparseRatchet(wire: state) },
    ] + codeOperations()
  }

  private func codeOperations() -> [Operation] {
    let payload = BraidPayload.encapsulationVector
    let encoder = ErasureEncoder(
      [UInt8](repeating: 7, count: payload.byteCount), as: payload)
    let chunks = (0..<UInt16(payload.chunkCount)).map { encoder.chunk(at: $0 + 1_000) }
    return [
      .plain(Benchmarks.library, "erasure_encode_codeword") { _ = encoder.chunk(at: 1_000) },
      .plain(Benchmarks.library, "erasure_decode_vector") {
        var decoder = ErasureDecoder(payload)
        for chunk in chunks { _ = decoder.add(chunk) }
      },
    ]
  }

  /// Bytes a message and a state take, the largest of two epochs in turns.
  func facts() throws -> [Figure] {
    func fact(_ name: String, _ value: Int, _ unit: String) -> Figure {
      .fact(peer: Benchmarks.library, name: name, value: Double(value), unit: unit)
    }
    var (alice, bob) = try pair()
    var messages = 0
    var largest = 0
    while bob.braid.epoch < 3 {
      try Self.pass(&alice, &bob)
      try Self.pass(&bob, &alice)
      messages += 2
      largest = max(
        largest, try alice.wireEncodedSecret().count, try bob.wireEncodedSecret().count)
    }
    return [
      fact("sparse_message_bytes", SparseRatchetMessage.paddedByteCount, "B"),
      fact("sparse_state_bytes_largest", largest, "B"),
      fact("sparse_messages_per_epoch", messages / 2, "msgs"),
    ]
  }
}
