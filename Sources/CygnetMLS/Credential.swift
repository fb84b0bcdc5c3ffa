public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       CredentialType credential_type;
  ///       select (Credential.credential_type) {
  ///         case basic: opaque identity<V>;
  ///         case x509:  Certificate certificates<V>;
  ///       };
  ///     } Credential;
  ///
  /// Who a client claims to be (RFC 9420 §5.3). A credential proves nothing: the application's
  /// ``CredentialValidator`` says whether the key belongs to the name.
  public enum Credential: Hashable, Sendable {
    /// A bare name, in whatever bytes the application names clients.
    case basic(identity: [UInt8])
    /// A certificate chain, leaf first, each in DER; not looked into here.
    case x509(certificates: [[UInt8]])
    /// Any other type, whose content is `opaque data<V>`. Types other than `basic` and `x509` only.
    case other(CredentialType, data: [UInt8])

    /// Its type.
    public var type: CredentialType {
      switch self {
      case .basic: .basic
      case .x509: .x509
      case .other(let type, _): type
      }
    }
  }
}

extension MLS.Credential: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try type.encode(into: &writer)
    switch self {
    case .basic(let bytes), .other(_, let bytes):
      try writer.write(opaque: bytes)
    case .x509(let certificates):
      try writer.vector { (writer) throws(CygnetError) in
        for certificate in certificates { try writer.write(opaque: certificate) }
      }
    }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    let bounds = 0...MLS.Limits.opaqueByteCount
    let type = try MLS.CredentialType(from: &reader)
    switch type {
    case .basic:
      self = .basic(identity: try reader.readOpaque(bounds))
    case .x509: self = .x509(certificates: try Self.readCertificates(&reader))
    default:
      self = .other(type, data: try reader.readOpaque(bounds))
    }
  }

  /// Passes over a credential, as strict as decoding it.
  static func skip(_ reader: inout Reader) throws(CygnetError) {
    switch try MLS.CredentialType(from: &reader) {
    case .x509: _ = try readCertificates(&reader)
    default: try reader.skipOpaque(0...MLS.Limits.opaqueByteCount)
    }
  }

  private static func readCertificates(_ reader: inout Reader) throws(CygnetError) -> [[UInt8]] {
    let bounds = 0...MLS.Limits.opaqueByteCount
    return try reader.vector(bounds) { (reader) throws(CygnetError) in
      var certificates: [[UInt8]] = []
      while reader.remaining > 0 {
        guard certificates.count < MLS.Limits.certificateCount else {
          throw CygnetError(.malformed, "S4: a list has too many elements")
        }
        certificates.append(try reader.readOpaque(bounds))
      }
      return certificates
    }
  }
}
