internal import CygnetMLS
internal import CygnetPrimitives

/// What can be wrong with a leaf by itself (RFC 9420 §7.2, §7.3), whichever way it comes.
struct LeafFault {
  let rule: String
  let comment: String
  let change: @Sendable (inout ForgedLeaf) throws(CygnetError) -> Void

  private init(
    _ rule: String, _ comment: String,
    _ change: @escaping @Sendable (inout ForgedLeaf) throws(CygnetError) -> Void
  ) {
    self.rule = rule
    self.comment = comment
    self.change = change
  }

  private static func capabilities(
    _ rule: String, _ comment: String,
    _ change: @escaping @Sendable (inout MLS.Capabilities) -> Void
  ) -> LeafFault {
    LeafFault(rule, comment) { (leaf) throws(CygnetError) in change(&leaf.capabilities) }
  }

  private static func misplaced(_ type: MLS.ExtensionType, _ name: String) -> LeafFault {
    LeafFault("K6", "with \(name)") { (leaf) throws(CygnetError) in
      leaf.extensions = try MLS.Extensions([MLS.Extension(type: type, data: [0])])
    }
  }

  static let all: [LeafFault] = [
    LeafFault("L1", "whose credential the application refuses") { (leaf) throws(CygnetError) in
      leaf.credential = .basic(identity: Array("mallory".utf8))
    },
    LeafFault("L4", "with a credential of a type that others do not list") {
      (leaf) throws(CygnetError) in
      guard case .basic(let name) = leaf.credential else { return }
      let type = MLS.CredentialType(0xf0f3)
      leaf.credential = .other(type, data: name)
      leaf.capabilities.credentials.append(type)
    },
    capabilities("L6", "that does not list its credential's type") { $0.credentials.removeFirst() },
    capabilities("L6", "that lists no version") { $0.versions = [] },
    capabilities("L6", "that lists another version only") {
      $0.versions = [MLS.ProtocolVersion(2)]
    },
    capabilities("L6", "that does not list the suite") { $0.cipherSuites = [MLS.CipherSuite(1)] },
    capabilities("L6", "that lists the default extension 1") {
      $0.extensions.append(.applicationID)
    },
    capabilities("L6", "that lists the default extension 5") {
      $0.extensions.append(.externalSenders)
    },
    capabilities("L6", "that lists the default proposal 1") { $0.proposals.append(.add) },
    capabilities("L6", "that lists the default proposal 7") {
      $0.proposals.append(.groupContextExtensions)
    },
    LeafFault("L6", "with an extension that it does not list") { (leaf) throws(CygnetError) in
      leaf.extensions = try MLS.Extensions([
        MLS.Extension(type: MLS.ExtensionType(0xf0f9), data: [1])
      ])
    },
    misplaced(.ratchetTree, "a ratchet_tree extension"),
    misplaced(.requiredCapabilities, "a required_capabilities extension"),
    misplaced(.externalPub, "an external_pub extension"),
    misplaced(.externalSenders, "an external_senders extension"),
  ]

  /// What only looks like a fault.
  static let none: [LeafFault] = [
    LeafFault("K6", "with an application_id") { (leaf) throws(CygnetError) in
      leaf.extensions = try MLS.Extensions([MLS.Extension(type: .applicationID, data: [1, 2])])
    },
    LeafFault("K6", "with GREASE in every list") { (leaf) throws(CygnetError) in
      leaf.capabilities.cipherSuites.append(MLS.CipherSuite(0x0a0a))
      leaf.capabilities.extensions.append(MLS.ExtensionType(0xeaea))
      leaf.capabilities.proposals.append(MLS.ProposalType(0x1a1a))
      leaf.capabilities.credentials.append(MLS.CredentialType(0x2a2a))
      leaf.extensions = try MLS.Extensions([
        MLS.Extension(type: MLS.ExtensionType(0xeaea), data: [9])
      ])
    },
    capabilities("L6", "that lists a version, a suite and types that are unknown") {
      $0.versions.append(MLS.ProtocolVersion(0xf0f0))
      $0.cipherSuites.append(MLS.CipherSuite(0xf0f0))
      $0.extensions.append(MLS.ExtensionType(0xf0f8))
      $0.proposals.append(MLS.ProposalType(0xf0f8))
      $0.credentials.append(MLS.CredentialType(0xf0f8))
    },
  ]
}
