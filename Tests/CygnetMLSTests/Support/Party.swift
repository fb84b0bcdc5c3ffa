import CygnetMLS
import CygnetPrimitives
import Testing

/// Believes every credential but those named `mallory`; clients are told apart by their names.
struct NameValidator: MLS.CredentialValidator {
  func isValid(
    _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
  ) -> Bool { credential != .basic(identity: Array("mallory".utf8)) }

  /// `name` may become `name2`, `name3`, … and nothing else.
  func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool {
    Self.stem(new) == Self.stem(old)
  }

  func clientID(
    of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
  ) -> [UInt8] { Self.stem(credential) }

  func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool {
    isValid(externalSender.credential, signatureKey: externalSender.signatureKey, at: now)
  }

  private static func stem(_ credential: MLS.Credential) -> [UInt8] {
    guard case .basic(let identity) = credential else { return [] }
    return Array(identity.prefix { !(0x30...0x39).contains($0) })
  }
}

/// The time of all these tests.
let now = Timestamp(seconds: 1_767_225_600)

/// Somebody who takes part.
struct Party {
  let name: String
  let signer: MLS.SignatureKeyPair
  var configuration: MLS.Configuration

  init(_ name: String, configuration: MLS.Configuration = .testing) throws {
    self.name = name
    signer = try MLS.SignatureKeyPair.generate()
    self.configuration = configuration
  }

  var credential: MLS.Credential { .basic(identity: Array(name.utf8)) }

  static let lifetime = MLS.Lifetime(
    notBefore: Timestamp(seconds: now.seconds - 60), notAfter: now.adding(86_400))

  /// Without a suite, of the one that its configuration prefers.
  func keyPackage(
    isLastResort: Bool = false, suite: MLS.CipherSuite? = nil
  ) throws -> MLS.OwnKeyPackage {
    try MLS.OwnKeyPackage.generate(
      credential: credential, signatureKeyPair: signer, lifetime: Self.lifetime,
      isLastResort: isLastResort, suite: suite, configuration: configuration)
  }

  func create(
    suite: MLS.CipherSuite? = nil, extensions: MLS.Extensions = .none
  ) throws -> MLS.Group {
    try MLS.Group.create(
      as: credential, signingWith: signer, suite: suite, extensions: extensions,
      configuration: configuration, now: now)
  }
}

extension MLS.Configuration {
  static var testing: MLS.Configuration {
    var configuration = MLS.Configuration(credentialValidator: NameValidator())
    configuration.policy = MLS.OpenPolicy()
    return configuration
  }

  /// One that offers this suite alone.
  static func testing(_ suite: MLS.CipherSuite) throws(CygnetError) -> MLS.Configuration {
    var configuration = testing
    try configuration.offer([suite])
    return configuration
  }
}

extension MLS.CipherSuite: CustomTestStringConvertible {
  public var testDescription: String { "suite \(rawValue)" }

  /// Every suite that the library has.
  static let all: [MLS.CipherSuite] = [.x25519ChaCha20SHA256Ed25519, .xWingChaCha20SHA256Ed25519]
}

/// A group with all its members on one table.
struct Scene {
  var parties: [Party]
  var groups: [MLS.Group]

  /// `names[0]` creates the group and adds the others with one commit.
  init(
    _ names: [String], suite: MLS.CipherSuite? = nil, configuration: MLS.Configuration = .testing
  ) throws {
    parties = []
    for name in names { parties.append(try Party(name, configuration: configuration)) }
    groups = [try parties[0].create(suite: suite)]
    if names.count > 1 { try add(Array(parties.dropFirst())) }
  }

  /// Member 0 adds everybody with one commit.
  mutating func add(_ newcomers: [Party]) throws {
    var own: [MLS.OwnKeyPackage] = []
    for party in newcomers { own.append(try party.keyPackage(suite: groups[0].cipherSuite)) }
    var changes: [MLS.Change] = []
    for keyPackage in own {
      changes.append(
        .add(
          try keyPackage.keyPackage.verified(at: now, configuration: parties[0].configuration)))
    }
    let bundle = try groups[0].commit(changes, now: now)
    try deliver(bundle.commit, from: 0)
    for (party, keyPackage) in zip(newcomers, own) {
      let invitation = try MLS.Invitation.open(
        bundle.welcome!.welcome!, using: keyPackage, ratchetTree: bundle.ratchetTree,
        configuration: party.configuration, now: now)
      groups.append(invitation.accept())
    }
  }

  /// Everybody takes a handshake message in, and merges it when it is a commit.
  mutating func deliver(_ message: MLS.Message, from sender: Int?) throws {
    for index in groups.indices {
      if index == sender {
        if groups[index].hasPendingCommit { try groups[index].mergePendingCommit(now: now) }
        continue
      }
      if case .commit(let staged) = try groups[index].receive(message, now: now) {
        try groups[index].merge(staged, now: now)
      }
    }
  }

  /// Member `index` commits and everybody merges.
  mutating func commit(
    _ index: Int, _ changes: [MLS.Change] = [], options: MLS.CommitOptions = MLS.CommitOptions()
  ) throws {
    let bundle = try groups[index].commit(changes, options: options, now: now)
    try deliver(bundle.commit, from: index)
  }

  /// Whether all agree on the epoch.
  var agree: Bool {
    groups.allSatisfy {
      $0.epoch == groups[0].epoch && $0.epochAuthenticator == groups[0].epochAuthenticator
        && $0.context == groups[0].context
    }
  }
}
