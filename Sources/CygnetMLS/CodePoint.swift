public import CygnetPrimitives
public import CygnetWire

/// A number from one of RFC 9420's registries (§17). Unknown numbers are carried, not refused
/// (§13.5).
public protocol MLSCodePoint: Hashable, Comparable, Sendable {
  /// The number on the wire.
  var rawValue: UInt16 { get }
  /// Any number.
  init(_ rawValue: UInt16)
}

extension MLSCodePoint {
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Whether the number is one of those that mean nothing and that receivers must bear:
  /// 0x0A0A, 0x1A1A, … 0xEAEA (RFC 9420 §13.5).
  public var isGREASE: Bool {
    rawValue & 0x0f0f == 0x0a0a && rawValue >> 8 == rawValue & 0xff && rawValue < 0xfafa
  }

  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(rawValue) }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    self.init(try reader.readUInt16())
  }
}

extension MLS {
  /// A version of the protocol.
  public struct ProtocolVersion: MLSCodePoint, WireEncodable, WireDecodable {
    public let rawValue: UInt16

    public init(_ rawValue: UInt16) { self.rawValue = rawValue }

    /// RFC 9420.
    public static let mls10 = ProtocolVersion(1)
  }

  /// A set of algorithms (RFC 9420 §5.1, §17.1).
  public struct CipherSuite: MLSCodePoint, WireEncodable, WireDecodable {
    public let rawValue: UInt16

    public init(_ rawValue: UInt16) { self.rawValue = rawValue }

    /// MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519, 0x0003.
    public static let x25519ChaCha20SHA256Ed25519 = CipherSuite(3)
    /// MLS_256_XWING_CHACHA20POLY1305_SHA256_Ed25519, 0x004D: what is recorded today stays secret when
    /// quantum computers come; signatures are those of 0x0003.
    ///
    /// Experimental: the number is that of a draft that has expired and stands in no registry, so a
    /// later version of this library may drop the suite or change its bytes. It is offered only where
    /// the application says so (``Configuration/offer(_:)``).
    public static let xWingChaCha20SHA256Ed25519 = CipherSuite(0x004d)
  }

  /// What an extension is (RFC 9420 §17.3).
  public struct ExtensionType: MLSCodePoint, WireEncodable, WireDecodable {
    public let rawValue: UInt16

    public init(_ rawValue: UInt16) { self.rawValue = rawValue }

    /// A name that the application gives a leaf; not authenticated by itself (§5.3.3).
    public static let applicationID = ExtensionType(1)
    /// The tree, in a GroupInfo (§12.4.3.3).
    public static let ratchetTree = ExtensionType(2)
    /// What every member must support (§11.1).
    public static let requiredCapabilities = ExtensionType(3)
    /// The key for joining by an external commit (§12.4.3.2).
    public static let externalPub = ExtensionType(4)
    /// Who may propose from outside (§12.1.8.1).
    public static let externalSenders = ExtensionType(5)
    /// Marks a key package for use more than once: `last_resort_key_package` of the MLS extensions
    /// draft.
    public static let lastResort = ExtensionType(0x000a)

    /// Those that need not and must not be listed in capabilities (§7.2).
    package var isDefault: Bool { (1...5).contains(rawValue) }
  }

  /// What a proposal proposes (RFC 9420 §17.4).
  public struct ProposalType: MLSCodePoint, WireEncodable, WireDecodable {
    public let rawValue: UInt16

    public init(_ rawValue: UInt16) { self.rawValue = rawValue }

    /// Add a client (§12.1.1).
    public static let add = ProposalType(1)
    /// Replace the sender's own leaf (§12.1.2).
    public static let update = ProposalType(2)
    /// Remove a member (§12.1.3).
    public static let remove = ProposalType(3)
    /// Mix in a pre-shared key (§12.1.4).
    public static let preSharedKey = ProposalType(4)
    /// Close the group and open it anew with other parameters (§12.1.5).
    public static let reInit = ProposalType(5)
    /// Join from outside (§12.1.6).
    public static let externalInit = ProposalType(6)
    /// Replace the extensions of the group (§12.1.7).
    public static let groupContextExtensions = ProposalType(7)

    /// Those that need not and must not be listed in capabilities (§7.2).
    package var isDefault: Bool { (1...7).contains(rawValue) }
  }

  /// What a credential consists of (RFC 9420 §17.5).
  public struct CredentialType: MLSCodePoint, WireEncodable, WireDecodable {
    public let rawValue: UInt16

    public init(_ rawValue: UInt16) { self.rawValue = rawValue }

    /// A bare claim of a name.
    public static let basic = CredentialType(1)
    /// A chain of X.509 certificates, opaque here.
    public static let x509 = CredentialType(2)
  }
}
