import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire

/// The stored form of a member's current epoch, taken apart, so that tests can look at a group's
/// secrets and play a member that breaks the rules.
package struct GroupStateView {
  package let context: MLS.GroupContext
  package let confirmationTag: [UInt8]
  package let tree: RatchetTree
  package let keys: TreePrivateKeys
  package let signer: MLS.SignatureKeyPair
  package let secrets: EpochSecrets
  package var secretTree: SecretTree
  /// Everything but the secret tree, from which a key goes with each message that was decrypted.
  package let rest: [UInt8]

  package init(_ group: MLS.Group) throws {
    let bytes = try group.currentState().exposed()
    var start = 0
    var end = 0
    (context, confirmationTag, tree, keys, signer, secrets, secretTree) = try Reader.read(bytes) {
      (reader) throws(CygnetError) in
      _ = try reader.readFixed(3)
      let parts = (
        try MLS.GroupContext(from: &reader),
        try reader.readOpaque(0...MLS.Limits.messageByteCount),
        try RatchetTree(from: &reader), try TreePrivateKeys(from: &reader),
        try MLS.SignatureKeyPair(seed: reader.readSecret(32)),
        try EpochSecrets(from: &reader)
      )
      start = reader.position
      let tree = try SecretTree(from: &reader)
      end = reader.position
      _ = try reader.readFixed(reader.remaining)
      return (parts.0, parts.1, parts.2, parts.3, parts.4, parts.5, tree)
    }
    rest = Array(bytes[..<start] + bytes[end...])
  }
}

extension MLS.Group {
  /// All that is stored of the group, in one piece, to see whether anything changed.
  package func wholeState() throws -> [UInt8] {
    let stored = try state()
    var bytes = stored.current.exposed()
    for epoch in stored.past { bytes += epoch.state.exposed() }
    return bytes
  }
}
