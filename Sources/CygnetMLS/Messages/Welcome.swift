public import CygnetPrimitives
public import CygnetWire

extension MLS {
  /// The name of a key package: a hash of it (RFC 9420 §5.2).
  public struct KeyPackageRef: MLSOpaque, WireEncodable, WireDecodable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
  }

  ///     struct {
  ///       KeyPackageRef new_member;
  ///       HPKECiphertext encrypted_group_secrets;
  ///     } EncryptedGroupSecrets;
  package struct EncryptedGroupSecrets: Hashable, Sendable, WireEncodable, WireDecodable {
    package let newMember: KeyPackageRef
    package let encryptedGroupSecrets: HPKECiphertext

    package init(newMember: KeyPackageRef, encryptedGroupSecrets: HPKECiphertext) {
      self.newMember = newMember
      self.encryptedGroupSecrets = encryptedGroupSecrets
    }

    package func encode(into writer: inout Writer) throws(CygnetError) {
      try newMember.encode(into: &writer)
      try encryptedGroupSecrets.encode(into: &writer)
    }

    package init(from reader: inout Reader) throws(CygnetError) {
      newMember = try KeyPackageRef(from: &reader)
      encryptedGroupSecrets = try HPKECiphertext(from: &reader)
    }
  }

  ///     struct {
  ///       CipherSuite cipher_suite;
  ///       EncryptedGroupSecrets secrets<V>;
  ///       opaque encrypted_group_info<V>;
  ///     } Welcome;
  ///
  /// An invitation for the clients that a commit added (RFC 9420 §12.4.3.1).
  public struct Welcome: Hashable, Sendable, WireEncodable, WireDecodable {
    /// The group's suite.
    public let cipherSuite: CipherSuite
    package let secrets: [EncryptedGroupSecrets]
    package let encryptedGroupInfo: [UInt8]

    package init(
      cipherSuite: CipherSuite, secrets: [EncryptedGroupSecrets], encryptedGroupInfo: [UInt8]
    ) {
      self.cipherSuite = cipherSuite
      self.secrets = secrets
      self.encryptedGroupInfo = encryptedGroupInfo
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try cipherSuite.encode(into: &writer)
      try writer.write(vector: secrets)
      try writer.write(opaque: encryptedGroupInfo)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      cipherSuite = try CipherSuite(from: &reader)
      secrets = try reader.readVector(
        0...Limits.opaqueByteCount, maxCount: Limits.leafCount)
      encryptedGroupInfo = try reader.readOpaque(0...Limits.opaqueByteCount)
    }
  }
}

///     struct {
///       opaque joiner_secret<V>;
///       optional<PathSecret> path_secret;
///       PreSharedKeyID psks<V>;
///     } GroupSecrets;
///
///     struct {
///       opaque path_secret<V>;
///     } PathSecret;
///
/// What a newcomer alone may learn (RFC 9420 §12.4.3.1).
package struct GroupSecrets: Sendable, WireEncodable, WireDecodable {
  package let joinerSecret: SecretBytes
  package let pathSecret: SecretBytes?
  package let psks: [MLS.PreSharedKeyID]

  package init(
    joinerSecret: SecretBytes, pathSecret: SecretBytes?, psks: [MLS.PreSharedKeyID]
  ) {
    self.joinerSecret = joinerSecret
    self.pathSecret = pathSecret
    self.psks = psks
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: joinerSecret)
    if let pathSecret {
      writer.write(UInt8(1))
      try writer.write(opaque: pathSecret)
    } else {
      writer.write(UInt8(0))
    }
    try writer.write(vector: psks)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    let bounds = 0...MLS.Limits.opaqueByteCount
    joinerSecret = try reader.readOpaqueSecret(bounds)
    switch try reader.readUInt8() {
    case 0: pathSecret = nil
    case 1: pathSecret = try reader.readOpaqueSecret(bounds)
    default: throw CygnetError(.malformed, "S1: a presence byte is 0 or 1 (RFC 9420 §2.1.1)")
    }
    psks = try reader.readVector(bounds, maxCount: MLS.Limits.preSharedKeyCount)
  }
}

extension Writer {
  /// `opaque bytes<V>`, for a secret.
  package mutating func write(opaque secret: SecretBytes) throws(CygnetError) {
    try VectorLength.encode(secret.count, into: &self)
    write(fixed: secret)
  }
}

extension Reader {
  /// `opaque bytes<V>`, for a secret.
  package mutating func readOpaqueSecret(
    _ bounds: ClosedRange<Int>
  ) throws(CygnetError) -> SecretBytes {
    try readSecret(readLength(bounds))
  }
}
