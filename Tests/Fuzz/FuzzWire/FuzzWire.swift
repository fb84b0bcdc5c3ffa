import Cygnet
import CygnetAttachments
import CygnetPairwise
import CygnetPrimitives
import CygnetSenderKeys
import CygnetStorage
import CygnetWire

/// Gives the input to every decoder. What one accepts must come back byte for byte, and what it
/// throws must not be a fault of ours.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWire(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  law(PreKeyBundle.self, bytes)
  law(PairwiseMessage.self, bytes)
  law(PairwiseSession.self, bytes)
  law(PreKeys.self, bytes)
  law(Handshake.self, bytes)
  law(RatchetHeader.self, bytes)
  law(TripleRatchetHeader.self, bytes)
  law(SkippedMessageKeys.self, bytes)
  law(SparseRatchetMessage.self, bytes)
  law(SparseRatchet.self, bytes)
  law(SparseChains.self, bytes)
  law(SkippedSparseKeys.self, bytes)
  law(Braid.self, bytes)
  law(ChunkData.self, bytes)
  law(SignedPreKey.self, bytes)
  law(OneTimePreKey.self, bytes)
  law(KEMPreKey.self, bytes)
  law(KEMHandshake.self, bytes)
  law(HeldKEMPreKey.self, bytes)
  law(MLKEM768.EncapsulationKey.self, bytes)
  law(OneTimePreKeyRecord.self, bytes)
  law(OneTimeKEMPreKeyRecord.self, bytes)
  law(DeviceAddress.self, bytes)
  law(X25519.PublicKey.self, bytes)
  law(Ed25519.PublicKey.self, bytes)
  law(AttachmentPointer.self, bytes)
  law(AttachmentPointerFile.self, bytes)
  law(AttachmentResumption.self, bytes)
  law(StoreHeader.self, bytes)
  law(ContactCard.self, bytes)
  law(Envelope.self, bytes)
  law(MessageContent.self, bytes)
  law(SenderKeyDistributionMessage.self, bytes)
  law(SenderKeyMessage.self, bytes)
  law(SenderKeyHeader.self, bytes)
  law(BroadcastEnvelope.self, bytes)
  law(SendingSenderKey.self, bytes)
  law(ReceivingSenderKey.self, bytes)
  check(bytes, { bytes throws(CygnetError) in try IdentityKey(decoding: bytes) }) { $0.encoded() }
  check(
    bytes,
    { bytes throws(CygnetError) in try IdentityKeyPair(restoring: SecretBytes(copying: bytes)) }
  ) { identity throws(CygnetError) in
    try identity.state().withUnsafeBytes { [UInt8]($0) }
  }
  use(bytes)
  return 0
}

private func law<Value: WireEncodable & WireDecodable>(_ type: Value.Type, _ bytes: [UInt8]) {
  check(bytes, { bytes throws(CygnetError) in try Value(wire: bytes) }) {
    value throws(CygnetError) in try value.wireEncoded()
  }
}

private func check<Value>(
  _ bytes: [UInt8], _ decode: ([UInt8]) throws(CygnetError) -> Value,
  _ encode: (Value) throws(CygnetError) -> [UInt8]
) {
  let value: Value
  do throws(CygnetError) { value = try decode(bytes) } catch {
    if error.code == .internalFault { fatalError("\(Value.self): \(error)") }
    return
  }
  guard let encoded = try? encode(value), encoded == bytes else {
    fatalError("\(Value.self) comes back as other bytes")
  }
}

/// Stored state that decodes can be used; whatever is in it, nothing traps.
private func use(_ bytes: [UInt8]) {
  let state = SecretBytes(copying: bytes)
  if var session = try? PairwiseSession(restoring: state) {
    _ = try? session.encrypt([1])
    _ = try? session.encrypt([2])
    let header = [UInt8](repeating: 1, count: HeaderKey.sealedByteCount)
    let forged = RatchetMessage(sealedHeader: header, ciphertext: header)
    if (try? session.decrypt(.ratchet(forged))) != nil { fatalError("a forged message opened") }
    _ = try? session.peerIdentity()
    _ = try? PairwiseSession(restoring: session.state())
  }
  if var preKeys = try? PreKeys(restoring: state),
    let address = try? DeviceAddress(
      user: [1], device: 1), let identity = try? IdentityKeyPair.generate()
  {
    _ = preKeys.unusedOneTimePreKeyCount
    _ = try? preKeys.takeBundle(for: identity.publicKey, at: address)
    _ = try? preKeys.rotateSignedPreKey(for: identity, at: address, now: Timestamp(seconds: 1))
    _ = try? preKeys.addOneTimePreKeys(1)
    _ = try? preKeys.addOneTimeKEMPreKeys(1, for: identity, at: address, now: Timestamp(seconds: 1))
    _ = try? preKeys.upgrade(for: identity, at: address, now: Timestamp(seconds: 2))
    guard let state = try? preKeys.state(), (try? PreKeys(restoring: state)) != nil else {
      fatalError("prekeys that were stored do not load")
    }
  }
  if let card = try? ContactCard(decoding: bytes) {
    _ = try? card.verified(now: card.createdAt, policy: .classicalAllowed)
  }
  if let bundle = try? PreKeyBundle(decoding: bytes) {
    _ = try? bundle.verified(now: bundle.signedPreKey.createdAt, policy: .classicalAllowed)
  }
}
