import CygnetMLS
import CygnetPrimitives
import CygnetVectors

/// A group with all its members on one table, always the same: each has committed once, so that
/// their leaves come from paths, but the last two, who are unmerged.
package struct GroupScene: Sendable {
  package static let now = Timestamp(seconds: 1_767_225_600)

  package let configuration: MLS.Configuration
  package private(set) var groups: [MLS.Group] = []
  /// Clients outside with a key package each.
  package private(set) var newcomers: [MLS.OwnKeyPackage] = []
  /// Follows the group where that is in the clear.
  package private(set) var server: MLS.ExternalGroup?
  /// Signs as the group's external sender.
  package let outsider: MLS.SignatureKeyPair
  package var random: SeededRandomSource

  package init(
    _ count: Int, in format: MLS.HandshakeFormat, newcomers: Int = 3,
    suite: MLS.CipherSuite = .x25519ChaCha20SHA256Ed25519
  ) throws {
    random = SeededRandomSource(UInt64(count), label: "scene")
    var configuration = MLS.Configuration.play()
    try configuration.offer([suite])
    configuration.handshakeFormat = format
    configuration.preSharedKeys = Self.keys
    self.configuration = configuration
    outsider = try .generate(using: &random)
    let sender = MLS.ExternalSender(
      signatureKey: outsider.publicKey, credential: .basic(identity: Array("server".utf8)))
    groups = [
      try MLS.Group.create(
        id: MLS.GroupID([1, 2, 3]), as: Self.name(0), signingWith: .generate(using: &random),
        extensions: MLS.Extensions(externalSenders: [sender]), configuration: configuration,
        now: Self.now, using: &random)
    ]
    try add(count - 3)
    for index in groups.indices { try commit(index) }
    try add(2)
    for index in 0..<newcomers { self.newcomers.append(try keyPackage(count + index)) }
    if format == .publicMessage {
      server = try MLS.ExternalGroup(
        groups[0].groupInfo(allowsExternalJoin: true, using: &random),
        configuration: configuration, now: Self.now)
    }
  }

  /// The pre-shared keys that everybody has.
  package static var keys: MLS.PreSharedKeys {
    var keys = MLS.PreSharedKeys()
    keys.set(SecretBytes(copying: [UInt8](repeating: 7, count: 32)), externalID: [7])
    return keys
  }

  package static func name(_ index: Int) -> MLS.Credential {
    .basic(identity: Array("member\(index)".utf8))
  }

  private mutating func keyPackage(_ index: Int) throws -> MLS.OwnKeyPackage {
    try MLS.OwnKeyPackage.generate(
      credential: Self.name(index), signatureKeyPair: .generate(using: &random),
      lifetime: MLS.Lifetime(
        notBefore: Timestamp(seconds: Self.now.seconds - 60),
        notAfter: Timestamp(seconds: Self.now.seconds + 86_400)),
      configuration: configuration, using: &random)
  }

  private mutating func add(_ count: Int) throws {
    guard count > 0 else { return }
    var own: [MLS.OwnKeyPackage] = []
    for index in 0..<count { own.append(try keyPackage(groups.count + index)) }
    let changes = try own.map {
      MLS.Change.add(try $0.keyPackage.verified(at: Self.now, configuration: configuration))
    }
    var options = MLS.CommitOptions()
    options.forcesPath = false
    let bundle = try groups[0].commit(
      changes, options: options, now: Self.now, using: &random)
    try deliver(bundle.commit, from: 0)
    for own in own {
      groups.append(
        try MLS.Invitation.open(
          bundle.welcome!.welcome!, using: own, configuration: configuration, now: Self.now
        ).accept())
    }
  }

  private mutating func commit(_ index: Int) throws {
    let bundle = try groups[index].commit(now: Self.now, using: &random)
    try deliver(bundle.commit, from: index)
  }

  private mutating func deliver(_ message: MLS.Message, from sender: Int) throws {
    for index in groups.indices where index != sender {
      if case .commit(let staged) = try groups[index].receive(message, now: Self.now) {
        try groups[index].merge(staged, now: Self.now)
      }
    }
    try groups[sender].mergePendingCommit(now: Self.now)
  }
}
