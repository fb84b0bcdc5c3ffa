/// Our vectors on groups, whose reference is RFC 9420: for each rule what breaks it alone.
enum MLSRefusals {
  static let suites: [OwnVectorSuite] =
    [
      EncodingRefusals.suite, KeyPackageRefusals.suite, CommitRefusals.suite, PathRefusals.suite,
      LeafRefusals.suite,
      ProposalRefusals.suite, OutsiderRefusals.suite, ExternalRefusals.suite,
      MessageRefusals.suite, WelcomeRefusals.suite, SuccessorRefusals.suite,
    ] + JoinRefusals.suites
}
