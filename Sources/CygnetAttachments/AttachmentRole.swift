package import CygnetPrimitives

/// What a blob is to its attachment. The role enters the key derivation, so a thumbnail cannot be
/// passed off as the original even under the same key.
public enum AttachmentRole: UInt8, CaseIterable, Sendable {
  case original = 0
  case thumbnail = 1
  /// A rendition of lower quality.
  case preview = 2
  /// The waveform or another companion of a voice note.
  case waveform = 3
  /// Text too long for a message.
  case longText = 4
  case sticker = 5
  case backup = 6

  /// - Throws: `unsupported` for a value that is unknown here.
  package init(checking value: UInt8) throws(CygnetError) {
    guard let role = AttachmentRole(rawValue: value) else {
      throw CygnetError(.unsupported, "unknown role of an attachment")
    }
    self = role
  }
}
