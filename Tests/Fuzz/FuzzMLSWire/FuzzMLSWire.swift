import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport

/// Gives the input to every decoder of MLS. What one accepts must come back byte for byte, and what
/// it throws must not be a fault of ours.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMLSWire(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  messages(bytes)
  parts(bytes)
  secrets(bytes)
  StoredGroups.use(bytes)
  StoredGroups.useWithItsHash(bytes)
  StoredGroups.useAsBlock(bytes)
  return 0
}

private func messages(_ bytes: [UInt8]) {
  law(MLS.Message.self, bytes)
  law(MLS.KeyPackage.self, bytes)
  law(MLS.Welcome.self, bytes)
  law(MLS.GroupInfo.self, bytes)
  law(MLS.Proposal.self, bytes)
  law(MLS.Commit.self, bytes)
  law(PublicMessage.self, bytes)
  law(PrivateMessage.self, bytes)
  law(FramedContent.self, bytes)
  law(AuthenticatedContent.self, bytes)
}

private func parts(_ bytes: [UInt8]) {
  law(RatchetTree.self, bytes)
  law(MLS.LeafNode.self, bytes)
  law(ParentNode.self, bytes)
  law(MLS.UpdatePath.self, bytes)
  law(MLS.GroupContext.self, bytes)
  law(MLS.Capabilities.self, bytes)
  law(MLS.RequiredCapabilities.self, bytes)
  law(MLS.Credential.self, bytes)
  law(MLS.Extensions.self, bytes)
  law(MLS.ExternalSenders.self, bytes)
  law(MLS.PreSharedKeyID.self, bytes)
  law(MLS.ReInit.self, bytes)
  law(MLS.Sender.self, bytes)
  law(SenderData.self, bytes)
  law(MLS.HPKECiphertext.self, bytes)
  law(MLS.Lifetime.self, bytes)
  law(MLS.ExternalSender.self, bytes)
  law(MLS.EncryptedGroupSecrets.self, bytes)
}

private func secrets(_ bytes: [UInt8]) {
  law(GroupSecrets.self, bytes)
  law(TreePrivateKeys.self, bytes)
  law(EpochSecrets.self, bytes)
  law(SecretTree.self, bytes)
  law(MLS.OwnKeyPackage.self, bytes)
  law(MLS.BlockName.self, bytes)
}

private func law<Value: WireEncodable & WireDecodable>(_ type: Value.Type, _ bytes: [UInt8]) {
  let value: Value
  do throws(CygnetError) { value = try Value(wire: bytes) } catch {
    if error.code == .internalFault { fatalError("\(Value.self): \(error)") }
    return
  }
  guard let encoded = try? value.wireEncoded(), encoded == bytes else {
    fatalError("\(Value.self) comes back as other bytes")
  }
}

/// With `CYGNET_FUZZ_SEEDS` in the environment: writes one of each object there, and ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
  Seeds.writeIfAsked { folder in
    var scene = try GroupScene(5, in: .privateMessage)
    var group = scene.groups[1]
    let info = try group.groupInfo(allowsExternalJoin: true, using: &scene.random)
    try Seeds.write(MLS.Message(info).encoded(), "group-info", in: folder)
    try Seeds.write(info.wireEncoded(), "group-info-bare", in: folder)
    try Seeds.write(group.ratchetTree(), "tree", in: folder)
    try Seeds.write(scene.newcomers[0].keyPackage.wireEncoded(), "key-package", in: folder)
    try Seeds.write(scene.newcomers[0].state().exposed(), "own-key-package", in: folder)
    let view = try GroupStateView(group)
    try Seeds.write(view.keys.wireEncoded(), "private-keys", in: folder)
    try Seeds.write(view.secrets.wireEncoded(), "epoch-secrets", in: folder)
    try Seeds.write(view.secretTree.wireEncoded(), "secret-tree", in: folder)
    try Seeds.write(view.context.wireEncoded(), "context", in: folder)
    try Seeds.write(group.encrypt([1, 2, 3], using: &scene.random).encoded(), "talk", in: folder)
    try Seeds.write(group.currentState().exposed(), "state", in: folder)
    for (name, block) in try group.changes(since: nil).written {
      let number = try name.bytes.map { "\($0)" }.joined(separator: "-")
      try Seeds.write(block.exposed(), "block-\(number)", in: folder)
    }
    for (index, past) in try group.state().past.enumerated() {
      try Seeds.write(past.state.exposed(), "past-\(index)", in: folder)
    }
    let add = try scene.newcomers[0].keyPackage.verified(
      at: GroupScene.now, configuration: scene.configuration)
    let bundle = try group.commit([.add(add)], now: GroupScene.now, using: &scene.random)
    try Seeds.write(bundle.commit.encoded(), "commit", in: folder)
    try Seeds.write(bundle.welcome!.encoded(), "welcome", in: folder)
    try Seeds.write(group.currentState().exposed(), "state-waiting", in: folder)
    let clear = try GroupScene(4, in: .publicMessage)
    var member = clear.groups[0]
    try Seeds.write(clear.server!.state(), "server", in: folder)
    try Seeds.write(
      member.proposeUpdate(now: GroupScene.now, using: &scene.random).encoded(), "proposal",
      in: folder)
    try Seeds.write(member.currentState().exposed(), "state-proposal", in: folder)
    let commit = try member.commit(now: GroupScene.now, using: &scene.random).commit
    try Seeds.write(commit.encoded(), "commit-clear", in: folder)
  }
  return 0
}
