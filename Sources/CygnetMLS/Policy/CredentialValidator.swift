public import CygnetPrimitives

extension MLS {
  /// The application's word on who is who (RFC 9420 §5.3.1, the Authentication Service). MLS proves
  /// that a key signed something; only the application knows whom the key belongs to.
  ///
  /// The library asks it about the credential of every key package before an Add, every leaf when
  /// joining, every new credential of an Update or commit, and every external sender.
  public protocol CredentialValidator: Sendable {
    /// Whether the credential is genuine and names the bearer of this signature key.
    func isValid(
      _ credential: Credential, signatureKey: SignaturePublicKey, at now: Timestamp
    ) -> Bool

    /// Whether a member who showed `old` may go on as `new`: the rule for a replaced credential
    /// (RFC 9420 §5.3.1).
    func isSuccessor(_ new: Credential, of old: Credential) -> Bool

    /// What tells one client from another: two leaves with equal ids are one client, and a group
    /// holds a client once (RFC 9420 §12.2).
    func clientID(of credential: Credential, signatureKey: SignaturePublicKey) -> [UInt8]

    /// Whether somebody outside the group may propose changes to it.
    func isValid(externalSender: ExternalSender, at now: Timestamp) -> Bool
  }
}
