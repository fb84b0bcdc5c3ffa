internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// Messages of MLS (RFC 9420), which other implementations write as well.
extension Inspection {
  static func mlsMessage(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    switch try MLS.Message(decoding: bytes).body {
    case .publicMessage(let message): return publicMessage(message)
    case .privateMessage(let message): return privateMessage(message)
    case .welcome(let welcome): return self.welcome(welcome)
    case .groupInfo(let info): return try groupInfo(info)
    case .keyPackage(let package): return keyPackage(package)
    }
  }

  // MARK: - Kinds

  private static func publicMessage(_ message: PublicMessage) -> Inspection {
    let content = message.content
    return Inspection(
      "MLSPublicMessage", "a message of a group in the clear; not verified here",
      [
        "group_id": .hex(content.groupID.bytes), "epoch": .counting(content.epoch.rawValue),
        "sender": sender(content.sender), "content": self.content(content.content),
        "authenticated_data_bytes": .integer(content.authenticatedData.count),
      ])
  }

  private static func privateMessage(_ message: PrivateMessage) -> Inspection {
    Inspection(
      "MLSPrivateMessage", "an encrypted message of a group; its sender does not show",
      [
        "group_id": .hex(message.groupID.bytes), "epoch": .counting(message.epoch.rawValue),
        "content_type": .string(name(message.contentType)),
        "authenticated_data_bytes": .integer(message.authenticatedData.count),
        "ciphertext_bytes": .integer(message.ciphertext.count),
      ])
  }

  private static func welcome(_ welcome: MLS.Welcome) -> Inspection {
    Inspection(
      "MLSWelcome", "an invitation into a group, sealed to the key packages it names",
      [
        "suite": suite(welcome.cipherSuite),
        "key_packages": .array(welcome.keyPackageRefs.map { .hex($0.bytes) }),
      ])
  }

  private static func groupInfo(_ info: MLS.GroupInfo) throws(CygnetError) -> Inspection {
    var members: JSON = .null
    if let encoded = info.extensions[.ratchetTree] {
      var list: [JSON] = []
      for (index, leaf) in try RatchetTree(wire: encoded).members {
        list.append([
          "leaf": .counting(UInt64(index.rawValue)), "member": credential(leaf.credential),
          "fingerprint": fingerprint(leaf.signatureKey),
        ])
      }
      members = .array(list)
    }
    let context = info.groupContext
    return Inspection(
      "MLSGroupInfo", "the state of a group, signed by a member; not verified here",
      [
        "suite": suite(context.cipherSuite), "group_id": .hex(context.groupID.bytes),
        "epoch": .counting(context.epoch.rawValue), "title": title(context.extensions),
        "signer": .counting(UInt64(info.signer.rawValue)),
        "allows_coming_back": .bool(info.extensions[.externalPub] != nil), "members": members,
      ])
  }

  private static func keyPackage(_ package: MLS.KeyPackage) -> Inspection {
    let leaf = package.leafNode
    var lifetime: JSON = .null
    if case .keyPackage(let span) = leaf.source {
      lifetime = ["from": time(span.notBefore), "to": time(span.notAfter)]
    }
    return Inspection(
      "MLSKeyPackage", "what others need to invite somebody into a group; not verified here",
      [
        "suite": suite(package.cipherSuite), "owner": credential(leaf.credential),
        "fingerprint": fingerprint(leaf.signatureKey), "lifetime": lifetime,
        "last_resort": .bool(package.extensions[.lastResort] != nil),
      ])
  }

  // MARK: - Parts

  private static func content(_ content: FramedContent.Content) -> JSON {
    switch content {
    case .application(let data):
      ["type": "application", "bytes": .integer(data.count)]
    case .proposal(let proposal):
      ["type": "proposal", "proposal": .integer(Int(proposal.type.rawValue))]
    case .commit(let commit):
      [
        "type": "commit", "proposals": .integer(commit.proposals.count),
        "path": .bool(commit.path != nil),
      ]
    }
  }

  private static func name(_ type: MLS.ContentType) -> String {
    switch type {
    case .application: "application"
    case .proposal: "proposal"
    case .commit: "commit"
    }
  }

  private static func sender(_ sender: MLS.Sender) -> JSON {
    switch sender {
    case .member(let index): ["member": .counting(UInt64(index.rawValue))]
    case .external(let index): ["external": .counting(UInt64(index))]
    case .newMemberProposal: "new member, proposing"
    case .newMemberCommit: "new member, committing"
    }
  }

  private static func suite(_ suite: MLS.CipherSuite) -> JSON { .integer(Int(suite.rawValue)) }

  /// The address that a basic credential of ours holds, or its bytes.
  private static func credential(_ credential: MLS.Credential) -> JSON {
    guard case .basic(let identity) = credential else {
      return ["type": .integer(Int(credential.type.rawValue))]
    }
    guard let address = try? DeviceAddress(wire: identity) else { return .hex(identity) }
    return Inspection.address(address)
  }

  /// As of any identity key, where the key may be one.
  private static func fingerprint(_ key: MLS.SignaturePublicKey) -> JSON {
    (try? Ed25519.PublicKey(key.bytes)).map { Inspection.fingerprint($0) } ?? .hex(key.bytes)
  }

  /// The title of a client's group: behind a version and a length.
  private static func title(_ extensions: MLS.Extensions) -> JSON {
    guard let bytes = MLSObject.title(extensions) else { return .null }
    return GroupTitleText.json(bytes)
  }
}
