import CygnetMLS
import CygnetPrimitives

/// Believes every credential. Clients are told apart by what their names hold before the first dot:
/// `ann` may become `ann.2`, and nobody else.
package struct StemValidator: MLS.CredentialValidator {
  package init() {}

  package func isValid(
    _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
  ) -> Bool { true }

  package func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool {
    Self.stem(new) == Self.stem(old)
  }

  package func clientID(
    of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
  ) -> [UInt8] { Self.stem(credential) }

  package func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool { true }

  package static func stem(_ credential: MLS.Credential) -> [UInt8] {
    switch credential {
    case .basic(let name), .other(_, let name): Array(name.prefix { $0 != 0x2e })
    case .x509: []
    }
  }
}

/// Refuses one thing, so that there is a policy to break: custom proposals that begin with 0xFF.
package struct VetoPolicy: MLS.GroupPolicy {
  package init() {}

  package func allows(
    _ proposal: MLS.Proposal, from sender: MLS.Sender, members: MLS.Roster,
    extensions: MLS.Extensions
  ) -> Bool {
    if case .custom(_, let data) = proposal { data.first != 0xff } else { true }
  }

  package func allowsExternalJoin(
    _ leaf: MLS.LeafNode, replacing: MLS.Member?, members: MLS.Roster, extensions: MLS.Extensions
  ) -> Bool { true }
}

extension MLS.ExtensionType {
  /// Everybody in the plays understands it.
  package static let playGroup = MLS.ExtensionType(0xf001)
  /// Everybody understands it; it stands in leaves.
  package static let playLeaf = MLS.ExtensionType(0xf002)
  /// Old clients do not understand it.
  package static let playNew = MLS.ExtensionType(0xf003)
}

extension MLS.ProposalType {
  /// Everybody understands it; needs no path.
  package static let playNote = MLS.ProposalType(0xf0f0)
  /// Old clients do not understand it; needs a path.
  package static let playRule = MLS.ProposalType(0xf0f1)
}

extension MLS.CredentialType {
  package static let play = MLS.CredentialType(0xf00d)
}

extension MLS.Configuration {
  /// What the clients of the plays follow.
  package static func play(isOld: Bool = false) -> MLS.Configuration {
    var configuration = MLS.Configuration(credentialValidator: StemValidator())
    configuration.policy = VetoPolicy()
    configuration.extensionTypes = [.playGroup, .playLeaf]
    configuration.proposalTypes = [.playNote: .optional]
    if !isOld {
      configuration.extensionTypes.insert(.playNew)
      configuration.proposalTypes[.playRule] = .required
    }
    configuration.credentialTypes = [.basic, .play]
    return configuration
  }
}
