internal import CygnetPrimitives

/// Files of hash functions, MACs and key derivation.
enum HashFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "RFC and FIPS", "SHA-256 and SHA-512",
      recognises: { $0.firstCase(has: "msg", "repeat", "sha256", "sha512") }, run: runSHA2),
    VectorFormat(
      "RFC and FIPS", "HMAC-SHA-256 and HMAC-SHA-512",
      recognises: { $0.firstCase(has: "key", "data", "hmac_sha256", "hmac_sha512") },
      run: runHMAC),
    VectorFormat(
      "RFC and peers", "HKDF",
      recognises: { json in
        json.firstCase(has: "ikm", "salt", "info", "length", "okm") && json.isNamed("HKDF-SHA-")
      }, run: runHKDF),
    VectorFormat(
      "libsignal", "HMAC-SHA-256 of prefixes",
      recognises: { $0.firstCase(has: "key", "chunk_size", "data", "digest") },
      run: runIncrementalMAC),
  ]

  static func hkdf256(
    _ ikm: [UInt8], salt: [UInt8], info: [UInt8], count: Int
  ) throws(CygnetError) -> SecretBytes {
    try unsafe HKDFSHA256.derive(
      salt: salt.span.bytes, inputKeyMaterial: ikm.span.bytes, info: info, count: count)
  }

  static func hkdf512(
    _ ikm: [UInt8], salt: [UInt8], info: [UInt8], count: Int
  ) throws(CygnetError) -> SecretBytes {
    try unsafe HKDFSHA512.derive(
      salt: salt.span.bytes, inputKeyMaterial: ikm.span.bytes, info: info, count: count)
  }

  static func hmac256(_ message: [UInt8], key: [UInt8]) -> SecretBytes {
    unsafe HMACSHA256.tag(of: message.span.bytes, key: key.span.bytes)
  }

  static func hmac512(_ message: [UInt8], key: [UInt8]) -> SecretBytes {
    unsafe HMACSHA512.tag(of: message.span.bytes, key: key.span.bytes)
  }

  /// The message is `msg`, `repeat` times.
  @Sendable
  private static func runSHA2(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let (part, count) = (try test.bytes("msg"), try test.int("repeat"))
    guard count >= 0, part.count * min(count, 1 << 24) <= 1 << 24 else {
      return .skipped("a message beyond 16 MiB")
    }
    var message: [UInt8] = []
    var sha256 = SHA256()
    var sha512 = SHA512()
    for _ in 0..<count {
      message += part
      sha256.update(part)
      sha512.update(part)
    }
    let (narrow, wide) = (try test.bytes("sha256"), try test.bytes("sha512"))
    var checks = VectorChecks()
    checks.equal("sha256", SHA256.hash(message), narrow)
    checks.equal("sha512", SHA512.hash(message), wide)
    checks.equal("sha256 in pieces", sha256.finalize(), narrow)
    checks.equal("sha512 in pieces", sha512.finalize(), wide)
    return checks.outcome
  }

  /// RFC 4231 also has a test whose tag is shortened.
  @Sendable
  private static func runHMAC(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let (key, data) = (try test.bytes("key"), try test.bytes("data"))
    let (narrow, wide) = (try test.bytes("hmac_sha256"), try test.bytes("hmac_sha512"))
    var checks = VectorChecks()
    checks.equal(
      "hmac_sha256", Array(hmac256(data, key: key).exposed().prefix(narrow.count)), narrow)
    checks.equal("hmac_sha512", Array(hmac512(data, key: key).exposed().prefix(wide.count)), wide)
    checks.that(
      unsafe HMACSHA256.isValid(tag: narrow, of: data.span.bytes, key: key.span.bytes)
        && HMACSHA512.isValid(tag: wide, of: data.span.bytes, key: key.span.bytes),
      "a tag does not verify")
    return checks.outcome
  }

  /// The hash is named in the case or by the file.
  @Sendable
  private static func runHKDF(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let (ikm, salt, info) = (try test.bytes("ikm"), try test.bytes("salt"), try test.bytes("info"))
    let (count, okm) = (try test.int("length"), try test.bytes("okm"))
    let named = test.group["name"]?.string ?? ""
    var checks = VectorChecks()
    switch test.fields["hash"]?.string ?? String(named.dropFirst("HKDF-".count)) {
    case "SHA-256":
      if test.has("prk") {
        checks.equal("prk", hmac256(ikm, key: salt), try test.bytes("prk"))
      }
      checks.equal("okm", try hkdf256(ikm, salt: salt, info: info, count: count), okm)
    case "SHA-512":
      checks.equal("okm", try hkdf512(ikm, salt: salt, info: info, count: count), okm)
    default: return .skipped("HKDF with another hash is not offered")
    }
    return checks.outcome
  }

  /// The tags of every prefix of `chunk_size` bytes more, and of the whole.
  @Sendable
  private static func runIncrementalMAC(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let (key, data, chunk) = (
      try test.bytes("key"), try test.bytes("data"), try test.int("chunk_size")
    )
    guard chunk > 0 else { return .failed("chunk_size is not positive") }
    var digest: [UInt8] = []
    for end in stride(from: chunk, through: data.count, by: chunk) {
      digest += hmac256(Array(data[..<end]), key: key).exposed()
    }
    if !data.count.isMultiple(of: chunk) { digest += hmac256(data, key: key).exposed() }
    var checks = VectorChecks()
    checks.equal("digest", digest, try test.bytes("digest"))
    return checks.outcome
  }
}
