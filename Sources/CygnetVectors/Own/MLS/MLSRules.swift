/// What the rules of MLS are, as far as vectors are about them, and what goes wrong in who does not
/// follow them.
enum MLSRules {
  static func notes(_ ids: String...) -> [OwnVectorSuite.Note] { notes(ids) }

  static func notes(_ ids: [String]) -> [OwnVectorSuite.Note] {
    var notes: [OwnVectorSuite.Note] = []
    for id in ids {
      guard let (description, effect) = table[id] else { continue }
      notes.append(OwnVectorSuite.Note(flag: id, description: description, effect: effect))
    }
    return notes
  }

  private static let table: [String: (description: String, effect: String)] = {
    var table: [String: (description: String, effect: String)] = [:]
    let rows =
      MLSRuleTexts.syntax + MLSRuleTexts.cryptography + MLSRuleTexts.tree + MLSRuleTexts.leaves
      + MLSRuleTexts.keyPackages + MLSRuleTexts.proposals + MLSRuleTexts.lists
      + MLSRuleTexts.externalCommits + MLSRuleTexts.commits + MLSRuleTexts.joining
      + MLSRuleTexts.messages + MLSRuleTexts.identity
    for row in rows { table[row.id] = (row.description, row.effect) }
    return table
  }()
}
