internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A GroupInfo of any content, signed as it stands.
struct ForgedGroupInfo {
  let suite: Algorithms
  /// The encoded GroupContext.
  var context: [UInt8]
  var extensions: [MLS.Extension] = []
  var confirmationTag: [UInt8]
  var signerIndex: LeafIndex
  var signer: MLS.SignatureKeyPair
  var label: Label = GroupInfoTBS.label
  /// In place of a signature that verifies.
  var signature: [UInt8]?

  /// The state of a group, without extensions.
  init(_ forge: MLSForge, by member: UInt32 = 0) throws(CygnetError) {
    suite = forge.suite
    context = try forge.encodedContext()
    confirmationTag = forge.confirmationTag
    signerIndex = LeafIndex(member)
    signer = try forge.signer(member)
  }

  /// A published one: with the tree, and the key for external commits.
  static func published(
    _ forge: MLSForge, by member: UInt32 = 0
  ) throws(CygnetError) -> ForgedGroupInfo {
    var info = try ForgedGroupInfo(forge, by: member)
    try info.setTree(TreeNodes(forge.tree).wireEncoded())
    info.extensions.append(try MLS.Extension(type: .externalPub, forge.externalKey()))
    return info
  }

  /// Puts these bytes in the place of the tree.
  mutating func setTree(_ tree: [UInt8]?) {
    extensions.removeAll { $0.type == .ratchetTree }
    if let tree { extensions.insert(MLS.Extension(type: .ratchetTree, data: tree), at: 0) }
  }

  func decodedContext() throws(CygnetError) -> MLS.GroupContext {
    try MLS.GroupContext(wire: context)
  }

  /// The signed GroupInfo.
  func encoded() throws(CygnetError) -> [UInt8] {
    let content = try Content(info: self).wireEncoded()
    let honest = try suite.signature(of: content, label: label, by: signer)
    return content + (try Opaque(bytes: signature ?? honest).wireEncoded())
  }

  /// As it is published.
  func message() throws(CygnetError) -> [UInt8] {
    try MLSEnvelope(format: .groupInfo, body: encoded()).wireEncoded()
  }

  private struct Content: WireEncodable {
    let info: ForgedGroupInfo

    func encode(into writer: inout Writer) throws(CygnetError) {
      writer.write(fixed: info.context)
      try writer.write(vector: info.extensions)
      try writer.write(opaque: info.confirmationTag)
      try info.signerIndex.encode(into: &writer)
    }
  }
}

/// `opaque bytes<V>`.
struct Opaque: WireEncodable {
  let bytes: [UInt8]

  func encode(into writer: inout Writer) throws(CygnetError) { try writer.write(opaque: bytes) }
}

/// An MLSMessage around bytes of any kind.
struct MLSEnvelope: WireEncodable {
  var version = MLS.ProtocolVersion.mls10
  let format: MLS.WireFormat
  let body: [UInt8]

  func encode(into writer: inout Writer) throws(CygnetError) {
    try version.encode(into: &writer)
    try format.encode(into: &writer)
    writer.write(fixed: body)
  }
}
