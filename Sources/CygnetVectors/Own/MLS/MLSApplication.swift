internal import CygnetMLS
internal import CygnetPrimitives

/// The application that the MLS files assume: what it understands and whom it believes.
enum MLSApplication {
  static let extensionType = MLS.ExtensionType(0xf0f0)
  static let proposalType = MLS.ProposalType(0xf0f1)
  static let credentialType = MLS.CredentialType(0xf0f2)
  /// Lifetimes of the files' leaves: a day on both sides of `now`.
  static let lifetime = MLS.Lifetime(
    notBefore: Timestamp(seconds: OwnVectorSuite.now - 86_400),
    notAfter: Timestamp(seconds: OwnVectorSuite.now + 86_400))

  static let configuration = {
    var configuration = MLS.Configuration(credentialValidator: NamedClients())
    configuration.policy = MLS.OpenPolicy()
    configuration.extensionTypes = [extensionType]
    configuration.proposalTypes = [proposalType: .optional]
    configuration.credentialTypes = [.basic, credentialType]
    configuration.sendsGREASE = false
    configuration.pastEpochSeconds = .max
    return configuration
  }()
}

/// Believes every credential but those of `mallory`. Clients are told apart by their names without
/// digits at the end, so `alice2` may follow `alice` and nobody else.
struct NamedClients: MLS.CredentialValidator {
  func isValid(
    _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
  ) -> Bool { Self.name(credential) != Array("mallory".utf8) }

  func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool {
    Self.name(new) == Self.name(old)
  }

  func clientID(
    of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
  ) -> [UInt8] { Self.name(credential) }

  func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool {
    Self.name(externalSender.credential) != Array("mallory".utf8)
  }

  private static func name(_ credential: MLS.Credential) -> [UInt8] {
    switch credential {
    case .basic(let bytes), .other(_, let bytes): stem(bytes)
    case .x509(let certificates): certificates.first ?? []
    }
  }

  private static func stem(_ name: [UInt8]) -> [UInt8] {
    var stem = name
    while let last = stem.last, (0x30...0x39).contains(last) { stem.removeLast() }
    return stem
  }
}
