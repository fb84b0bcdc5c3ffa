package import CygnetPrimitives
package import CygnetWire

extension Braid: WireEncodable, WireDecodable {
  ///     enum { keys_unsampled(0), keys_sampled(1), header_sent(2), ct1_received(3),
  ///            ek_sent_ct1_received(4), no_header_received(5), header_received(6), ct1_sampled(7),
  ///            ek_received_ct1_sampled(8), ct1_acknowledged(9), ct2_sampled(10) } BraidStep;
  ///
  ///     struct {
  ///       uint64 epoch;                    // 1 to 2^30 − 1
  ///       opaque root_key[32];
  ///       opaque mac_key[32];
  ///       BraidStep step;
  ///       select (step) { … };             // page SparseRatchet
  ///     } Braid;
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(epoch)
    writer.write(fixed: authenticator.rootKey)
    writer.write(fixed: authenticator.macKey)
    try state.encode(into: &writer)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    let epoch = try reader.readUInt64()
    guard epoch >= 1, epoch <= Self.maxEpoch else {
      throw CygnetError(.malformed, "an epoch outside its bounds")
    }
    let authenticator = BraidAuthenticator(
      rootKey: try reader.readSecret(32), macKey: try reader.readSecret(32))
    self.init(epoch: epoch, authenticator: authenticator, state: try State(from: &reader))
  }
}

extension Braid.State {
  fileprivate func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(step)
    switch self {
    case .keysUnsampled: break
    case .keysSampled(let seed, let vector, let header):
      writer.write(fixed: seed)
      writer.write(fixed: vector)
      header.encode(into: &writer)
    case .headerSent(let seed, let vector, let ct1):
      writer.write(fixed: seed)
      vector.encode(into: &writer)
      try ct1.encode(into: &writer)
    case .ct1Received(let seed, let ct1, let vector):
      writer.write(fixed: seed)
      writer.write(fixed: ct1)
      vector.encode(into: &writer)
    case .ekSentCt1Received(let seed, let ct1, let ct2):
      writer.write(fixed: seed)
      writer.write(fixed: ct1)
      try ct2.encode(into: &writer)
    case .noHeaderReceived(let header): try header.encode(into: &writer)
    case .headerReceived(let header): writer.write(fixed: header)
    case .ct1Sampled(let pending, let ct1, let vector):
      writer.write(fixed: pending)
      ct1.encode(into: &writer)
      try vector.encode(into: &writer)
    case .ekReceivedCt1Sampled(let ct1, let ct2):
      ct1.encode(into: &writer)
      writer.write(fixed: ct2)
    case .ct1Acknowledged(let pending, let ct1, let vector):
      writer.write(fixed: pending)
      writer.write(fixed: ct1)
      try vector.encode(into: &writer)
    case .ct2Sampled(let ct2): ct2.encode(into: &writer)
    }
  }

  private var step: UInt8 {
    switch self {
    case .keysUnsampled: 0
    case .keysSampled: 1
    case .headerSent: 2
    case .ct1Received: 3
    case .ekSentCt1Received: 4
    case .noHeaderReceived: 5
    case .headerReceived: 6
    case .ct1Sampled: 7
    case .ekReceivedCt1Sampled: 8
    case .ct1Acknowledged: 9
    case .ct2Sampled: 10
    }
  }

  fileprivate init(from reader: inout Reader) throws(CygnetError) {
    let step = try reader.readUInt8()
    self = try step < 5 ? .decapsulating(step, &reader) : .encapsulating(step, &reader)
  }

  /// The states of the side with the key pair.
  private static func decapsulating(
    _ step: UInt8, _ reader: inout Reader
  ) throws(CygnetError) -> Braid.State {
    if step == 0 { return .keysUnsampled }
    let seed = try reader.readSecret(MLKEM768.seedByteCount)
    switch step {
    case 1:
      let vector = try reader.readFixed(BraidPayload.encapsulationVector.byteCount)
      return .keysSampled(
        seed: seed, vector: vector, header: try ErasureEncoder(.header, from: &reader))
    case 2:
      let vector = try ErasureEncoder(.encapsulationVector, from: &reader)
      return .headerSent(
        seed: seed, vector: vector, ct1: try ErasureDecoder(.firstCiphertext, from: &reader))
    case 3:
      let ct1 = try reader.readFixed(BraidPayload.firstCiphertext.byteCount)
      return .ct1Received(
        seed: seed, ct1: ct1, vector: try ErasureEncoder(.encapsulationVector, from: &reader))
    default:
      let ct1 = try reader.readFixed(BraidPayload.firstCiphertext.byteCount)
      return .ekSentCt1Received(
        seed: seed, ct1: ct1, ct2: try ErasureDecoder(.secondCiphertext, from: &reader))
    }
  }

  /// The states of the side that encapsulates.
  private static func encapsulating(
    _ step: UInt8, _ reader: inout Reader
  ) throws(CygnetError) -> Braid.State {
    switch step {
    case 5: return .noHeaderReceived(header: try ErasureDecoder(.header, from: &reader))
    case 6:
      return .headerReceived(
        header: try reader.readFixed(MLKEM768.EncapsulationHeader.byteCount))
    case 7:
      let pending = try reader.readSecret(MLKEM768.PendingEncapsulation.byteCount)
      let ct1 = try ErasureEncoder(.firstCiphertext, from: &reader)
      return .ct1Sampled(
        pending: pending, ct1: ct1,
        vector: try ErasureDecoder(.encapsulationVector, from: &reader))
    case 8:
      let ct1 = try ErasureEncoder(.firstCiphertext, from: &reader)
      return .ekReceivedCt1Sampled(
        ct1: ct1, ct2: try reader.readFixed(BraidPayload.secondCiphertext.byteCount))
    case 9:
      let pending = try reader.readSecret(MLKEM768.PendingEncapsulation.byteCount)
      let ct1 = try reader.readFixed(BraidPayload.firstCiphertext.byteCount)
      return .ct1Acknowledged(
        pending: pending, ct1: ct1,
        vector: try ErasureDecoder(.encapsulationVector, from: &reader))
    case 10: return .ct2Sampled(ct2: try ErasureEncoder(.secondCiphertext, from: &reader))
    default: throw CygnetError(.malformed, "unknown step of the Braid")
    }
  }
}
