package import CygnetPrimitives

/// What may be said of stored prekeys without their private halves, for diagnostics.
package struct PreKeysSummary: Sendable {
  /// The signed prekeys held, oldest first.
  package let signed: [(id: SignedPreKeyID, createdAt: Timestamp)]
  package let oneTimeCount: Int
  package let unusedOneTimeCount: Int
  /// Handshakes remembered so that they are not answered twice.
  package let answeredCount: Int
}

extension PreKeys {
  package var summary: PreKeysSummary {
    var list: [(id: SignedPreKeyID, createdAt: Timestamp)] = []
    for key in signed { list.append((key.published.id, key.published.createdAt)) }
    return PreKeysSummary(
      signed: list, oneTimeCount: oneTime.count, unusedOneTimeCount: unusedOneTimePreKeyCount,
      answeredCount: answered.count)
  }
}
