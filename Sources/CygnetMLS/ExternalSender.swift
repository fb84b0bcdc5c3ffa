public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       SignaturePublicKey signature_key;
  ///       Credential credential;
  ///     } ExternalSender;
  ///
  /// Somebody outside the group, such as a server, who may propose changes (RFC 9420 §12.1.8.1).
  public struct ExternalSender: Hashable, Sendable, WireEncodable, WireDecodable {
    /// The key that signs its proposals.
    public let signatureKey: SignaturePublicKey
    /// Who it claims to be.
    public let credential: Credential

    /// A sender with its key.
    public init(signatureKey: SignaturePublicKey, credential: Credential) {
      self.signatureKey = signatureKey
      self.credential = credential
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try signatureKey.encode(into: &writer)
      try credential.encode(into: &writer)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      signatureKey = try SignaturePublicKey(from: &reader)
      credential = try Credential(from: &reader)
    }
  }

  ///     ExternalSender external_senders<V>;
  package struct ExternalSenders: Hashable, Sendable, WireEncodable, WireDecodable {
    package let list: [ExternalSender]

    package init(_ list: [ExternalSender]) { self.list = list }

    package func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(vector: list)
    }

    package init(from reader: inout Reader) throws(CygnetError) {
      list = try reader.readVector(
        0...Limits.opaqueByteCount, maxCount: Limits.externalSenderCount)
    }
  }
}

extension MLS.Extensions {
  /// The group's extensions with these external senders and requirements, and with others besides.
  /// - Parameters:
  ///   - externalSenders: Who may propose from outside; none leaves the extension out.
  ///   - requiredCapabilities: What every member must support; nil leaves the extension out.
  ///   - others: Further extensions, of other types.
  /// - Throws: `malformed` (S9) when a type occurs twice.
  public init(
    externalSenders: [MLS.ExternalSender] = [],
    requiredCapabilities: MLS.RequiredCapabilities? = nil, others: [MLS.Extension] = []
  ) throws(CygnetError) {
    var list = others
    if let requiredCapabilities {
      list.append(try MLS.Extension(type: .requiredCapabilities, requiredCapabilities))
    }
    if !externalSenders.isEmpty {
      list.append(
        try MLS.Extension(type: .externalSenders, MLS.ExternalSenders(externalSenders)))
    }
    try self.init(list)
  }
}
