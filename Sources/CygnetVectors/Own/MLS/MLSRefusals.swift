/// Our vectors on groups, whose reference is RFC 9420: for each rule what breaks it alone.
enum MLSRefusals {
  static let suites: [OwnVectorSuite] =
    [
      CommitRefusals.suite, PathRefusals.suite, LeafRefusals.suite,
      ProposalRefusals.suite, ExternalRefusals.suite, MessageRefusals.suite, WelcomeRefusals.suite,
    ] + JoinRefusals.suites
}
