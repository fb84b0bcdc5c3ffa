public import CygnetPairwise
public import CygnetPrimitives
internal import CygnetStorage

/// What a client has published and holds for those who write first.
public struct PreKeyStatus: Sendable {
  /// When each signed prekey was made, the current one last.
  public let signedPreKeysCreatedAt: [Timestamp]
  /// The id of the current signed prekey.
  public let currentSignedPreKeyID: UInt32
  /// One-time prekeys whose private halves are held.
  public let oneTimeCount: Int
  /// Those among them that were not handed out.
  public let unusedOneTimeCount: Int
  /// One-time KEM prekeys whose private halves are held.
  public let oneTimeKEMCount: Int
  /// Those among them that were not handed out.
  public let unusedOneTimeKEMCount: Int
  /// The suite of bundles. That of prekeys that an earlier version made is classical, until the next
  /// card, bundle or new prekey takes them over.
  public let suite: Suite
  /// Handshakes that could come again, since no one-time prekey went with them, and are
  /// remembered.
  public let answeredCount: Int

  /// Whether a fresh signed prekey is due: they are replaced every week.
  public func isRotationDue(now: Timestamp) -> Bool {
    guard let current = signedPreKeysCreatedAt.last else { return true }
    return now >= current.adding(7 * 24 * 3600)
  }
}

extension Client {
  /// Counts the prekeys. The cost grows with their number: it is for people, not for every step.
  public func preKeyStatus() async throws(CygnetError) -> PreKeyStatus {
    try await step { (records) throws(CygnetError) in
      let core = try records.preKeyCore()
      let signed = core.summary.signed
      var unused = 0
      let held = try records.oneTimePreKeys()
      for record in held where core.unusedIDs.contains(record.id.rawValue) { unused += 1 }
      var unusedKEM = 0
      let heldKEM = try records.oneTimeKEMPreKeys()
      for record in heldKEM where core.unusedKEMIDs.contains(record.id.rawValue) {
        unusedKEM += 1
      }
      return PreKeyStatus(
        signedPreKeysCreatedAt: signed.map(\.createdAt),
        currentSignedPreKeyID: signed.last?.id.rawValue ?? 0,
        oneTimeCount: held.count, unusedOneTimeCount: unused,
        oneTimeKEMCount: heldKEM.count, unusedOneTimeKEMCount: unusedKEM, suite: core.suite,
        answeredCount: try records.count(.answeredHandshake))
    }
  }

  /// Makes one-time prekeys, and as many one-time KEM prekeys.
  /// - Throws: `limitExceeded` beyond `Limits.maxOneTimePreKeys` or `Limits.maxOneTimeKEMPreKeys`;
  ///   then none is made.
  public func addOneTimePreKeys(_ count: Int, now: Timestamp) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      let profile = try records.profile()
      var preKeys = try records.currentPreKeys(of: profile, now: now)
      let held = try records.count(.oneTimePreKey)
      let heldKEM = try records.count(.oneTimeKEMPreKey)
      guard count >= 0, count <= Limits.maxOneTimePreKeys - held,
        count <= Limits.maxOneTimeKEMPreKeys - heldKEM
      else { throw CygnetError(.limitExceeded, "too many one-time prekeys") }
      try preKeys.addOneTimePreKeys(count)
      try preKeys.addOneTimeKEMPreKeys(
        count, for: profile.identity(), at: profile.address, now: now)
      try records.put(preKeys)
    }
  }

  /// Makes a new signed prekey with a KEM prekey of last resort. Replaced ones are kept for messages
  /// on their way, four in all.
  public func rotateSignedPreKey(now: Timestamp) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      let profile = try records.profile()
      var preKeys = try records.preKeyCore()
      guard preKeys.suite.isPostQuantum else {
        // This makes a new one too.
        _ = try records.currentPreKeys(of: profile, now: now)
        return
      }
      try preKeys.rotateSignedPreKey(for: profile.identity(), at: profile.address, now: now)
      try records.put(preKeys)
      try records.forgetHandshakes(keeping: preKeys.signedPreKeyIDs)
    }
  }

  /// Deletes the private halves of signed prekeys too old for anyone to use, and of what goes with
  /// them, but never the current ones. Returns how many signed prekeys went.
  public func prunePreKeys(now: Timestamp) async throws(CygnetError) -> Int {
    try await step { (records) throws(CygnetError) in
      var preKeys = try records.currentPreKeys(of: records.profile(), now: now)
      let before = preKeys.signedPreKeyIDs.count
      let age = Limits.maxSignedPreKeyAge + Limits.maxClockSkew
      preKeys.dropSignedPreKeys(
        before: Timestamp(seconds: now.seconds > age ? now.seconds - age : 0))
      let dropped = before - preKeys.signedPreKeyIDs.count
      guard dropped > 0 else { return 0 }
      try records.put(preKeys)
      try records.forgetHandshakes(keeping: preKeys.signedPreKeyIDs)
      return dropped
    }
  }

  /// A bundle for one peer, with one-time prekeys of both kinds that no other will get, while there
  /// are any.
  public func takeBundle(now: Timestamp) async throws(CygnetError) -> PreKeyBundle {
    try await step { (records) throws(CygnetError) in try records.takeBundle(now: now) }
  }

  /// A signed card for any number of people: the identity, the address, and a bundle without
  /// one-time prekeys, whose KEM prekey is the one of last resort.
  /// - Parameters:
  ///   - name: what the owner is called, up to 255 bytes; a claim, like any on a card.
  ///   - now: the current time, which the card carries.
  public func card(name: String, now: Timestamp) async throws(CygnetError) -> ContactCard {
    try await step { (records) throws(CygnetError) in
      let profile = try records.profile()
      let identity = try profile.identity()
      let bundle = try records.currentPreKeys(of: profile, now: now)
        .bundleWithoutOneTimePreKey(for: identity.publicKey, at: profile.address)
      return try ContactCard.make(bundle, name: Array(name.utf8), by: identity, now: now)
    }
  }
}
