import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire

/// The fields of a stored session, read by the documented layout and not by the library's decoder,
/// so that tests can look for keys and play a peer that breaks the rules.
package struct SessionStateView {
  package enum Sending {
    case waiting
    case chain(
      privateKey: [UInt8], publicKey: [UInt8], chainKey: [UInt8], headerKey: [UInt8], n: UInt32)
    case due(peer: [UInt8])
  }

  package struct Receiving {
    package let chainKey: [UInt8]
    package let headerKey: [UInt8]
    package let n: UInt32
  }

  package let bytes: [UInt8]
  /// Where `n` of the sending chain stands, if there is one.
  package let sendingNumberOffset: Int
  package let associatedData: [UInt8]
  package let rootKey: [UInt8]
  package let nextSendingHeaderKey: [UInt8]
  package let nextReceivingHeaderKey: [UInt8]
  package let previousChainLength: UInt32
  package let sending: Sending
  package let receiving: Receiving?

  package init(_ session: PairwiseSession) throws {
    bytes = try session.state().exposed()
    var cursor = Cursor(bytes: bytes, position: 5)
    associatedData = cursor.take(32)
    cursor.position += 33
    if cursor.take(1)[0] == 1 {
      cursor.position += 16  // the handshake's name
    } else {
      cursor.position += 2 + 33 + 33 + 4
      if cursor.take(1)[0] == 1 { cursor.position += 4 }  // one-time prekey
      cursor.position += session.suite.isPostQuantum ? 2 + 4 + 1 + 1088 : 1  // suite data
    }
    rootKey = cursor.take(32)
    nextSendingHeaderKey = cursor.take(32)
    nextReceivingHeaderKey = cursor.take(32)
    previousChainLength = cursor.number()
    cursor.position += 1
    sendingNumberOffset = cursor.position + 1 + 4 * 32
    switch cursor.take(1)[0] {
    case 0:
      cursor.position += 64
      sending = .waiting
    case 1:
      sending = .chain(
        privateKey: cursor.take(32), publicKey: cursor.take(32), chainKey: cursor.take(32),
        headerKey: cursor.take(32), n: cursor.number())
    default: sending = .due(peer: cursor.take(32))
    }
    if cursor.take(1)[0] == 1 {
      receiving = Receiving(
        chainKey: cursor.take(32), headerKey: cursor.take(32), n: cursor.number())
    } else {
      receiving = nil
    }
  }

  /// Every secret in it, 32 bytes each, without those of skipped messages.
  package var secrets: [[UInt8]] {
    var secrets = [rootKey, nextSendingHeaderKey, nextReceivingHeaderKey]
    if case .chain(let privateKey, _, let chainKey, let headerKey, _) = sending {
      secrets += [privateKey, chainKey, headerKey]
    }
    if let receiving { secrets += [receiving.chainKey, receiving.headerKey] }
    return secrets
  }

  private struct Cursor {
    let bytes: [UInt8]
    var position: Int

    mutating func take(_ count: Int) -> [UInt8] {
      defer { position += count }
      return Array(bytes[position..<(position + count)])
    }

    mutating func number() -> UInt32 {
      var value: UInt32 = 0
      for byte in take(4) { value = value << 8 | UInt32(byte) }
      return value
    }
  }
}

/// A peer that holds the keys of a session and seals whatever header it likes: authentic messages
/// against the protocol.
package struct RuleBreaker {
  package let associatedData: [UInt8]
  package let headerKey: SecretBytes
  package let chainKey: SecretBytes
  package let ratchetKey: [UInt8]
  /// The number of the message whose key `chainKey` gives.
  package let n: UInt32

  package init(
    associatedData: [UInt8], headerKey: [UInt8], chainKey: [UInt8], ratchetKey: [UInt8], n: UInt32
  ) {
    self.associatedData = associatedData
    self.headerKey = SecretBytes(copying: headerKey)
    self.chainKey = SecretBytes(copying: chainKey)
    self.ratchetKey = ratchetKey
    self.n = n
  }

  /// With the sending chain of `session`; nil where it has none.
  package init?(_ session: PairwiseSession) throws {
    let view = try SessionStateView(session)
    guard case .chain(_, let ratchetKey, let chainKey, let headerKey, let n) = view.sending else {
      return nil
    }
    self.init(
      associatedData: view.associatedData, headerKey: headerKey, chainKey: chainKey,
      ratchetKey: ratchetKey, n: n)
  }

  /// Message `number` with any previous-chain length and ratchet key; the key of messages further
  /// off than a few thousand is not derived, and such a message's body does not open. In suite 2
  /// `sparse` is what the sparse ratchet gives, and `headerEnd` what stands in its place in the header.
  package func message(
    _ number: UInt32, previousChainLength: UInt32 = 0, ratchetKey: [UInt8]? = nil,
    plaintext: [UInt8] = [], sparse: SparseRatchet.Outgoing? = nil, headerEnd: [UInt8]? = nil
  ) throws -> PairwiseMessage {
    var writer = ratchetKey ?? self.ratchetKey
    for value in [previousChainLength, number] {
      for shift in stride(from: 24, through: 0, by: -8) {
        writer.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
      }
    }
    writer += try headerEnd ?? sparse?.encoded() ?? []
    var random = SystemRandomSource()
    let sealed = try XChaCha20Poly1305Box.seal(writer, key: headerKey, using: &random)
    var chain = ChainKey(chainKey)
    if number >= n && number - n < 10_000 {
      for _ in n..<number { chain = chain.step().next }
    }
    var key = chain.step().messageKey
    if let sparse { key = try .hybrid(doubleRatchet: key, sparse: sparse.messageKey) }
    let ciphertext = try ChaCha20Poly1305.seal(
      plaintext, key: key.secret, nonce: [UInt8](repeating: 0, count: 12),
      authenticating: associatedData + sealed)
    return .ratchet(RatchetMessage(sealedHeader: sealed, ciphertext: ciphertext))
  }
}
