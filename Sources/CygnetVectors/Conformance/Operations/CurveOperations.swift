internal import CygnetPrimitives

/// Agreements and signatures on their own.
enum CurveOperations {
  static let all: [Operation] = [
    Operation(
      "x25519.public_key", "Computes the public key", takes: [Field("private", .hex(32))],
      gives: [Field("public", .hex(32))],
      { (call: inout Call) throws(CygnetError) in
        .of(["public": .hex(try call.arguments.privateKey("private").publicKey().bytes)])
      }),
    Operation(
      "x25519.agree", "Computes a shared secret and refuses zero",
      takes: [Field("private", .hex(32)), Field("public", .hex(32))],
      gives: [Field("shared", .hex(32))],
      { (call: inout Call) throws(CygnetError) in
        let shared = try X25519.agreement(
          call.arguments.privateKey("private"), call.arguments.curveKey("public"))
        return .of(["shared": .hex(shared)])
      }),
    Operation(
      "ed25519.public_key", "Computes the public key", takes: [Field("seed", .hex(32))],
      gives: [Field("public", .hex(32))],
      { (call: inout Call) throws(CygnetError) in
        let key = try Ed25519.PrivateKey(seed: call.arguments.secret("seed"))
        return .of(["public": .hex(key.publicKey.bytes)])
      }),
    Operation(
      "ed25519.sign", "Signs bytes as they are",
      takes: [Field("seed", .hex(32)), Field("message", .hex)],
      gives: [Field("signature", .hex(64))],
      { (call: inout Call) throws(CygnetError) in
        let key = try Ed25519.PrivateKey(seed: call.arguments.secret("seed"))
        return .of(["signature": .hex(try key.signature(of: call.arguments.bytes("message")))])
      }),
    Operation(
      "ed25519.verify", "Checks a signature over bytes as they are",
      takes: [
        Field("public", .hex(32)), Field("message", .hex), Field("signature", .hex(64)),
      ],
      { (call: inout Call) throws(CygnetError) in
        let key = try Ed25519.PublicKey(call.arguments.bytes("public"))
        try key.verify(
          signature: call.arguments.bytes("signature"), of: call.arguments.bytes("message"))
        return JSONObject()
      }),
    Operation(
      "ed25519.to_x25519", "Converts a public key and refuses what is not in the main subgroup",
      takes: [Field("public", .hex(32))], gives: [Field("x25519_public", .hex(32))],
      { (call: inout Call) throws(CygnetError) in
        let key = try Ed25519.PublicKey(call.arguments.bytes("public"))
        return .of(["x25519_public": .hex(try key.x25519().bytes)])
      }),
  ]
}
