internal import CygnetPrimitives

/// Which of the proposals that wait a committer takes up where they exclude each other
/// (RFC 9420 §12.2). What remains may still be unsound; that is judged afterwards.
struct ProposalChoice {
  let state: GroupState
  let configuration: MLS.Configuration

  /// Of several changes of one leaf a Remove, else the last Update; of several Adds of one client,
  /// and of several new extensions, the last; each pre-shared key once, and only if its key is here.
  /// Own Updates give way to the path, and a ReInit to everything else.
  func preferred(
    _ waiting: [ListedProposal], over carried: [ListedProposal]
  ) -> [ListedProposal] {
    var taken = Taken()
    for item in waiting + carried {
      if case .remove(let index) = item.proposal { taken.removed.insert(index) }
    }
    for item in carried { _ = take(item, &taken) }
    let others = waiting.count + carried.count > 1
    var kept: [ListedProposal] = []
    for item in waiting.reversed() {
      switch item.proposal {
      case .update:
        guard case .member(let index) = item.sender, index != state.ownIndex,
          !taken.removed.contains(index)
        else { continue }
      case .remove(state.ownIndex): continue
      case .reInit where others: continue
      case .preSharedKey(let id):
        let resolver = PSKResolver(configuration: configuration, own: state)
        guard (try? resolver.secrets(for: [id])) != nil else { continue }
      default: break
      }
      if take(item, &taken) { kept.append(item) }
    }
    return kept.reversed()
  }

  /// What the list has by now.
  private struct Taken {
    var removed: Set<LeafIndex> = []
    var leaves: Set<LeafIndex> = []
    var clients: Set<[UInt8]> = []
    var keys: Set<MLS.PreSharedKeyID> = []
    var hasExtensions = false
  }

  /// Whether nothing taken excludes it.
  private func take(_ item: ListedProposal, _ taken: inout Taken) -> Bool {
    switch item.proposal {
    case .update:
      guard case .member(let index) = item.sender else { return false }
      return taken.leaves.insert(index).inserted
    case .remove(let index):
      return taken.leaves.insert(index).inserted
    case .add(let keyPackage):
      let leaf = keyPackage.leafNode
      return taken.clients.insert(
        configuration.credentialValidator.clientID(
          of: leaf.credential, signatureKey: leaf.signatureKey)
      ).inserted
    case .preSharedKey(let id):
      return taken.keys.insert(id).inserted
    case .groupContextExtensions:
      defer { taken.hasExtensions = true }
      return !taken.hasExtensions
    case .reInit, .externalInit, .custom:
      return true
    }
  }
}
