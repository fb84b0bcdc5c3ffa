package import CygnetPrimitives
package import CygnetWire

extension SparseRatchet: WireEncodable, WireDecodable {
  /// The layout that this library reads and writes.
  package static let stateVersion: UInt8 = 1

  ///     enum { initiator(0), responder(1) } Role;
  ///
  ///     struct {
  ///       uint8 version = 1;
  ///       Role role;
  ///       Braid braid;
  ///       SparseChains chains;
  ///       SkippedSparseKeys skipped;
  ///     } SparseRatchetState;
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(Self.stateVersion)
    writer.write(role.rawValue)
    try braid.encode(into: &writer)
    try chains.encode(into: &writer)
    try skipped.encode(into: &writer)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readUInt8() == Self.stateVersion else {
      throw CygnetError(.unsupported, "unknown version of a stored sparse ratchet")
    }
    guard let role = SparseRatchetRole(rawValue: try reader.readUInt8()) else {
      throw CygnetError(.malformed, "a party is the initiator or the responder")
    }
    let braid = try Braid(from: &reader)
    let chains = try SparseChains(from: &reader)
    try chains.demandConsistency(with: braid)
    self.init(
      role: role, braid: braid, chains: chains, skipped: try SkippedSparseKeys(from: &reader))
  }
}

extension SparseChains: WireEncodable, WireDecodable {
  ///     struct {
  ///       uint64 epoch;
  ///       opaque key[32];
  ///       uint32 n;
  ///       uint32 previous;
  ///     } SendingChain;
  ///
  ///     struct {
  ///       uint64 epoch;
  ///       opaque key[32];
  ///       uint32 n;
  ///     } ReceivingChain;
  ///
  ///     struct {
  ///       opaque root_key[32];
  ///       SendingChain sending;
  ///       ReceivingChain receiving;
  ///       uint8 next;                      // 0, 1 or 2
  ///       select (next) {
  ///         case 0: struct {};
  ///         case 1: opaque sending_key[32]; opaque receiving_key[32];   // of sending.epoch + 1
  ///         case 2: opaque receiving_key[32];                           // of sending.epoch
  ///       };
  ///     } SparseChains;
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(fixed: rootKey)
    writer.write(sending.epoch)
    writer.write(fixed: sending.key)
    writer.write(sending.n)
    writer.write(sending.previous)
    writer.write(receiving.epoch)
    writer.write(fixed: receiving.key)
    writer.write(receiving.n)
    guard let next else { return writer.write(UInt8(0)) }
    guard let receiving = next.receiving else {
      throw CygnetError(.internalFault, "the peer has gone on and this side has not")
    }
    writer.write(UInt8(next.sending == nil ? 2 : 1))
    if let sending = next.sending { writer.write(fixed: sending) }
    writer.write(fixed: receiving)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    rootKey = try reader.readSecret(32)
    sending = Sending(
      epoch: try reader.readUInt64(), key: try reader.readSecret(32),
      n: try reader.readUInt32(), previous: try reader.readUInt32())
    receiving = Receiving(
      epoch: try reader.readUInt64(), key: try reader.readSecret(32),
      n: try reader.readUInt32())
    let bound = SparseRatchetMessage.maxNumber
    guard sending.epoch <= Braid.maxEpoch, receiving.epoch <= Braid.maxEpoch,
      sending.n <= bound, sending.previous <= bound, receiving.n <= bound
    else { throw CygnetError(.malformed, "a number beyond what a message can carry") }
    switch try reader.readUInt8() {
    case 0: next = nil
    case 1:
      next = Next(
        epoch: sending.epoch + 1, sending: try reader.readSecret(32),
        receiving: try reader.readSecret(32))
    case 2:
      next = Next(epoch: sending.epoch, sending: nil, receiving: try reader.readSecret(32))
    default: throw CygnetError(.malformed, "unknown form of the next chains")
    }
  }

  /// Which epochs the chains belong to follows from where the Braid stands: messages go out in the
  /// epoch before its own, and they come in in that one or, at first, in the one before.
  fileprivate func demandConsistency(with braid: Braid) throws(CygnetError) {
    let own = sending.epoch
    let isBehind = next != nil && next?.sending == nil
    guard braid.epoch == own + 1, receiving.epoch + (isBehind ? 1 : 0) == own,
      (next?.sending != nil) == braid.state.hasGivenKey
    else {
      throw CygnetError(.malformed, "chains of other epochs than the Braid's")
    }
  }
}

extension Braid.State {
  /// Whether the key of the state's epoch has been put out.
  fileprivate var hasGivenKey: Bool {
    switch self {
    case .keysUnsampled, .keysSampled, .headerSent, .ct1Received, .ekSentCt1Received,
      .noHeaderReceived, .headerReceived:
      false
    case .ct1Sampled, .ekReceivedCt1Sampled, .ct1Acknowledged, .ct2Sampled: true
    }
  }
}
