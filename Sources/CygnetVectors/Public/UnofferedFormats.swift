/// Formats of what this library does not do. Their cases are counted, so that nobody takes a file
/// for checked that was not.
enum UnofferedFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "Wycheproof", "Wycheproof, other", notOffered: "another algorithm of Wycheproof"
    ) { WycheproofFormats.isWycheproof($0) },
    unoffered("RFC and peers", "BLAKE2b") { $0.isNamed("BLAKE2b") },
    unoffered("peers", "XEdDSA") { $0.isNamed("XEdDSA") },
    VectorFormat(
      "age", "age payloads", notOffered: "the payload format of age is not offered"
    ) { json in
      json.isNamed("STREAM") && json.firstCase(has: "file_key", "nonce", "expect")
    },
    unoffered("MLS", "MLS") { json in
      json.array != nil
        && (json.firstCase(has: "cipher_suite") || json.firstCase(has: "mls_welcome"))
        && !MLSFormats.all.contains { $0.recognises(json) }
    },
  ]

  private static func unoffered(
    _ family: String, _ name: String, recognises: @escaping @Sendable (JSON) -> Bool
  ) -> VectorFormat {
    VectorFormat(family, name, notOffered: "\(name) is not offered", recognises: recognises)
  }
}
