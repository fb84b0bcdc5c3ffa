import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Vectors of other projects")
struct PublishedVectorTests {
  /// Files whose cases must run: how many, and how many may be skipped.
  private static let expected: [(file: String, run: Int, skipped: Int)] = [
    ("ed25519/sign-input.json", 128, 0),
    ("hpke/age-hybrid-xwing.json", 2, 0),
    ("hpke/cfrg-x25519.json", 6, 0),
    ("hpke/hpke-pq-xwing-hkdf-sha256-chacha.json", 1, 0),
    // Suites whose hash or signature is another one are not offered; suite 1 differs in the AEAD
    // alone, so rows of it that seal nothing run.
    ("mls/crypto-basics.json", 1, 6),
    ("mls/deserialization.json", 14, 0),
    ("mls/tree-math.json", 10, 0),
    ("mls/tree-operations.json", 5, 0),
    // Suites 1 and 3 of seven.
    ("mls/tree-validation.json", 14, 35),
    // Suite 1 needs an AEAD.
    ("mls/treekem.json", 6, 36),
    ("mls-gen/tree-operations.suite3.json", 5, 0),
    ("mls-rs/tree_hash.suite3.json", 1, 0),
    ("mls/key-schedule.json", 2, 5),
    ("mls/message-protection.json", 1, 6),
    ("mls/messages.json", 150, 0),
    ("mls/passive-client-handling-commit.json", 7, 42),
    ("mls/passive-client-welcome.json", 4, 24),
    ("mls-gen/passive-client-extended.suite3.json", 1, 0),
    ("mls-gen/passive-client-mlspp.suite3.json", 1, 0),
    ("mls-gen/passive-client-random.suite3.json", 1, 0),
    ("mls/psk_secret.json", 22, 55),
    ("mls/secret-tree.json", 4, 10),
    ("mls/transcript-hashes.json", 2, 5),
    ("mls/welcome.json", 1, 6),
    ("mls-rs/path_secret.suite3.json", 1, 0),
    ("mls-rs/reuse_guard.json", 2, 0),
    ("mls-rs/sender_data_key_test_vector.suite3.json", 3, 0),
    ("mlkem/accumulated.json", 1, 0),
    ("mlkem/acvp.json", 102, 0),
    ("mlkem/kat_MLKEM_768.json", 40, 0),
    ("mlkem/kat_MLKEM_1024.json", 20, 0),
    ("peers/argon2id.json", 9, 0),
    ("peers/double-ratchet.json", 5, 0),
    ("peers/ed25519-to-x25519.json", 23, 0),
    ("peers/hkdf-sha512.json", 12, 0),
    ("peers/hpke.json", 8, 0),
    ("peers/hpke-xwing.json", 5, 0),
    ("peers/mlkem-768.json", 10, 0),
    ("peers/mlkem-1024.json", 10, 0),
    ("peers/pqxdh.json", 4, 0),
    ("peers/ratchet-kdf-chains.json", 5, 0),
    ("peers/x3dh.json", 12, 0),
    ("peers/xchacha20-poly1305.json", 24, 0),
    ("peers/xwing.json", 6, 0),
    // HChaCha20 alone is not offered.
    ("rfc/draft-xchacha-xchacha20-poly1305.json", 1, 1),
    ("rfc/fips180-sha2.json", 5, 0),
    ("rfc/rfc4231-hmac.json", 7, 0),
    ("rfc/rfc5869-hkdf.json", 3, 0),
    // A million iterations run with --slow.
    ("rfc/rfc7748-x25519.json", 5, 1),
    ("rfc/rfc8032-ed25519.json", 5, 0),
    // ChaCha20 and Poly1305 alone are not offered.
    ("rfc/rfc8439-chacha20-poly1305.json", 2, 4),
    ("signal/chain-key.json", 1, 0),
    ("signal/curve25519-agreement.json", 1, 0),
    ("signal/fingerprint.json", 4, 0),
    ("signal/hkdf-v3.json", 2, 0),
    ("signal/incremental-mac.json", 1, 0),
    ("signal/public-key-range.json", 23, 0),
    ("signal/x3dh-session.json", 1, 0),
    ("wycheproof/chacha20_poly1305_test.json", 325, 0),
    ("wycheproof/ed25519_test.json", 151, 0),
    ("wycheproof/hkdf_sha256_test.json", 86, 0),
    ("wycheproof/hmac_sha256_test.json", 174, 0),
    ("wycheproof/mlkem_768_encaps_test.json", 265, 0),
    ("wycheproof/mlkem_768_keygen_seed_test.json", 100, 0),
    ("wycheproof/mlkem_768_semi_expanded_decaps_test.json", 9, 0),
    ("wycheproof/mlkem_768_test.json", 193, 0),
    ("wycheproof/x25519_test.json", 518, 0),
    ("xwing/draft.json", 2, 0),
  ]

  private static let title = "vectors of other projects"

  @Test("every case of every file holds, or is skipped with a reason")
  func everything() throws {
    guard let folder = PublishedVectors.folder(for: Self.title) else { return }
    let files = RepositoryFiles.list(folder, suffix: ".json")
    #expect(files.count >= Self.expected.count)
    var lines: [String] = []
    var (run, skipped) = (0, 0)
    for file in files {
      let report = try VectorRun.run(contents(of: "\(folder)/\(file)"), file: file)
      for failure in report.failures { Issue.record("\(file), \(failure.id): \(failure.what)") }
      #expect(report.run + report.skipped > 0, "\(file)")
      run += report.run
      skipped += report.skipped
      let reasons = report.skips.map { "\($0.count) skipped: \($0.reason)" }
      lines.append(
        "  \(file), \(report.format): \(report.run) run, \(report.passed) passed"
          + (reasons.isEmpty ? "" : "; " + reasons.joined(separator: "; ")))
    }
    print("\(Self.title): \(files.count) files, \(run) cases run, \(skipped) skipped")
    for line in lines { print(line) }
  }

  @Test("the files that the library must pass run in full")
  func counts() throws {
    guard let folder = PublishedVectors.folder(for: Self.title) else { return }
    for (file, run, skipped) in Self.expected {
      let report = try VectorRun.run(contents(of: "\(folder)/\(file)"), file: file)
      #expect(report.run >= run, "\(file)")
      #expect(report.skipped <= skipped, "\(file)")
      #expect(report.failures.isEmpty, "\(file)")
    }
  }

  @Test("the text files of CCTV run in full, and notice an altered line")
  func textFiles() throws {
    guard let folder = PublishedVectors.folder(for: Self.title) else { return }
    for (file, run) in [
      ("intermediate/ML-KEM-768", 1), ("intermediate/ML-KEM-1024", 1), ("modulus/ML-KEM-768", 780),
      ("strcmp/ML-KEM-768", 1), ("unluckysample/ML-KEM-768", 1),
    ] {
      var bytes = try contents(of: "\(folder)/mlkem/cctv/\(file).txt")
      let report = try VectorRun.run(bytes, file: file)
      #expect(report.run == run && report.failures.isEmpty, "\(file): \(report)")
      if run > 1 { continue }
      // A digit of K.
      let line = try #require(bytes.firstRange(of: Array("\nK = ".utf8)))
      let digit = bytes[line.upperBound]
      bytes[line.upperBound] = UInt8(ascii: digit == UInt8(ascii: "0") ? "1" : "0")
      #expect(!(try VectorRun.run(bytes, file: file)).failures.isEmpty, "\(file)")
    }
  }

  @Test("rows of MLS's suite 1 run in full with an AES-128-GCM of the tests")
  func suiteOne() throws {
    guard let folder = PublishedVectors.folder(for: Self.title) else { return }
    let expected = [
      ("crypto-basics", 2), ("key-schedule", 2), ("message-protection", 2), ("psk_secret", 22),
      ("secret-tree", 4), ("transcript-hashes", 2), ("welcome", 2),
      ("treekem", 12),
      ("passive-client-welcome", 8), ("passive-client-handling-commit", 14),
    ]
    for (name, run) in expected {
      let report = try VectorRun.run(
        contents(of: "\(folder)/mls/\(name).json"), file: name,
        options: VectorRun.Options(aes128GCM: AES128GCM()))
      #expect(report.run == run && report.failures.isEmpty, "\(name): \(report)")
    }
  }

  @Test("a single altered output makes a file fail")
  func alteration() throws {
    guard let folder = PublishedVectors.folder(for: Self.title) else { return }
    for (file, _, _) in Self.expected {
      let json = try JSON(parsing: contents(of: "\(folder)/\(file)"))
      let altered = try #require(Self.altering(json), "\(file)")
      #expect(!VectorRun.run(altered, file: file).failures.isEmpty, "\(file)")
    }
  }

  /// Names of outputs, in any of the formats. The first stands in MLS's files beside a ciphertext of
  /// which only a sample counts.
  private static let outputs = [
    "sender_data_secret",
    "okm", "okm64", "out", "shared", "sig", "tag", "ciphertext", "sha256", "hmac_sha256",
    "shared_secret",
    "x25519_public", "root_key", "next_chain_key", "scannable", "digest", "vlbytes_header",
    "tree_hash_after", "tree_hash", "commit_secret",
    "joiner_secret", "psk_secret", "confirmed_transcript_hash_after", "proposal",
    "signer_pub", "expected_key", "initial_epoch_authenticator", "K", "ss", "ek", "hash_100", "pt",
  ]

  /// Outputs that are lists of bytes.
  private static let listOutputs = ["tree_hashes", "generations"]

  /// Types of cases that are skipped.
  private static let notOffered = [
    "hchacha20", "chacha20-block", "chacha20", "poly1305", "poly1305-keygen",
  ]

  /// The same file with a bit of the first output changed.
  private static func altering(_ json: JSON) -> JSON? {
    if let rows = json.array {
      // Suite 3 where there is one: some rows of other suites are skipped.
      let hasOwnSuite = rows.contains { $0["cipher_suite"]?.int == 3 }
      for (index, row) in rows.enumerated() {
        if hasOwnSuite, let suite = row["cipher_suite"]?.int, suite != 3 { continue }
        guard let altered = altering(row) else { continue }
        var rows = rows
        rows[index] = altered
        return .array(rows)
      }
      return nil
    }
    guard var object = json.object, object["result"]?.string != "invalid" else { return nil }
    if let type = object["type"]?.string, notOffered.contains(type) { return nil }
    // A bit of a message that is only decoded may be any other: a byte too many may not.
    if let message = object["mls_welcome"]?.hexBytes {
      object["mls_welcome"] = .hex(message + [0])
      return .object(object)
    }
    if let canonical = object["canonical"]?.bool {
      object["canonical"] = .bool(!canonical)
      return .object(object)
    }
    for name in outputs {
      guard var bytes = object[name]?.hexBytes, !bytes.isEmpty else { continue }
      bytes[bytes.count - 1] ^= 1
      object[name] = .hex(bytes)
      return .object(object)
    }
    for name in listOutputs {
      guard var list = object[name]?.array, var bytes = list.last?.hexBytes else { continue }
      bytes[bytes.count - 1] ^= 1
      list[list.count - 1] = .hex(bytes)
      object[name] = .array(list)
      return .object(object)
    }
    if let root = object["root"]?.int {
      object["root"] = .integer(root + 1)
      return .object(object)
    }
    // The bytes of mls-rs's reuse guards are numbers.
    if var bytes = object["result"]?.array, let last = bytes.popLast()?.int {
      object["result"] = .array(bytes + [.integer(last ^ 1)])
      return .object(object)
    }
    for member in object.members {
      guard let altered = altering(member.value) else { continue }
      object[member.key] = altered
      return .object(object)
    }
    return nil
  }

  @Test("no file fits two formats")
  func recognition() throws {
    guard let folder = PublishedVectors.folder(for: Self.title) else { return }
    for file in RepositoryFiles.list(folder, suffix: ".json") {
      let json = try JSON(parsing: contents(of: "\(folder)/\(file)"))
      var names: [String] = []
      for format in VectorFormat.all where format.recognises(json) { names.append(format.name) }
      // "Wycheproof, other" is what the Wycheproof formats before it leave.
      names.removeAll { $0 == "Wycheproof, other" }
      #expect(names.count == 1, "\(file): \(names)")
    }
  }
}
