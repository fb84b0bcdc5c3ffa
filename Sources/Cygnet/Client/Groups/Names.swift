internal import CygnetPrimitives
internal import CygnetStorage

/// Contacts and groups share their names, so that a message goes to one of them by its name alone.
extension RecordTransaction {
  func hasName(_ name: String) throws(CygnetError) -> Bool {
    if try hasContact(named: name) { return true }
    return try hasGroup(named: name)
  }

  /// - Throws: `wrongState` for a name in use.
  func demandFreeName(_ name: String) throws(CygnetError) {
    if try hasContact(named: name) {
      throw CygnetError(.wrongState, "another contact has this name")
    }
    if try hasGroup(named: name) { throw CygnetError(.wrongState, "a group has this name") }
  }

  /// What to call a group that is new here: as the person wants, or by its title.
  /// - Throws: `malformed` for an unfit name, `wrongState` for one in use.
  func groupName(_ wanted: String?, _ title: GroupTitle) throws(CygnetError) -> String {
    guard let wanted else { return try freeName(ContactName.suggestion(for: title)) }
    try ContactName.check(wanted)
    try demandFreeName(wanted)
    return wanted
  }
}
