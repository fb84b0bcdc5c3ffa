public import CygnetPairwise
public import CygnetPrimitives
public import CygnetStorage

/// A person's end of all their conversations: an identity, prekeys, contacts and sessions in a store,
/// and the steps on them.
///
/// Every call is one step and one transaction. What it returns is on disk already: a ciphertext
/// leaves only after the state that made it, and a plaintext is given out only after its key is gone.
/// A call that throws has changed nothing. Several clients, in several processes, may share a store;
/// their steps come one after the other.
///
/// Specification: Messages
public actor Client {
  let store: any Store
  /// Which suites sessions are started with, unless a call says otherwise.
  public nonisolated let suitePolicy: SuitePolicy
  /// nil once locked.
  private var key: StoreKey?

  init(store: any Store, key: StoreKey, suitePolicy: SuitePolicy) {
    self.store = store
    self.key = key
    self.suitePolicy = suitePolicy
  }

  // MARK: - Setting up and opening

  /// One-time prekeys of a new client, and as many one-time KEM prekeys.
  public static let oneTimePreKeyBatch = 100

  /// Sets up a store with a fresh identity and prekeys.
  /// - Parameters:
  ///   - store: a store without a header.
  ///   - secret: what opens the store from now on.
  ///   - cost: what a try at a passphrase costs.
  ///   - address: where others will write to.
  ///   - suitePolicy: which suites sessions are started with. Sessions that others start are those of
  ///     the prekeys they were given, and a new client gives post-quantum ones only.
  ///   - now: the current time.
  /// - Throws: `wrongState` if the store was set up before.
  public static func create(
    in store: any Store, secret: StoreSecret, cost: PassphraseCost = .interactive,
    as address: DeviceAddress, suitePolicy: SuitePolicy = .postQuantumOnly, now: Timestamp
  ) async throws(CygnetError) -> Client {
    let identity = try IdentityKeyPair.generate()
    let preKeys = try PreKeys.generate(
      for: identity, at: address, now: now, oneTimeCount: oneTimePreKeyBatch)
    let profile = try ProfileRecord(
      address: address, createdAt: now, restoredAt: nil, identity: identity, recoveryKey: nil)
    return try await create(in: store, secret: secret, cost: cost, suitePolicy: suitePolicy) {
      (records) throws(CygnetError) in
      try records.put(profile)
      try records.put(preKeys)
    }
  }

  /// Sets up a store and fills it.
  static func create(
    in store: any Store, secret: StoreSecret, cost: PassphraseCost, suitePolicy: SuitePolicy,
    _ fill: @Sendable (RecordTransaction) throws(CygnetError) -> Void
  ) async throws(CygnetError) -> Client {
    let key = try await RecordTransaction.create(in: store, secret: secret, cost: cost, fill)
    return Client(store: store, key: key, suitePolicy: suitePolicy)
  }

  /// Opens a store that was set up.
  /// - Parameters:
  ///   - store: the store.
  ///   - secret: a passphrase or key file that opens it.
  ///   - suitePolicy: which suites sessions are started with. Those at hand go on as they are; see
  ///     `SessionInfo.suite`.
  /// - Throws: `notFound` for a store that was never set up, `locked` for a secret that does not open
  ///   it, `unsupported` for one of a later version, `storeDamaged`, `storage`.
  public init(
    opening store: any Store, secret: StoreSecret, suitePolicy: SuitePolicy = .postQuantumOnly
  ) async throws(CygnetError) {
    let key = try await StoreKey.open(store, secret: secret)
    self.init(store: store, key: key, suitePolicy: suitePolicy)
    _ = try await step { (records) throws(CygnetError) in try records.profile().address }
  }

  /// Drops every key. Whoever wants to go on opens the store anew; calls on this client throw
  /// `wrongState`.
  public func lock() { key = nil }

  // MARK: - Steps

  /// One step of the protocol: a transaction that happens whole or not at all.
  func step<Result: Sendable>(
    _ body: @Sendable (RecordTransaction) throws(CygnetError) -> Result
  ) async throws(CygnetError) -> Result {
    try await RecordTransaction.run(in: store, key: try openKey(), body)
  }

  func openKey() throws(CygnetError) -> StoreKey {
    guard let key else { throw CygnetError(.wrongState, "the store is locked") }
    return key
  }

  func replaceKey(_ new: StoreKey) { key = new }

  // MARK: - Profile

  /// Who the store belongs to.
  public func profile() async throws(CygnetError) -> Profile {
    try await step { (records) throws(CygnetError) in try records.profile().profile() }
  }

  /// Makes a new identity key with new prekeys, and drops every session, every key package and every
  /// invitation. Contacts will see that the identity changed, and compare a new safety number. Groups
  /// go on under the old key until the next `change` in each.
  public func rotateIdentity(now: Timestamp) async throws(CygnetError) -> Profile {
    let identity = try IdentityKeyPair.generate()
    return try await step { (records) throws(CygnetError) in
      var profile = try records.profile()
      profile.identityState = try identity.state()
      try records.put(profile)
      let last = try records.removePreKeys()
      var random = SystemRandomSource()
      try records.put(
        PreKeys.generate(
          for: identity, at: profile.address, now: now, oneTimeCount: Self.oneTimePreKeyBatch,
          suite: .pqxdh, after: last, using: &random))
      try records.deleteKeyPackages()
      for contact in try records.contacts() {
        try records.deleteSessions(with: contact.address)
        guard contact.verifiedAt != nil else { continue }
        var changed = contact
        changed.verifiedAt = nil
        try records.put(changed, previousName: changed.name)
      }
      return try profile.profile()
    }
  }
}
