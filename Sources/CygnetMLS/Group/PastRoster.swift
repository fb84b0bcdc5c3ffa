internal import CygnetPrimitives
internal import CygnetWire

///     struct {
///       uint32 index;                        // ascending
///       opaque signature_key<V>;
///       Credential credential;
///     } PastMember;
///
/// Who was in an epoch: its tree, which costs nothing to keep beside the next one, or what was stored
/// of it. That stays encoded, since hardly any of it is ever asked for, and a group has several.
enum PastRoster: Sendable {
  case tree(RatchetTree)
  /// `PastMember`, one after the other.
  case stored([UInt8])

  struct Entry: Sendable {
    let signatureKey: MLS.SignaturePublicKey
    let credential: MLS.Credential
  }

  subscript(index: LeafIndex) -> Entry? {
    switch self {
    case .tree(let tree):
      tree.leaf(index).map { Entry(signatureKey: $0.signatureKey, credential: $0.credential) }
    case .stored(let members):
      // Decoding has judged them.
      try? Self.entry(of: index, in: members)
    }
  }

  private static func entry(
    of wanted: LeafIndex, in members: [UInt8]
  ) throws(CygnetError) -> Entry? {
    try Reader.read(members) { (reader) throws(CygnetError) in
      var found: Entry?
      while reader.remaining > 0 {
        let index = try LeafIndex(from: &reader)
        if index == wanted {
          found = Entry(
            signatureKey: try MLS.SignaturePublicKey(from: &reader),
            credential: try MLS.Credential(from: &reader))
        } else if index > wanted {
          try reader.skip(reader.remaining)
        } else {
          try skipMember(&reader)
        }
      }
      return found
    }
  }

  /// What follows a member's index.
  private static func skipMember(_ reader: inout Reader) throws(CygnetError) {
    try reader.skipOpaque(0...MLS.Limits.opaqueByteCount)
    try MLS.Credential.skip(&reader)
  }
}

extension PastRoster: WireEncodable, WireDecodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    switch self {
    case .stored(let members): try writer.write(opaque: members)
    case .tree(let tree):
      try writer.vector { (writer) throws(CygnetError) in
        try tree.visitLeaves { (index, leaf) throws(CygnetError) in
          try index.encode(into: &writer)
          try leaf.node.signatureKey.encode(into: &writer)
          try leaf.node.credential.encode(into: &writer)
        }
      }
    }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    let members = try reader.vector(0...MLS.Limits.opaqueByteCount) {
      (reader) throws(CygnetError) in
      let start = reader.position
      var last: LeafIndex?
      while reader.remaining > 0 {
        let index = try LeafIndex(from: &reader)
        if let last, index <= last {
          throw CygnetError(.malformed, "stored members out of order")
        }
        last = index
        try Self.skipMember(&reader)
      }
      return reader.bytes(since: start)
    }
    self = .stored(members)
  }
}
