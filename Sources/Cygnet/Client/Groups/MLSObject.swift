package import CygnetMLS

/// How objects of MLS are told from ours: `uint16 version = 1` is the same for both; the third byte
/// is the type of an object of ours, and zero in an `MLSMessage`, whose wire format is a `uint16`.
package enum MLSObject {
  package static func isOne(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 4 && bytes[0] == 0 && bytes[1] == 1 && bytes[2] == 0
  }

  /// What the members call a group; nil where it has no title, or one that is not sound.
  package static func title(_ extensions: MLS.Extensions) -> [UInt8]? {
    guard extensions[GroupTitle.type] != nil else { return nil }
    return try? GroupTitle(extensions).bytes
  }
}
