internal import CygnetPrimitives

/// Authenticated encryption on its own.
enum AEADOperations {
  static let all: [Operation] = [
    Operation(
      "aead.seal", "Seals; the tag of 16 bytes stands at the end",
      takes: fields + [Field("plaintext", .hex)], gives: [Field("ciphertext", .hex)], seal),
    Operation(
      "aead.open", "Opens", takes: fields + [Field("ciphertext", .hex)],
      gives: [Field("plaintext", .hex)], open),
  ]

  private static let fields = [
    Field("aead", .choice(["ChaCha20Poly1305", "XChaCha20Poly1305"])), Field("key", .hex(32)),
    Field("nonce", .hex(12...24), "12 bytes, or 24 with XChaCha20Poly1305"),
    Field("associated_data", .hex),
  ]

  private struct Inputs {
    let isExtended: Bool
    let key: SecretBytes
    let nonce: [UInt8]
    let data: [UInt8]

    init(_ arguments: Arguments) throws(CygnetError) {
      isExtended = try arguments.text("aead") == "XChaCha20Poly1305"
      key = try arguments.secret("key")
      nonce = try arguments.bytes("nonce")
      data = try arguments.bytes("associated_data")
      guard nonce.count == (isExtended ? 24 : 12) else {
        throw CygnetError(.malformed, "a nonce of another length than the cipher's")
      }
    }
  }

  private static func seal(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let inputs = try Inputs(call.arguments)
    let plaintext = try call.arguments.bytes("plaintext")
    let ciphertext =
      inputs.isExtended
      ? try XChaCha20Poly1305.seal(
        plaintext, key: inputs.key, nonce: inputs.nonce, authenticating: inputs.data)
      : try ChaCha20Poly1305.seal(
        plaintext, key: inputs.key, nonce: inputs.nonce, authenticating: inputs.data)
    return .of(["ciphertext": .hex(ciphertext)])
  }

  private static func open(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let inputs = try Inputs(call.arguments)
    let ciphertext = try call.arguments.bytes("ciphertext")
    let plaintext =
      inputs.isExtended
      ? try XChaCha20Poly1305.open(
        ciphertext, key: inputs.key, nonce: inputs.nonce, authenticating: inputs.data)
      : try ChaCha20Poly1305.open(
        ciphertext, key: inputs.key, nonce: inputs.nonce, authenticating: inputs.data)
    return .of(["plaintext": .hex(plaintext)])
  }
}
