import TestSupport
import Testing

@Suite("Layers")
struct ImportTests {
  /// What each target may import of this package, lowest layer first.
  private static let layers: [(target: String, imports: [String])] = [
    ("CygnetPrimitives", ["CSodium"]),
    ("CygnetWire", ["CygnetPrimitives"]),
    ("CygnetHPKE", ["CygnetPrimitives"]),
    ("CygnetPairwise", ["CygnetPrimitives", "CygnetWire"]),
    ("CygnetSenderKeys", ["CygnetPrimitives", "CygnetWire"]),
    ("CygnetMLS", ["CygnetPrimitives", "CygnetWire", "CygnetHPKE"]),
    ("CygnetAttachments", ["CygnetPrimitives", "CygnetWire"]),
    ("CygnetStorage", ["CygnetPrimitives", "CygnetWire"]),
    ("CygnetSQLite", ["CSQLite", "CygnetPrimitives", "CygnetStorage"]),
    (
      "Cygnet",
      [
        "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetPairwise", "CygnetSenderKeys",
        "CygnetMLS", "CygnetAttachments", "CygnetStorage",
      ]
    ),
    (
      "CygnetVectors",
      [
        "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetPairwise", "CygnetSenderKeys",
        "CygnetMLS", "CygnetAttachments", "CygnetStorage", "Cygnet",
      ]
    ),
    (
      "CygnetBenchmarks",
      [
        "CSodium", "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetPairwise",
        "CygnetSenderKeys", "CygnetMLS", "CygnetAttachments",
      ]
    ),
    (
      "cygnet-cli",
      [
        "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetPairwise", "CygnetSenderKeys",
        "CygnetAttachments", "CygnetStorage", "CygnetSQLite", "Cygnet", "CygnetVectors",
        "CygnetBenchmarks",
      ]
    ),
  ]

  /// What the system and the toolchain offer without Foundation.
  private static let system: Set<String> = [
    "Glibc", "Darwin", "Musl", "Android", "Synchronization", "Dispatch",
  ]

  @Test("each target imports the layers below it and the C library, and no more")
  func imports() throws {
    let allowed = Dictionary(uniqueKeysWithValues: Self.layers)
    var seen: Set<String> = []
    for file in try SourceTree.files(in: "Sources") {
      let modules = try #require(allowed[file.target], "\(file.path): an unknown target")
      seen.insert(file.target)
      for (module, line) in SourceTree.imports(of: file) {
        #expect(
          modules.contains(module) || Self.system.contains(module),
          "\(file.place(line)): \(file.target) must not import \(module)")
      }
    }
    #expect(seen == Set(allowed.keys))
  }

  @Test("no file under Sources imports Foundation")
  func foundation() throws {
    for file in try SourceTree.files(in: "Sources") {
      for (module, line) in SourceTree.imports(of: file) {
        #expect(!module.hasPrefix("Foundation"), "\(file.place(line))")
      }
    }
  }

  @Test("libsodium is imported by its wrapper, and by the benchmarks that measure it bare")
  func sodium() throws {
    var importers: Set<String> = []
    for file in try SourceTree.files(in: "Sources") {
      for (module, _) in SourceTree.imports(of: file) where module == "CSodium" {
        importers.insert(file.target)
      }
    }
    #expect(importers == ["CygnetPrimitives", "CygnetBenchmarks"])
  }

  @Test("libsodium's names do not show through the wrapper")
  func sodiumStaysInside() throws {
    for file in try SourceTree.files(in: "Sources") where file.target == "CygnetPrimitives" {
      for (index, line) in file.lines.enumerated() where line.contains("import CSodium") {
        #expect(line == "internal import CSodium", "\(file.place(index))")
      }
    }
  }

  @Test("the manifest names the same dependencies, and none from elsewhere")
  func manifest() throws {
    let bytes = try #require(RepositoryFiles.read(RepositoryFiles.path("Package.swift")))
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains(".package("))
    for (target, imports) in Self.layers {
      let quoted = "\"\(target)\""
      let start = try #require(Self.declaration(of: quoted, in: text), "\(target)")
      let list = start.drop { $0 != "[" }.prefix { $0 != "]" }
      var named: [String] = []
      for (index, part) in list.split(separator: "\"").enumerated() where !index.isMultiple(of: 2) {
        named.append(String(part))
      }
      #expect(named == imports, "\(target)")
    }
  }

  /// What follows the name in `layer("Name", […` or in `.target(name: "Name", dependencies: […`.
  private static func declaration(of quoted: String, in text: String) -> Substring? {
    let compact = text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
    for opening in ["layer(\(quoted),", "Target(name: \(quoted),", "target(name: \(quoted),"] {
      if let range = compact.firstRange(of: opening) {
        return Substring(String(compact[range.upperBound...]))
      }
    }
    return nil
  }
}
