public import CygnetPairwise
public import CygnetPrimitives
public import CygnetStorage
internal import CygnetWire

extension Client {
  /// How far the ids of prekeys jump at a restore: past all that were given out since the backup.
  private static let idReserve: UInt32 = 1 << 20

  /// The key that opens this store's backups. Made when it is first asked for.
  public func recoveryKey() async throws(CygnetError) -> RecoveryKey {
    try await step { (records) throws(CygnetError) in try records.recoveryKey() }
  }

  /// A backup of identity, contacts and marks of verification, sealed under the recovery key. It
  /// holds no session: whoever restores it starts new ones.
  public func backup(now: Timestamp) async throws(CygnetError) -> [UInt8] {
    let (content, key) = try await step { (records) throws(CygnetError) in
      let key = try records.recoveryKey()
      let content = BackupContent(
        madeAt: now, profile: try records.profile(), lastIDs: try records.preKeyCore().lastIDs,
        contacts: try records.contacts())
      return (content, key)
    }
    var random = SystemRandomSource()
    return try BackupFile.seal(content, key: key.secret, using: &random)
  }

  /// Opens a backup and tells what is in it; nothing is restored.
  /// - Throws: `authenticationFailed` for another key or an altered backup; `malformed`,
  ///   `unsupported`, `truncated`, `limitExceeded`.
  public static func checkBackup(
    _ bytes: [UInt8], key: RecoveryKey
  ) throws(CygnetError) -> BackupSummary {
    try BackupFile.open(bytes, key: key.secret).summary()
  }

  /// Sets up a store from a backup: the same identity, fresh prekeys, the same contacts with their
  /// marks, and no session. The recovery key goes on opening the store's backups.
  /// - Parameters:
  ///   - bytes: the backup, of this version or an earlier one.
  ///   - key: the recovery key that opens it.
  ///   - store: a store without a header.
  ///   - secret: what opens the store from now on.
  ///   - cost: what a try at a passphrase costs.
  ///   - suitePolicy: which suites sessions are started with.
  ///   - now: the current time.
  /// - Throws: `wrongState` if the store was set up before; and what `checkBackup` throws.
  public static func restore(
    _ bytes: [UInt8], key: RecoveryKey, into store: any Store, secret: StoreSecret,
    cost: PassphraseCost = .interactive, suitePolicy: SuitePolicy = .postQuantumOnly,
    now: Timestamp
  ) async throws(CygnetError) -> Client {
    let content = try BackupFile.open(bytes, key: key.secret)
    let identity = try content.identity()
    let profile = try ProfileRecord(
      address: content.address, createdAt: content.createdAt, restoredAt: now,
      identity: identity, recoveryKey: key.secret)
    var random = SystemRandomSource()
    let preKeys = try PreKeys.generate(
      for: identity, at: content.address, now: now, oneTimeCount: oneTimePreKeyBatch,
      suite: .pqxdh, after: reserved(content.lastIDs), using: &random)
    return try await create(in: store, secret: secret, cost: cost, suitePolicy: suitePolicy) {
      (records) throws(CygnetError) in
      try records.put(profile)
      try records.put(preKeys)
      for contact in content.contacts { try records.put(contact, previousName: nil) }
    }
  }

  private static func reserved(_ ids: PreKeys.LastIDs) throws(CygnetError) -> PreKeys.LastIDs {
    let (signed, signedOverflow) = ids.signed.addingReportingOverflow(idReserve)
    let (oneTime, oneTimeOverflow) = ids.oneTime.addingReportingOverflow(idReserve)
    let (kem, kemOverflow) = ids.kem.addingReportingOverflow(idReserve)
    guard !signedOverflow, !oneTimeOverflow, !kemOverflow else {
      throw CygnetError(.limitExceeded, "prekey ids are used up")
    }
    return PreKeys.LastIDs(signed: signed, oneTime: oneTime, kem: kem)
  }
}

extension RecordTransaction {
  fileprivate func recoveryKey() throws(CygnetError) -> RecoveryKey {
    var profile = try profile()
    if let stored = profile.recoveryKey { return try RecoveryKey(secret: stored) }
    let key = RecoveryKey.generate()
    profile.recoveryKey = key.secret
    try put(profile)
    return key
  }
}
