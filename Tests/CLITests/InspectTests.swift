import CygnetVectors
import TestSupport
import Testing

@Suite("cygnet inspect and vectors emit")
struct InspectTests {
  let tool = try! CommandLineTool()
  let folder = try! CommandLineTool.Folder()

  /// The first valid encoding of a wire type among our vectors.
  static func example(_ wireType: String, _ index: Int = 0) throws -> [UInt8] {
    for name in ["Vectors/wire/types.json", "Vectors/sender-keys/types.json"] {
      let file = try #require(RepositoryFiles.read(RepositoryFiles.path(name)))
      for group in try JSON(parsing: file)["groups"]?.array ?? []
      where group["wire_type"]?.string == wireType {
        return try #require(group["tests"]?[index]?["encoded"]?.hexBytes)
      }
    }
    throw Missing(wireType: wireType)
  }

  struct Missing: Error { let wireType: String }

  func inspect(_ bytes: [UInt8]) throws -> JSON {
    let outcome = try tool.run(["inspect", "--json", "-"], input: bytes)
    #expect(outcome.exitCode == 0)
    return try JSON(parsing: outcome.output)
  }

  @Test(
    "every kind of object is named, with its size and fields",
    arguments: [
      ("PreKeyBundle", 0, "PreKeyBundle"), ("PairwiseMessage", 0, "RatchetMessage"),
      ("PairwiseMessage", 2, "InitialMessage"), ("SessionState", 0, "SessionState"),
      ("PreKeysState", 0, "PreKeysState"), ("IdentityState", 0, "IdentityState"),
      ("SenderKeyDistributionMessage", 0, "SenderKeyDistributionMessage"),
      ("SenderKeyMessage", 0, "SenderKeyMessage"), ("BroadcastEnvelope", 0, "Envelope"),
      ("SendingSenderKeyState", 0, "SendingSenderKeyState"),
      ("ReceivingSenderKeyState", 0, "ReceivingSenderKeyState"),
    ])
  func names(wireType: String, index: Int, type: String) throws {
    let bytes = try Self.example(wireType, index)
    let result = try inspect(bytes)
    #expect(result["schema"]?.string == "cygnet.inspect.v1")
    #expect(result["type"]?.string == type)
    #expect(result["bytes"]?.int == bytes.count)
    #expect((result["fields"]?.object?.count ?? 0) > 0)
    let human = try tool.run(["inspect", folder.write(bytes, "object")])
    #expect(human.exitCode == 0)
    #expect(human.text.hasPrefix(type))
  }

  @Test("no 8 bytes of a stored state's keys are printed")
  func secretsStayInside() throws {
    for (wireType, secrets) in [
      ("IdentityState", 3..<35), ("SessionState", 149..<245), ("SendingSenderKeyState", 85..<149),
      ("ReceivingSenderKeyState", 99..<131),
    ] {
      let bytes = try Self.example(wireType)
      for arguments in [["inspect", "-"], ["inspect", "--json", "-"], ["inspect", "-v", "-"]] {
        let text = try tool.run(arguments, input: bytes).text
        for start in secrets.dropLast(7) {
          #expect(!text.contains(Hex.encode(Array(bytes[start..<(start + 8)]))))
        }
      }
    }
  }

  @Test("a bundle's fields are those it was made with")
  func bundleFields() throws {
    let fields = try inspect(Self.example("PreKeyBundle"))["fields"]
    #expect(fields?["suite"]?.int == 1)
    #expect(fields?["address"]?["user"]?.string == "bob")
    #expect(fields?["signed_pre_key"]?["created_at"]?.string == "2026-01-01T00:00:00Z")
    #expect(fields?["one_time_pre_key_id"]?.int == 1)
  }

  @Test("an attachment's pointer and blob are named, the pointer without its key")
  func attachments() throws {
    let content = [UInt8](repeating: 7, count: 3000)
    try folder.write(content, "photo")
    let made = try tool.run([
      "attach", "encrypt", folder.file("photo"), "-o", folder.file("blob"), "-p",
      folder.file("pointer"),
    ])
    #expect(made.exitCode == 0)
    let pointer = try inspect(folder.read("pointer"))
    #expect(pointer["type"]?.string == "AttachmentPointer")
    #expect(pointer["fields"]?["size"]?.int == 3000)
    let blob = try inspect(folder.read("blob"))
    #expect(blob["type"]?.string == "AttachmentBlob")
    #expect(blob["fields"]?["chunks"]?.int == 1)
    // Behind the header of the file, scheme, role and padding.
    let key = try Array(folder.read("pointer")[6..<38])
    #expect(!(try tool.run(["inspect", folder.file("pointer")]).text.contains(Hex.encode(key))))
  }

  @Test("an interrupted encryption is named, without its key")
  func resumption() throws {
    let file = try #require(
      RepositoryFiles.read(RepositoryFiles.path("Vectors/state/v1/attachments.json")))
    let test = try JSON(parsing: file)["groups"]?[0]?["tests"]?[0]
    let state = try #require(test?["state"]?.hexBytes)
    let result = try inspect(state)
    #expect(result["type"]?.string == "AttachmentResumption")
    #expect(result["fields"]?["parts_begun"]?.int == 1)
    #expect(!result.compact.contains(Hex.encode(Array(state[3..<35]))))
  }

  @Test("vector files and the code of a safety number are named")
  func otherFiles() throws {
    let vectors = try tool.run([
      "inspect", "--json", RepositoryFiles.path("Vectors/x3dh/bundles.json"),
    ])
    #expect(try JSON(parsing: vectors.output)["type"]?.string == "VectorFile")
    let published = try inspect(
      Array(
        #"{"name":"HKDF-SHA-256","source":"RFC","tests":[{"ikm":"00","salt":"","info":"","#.utf8)
        + Array(#""length":1,"hash":"SHA-256","prk":"00","okm":"00"}]}"#.utf8))
    #expect(published["fields"]?["kind"]?.string == "HKDF")
    #expect(published["fields"]?["tests"]?.int == 1)
    let fingerprint = [UInt8](repeating: 0x5a, count: 32)
    let code = [0x08, 2, 0x12, 0x22, 0x0a, 0x20] + fingerprint + [0x1a, 0x22, 0x0a, 0x20]
    #expect(try inspect(code + fingerprint)["type"]?.string == "ScannableSafetyNumber")
  }

  @Test("bad input is refused with the exit code of its fault and prints nothing")
  func badInput() throws {
    let bundle = try Self.example("PreKeyBundle")
    var later = bundle
    later[1] = 2
    var suite = bundle
    suite[4] = 3
    let text = Array("a text of somebody, long enough for anything but no object\n".utf8)
    for (bytes, code) in [
      ([], 4), (text, 4), (bundle.dropLast(), 4), (bundle + [0], 4), (later, 9), (suite, 9),
    ] as [([UInt8], Int32)] {
      let outcome = try tool.run(["inspect", "-"], input: bytes)
      #expect(outcome.exitCode == code)
      #expect(outcome.output.isEmpty)
      #expect(!outcome.talk.isEmpty)
    }
    #expect(try tool.run(["inspect", folder.file("none")]).exitCode == 3)
    #expect(try tool.run(["inspect"]).exitCode == 2)
  }

  @Test("emit writes the committed file, and another one from another seed")
  func emit() throws {
    let path = RepositoryFiles.path("Vectors/x3dh/bundles.json")
    let same = try tool.run(["vectors", "emit", "x3dh/bundles"])
    #expect(same.exitCode == 0)
    #expect(same.output == RepositoryFiles.read(path))
    let other = try tool.run([
      "vectors", "emit", "x3dh/bundles", "--seed", "0a0b", "-o", folder.file("other.json"),
    ])
    #expect(other.exitCode == 0)
    let written = try folder.read("other.json")
    #expect(written != same.output)
    #expect(OwnVectorFile.run(try JSON(parsing: written)).isClean)
  }

  @Test("emit refuses unknown suites, bad seeds and existing files")
  func emitRefuses() throws {
    #expect(try tool.run(["vectors", "emit", "x3dh/bundle"]).exitCode == 2)
    #expect(try tool.run(["vectors", "emit", "x3dh/bundles", "--seed", "0"]).exitCode == 2)
    #expect(try tool.run(["vectors", "emit", "x3dh/bundles", "--seed", ""]).exitCode == 2)
    try folder.write([1], "there")
    let outcome = try tool.run(["vectors", "emit", "x3dh/bundles", "-o", folder.file("there")])
    #expect(outcome.exitCode == 3)
    #expect(try folder.read("there") == [1])
  }
}
