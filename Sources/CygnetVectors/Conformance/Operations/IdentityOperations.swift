internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// Identities and what they sign.
enum IdentityOperations {
  static let all: [Operation] = [
    Operation(
      "identity.from_seed", "Makes an identity from its Ed25519 seed",
      takes: [Field("seed", .hex(32))], gives: described,
      { (call: inout Call) throws(CygnetError) in
        try keep(IdentityKeyPair(seed: call.arguments.secret("seed")), &call)
      }),
    Operation(
      "identity.generate", "Makes an identity as a device does",
      takes: [.random("32 bytes, the seed")], gives: described,
      { (call: inout Call) throws(CygnetError) in
        let identity = try IdentityKeyPair.generate(using: &call.random)
        return try keep(identity, &call)
      }),
    Operation(
      "identity.export", "Gives the stored form",
      takes: [identityField], gives: [Field("state", .hex(35), "IdentityState")],
      { (call: inout Call) throws(CygnetError) in
        .of(["state": .hex(try call.identity().state())])
      }),
    Operation(
      "identity.import", "Restores a stored form",
      takes: [Field("state", .hex, "IdentityState")], gives: described,
      { (call: inout Call) throws(CygnetError) in
        try keep(IdentityKeyPair(restoring: call.arguments.secret("state")), &call)
      }),
    Operation(
      "identity.sign", "Signs content behind its label",
      takes: [
        identityField, labelField, Field("content", .hex, "encoded as the label asks"),
      ],
      gives: [
        Field("signature", .hex(64)),
        Field("signed_content", .hex, "SignedContent: what is signed"),
      ], sign),
    Operation(
      "identity.verify", "Checks a signature over content behind its label",
      takes: [
        Field("identity_key", .hex, "IdentityKey"), labelField, Field("content", .hex),
        Field("signature", .hex(64)),
      ], verify),
  ]

  static let identityField = Field("identity", .handle(.identity))
  private static let labelField = Field(
    "label", .choice(SignedContent.Label.allCases.map(\.rawValue)))
  private static let described = [
    identityField, Field("identity_key", .hex(33), "IdentityKey"),
    Field("x25519_private", .hex(32), "for agreements"), Field("x25519_public", .hex(32)),
  ]

  private static func keep(
    _ identity: IdentityKeyPair, _ call: inout Call
  ) throws(CygnetError) -> JSONObject {
    .of([
      "identity": call.create(.identity(identity)),
      "identity_key": .hex(identity.publicKey.encoded()),
      "x25519_private": .hex(identity.agreementKey.secret),
      "x25519_public": .hex(identity.publicKey.x25519.bytes),
    ])
  }

  /// Content that the client encoded.
  private struct Encoded: WireEncodable {
    let bytes: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) { writer.write(fixed: bytes) }
  }

  private static func label(_ call: Call) throws(CygnetError) -> SignedContent.Label {
    guard let label = SignedContent.Label(rawValue: try call.arguments.text("label")) else {
      throw Call.slip
    }
    return label
  }

  private static func sign(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let content = Encoded(bytes: try call.arguments.bytes("content"))
    let label = try label(call)
    return .of([
      "signature": .hex(try call.identity().signature(of: content, label: label)),
      "signed_content": .hex(try SignedContent.bytes(label, content)),
    ])
  }

  private static func verify(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let content = Encoded(bytes: try call.arguments.bytes("content"))
    try call.arguments.identityKey("identity_key").ed25519.verify(
      signature: call.arguments.bytes("signature"),
      of: SignedContent.bytes(label(call), content))
    return JSONObject()
  }
}
