internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetSenderKeys
internal import CygnetVectors

/// Objects of sender keys.
extension Inspection {
  static func senderKeyDistributionMessage(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    let message = try SenderKeyDistributionMessage(decoding: bytes)
    return Inspection(
      "SenderKeyDistributionMessage",
      "what lets a member read a sender's chain; its key is not shown, and it says of nobody who sent it",
      [
        "distribution_id": .hex(message.distributionID.bytes),
        "chain_id": .counting(UInt64(message.chainID.rawValue)),
        "first_message": .counting(UInt64(message.iteration)),
        "signature_key": .hex(message.signatureKey.ed25519.bytes),
      ])
  }

  static func senderKeyMessage(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    let message = try SenderKeyMessage(decoding: bytes)
    return Inspection(
      "SenderKeyMessage", "a message for all members of a list or group; not verified here",
      [
        "distribution_id": .hex(message.distributionID.bytes),
        "chain_id": .counting(UInt64(message.chainID.rawValue)),
        "message_number": .counting(UInt64(message.iteration)),
        "plaintext_bytes": .integer(message.ciphertext.count - ChaCha20Poly1305.tagByteCount),
      ])
  }

  static func sendingSenderKeyState(_ state: SecretBytes) throws(CygnetError) -> Inspection {
    let key = try SendingSenderKey(restoring: state)
    return Inspection(
      "SendingSenderKeyState", "a sender's own chain; it holds keys, which are not shown",
      [
        "distribution_id": .hex(key.distributionID.bytes),
        "chain_id": .counting(UInt64(key.chainID.rawValue)),
        "started_at": time(key.startedAt),
        "messages_sent": .counting(UInt64(key.iteration)),
        "rotates_after": [
          "messages": .counting(UInt64(key.policy.messageCount)),
          "seconds": .counting(key.policy.age),
          "at_most_messages": .counting(UInt64(key.policy.hardLimit)),
        ],
      ])
  }

  static func receivingSenderKeyState(_ state: SecretBytes) throws(CygnetError) -> Inspection {
    let key = try ReceivingSenderKey(restoring: state)
    var chains: [JSON] = []
    for chain in key.summary {
      chains.append([
        "chain_id": .counting(UInt64(chain.chainID.rawValue)),
        "first_message": .counting(UInt64(chain.first)),
        "next_message_expected": .counting(UInt64(chain.next)),
        "skipped_keys": .integer(chain.skippedKeyCount),
      ])
    }
    return Inspection(
      "ReceivingSenderKeyState", "the chains of a sender that a member reads; keys are not shown",
      ["distribution_id": .hex(key.distributionID.bytes), "chains": .array(chains)])
  }
}
