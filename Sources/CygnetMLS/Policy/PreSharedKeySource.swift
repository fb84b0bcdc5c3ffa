public import CygnetPrimitives

extension MLS {
  /// Where pre-shared keys come from (RFC 9420 §8.4). A group knows its own past epochs; all else
  /// the application provides.
  public protocol PreSharedKeySource: Sendable {
    /// The key of this name.
    func externalKey(id: [UInt8]) -> SecretBytes?
    /// The resumption secret of another group's epoch (RFC 9420 §8.6).
    func resumptionKey(group: GroupID, epoch: Epoch) -> SecretBytes?
  }

  /// No pre-shared keys.
  public struct NoPreSharedKeys: PreSharedKeySource {
    /// The one source of its kind.
    public init() {}

    public func externalKey(id: [UInt8]) -> SecretBytes? { nil }

    public func resumptionKey(group: GroupID, epoch: Epoch) -> SecretBytes? { nil }
  }

  /// Pre-shared keys by name.
  public struct PreSharedKeys: PreSharedKeySource {
    private var external: [[UInt8]: SecretBytes] = [:]
    private var resumption: [GroupID: [Epoch: SecretBytes]] = [:]

    /// None yet.
    public init() {}

    /// Adds or replaces a key of the application's.
    public mutating func set(_ key: SecretBytes, externalID: [UInt8]) { external[externalID] = key }

    /// Adds or replaces the resumption secret of another group's epoch.
    public mutating func set(_ key: SecretBytes, group: GroupID, epoch: Epoch) {
      resumption[group, default: [:]][epoch] = key
    }

    public func externalKey(id: [UInt8]) -> SecretBytes? { external[id] }

    public func resumptionKey(group: GroupID, epoch: Epoch) -> SecretBytes? {
      resumption[group]?[epoch]
    }
  }
}
