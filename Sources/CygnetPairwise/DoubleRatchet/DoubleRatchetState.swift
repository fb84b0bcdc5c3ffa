package import CygnetPrimitives
package import CygnetWire

extension DoubleRatchet: WireEncodable {
  ///     enum { waiting(0), chain(1), due(2) } SendingKind;
  ///
  ///     struct {
  ///       opaque root_key[32];
  ///       opaque next_sending_header_key[32];
  ///       opaque next_receiving_header_key[32];
  ///       uint32 previous_chain_length;
  ///       uint8 has_left_first_receiving_chain;    // 0 or 1
  ///       SendingKind kind;
  ///       select (kind) {
  ///         case waiting: opaque private_key[32]; opaque public_key[32];
  ///         case chain:   opaque private_key[32]; opaque public_key[32];
  ///                       opaque chain_key[32]; opaque header_key[32]; uint32 n;
  ///         case due:     opaque peer_ratchet_key[32];
  ///       };
  ///       optional<ReceivingChain> receiving;
  ///       SkippedMessageKeys skipped;
  ///     } DoubleRatchetState;
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(fixed: rootKey.secret)
    writer.write(fixed: nextSendingHeaderKey.secret)
    writer.write(fixed: nextReceivingHeaderKey.secret)
    writer.write(previousChainLength)
    writer.write(UInt8(hasLeftFirstReceivingChain ? 1 : 0))
    switch sending {
    case .waiting(let own):
      writer.write(UInt8(0))
      writer.write(fixed: own.privateKey.secret)
      writer.write(fixed: own.publicKey.bytes)
    case .chain(let chain):
      writer.write(UInt8(1))
      try chain.encode(into: &writer)
    case .due(let peer):
      writer.write(UInt8(2))
      writer.write(fixed: peer.bytes)
    }
    try writer.write(optional: receiving)
    try skipped.encode(into: &writer)
  }

  package init(suite: Suite, from reader: inout Reader) throws(CygnetError) {
    self.suite = suite
    rootKey = RootKey(try reader.readSecret(32))
    nextSendingHeaderKey = HeaderKey(try reader.readSecret(HeaderKey.byteCount))
    nextReceivingHeaderKey = HeaderKey(try reader.readSecret(HeaderKey.byteCount))
    previousChainLength = try reader.readUInt32()
    switch try reader.readUInt8() {
    case 0: hasLeftFirstReceivingChain = false
    case 1: hasLeftFirstReceivingChain = true
    default: throw CygnetError(.malformed, "a flag is 0 or 1")
    }
    switch try reader.readUInt8() {
    case 0: sending = .waiting(own: try X25519.KeyPair(storedIn: &reader))
    case 1: sending = .chain(try SendingChain(from: &reader))
    case 2: sending = .due(peer: try X25519.PublicKey(rawFrom: &reader))
    default: throw CygnetError(.malformed, "unknown kind of sending half")
    }
    receiving = try reader.readOptional()
    skipped = try SkippedMessageKeys(from: &reader)
  }
}

extension X25519.KeyPair {
  fileprivate init(storedIn reader: inout Reader) throws(CygnetError) {
    let privateKey = try X25519.PrivateKey(reader.readSecret(X25519.byteCount))
    self.init(privateKey: privateKey, publicKey: try X25519.PublicKey(rawFrom: &reader))
  }
}

extension DoubleRatchet.SendingChain: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(fixed: ratchetKey.privateKey.secret)
    writer.write(fixed: ratchetKey.publicKey.bytes)
    writer.write(fixed: chainKey.secret)
    writer.write(fixed: headerKey.secret)
    writer.write(n)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    ratchetKey = try X25519.KeyPair(storedIn: &reader)
    chainKey = ChainKey(try reader.readSecret(32))
    headerKey = HeaderKey(try reader.readSecret(HeaderKey.byteCount))
    n = try reader.readUInt32()
  }
}

extension DoubleRatchet.ReceivingChain: WireEncodable, WireDecodable {
  ///     struct {
  ///       opaque chain_key[32];
  ///       opaque header_key[32];
  ///       uint32 n;
  ///     } ReceivingChain;
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(fixed: chainKey.secret)
    writer.write(fixed: headerKey.secret)
    writer.write(n)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    chainKey = ChainKey(try reader.readSecret(32))
    headerKey = HeaderKey(try reader.readSecret(HeaderKey.byteCount))
    n = try reader.readUInt32()
  }
}
