internal import CygnetMLS
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

///     struct {
///       uint16 version = 1;
///       uint64 created_at;
///       opaque state<V>;                   // OwnKeyPackageState
///     } OwnKeyPackageRecord;
///
/// A key package that was handed out and waits for an invitation. The record's key is the package's
/// name, its hash.
struct OwnKeyPackageRecord: WireEncodable, WireDecodable, Sendable {
  /// Ones that wait at once.
  static let maxCount = 256
  /// How long one may be used; a last resort, much longer.
  static let lifetime: UInt64 = 90 * 86_400
  static let lastResortLifetime: UInt64 = 365 * 86_400

  let createdAt: Timestamp
  let keyPackage: MLS.OwnKeyPackage

  init(_ keyPackage: MLS.OwnKeyPackage, createdAt: Timestamp) {
    self.keyPackage = keyPackage
    self.createdAt = createdAt
  }

  /// Whether nobody can use it any more.
  func isOver(now: Timestamp) -> Bool {
    guard case .keyPackage(let lifetime) = keyPackage.keyPackage.leafNode.source else {
      return true
    }
    // An invitation may have been on its way for a while.
    return now.seconds > lifetime.notAfter.adding(30 * 86_400).seconds
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    writer.write(createdAt.seconds)
    try writer.write(opaqueSecret: keyPackage.state())
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    createdAt = try reader.readTimestamp()
    keyPackage = try MLS.OwnKeyPackage(
      restoring: reader.readOpaqueSecret(0...(1 << 16)))
  }
}

///     struct {
///       uint16 version = 1;
///       DeviceAddress owner;
///       KeyPackage packages<V>;            // at most 16, the oldest first
///     } PeerKeyPackagesRecord;
///
/// Key packages of a contact's that came in and were not used. Each is taken once; a last resort
/// stays, and goes last.
struct PeerKeyPackagesRecord: WireEncodable, WireDecodable, Sendable {
  private static let maxCount = 16

  let owner: DeviceAddress
  private(set) var packages: [MLS.KeyPackage]

  init(_ owner: DeviceAddress) {
    self.owner = owner
    packages = []
  }

  mutating func add(_ package: MLS.KeyPackage) {
    guard !packages.contains(package) else { return }
    packages.append(package)
    if packages.count > Self.maxCount { packages.removeFirst() }
  }

  /// After a package was used.
  mutating func remove(_ package: MLS.KeyPackage) {
    if package.extensions[.lastResort] == nil { packages.removeAll { $0 == package } }
  }

  /// The first that can still be used, one for a single use before a last resort.
  func first(
    at now: Timestamp, _ configuration: MLS.Configuration
  ) -> MLS.VerifiedKeyPackage? {
    let usable = packages.compactMap { package in
      try? package.verified(at: now, configuration: configuration)
    }
    return usable.first { !$0.isLastResort } ?? usable.first
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try owner.encode(into: &writer)
    try writer.write(vector: packages)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    owner = try DeviceAddress(from: &reader)
    packages = try reader.readVector(0...(1 << 22), maxCount: Self.maxCount)
  }
}

extension RecordTransaction {
  // MARK: Own

  func ownKeyPackage(
    _ reference: MLS.KeyPackageRef
  ) throws(CygnetError) -> OwnKeyPackageRecord? {
    guard let value = try value(.ownKeyPackage, reference.bytes) else { return nil }
    return try OwnKeyPackageRecord(wire: value)
  }

  func ownKeyPackages() throws(CygnetError) -> [OwnKeyPackageRecord] {
    var records: [OwnKeyPackageRecord] = []
    for value in try values(.ownKeyPackage) { records.append(try OwnKeyPackageRecord(wire: value)) }
    return records
  }

  /// Makes a key package. There is one last resort at most: a new one takes the place of the old.
  /// What an invitation waits for stays.
  func makeKeyPackage(
    isLastResort: Bool, now: Timestamp
  ) throws(CygnetError) -> MLS.KeyPackage {
    let profile = try profile()
    let configuration = MLS.Configuration.client(MemberWitness())
    let needed = Set(try invitations().map(\.keyPackage))
    for old in try ownKeyPackages()
    where old.isOver(now: now) || (isLastResort && old.keyPackage.isLastResort) {
      let reference = try old.keyPackage.reference(configuration)
      if !needed.contains(reference) { try delete(.ownKeyPackage, reference.bytes) }
    }
    guard try count(.ownKeyPackage) < OwnKeyPackageRecord.maxCount else {
      throw CygnetError(.limitExceeded, "too many key packages wait for an invitation")
    }
    let lifetime =
      isLastResort ? OwnKeyPackageRecord.lastResortLifetime : OwnKeyPackageRecord.lifetime
    let made = try MLS.OwnKeyPackage.generate(
      credential: MemberIdentity.credential(profile.address),
      signatureKeyPair: profile.groupSigner(),
      // A clock that is an hour slow takes it all the same.
      lifetime: MLS.Lifetime(
        notBefore: Timestamp(seconds: now.seconds - min(now.seconds, 3_600)),
        notAfter: now.adding(lifetime)),
      isLastResort: isLastResort, configuration: configuration)
    try put(
      .ownKeyPackage, made.reference(configuration).bytes,
      OwnKeyPackageRecord(made, createdAt: now).wireEncodedSecret())
    return made.keyPackage
  }

  /// Forgets what was handed out under a former identity key, with the invitations for it.
  func deleteKeyPackages() throws(CygnetError) {
    let configuration = MLS.Configuration.client(MemberWitness())
    for old in try ownKeyPackages() {
      try delete(.ownKeyPackage, old.keyPackage.reference(configuration).bytes)
    }
    for invitation in try invitations() { try delete(.invitation, invitation.id) }
  }

  // MARK: Peers'

  func keyPackages(of owner: DeviceAddress) throws(CygnetError) -> PeerKeyPackagesRecord {
    guard let value = try value(.peerKeyPackages, owner.wireEncoded()) else {
      return PeerKeyPackagesRecord(owner)
    }
    return try PeerKeyPackagesRecord(wire: value)
  }

  func put(_ record: PeerKeyPackagesRecord) throws(CygnetError) {
    let key = try record.owner.wireEncoded()
    guard !record.packages.isEmpty else { return try delete(.peerKeyPackages, key) }
    try put(.peerKeyPackages, key, record.wireEncodedSecret())
  }

  /// After a key package was used, wherever it came from.
  func consume(_ package: MLS.KeyPackage) throws(CygnetError) {
    let owner = try MemberIdentity(package.leafNode).address
    var record = try keyPackages(of: owner)
    let count = record.packages.count
    record.remove(package)
    if record.packages.count < count { try put(record) }
  }

  func checkKeyPackages() throws(CygnetError) {
    let configuration = MLS.Configuration.client(MemberWitness())
    for record in try ownKeyPackages() {
      guard
        try ownKeyPackage(record.keyPackage.reference(configuration))?.createdAt
          == record.createdAt
      else { throw CygnetError(.storeDamaged, "a key package under another name") }
    }
    for value in try values(.peerKeyPackages) {
      for package in try PeerKeyPackagesRecord(wire: value).packages {
        _ = try MemberIdentity(package.leafNode)
      }
    }
  }
}
