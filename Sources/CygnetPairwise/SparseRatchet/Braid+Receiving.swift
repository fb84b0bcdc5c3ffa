package import CygnetPrimitives

extension Braid {
  /// Adds a chunk of one of the long payloads where it lies, if it cannot complete it: the frequent
  /// case, in which the chunks that are there need no copy.
  /// - Returns: whether that was all there is to the message; otherwise nothing has changed.
  mutating func takeChunk(of message: BraidMessage) -> Bool {
    guard message.epoch == epoch else { return false }
    switch (state, message.content) {
    case (.headerSent(let seed, let vector, var ct1), .firstCiphertext(let chunk))
    where ct1.lacksSeveral:
      state = .keysUnsampled  // lets go of the chunks
      _ = ct1.add(chunk)
      state = .headerSent(seed: seed, vector: vector, ct1: ct1)
    case (.ct1Sampled(let pending, let ct1, var vector), .vector(let chunk))
    where vector.lacksSeveral:
      state = .keysUnsampled  // lets go of the chunks
      _ = vector.add(chunk)
      state = .ct1Sampled(pending: pending, ct1: ct1, vector: vector)
    default: return false
    }
    return true
  }

  /// What `receiving` yields.
  package struct Received {
    package let braid: Braid
    package let key: EpochKey?
  }

  /// Receive (Braid §2.5). What does not concern the state changes nothing: chunks of a payload that
  /// is complete, of an earlier epoch, or of one whose turn has not come.
  /// - Throws: `authenticationFailed` for a payload whose MAC or hash is another's, `malformed` for a
  ///   vector that no key has, `ruleViolation` for an epoch that cannot have begun.
  package func receiving(_ message: BraidMessage) throws(CygnetError) -> Received {
    guard message.epoch == epoch else { return try receivingOfOtherEpoch(message) }
    switch (state, message.content) {
    case (.keysSampled(let seed, let vector, _), .firstCiphertext(let chunk)):  // transition 2
      var ct1 = ErasureDecoder(.firstCiphertext)
      _ = ct1.add(chunk)  // one does not suffice
      return received(
        .headerSent(
          seed: seed, vector: ErasureEncoder(vector, as: .encapsulationVector), ct1: ct1))
    case (.headerSent(let seed, let vector, var ct1), .firstCiphertext(let chunk)):
      if let whole = ct1.add(chunk) {  // transition 3
        return received(.ct1Received(seed: seed, ct1: whole, vector: vector))
      }
      return received(.headerSent(seed: seed, vector: vector, ct1: ct1))
    case (.ct1Received(let seed, let ct1, _), .secondCiphertext(let chunk)):  // transition 4
      var ct2 = ErasureDecoder(.secondCiphertext)
      _ = ct2.add(chunk)  // one does not suffice
      return received(.ekSentCt1Received(seed: seed, ct1: ct1, ct2: ct2))
    case (.ekSentCt1Received(let seed, let ct1, var ct2), .secondCiphertext(let chunk)):
      if let whole = ct2.add(chunk) { return try finishAgreement(seed, ct1, whole) }
      return received(.ekSentCt1Received(seed: seed, ct1: ct1, ct2: ct2))
    case (.noHeaderReceived(var header), .header(let chunk)):
      if let whole = header.add(chunk) { return try takeHeader(whole) }
      return received(.noHeaderReceived(header: header))
    default: return try receivingAsEncapsulator(message.content)
    }
  }

  /// The states between the two halves of an encapsulation.
  private func receivingAsEncapsulator(
    _ content: BraidMessage.Content
  ) throws(CygnetError) -> Received {
    switch (state, content) {
    case (.ct1Sampled(let pending, let ct1, var vector), .vector(let chunk)):
      guard let whole = vector.add(chunk) else {
        return received(.ct1Sampled(pending: pending, ct1: ct1, vector: vector))
      }
      let ct2 = try finishEncapsulation(pending, ct1.message, whole)  // transition 10
      return received(.ekReceivedCt1Sampled(ct1: ct1, ct2: ct2))
    case (.ct1Sampled(let pending, let ct1, var vector), .vectorAcknowledging(let chunk)):
      if let whole = vector.add(chunk) {  // transition 9
        return try receivedSecond(finishEncapsulation(pending, ct1.message, whole))
      }
      return received(  // transition 8
        .ct1Acknowledged(pending: pending, ct1: ct1.message, vector: vector))
    case (.ct1Sampled(let pending, let ct1, let vector), .acknowledgement):
      return received(.ct1Acknowledged(pending: pending, ct1: ct1.message, vector: vector))
    case (.ct1Acknowledged(let pending, let ct1, var vector), .vectorAcknowledging(let chunk)),
      (.ct1Acknowledged(let pending, let ct1, var vector), .vector(let chunk)):
      if let whole = vector.add(chunk) {  // transition 11
        return try receivedSecond(finishEncapsulation(pending, ct1, whole))
      }
      return received(.ct1Acknowledged(pending: pending, ct1: ct1, vector: vector))
    case (.ekReceivedCt1Sampled(_, let ct2), .vectorAcknowledging),
      (.ekReceivedCt1Sampled(_, let ct2), .acknowledgement):  // transition 12
      return receivedSecond(ct2)
    default: return received(state)
    }
  }

  private func received(_ state: State) -> Received { Received(braid: with(state), key: nil) }

  private func receivedSecond(_ ct2: [UInt8]) -> Received {
    received(.ct2Sampled(ct2: ErasureEncoder(ct2, as: .secondCiphertext)))
  }

  /// Transition 13: the peer has gone on, so it has the epoch's key. Earlier epochs are over; later
  /// ones cannot begin without us.
  private func receivingOfOtherEpoch(
    _ message: BraidMessage
  ) throws(CygnetError) -> Received {
    if message.epoch < epoch { return Received(braid: self, key: nil) }
    guard case .ct2Sampled = state, message.epoch == epoch + 1 else {
      throw CygnetError(.ruleViolation, "an epoch that cannot have begun")
    }
    return Received(
      braid: Braid(epoch: message.epoch, authenticator: authenticator, state: .keysUnsampled),
      key: nil)
  }

  /// Transition 6: the header is whole, and the peer's.
  private func takeHeader(_ whole: [UInt8]) throws(CygnetError) -> Received {
    let header = Array(whole.prefix(MLKEM768.EncapsulationHeader.byteCount))
    try authenticator.verify(
      header: header, epoch: epoch, mac: Array(whole.dropFirst(header.count)))
    return received(.headerReceived(header: header))
  }

  /// The second half of an encapsulation, and the MAC of both ciphertexts after it. The vector is
  /// checked against the hash in the header.
  private func finishEncapsulation(
    _ pending: SecretBytes, _ ct1: [UInt8], _ vector: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    let second = try MLKEM768.PendingEncapsulation(stored: pending)
      .finish(with: MLKEM768.EncapsulationVector(vector)).bytes
    return second + authenticator.mac(ofCiphertext: ct1 + second, epoch: epoch)
  }

  /// Transition 5: both ciphertexts are whole. Whether they are the peer's shows under the key that
  /// they give.
  private func finishAgreement(
    _ seed: SecretBytes, _ ct1: [UInt8], _ whole: [UInt8]
  ) throws(CygnetError) -> Received {
    guard epoch < Self.maxEpoch else {
      throw CygnetError(.limitExceeded, "the last epoch of the session is over: start a new one")
    }
    let ct2 = Array(whole.prefix(MLKEM768.SecondCiphertext.byteCount))
    let ciphertext = try MLKEM768.Ciphertext(
      MLKEM768.FirstCiphertext(ct1), MLKEM768.SecondCiphertext(ct2))
    let shared = try MLKEM768.DecapsulationKey(seed: seed).decapsulate(ciphertext)
    let key = try BraidProtocol.outputKey(shared, epoch: epoch)
    let updated = try authenticator.updated(with: key, epoch: epoch)
    try updated.verify(
      ciphertext: ct1 + ct2, epoch: epoch, mac: Array(whole.dropFirst(ct2.count)))
    let braid = Braid(
      epoch: epoch + 1, authenticator: updated,
      state: .noHeaderReceived(header: ErasureDecoder(.header)))
    return Received(braid: braid, key: EpochKey(epoch: epoch, secret: key))
  }
}
