import CygnetVectors
import TestSupport
import Testing

@Suite("cygnet attach")
struct AttachTests {
  let tool = try! CommandLineTool()
  let folder = try! CommandLineTool.Folder()
  let content = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

  /// Encrypts `content` into `blob` and `pointer`.
  func encrypted() throws {
    try folder.write(content, "photo")
    let outcome = try tool.run([
      "attach", "encrypt", folder.file("photo"), "-o", folder.file("blob"), "-p",
      folder.file("pointer"),
    ])
    #expect(outcome.exitCode == 0)
  }

  func decrypt(_ blob: String, _ pointer: String = "pointer") throws -> CommandLineTool.Outcome {
    try tool.run([
      "attach", "decrypt", "-p", folder.file(pointer), folder.file(blob), "-o",
      folder.file("out"), "--json",
    ])
  }

  /// Decryption must fail with this exit code and error code, and write nothing.
  func refuses(
    _ blob: [UInt8], _ exitCode: Int32, _ code: String, pointer: String = "pointer",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try folder.write(blob, "bad")
    let before = try folder.names()
    let outcome = try decrypt("bad", pointer)
    #expect(outcome.exitCode == exitCode, sourceLocation: sourceLocation)
    #expect(outcome.talk.contains("\"code\":\"\(code)\""), sourceLocation: sourceLocation)
    #expect(try folder.names() == before, sourceLocation: sourceLocation)
  }

  @Test("a file comes back as it was, and its pointer is for its owner alone")
  func roundTrip() throws {
    try encrypted()
    #expect(try folder.permissions("pointer") == 0o600)
    #expect(try decrypt("blob").exitCode == 0)
    #expect(try folder.read("out") == content)
  }

  @Test("empty files and every role, padding and digest come back")
  func variants() throws {
    try folder.write([], "empty")
    for (index, options) in [
      [], ["--no-padding"], ["--role", "thumbnail"], ["--role", "backup", "--no-padding"],
    ].enumerated() {
      let outcome = try tool.run(
        [
          "attach", "encrypt", folder.file("empty"), "-o", folder.file("b\(index)"), "-p",
          folder.file("p\(index)"),
        ] + options)
      #expect(outcome.exitCode == 0)
      #expect(try decrypt("b\(index)", "p\(index)").exitCode == (index == 0 ? 0 : 3))
    }
    #expect(try folder.read("out") == [])
  }

  @Test("a range is the same as of the file, and one outside is refused")
  func ranges() throws {
    try encrypted()
    for range in [0..<1, 16_380..<16_390, 49_990..<50_000, 0..<50_000] {
      let outcome = try tool.run([
        "attach", "cat", "-p", folder.file("pointer"), "--range",
        "\(range.lowerBound)-\(range.upperBound - 1)", folder.file("blob"),
      ])
      #expect(outcome.output == Array(content[range]))
    }
    for (range, code) in [
      ("0-50000", 12), ("60000-", 12), ("5-4", 2), ("x", 2), ("1", 2),
      ("18446744073709551615-18446744073709551615", 12), ("18446744073709551616-", 2),
    ] {
      let outcome = try tool.run([
        "attach", "cat", "-p", folder.file("pointer"), "--range", range, folder.file("blob"),
      ])
      #expect(outcome.exitCode == Int32(code), "\(range)")
      #expect(outcome.output.isEmpty)
    }
  }

  @Test("truncated, extended, altered, reordered and foreign blobs are refused; nothing is written")
  func badBlobs() throws {
    try encrypted()
    let blob = try folder.read("blob")
    try refuses(Array(blob.dropLast()), 4, "truncated")
    try refuses([], 4, "truncated")
    try refuses(blob + [0], 4, "malformed")
    for place in [0, 30, 56, 20_000, blob.count - 1] {
      var altered = blob
      altered[place] ^= 1
      try refuses(altered, 4, "authenticationFailed")
    }
    let (first, second) = (56..<16_456, 16_456..<32_856)
    try refuses(
      Array(blob[..<56] + blob[second] + blob[first] + blob[32_856...]), 4,
      "authenticationFailed")
    try refuses([UInt8](repeating: 0x41, count: blob.count), 4, "authenticationFailed")
  }

  @Test("pointers of another blob, altered, truncated or foreign are refused")
  func badPointers() throws {
    try encrypted()
    let blob = try folder.read("blob")
    let pointer = try folder.read("pointer")
    try folder.write(Array(pointer.dropLast()), "p1")
    try refuses(blob, 4, "malformed", pointer: "p1")
    try folder.write(pointer + [0], "p2")
    try refuses(blob, 4, "malformed", pointer: "p2")
    var version = pointer
    version[1] = 9
    try folder.write(version, "p3")
    try refuses(blob, 9, "unsupported", pointer: "p3")
    var key = pointer
    key[10] ^= 1
    try folder.write(key, "p4")
    try refuses(blob, 4, "authenticationFailed", pointer: "p4")
    try folder.write(Array("a letter".utf8), "p5")
    try refuses(blob, 9, "unsupported", pointer: "p5")
    var size = pointer
    size[38] = 0xff
    try folder.write(size, "p6")
    #expect(try decrypt("blob", "p6").exitCode != 0)
    #expect(!folder.exists("out"))
  }

  @Test("existing files are kept, a file is not written over itself, and binary data needs a file")
  func outputs() throws {
    try encrypted()
    let again = [
      "attach", "encrypt", folder.file("photo"), "-o", folder.file("blob"), "-p",
      folder.file("pointer"),
    ]
    let blob = try folder.read("blob")
    #expect(try tool.run(again).exitCode == 3)
    #expect(try folder.read("blob") == blob)
    #expect(try tool.run(again + ["--force"]).exitCode == 0)
    #expect(try folder.read("blob") != blob)
    let itself = try tool.run([
      "attach", "encrypt", folder.file("photo"), "-o", folder.file("photo"), "-p",
      folder.file("p"), "--force",
    ])
    #expect(itself.exitCode == 3)
    #expect(try folder.read("photo") == content)
    let full = try tool.run(
      ["attach", "decrypt", "-p", folder.file("pointer"), folder.file("blob"), "-o", "-"],
      outputPath: "/dev/full")
    #expect(full.exitCode == 3)
  }

  @Test("a server checks length, padding, digest and quota without the key")
  func verify() throws {
    try encrypted()
    let blob = folder.file("blob")
    let json = try JSON(parsing: tool.run(["attach", "verify", blob, "--json"]).output)
    let digest = json["digest"]?.string ?? ""
    #expect(digest.count == 64)
    #expect(try tool.run(["attach", "verify", blob, "--digest", digest]).exitCode == 0)
    let zero = String(repeating: "0", count: 64)
    #expect(try tool.run(["attach", "verify", blob, "--digest", zero]).exitCode == 4)
    #expect(try tool.run(["attach", "verify", blob, "--digest", "00"]).exitCode == 2)
    #expect(try tool.run(["attach", "verify", blob, "--max-size", "1000"]).exitCode == 12)
    try folder.write(Array(try folder.read("blob").dropLast()), "short")
    #expect(try tool.run(["attach", "verify", folder.file("short")]).exitCode == 4)
    try folder.write([UInt8](repeating: 1, count: 71), "tiny")
    #expect(try tool.run(["attach", "verify", folder.file("tiny")]).exitCode == 4)
  }

  @Test("files of 64 MiB and more come back under both digests, on all cores")
  func large() throws {
    let size = (65 << 20) + 12_345
    try folder.writeSparse(size, "large")
    for digest in ["1", "2"] {
      let blob = folder.file("blob\(digest)")
      let pointer = folder.file("pointer\(digest)")
      let outcome = try tool.run([
        "attach", "encrypt", folder.file("large"), "-o", blob, "-p", pointer, "--digest-alg",
        digest,
      ])
      #expect(outcome.exitCode == 0)
      #expect(try tool.run(["attach", "verify", "-p", pointer, blob]).exitCode == 0)
      #expect(
        try tool.run(["attach", "decrypt", "-p", pointer, blob, "-o", folder.file("o\(digest)")])
          .exitCode == 0)
      #expect(try folder.read("o\(digest)") == folder.read("large"))
    }
    var spoiled = try folder.read("blob2")
    spoiled[40_000_000] ^= 1
    try refuses(spoiled, 4, "authenticationFailed", pointer: "pointer2")
    try refuses(Array(spoiled.dropLast(16_400)), 4, "truncated", pointer: "pointer2")
  }

  /// An encryption with `--resume` that is interrupted after its first parts.
  func interrupted(_ size: Int) throws {
    try folder.writeSparse(size, "film")
    let code = try tool.interrupt(resuming) { folder.size("film.blob.part") > 9 << 20 }
    #expect(code == 130)
    #expect(try folder.names() == ["film", "film.blob.part", "film.blob.resume"])
    #expect(try folder.permissions("film.blob.part") == 0o600)
    #expect(try folder.permissions("film.blob.resume") == 0o600)
  }

  var resuming: [String] {
    [
      "attach", "encrypt", folder.file("film"), "-o", folder.file("film.blob"), "-p",
      folder.file("film.pointer"), "--resume", "--json",
    ]
  }

  @Test("an interrupted encryption goes on, with the bytes it had")
  func resume() throws {
    try interrupted(600 << 20)
    let begun = try folder.read("film.blob.part", count: 1 << 20)
    #expect(try tool.run(resuming).exitCode == 0)
    #expect(try folder.names() == ["film", "film.blob", "film.pointer"])
    #expect(try folder.read("film.blob", count: 1 << 20) == begun)
    let outcome = try tool.run([
      "attach", "decrypt", "-p", folder.file("film.pointer"), folder.file("film.blob"), "-o",
      folder.file("out"),
    ])
    #expect(outcome.exitCode == 0)
    #expect(folder.size("out") == 600 << 20)
  }

  @Test("an interrupted encryption of a file that changed is refused, and nothing is lost")
  func resumeChanged() throws {
    try interrupted(600 << 20)
    try folder.overwrite([1], at: 5_000, "film")
    let changed = try tool.run(resuming)
    #expect(changed.exitCode == 9)
    #expect(changed.talk.contains("sourceChanged"))
    #expect(try folder.names() == ["film", "film.blob.part", "film.blob.resume"])
    let other = try tool.run(resuming + ["--no-padding"])
    #expect(other.exitCode == 2)
    try folder.overwrite([0, 0], at: (600 << 20) - 1, "film")
    #expect(try tool.run(resuming).talk.contains("sourceChanged"))
    try folder.write([1, 2, 3], "film.blob.resume")
    #expect(try tool.run(resuming).exitCode == 9)
  }

  @Test("with --resume and no interruption the blob is all that stays")
  func resumeUninterrupted() throws {
    try folder.write(content, "film")
    #expect(try tool.run(resuming).exitCode == 0)
    #expect(try folder.names() == ["film", "film.blob", "film.pointer"])
    #expect(try tool.run(resuming).exitCode == 3)
    let outcome = try tool.run([
      "attach", "decrypt", "-p", folder.file("film.pointer"), folder.file("film.blob"), "-o",
      folder.file("out"),
    ])
    #expect(outcome.exitCode == 0)
    #expect(try folder.read("out") == content)
  }
}
