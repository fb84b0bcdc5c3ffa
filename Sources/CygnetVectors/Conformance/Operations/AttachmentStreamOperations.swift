internal import CygnetAttachments
internal import CygnetPrimitives

/// Attachments piece by piece. A stream is given back after each piece; `finish` uses it up, whatever
/// comes of it, and a decryptor that refused a piece refuses everything after it.
enum AttachmentStreamOperations {
  static let all: [Operation] = [
    Operation(
      "encryptor.begin", "Begins to encrypt content of a size that is declared",
      takes: AttachmentOperations.settings + [Field("size", .uint64)],
      gives: [encryptorField, Field("blob_size", .uint64)], beginEncryptor),
    Operation(
      "encryptor.update", "Takes content and gives what is complete of the blob",
      takes: [encryptorField, Field("content", .hex)], gives: [AttachmentOperations.blobField],
      updateEncryptor),
    Operation(
      "encryptor.finish", "Gives the rest of the blob; the handle is gone",
      takes: [encryptorField],
      gives: [AttachmentOperations.blobField, AttachmentOperations.pointerField],
      { (call: inout Call) throws(CygnetError) in
        try call.useUp(given: "encryptor")
        let (blob, pointer) = try call.encryptor().take().finish()
        return .of(["blob": .hex(blob), "pointer": .hex(try pointer.encoded())])
      }),
    Operation(
      "decryptor.begin", "Begins to decrypt the blob of a pointer",
      takes: [AttachmentOperations.pointerField, AttachmentOperations.maxSizeField],
      gives: [decryptorField],
      { (call: inout Call) throws(CygnetError) in
        let stream = try AttachmentDecryptor(
          AttachmentOperations.pointer(call.arguments),
          maxSize: AttachmentOperations.maxSize(call.arguments))
        return .of(["decryptor": call.create(.decryptor(DecryptorBox(stream)))])
      }),
    Operation(
      "decryptor.update", "Takes a piece of the blob and gives the content it completes",
      takes: [decryptorField, AttachmentOperations.blobField], gives: [Field("content", .hex)],
      updateDecryptor),
    Operation(
      "decryptor.finish", "Checks that the blob is complete; the handle is gone",
      takes: [decryptorField],
      { (call: inout Call) throws(CygnetError) in
        try call.useUp(given: "decryptor")
        try call.decryptor().take().finish()
        return JSONObject()
      }),
    Operation(
      "verifier.begin", "Begins to check a blob without its key",
      takes: [
        Field("size", .uint64), Field("digest", .nullable(.hex)),
        AttachmentOperations.digestAlgorithmField, AttachmentOperations.paddingField,
        Field("max_size", .uint64, "the quota for the blob"),
      ], gives: [verifierField],
      { (call: inout Call) throws(CygnetError) in
        let stream = try AttachmentOperations.verifier(
          call.arguments, size: call.arguments.uint64("size"))
        return .of(["verifier": call.create(.verifier(VerifierBox(stream)))])
      }),
    Operation(
      "verifier.update", "Takes a piece of the blob",
      takes: [verifierField, AttachmentOperations.blobField], updateVerifier),
    Operation(
      "verifier.finish", "Gives the digest of the whole; the handle is gone",
      takes: [verifierField], gives: [Field("digest", .hex(32))],
      { (call: inout Call) throws(CygnetError) in
        try call.useUp(given: "verifier")
        return .of(["digest": .hex(try call.verifier().take().finish())])
      }),
  ]

  private static let encryptorField = Field("encryptor", .handle(.encryptor))
  private static let decryptorField = Field("decryptor", .handle(.decryptor))
  private static let verifierField = Field("verifier", .handle(.verifier))

  private static func beginEncryptor(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let stream = try AttachmentOperations.encryptor(
      call.arguments, size: call.arguments.uint64("size"))
    let blobSize = stream.blobSize
    return .of([
      "encryptor": call.create(.encryptor(EncryptorBox(stream))), "blob_size": .counting(blobSize),
    ])
  }

  private static func updateEncryptor(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let content = try call.arguments.bytes("content")
    let box = try call.encryptor()
    var stream = try box.take()
    let blob: [UInt8]
    do throws(CygnetError) {
      blob = try stream.update(content)
    } catch {
      box.put(stream)
      throw error
    }
    box.put(stream)
    return .of(["blob": .hex(blob)])
  }

  private static func updateDecryptor(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let blob = try call.arguments.bytes("blob")
    let box = try call.decryptor()
    var stream = try box.take()
    let content: ProvisionalBytes
    do throws(CygnetError) {
      content = try stream.update(blob)
    } catch {
      box.put(stream)
      throw error
    }
    box.put(stream)
    return .of(["content": .hex(content.bytes)])
  }

  private static func updateVerifier(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let blob = try call.arguments.bytes("blob")
    let box = try call.verifier()
    var stream = try box.take()
    do throws(CygnetError) {
      try stream.update(blob)
    } catch {
      box.put(stream)
      throw error
    }
    box.put(stream)
    return JSONObject()
  }
}
