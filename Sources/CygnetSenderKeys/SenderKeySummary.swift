/// What may be said of a sender's chain without its keys, for diagnostics.
package struct SenderChainSummary: Sendable, Equatable {
  package let chainID: SenderChainID
  /// The number of the first message that can be read.
  package let first: UInt32
  /// The next number expected.
  package let next: UInt32
  package let skippedKeyCount: Int
}

extension ReceivingSenderKey {
  /// The chains that are held, ascending.
  package var summary: [SenderChainSummary] {
    var list: [SenderChainSummary] = []
    for chain in chains {
      list.append(
        SenderChainSummary(
          chainID: chain.id, first: chain.first, next: chain.next,
          skippedKeyCount: chain.skipped.count))
    }
    return list
  }
}
