package import CygnetPrimitives

/// What may be said of stored prekeys without their private halves, for diagnostics.
package struct PreKeysSummary: Sendable {
  /// The signed prekeys held, oldest first.
  package let signed: [(id: SignedPreKeyID, createdAt: Timestamp)]
  package let oneTimeCount: Int
  package let unusedOneTimeCount: Int
  package let suite: Suite
  /// KEM prekeys of last resort.
  package let lastResortCount: Int
  package let oneTimeKEMCount: Int
  package let unusedOneTimeKEMCount: Int
  /// Handshakes without a one-time prekey, remembered so that they are not answered twice.
  package let answeredCount: Int
}

extension PreKeys {
  package var summary: PreKeysSummary {
    var list: [(id: SignedPreKeyID, createdAt: Timestamp)] = []
    var answeredCount = 0
    for key in signed {
      list.append((key.published.id, key.published.createdAt))
      answeredCount += key.answered.count
    }
    return PreKeysSummary(
      signed: list, oneTimeCount: oneTime.count, unusedOneTimeCount: unusedOneTimePreKeyCount,
      suite: suite, lastResortCount: kem?.lastResort.count ?? 0,
      oneTimeKEMCount: kem?.oneTime.count ?? 0,
      unusedOneTimeKEMCount: unusedOneTimeKEMPreKeyCount,
      answeredCount: answeredCount)
  }
}
