internal import CygnetAttachments
internal import CygnetPrimitives

/// Attachments with every intermediate value.
///
/// The blob is sealed here chunk by chunk from primitives, and by the library's encryptor: both must
/// agree. Content is not given but made, so that the files stay small.
enum AttachmentTrace {
  static let suite = OwnVectorSuite(
    name: "attachments/blobs", kind: .trace, subject: "attachments",
    spec: "Cygnet Specification: Attachments",
    notes: [
      .init(
        flag: "LastChunk", description: "lengths around a multiple of the chunk",
        effect: "a blob that ends on a full chunk is cut or refused"),
      .init(
        flag: "Padded", description: "Padmé with zeros behind the content",
        effect: "sizes show, or attachments of others are refused"),
      .init(
        flag: "Role", description: "the role enters the derivation",
        effect: "a thumbnail passes for the original"),
    ],
    write: write)

  // MARK: - Content

  /// SHA-256("att1" ‖ uint32(0)) ‖ SHA-256("att1" ‖ uint32(1)) ‖ …, cut to `count` bytes.
  static func content(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 32)
    var number: UInt32 = 0
    while bytes.count < count {
      let index = (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
      bytes += SHA256.hash(Array("att1".utf8) + index)
      number += 1
    }
    return Array(bytes.prefix(count))
  }

  /// What a blob is made from.
  struct Inputs {
    let key: SecretBytes
    let salt: [UInt8]
    let role: AttachmentRole
    let padding: Padding
    let size: Int

    init(_ ledger: inout VectorLedger) throws(CygnetError) {
      key = try ledger.secret("key")
      salt = try ledger.bytes("salt")
      role = try AttachmentRole(checking: Self.byte("role", &ledger))
      padding = try Padding(checking: Self.byte("padding", &ledger))
      size = Int(try ledger.uint32("size"))
    }

    private static func byte(
      _ name: String, _ ledger: inout VectorLedger
    ) throws(CygnetError) -> UInt8 {
      guard let value = UInt8(exactly: try ledger.integer(name)) else {
        throw ledger.failure("\"\(name)\" does not fit in a byte")
      }
      return value
    }
  }

  /// The library's blob and pointer.
  static func encrypt(
    _ inputs: Inputs, content: [UInt8]
  ) throws(CygnetError) -> (blob: [UInt8], pointer: AttachmentPointer) {
    var encryptor = try AttachmentEncryptor(
      size: UInt64(content.count), role: inputs.role, padding: inputs.padding, digest: .flat,
      key: AttachmentKey(inputs.key), salt: inputs.salt)
    var blob = try encryptor.update(content)
    let (tail, pointer) = try encryptor.finish()
    blob += tail
    return (blob, pointer)
  }

  // MARK: - Running

  static func run(_ test: inout VectorLedger) throws(CygnetError) {
    let inputs = try Inputs(&test)
    let content = content(inputs.size)
    try test.expect("content_sha256", bytes: SHA256.hash(content))
    guard let padded = inputs.padding.paddedSize(UInt64(inputs.size)) else {
      throw test.failure("no padded size")
    }
    try test.expect("padded_size", .counting(padded))
    let blob = try sealed(
      content + [UInt8](repeating: 0, count: Int(padded) - content.count), inputs, &test)
    try test.expect("blob_size", .integer(blob.count))
    try test.expect("digest", bytes: SHA256.hash(blob))
    if blob.count <= 200 {
      try test.expect("blob", bytes: blob)
    } else {
      try test.expect("blob", .null)
    }

    let (real, pointer) = try encrypt(inputs, content: content)
    guard real == blob else { throw test.failure("the library makes another blob") }
    try test.expect("pointer", bytes: try pointer.encoded())
    guard try AttachmentDecryptor.decrypt(blob, pointer) == content else {
      throw test.failure("the blob opens to other content")
    }
  }

  /// Derives and seals as the specification writes it.
  private static func sealed(
    _ plaintext: [UInt8], _ inputs: Inputs, _ test: inout VectorLedger
  ) throws(CygnetError) -> [UInt8] {
    let info =
      Array("c2sp.org/chunked-encryption@v1+AEAD_CHACHA20_POLY1305".utf8) + [0] + inputs.salt
      + Array("att1".utf8) + [inputs.role.rawValue]
    try test.expect("info", bytes: info)
    let okm = try inputs.key.withBytes { (key) throws(CygnetError) in
      try HKDFSHA512.expand(pseudorandomKey: key, info: info, count: 76)
    }
    let subkey = okm.slice(0..<32)
    let base = okm.slice(32..<44).exposed()
    try test.expect("subkey", secret: subkey)
    try test.expect("base_nonce", bytes: base)
    try test.expect("commitment", secret: okm.slice(44..<76))
    var blob = inputs.salt + okm.slice(44..<76).exposed()
    var chunks: [JSON] = []
    for index in 0...(plaintext.count / 16_384) {
      var nonce = base
      for byte in 0..<8 { nonce[11 - byte] ^= UInt8(truncatingIfNeeded: index >> (8 * byte)) }
      let end = min(plaintext.count, (index + 1) * 16_384)
      let chunk = try ChaCha20Poly1305.seal(
        Array(plaintext[(index * 16_384)..<end]), key: subkey, nonce: nonce, authenticating: [])
      chunks.append([
        "nonce": .hex(nonce), "bytes": .integer(chunk.count), "sha256": .hex(SHA256.hash(chunk)),
      ])
      blob += chunk
    }
    try test.expect("chunks", .array(chunks))
    return blob
  }

  /// Padmé alone, for sizes that no file here reaches.
  static func runPadme(_ test: inout VectorLedger) throws(CygnetError) {
    let size = try test.integer("size")
    try test.expect(
      "padded_size", Padding.padme.paddedSize(size).map { JSON.counting($0) } ?? .null)
  }

  // MARK: - Writing

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let rows: [(String, [String], Int, AttachmentRole, Padding)] = [
      ("empty", ["LastChunk"], 0, .original, .none), ("one byte", [], 1, .original, .none),
      ("one byte less than a chunk", ["LastChunk"], 16_383, .original, .none),
      ("a chunk", ["LastChunk"], 16_384, .original, .none),
      ("one byte more than a chunk", ["LastChunk"], 16_385, .original, .none),
      ("two chunks and a part", ["Role"], 40_000, .thumbnail, .none),
      ("empty, padded", ["Padded"], 0, .original, .padme),
      ("padded", ["Padded", "Role"], 100_000, .preview, .padme),
      ("padded to itself", ["Padded"], 1_024, .backup, .padme),
    ]
    var tests: [OwnVectorWriter.Test] = []
    for (comment, flags, size, role, padding) in rows {
      tests.append(
        .init(
          comment, flags: flags,
          [
            "key": .hex(writer.random.bytes(32)), "salt": .hex(writer.random.bytes(24)),
            "role": .integer(Int(role.rawValue)), "padding": .integer(Int(padding.rawValue)),
            "size": .integer(size),
          ]))
    }
    try writer.group(.attachment, tests)
    var sizes: [OwnVectorWriter.Test] = []
    let values: [UInt64] = [
      0, 1_024, 1_025, 1_056, 1_057, 65_535, 65_536, 65_537, 1_000_000, 16_777_217, 4_294_967_295,
      4_294_967_296, 4_294_967_297, 1 << 53, (1 << 53) + 1, 1 << 62, .max,
    ]
    for value in values { sizes.append(.init("\(value) bytes", ["size": .counting(value)])) }
    try writer.group(.padme, sizes)
  }
}
