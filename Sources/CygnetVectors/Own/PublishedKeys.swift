internal import CygnetPairwise
internal import CygnetPrimitives

/// What the traces of X3DH and PQXDH have in common: the keys of both parties, and the responder's
/// signed prekey.
struct PublishedKeys {
  let suite: Suite
  let initiator: IdentityKeyPair
  let responder: IdentityKeyPair
  let responderAddress: DeviceAddress
  let createdAt: Timestamp
  let signedPreKey: X25519.KeyPair
  let oneTimePreKey: X25519.KeyPair?
  let ephemeral: X25519.KeyPair

  /// Names each key and what is signed, and gives the bundle made of them.
  /// - Parameters:
  ///   - test: the trace.
  ///   - kemPreKey: in suite 2, names the KEM prekey and gives it.
  func expectBundle(
    _ test: inout VectorLedger,
    kemPreKey: (inout VectorLedger) throws(CygnetError) -> KEMPreKey? = {
      (_) throws(CygnetError) in nil
    }
  ) throws(CygnetError) -> PreKeyBundle {
    for (role, identity) in [("initiator", initiator), ("responder", responder)] {
      try test.expect("\(role)_identity_key", bytes: identity.publicKey.encoded())
      try test.expect("\(role)_identity_x25519_private", secret: identity.agreementKey.secret)
      try test.expect("\(role)_identity_x25519", bytes: identity.publicKey.x25519.bytes)
    }
    try test.expect("signed_pre_key", bytes: signedPreKey.publicKey.bytes)
    try test.expect("one_time_pre_key", bytes: oneTimePreKey?.publicKey.bytes)
    try test.expect("ephemeral_key", bytes: ephemeral.publicKey.bytes)
    let content = SignedPreKeyContent(
      suite: suite, address: responderAddress, id: SignedPreKeyID(1), createdAt: createdAt,
      key: signedPreKey.publicKey)
    try test.expect("signed_content", bytes: try SignedContent.bytes(.signedPreKey, content))
    let signature = try responder.signature(of: content, label: .signedPreKey)
    try test.expect("signature", bytes: signature)
    let bundle = PreKeyBundle(
      suite: suite, identity: responder.publicKey.ed25519, address: responderAddress,
      signedPreKey: SignedPreKey(
        id: SignedPreKeyID(1), createdAt: createdAt, key: signedPreKey.publicKey,
        signature: signature),
      oneTimePreKey: oneTimePreKey.map {
        OneTimePreKey(id: OneTimePreKeyID(1), key: $0.publicKey)
      }, kemPreKey: try kemPreKey(&test))
    try test.expect("bundle", bytes: try bundle.encoded())
    return bundle
  }
}
