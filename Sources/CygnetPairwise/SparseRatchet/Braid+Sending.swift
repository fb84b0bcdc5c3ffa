package import CygnetPrimitives

extension Braid {
  /// What `sending` yields. Its keys are those of epoch `braid.epoch` − 1, which the peer knows when
  /// it reads the message.
  package struct Sent {
    package let braid: Braid
    package let message: BraidMessage
    package let key: EpochKey?
  }

  /// Bytes that `sending` draws.
  package var drawByteCount: Int {
    switch state {
    case .keysUnsampled: MLKEM768.seedByteCount
    case .headerReceived: MLKEM768.messageByteCount
    default: 0
    }
  }

  /// Send (Braid §2.5). Draws 64 bytes where a key pair is due, 32 where an encapsulation is.
  package func sending(using random: inout some RandomSource) throws(CygnetError) -> Sent {
    switch state {
    case .keysUnsampled: return try sampleKeys(using: &random)
    case .keysSampled(let seed, let vector, var header):
      let chunk = header.nextChunk()
      return sent(
        .header(chunk), then: .keysSampled(seed: seed, vector: vector, header: header))
    case .headerSent(let seed, var vector, let ct1):
      let chunk = vector.nextChunk()
      return sent(.vector(chunk), then: .headerSent(seed: seed, vector: vector, ct1: ct1))
    case .ct1Received(let seed, let ct1, var vector):
      let chunk = vector.nextChunk()
      return sent(
        .vectorAcknowledging(chunk), then: .ct1Received(seed: seed, ct1: ct1, vector: vector))
    case .headerReceived(let header): return try sampleCiphertext(header, using: &random)
    case .ct1Sampled(let pending, var ct1, let vector):
      let chunk = ct1.nextChunk()
      return sent(
        .firstCiphertext(chunk), then: .ct1Sampled(pending: pending, ct1: ct1, vector: vector))
    case .ekReceivedCt1Sampled(var ct1, let ct2):
      let chunk = ct1.nextChunk()
      return sent(.firstCiphertext(chunk), then: .ekReceivedCt1Sampled(ct1: ct1, ct2: ct2))
    case .ct2Sampled(var ct2):
      let chunk = ct2.nextChunk()
      return sent(.secondCiphertext(chunk), then: .ct2Sampled(ct2: ct2))
    case .ekSentCt1Received, .noHeaderReceived, .ct1Acknowledged: return sent(.none, then: state)
    }
  }

  private func sent(_ content: BraidMessage.Content, then state: State) -> Sent {
    Sent(
      braid: with(state), message: BraidMessage(epoch: epoch, content: content), key: nil)
  }

  /// Transition 1: a key pair, of which the header goes first.
  private func sampleKeys(using random: inout some RandomSource) throws(CygnetError) -> Sent {
    let seed = random.secret(MLKEM768.seedByteCount)
    let key = try MLKEM768.DecapsulationKey(seed: seed)
    let header = key.header.bytes
    let mac = authenticator.mac(ofHeader: header, epoch: epoch)
    var encoder = ErasureEncoder(header + mac, as: .header)
    let chunk = encoder.nextChunk()
    return sent(
      .header(chunk),
      then: .keysSampled(seed: seed, vector: key.encapsulationKey.vector.bytes, header: encoder))
  }

  /// Transition 7: the first half of an encapsulation, which gives the epoch's key.
  private func sampleCiphertext(
    _ header: [UInt8], using random: inout some RandomSource
  ) throws(CygnetError) -> Sent {
    let first = try MLKEM768.EncapsulationHeader(header).encapsulate(using: &random)
    let key = try BraidProtocol.outputKey(first.sharedSecret, epoch: epoch)
    var encoder = ErasureEncoder(first.ciphertext.bytes, as: .firstCiphertext)
    let chunk = encoder.nextChunk()
    let braid = Braid(
      epoch: epoch, authenticator: try authenticator.updated(with: key, epoch: epoch),
      state: .ct1Sampled(
        pending: first.pending.stored, ct1: encoder, vector: ErasureDecoder(.encapsulationVector)))
    return Sent(
      braid: braid, message: BraidMessage(epoch: epoch, content: .firstCiphertext(chunk)),
      key: EpochKey(epoch: epoch, secret: key))
  }
}
