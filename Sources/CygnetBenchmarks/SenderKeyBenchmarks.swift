internal import CygnetPrimitives
internal import CygnetSenderKeys

/// The figures of sender keys, each beside the same cryptography in bare calls.
struct SenderKeyBenchmarks {
  private static let batch = 64

  private let plaintext = [UInt8](repeating: 0x2a, count: 100)
  private let sending: SendingSenderKey

  init() throws(CygnetError) {
    let most = SenderKeyLimits.maxChainLength
    sending = try SendingSenderKey.generate(
      for: .generate(), sender: Array("alice".utf8),
      policy: SenderKeyRotationPolicy(messageCount: most, age: .max, hardLimit: most),
      now: Timestamp(seconds: 1_767_225_600))
  }

  private func member() throws(CygnetError) -> ReceivingSenderKey {
    try ReceivingSenderKey(sending.distributionMessage(), from: Array("alice".utf8))
  }

  func operations() throws -> [Operation] {
    let floor = SenderKeyFloor()
    var encrypting = sending
    var (sender, receiver) = (sending, try member())
    let state = try sending.state()
    return [
      .plain(Benchmarks.library, "sender_key_encrypt_100") {
        _ = try encrypting.encrypt(plaintext).encoded()
      },
      .plain(Floor.peer, "sender_key_encrypt_100") { floor.encrypt() },
      Operation(Benchmarks.library, "sender_key_decrypt_100") { count in
        var time = 0.0
        var left = count
        while left > 0 {
          let messages = try (0..<min(left, Self.batch)).map { _ in
            try sender.encrypt(plaintext).encoded()
          }
          time += try Stopwatch.nanoseconds {
            for message in messages {
              _ = try receiver.decrypt(SenderKeyMessage(decoding: message))
            }
          }
          left -= messages.count
        }
        return time
      },
      .plain(Floor.peer, "sender_key_decrypt_100") { floor.decrypt() },
      .plain(Benchmarks.library, "sender_key_restore") {
        _ = try SendingSenderKey(restoring: state)
      },
    ]
  }

  func facts() throws -> [Figure] {
    func fact(_ name: String, _ value: Int) -> Figure {
      .fact(peer: Benchmarks.library, name: name, value: Double(value), unit: "B")
    }
    var (sender, receiver) = (sending, try member())
    let fresh = try receiver.state().count
    for _ in 0..<1000 { _ = try sender.encrypt(plaintext) }
    let message = try sender.encrypt(plaintext)
    _ = try receiver.decrypt(message)
    return [
      fact("sender_key_message_overhead_100", try message.encoded().count - 100),
      fact("sender_key_distribution_bytes", try sending.distributionMessage().encoded().count),
      fact("sender_key_sender_state_bytes", try sending.state().count),
      fact("sender_key_member_state_bytes", fresh),
      fact("sender_key_member_state_bytes_with_1000_skipped", try receiver.state().count),
    ]
  }
}
