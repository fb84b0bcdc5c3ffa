internal import CygnetMLS
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// What a group asks about its members while a step is made. It notes whose keys were shown and
/// believes them for the moment; before the step is committed, `RecordTransaction.admit` compares
/// them with what is on record. So a step looks up those whom it is about and nobody else.
final class MemberWitness: MLS.CredentialValidator {
  private let claims = Monitor<[MemberIdentity]>([])

  func isValid(
    _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
  ) -> Bool {
    guard let claim = try? MemberIdentity(credential, signatureKey) else { return false }
    claims.withLock { $0.append(claim) }
    return true
  }

  /// An address does not become another one.
  func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool { new == old }

  /// One device is one client, whatever its key.
  func clientID(
    of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
  ) -> [UInt8] {
    guard case .basic(let identity) = credential else { return [] }
    return identity
  }

  /// Nobody outside has a say in a client's groups.
  func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool { false }

  /// Who was asked about since this was last called, each once.
  func takeClaims() -> [MemberIdentity] {
    let taken = claims.withLock { list in
      defer { list = [] }
      return list
    }
    var seen: Set<MemberIdentity> = []
    return taken.filter { seen.insert($0).inserted }
  }
}

extension MLS.Configuration {
  /// What the groups of a client follow.
  static func client(_ witness: MemberWitness) -> MLS.Configuration {
    var configuration = MLS.Configuration(credentialValidator: witness)
    configuration.policy = ClientGroupPolicy()
    configuration.extensionTypes = [GroupTitle.type]
    // Nothing here tells when a message was sent, and one may be long on its way.
    configuration.checksLifetimesOnReceipt = false
    return configuration
  }
}
