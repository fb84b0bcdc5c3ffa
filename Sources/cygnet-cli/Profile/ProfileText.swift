internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors

/// Who a profile belongs to, as `init` and its kin print it.
enum ProfileText {
  /// - Parameter title: what comes behind the profile's name in the first line.
  static func print(
    _ profile: Profile, _ session: StoreSession, title: String, _ output: Output
  ) throws {
    let style = output.outputStyle
    try output.line("\(style.bold("Profile \(session.folder.name)")) \(title)")
    for (name, text) in try lines(profile, session) { try output.line("  \(name) \(text)") }
    try output.result(members(profile, session))
  }

  private static func lines(
    _ profile: Profile, _ session: StoreSession
  ) throws(CygnetError) -> [(String, String)] {
    var lines = [
      ("address    ", profile.address.shown),
      ("fingerprint", Fingerprint(profile.identity).shown),
      ("identity   ", try profile.identity.text),
      ("created    ", profile.createdAt.calendarText),
    ]
    if let restored = profile.restoredAt { lines.append(("restored   ", restored.calendarText)) }
    lines.append(("store      ", session.folder.store.description))
    return lines
  }

  static func members(
    _ profile: Profile, _ session: StoreSession
  ) throws(CygnetError) -> JSONObject {
    let members: KeyValuePairs<String, JSON> = [
      "profile": .string(session.folder.name),
      "address": profile.address.json,
      "fingerprint": .hex(Fingerprint(profile.identity).bytes),
      "identity": .string(try profile.identity.text),
      "created_at": profile.createdAt.json,
      "restored_at": profile.restoredAt?.json ?? .null,
      "store": .string(session.folder.store.text),
    ]
    return JSON.object(members).object ?? JSONObject()
  }
}
