internal import CygnetPrimitives

/// Finds the pre-shared keys of a commit or Welcome, all of them before anything changes
/// (RFC 9420 §12.4.2, rule M4).
struct PSKResolver {
  let configuration: MLS.Configuration
  /// The group that the keys are for, nil for one that is being joined.
  let own: GroupState?
  /// The group that is replaced or branched off, with its epoch's secret.
  var parent: (group: MLS.GroupID, epoch: MLS.Epoch, secret: SecretBytes)?
  /// What is thrown for a key that is not held.
  var missing = CygnetError(
    .notFound, "M4: a pre-shared key is not held here (RFC 9420 §12.4.2)")

  func secrets(
    for ids: [MLS.PreSharedKeyID]
  ) throws(CygnetError) -> [(id: MLS.PreSharedKeyID, secret: SecretBytes)] {
    var found: [(id: MLS.PreSharedKeyID, secret: SecretBytes)] = []
    for id in ids {
      guard let secret = secret(for: id) else {
        throw missing
      }
      found.append((id, secret))
    }
    return found
  }

  private func secret(for id: MLS.PreSharedKeyID) -> SecretBytes? {
    switch id.kind {
    case .external(let name):
      return configuration.preSharedKeys.externalKey(id: name)
    case .resumption(_, let group, let epoch):
      if let parent, parent.group == group, parent.epoch == epoch { return parent.secret }
      if let own, own.shared.context.groupID == group {
        if own.shared.context.epoch == epoch { return own.secrets.resumptionPSK }
        if let secret = own.resumption.secret(of: epoch) { return secret }
      }
      return configuration.preSharedKeys.resumptionKey(group: group, epoch: epoch)
    }
  }
}

/// The resumption secrets of the last epochs (RFC 9420 §8.6).
struct ResumptionSecrets: Sendable {
  /// Epochs for which a group remembers its secret: a proposal names one of the last few.
  static let maxCount = 16

  private(set) var list: [(epoch: MLS.Epoch, secret: SecretBytes)] = []

  mutating func append(_ secret: SecretBytes, of epoch: MLS.Epoch) {
    list.append((epoch, secret))
    if list.count > Self.maxCount { list.removeFirst() }
  }

  func secret(of epoch: MLS.Epoch) -> SecretBytes? {
    for entry in list where entry.epoch == epoch { return entry.secret }
    return nil
  }
}
