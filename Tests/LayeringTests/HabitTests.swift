import TestSupport
import Testing

@Suite("Habits of the sources")
struct HabitTests {
  /// Lines of code and comments, without this folder, which has to name what it forbids.
  private static func everyFile() throws -> [SourceTree.File] {
    let tests = try SourceTree.files(in: "Tests").filter { !$0.path.contains("/LayeringTests/") }
    let files = try SourceTree.files(in: "Sources") + tests
    #expect(files.count > 100)
    return files
  }

  private static func contains(_ line: String, word: String) -> Bool {
    for range in line.ranges(of: word) {
      let before = line[..<range.lowerBound].last
      let after = line[range.upperBound...].first
      let isWord = { (character: Character?) in
        character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
      }
      if !isWord(before) && !isWord(after) { return true }
    }
    return false
  }

  @Test("nothing is left to do, and no test looks inside a module")
  func leftovers() throws {
    for file in try Self.everyFile() {
      for (index, line) in file.lines.enumerated() {
        for word in ["TODO", "FIXME", "XXX", "HACK"] {
          #expect(!Self.contains(line, word: word), "\(file.place(index)): \(word)")
        }
        #expect(!line.contains("@testable"), "\(file.place(index))")
      }
    }
  }

  @Test("protocol code has no pointers")
  func pointers() throws {
    for file in try SourceTree.files(in: "Sources")
    where [
      "CygnetHPKE", "CygnetPairwise", "CygnetSenderKeys", "CygnetAttachments", "CygnetStorage",
      "Cygnet",
    ].contains(file.target) {
      for (index, line) in file.lines.enumerated() {
        #expect(
          !line.contains("Unsafe") && !line.contains("Unmanaged")
            && !line.contains("unsafeBitCast") && !line.contains("unsafeDowncast"),
          "\(file.place(index))")
      }
    }
  }

  @Test("the codec handles bytes by pointer in three files only")
  func codecPointers() throws {
    let mayHave: Set<String> = ["Reader.swift", "Writer.swift", "WireCoding.swift"]
    for file in try SourceTree.files(in: "Sources") where file.target == "CygnetWire" {
      let name = String(file.path.split(separator: "/").last ?? "")
      if mayHave.contains(name) { continue }
      for (index, line) in file.lines.enumerated() {
        #expect(!line.contains("Unsafe"), "\(file.place(index))")
      }
    }
  }

  @Test("protocol code reads no clock and draws no randomness of its own")
  func ambient() throws {
    for file in try SourceTree.files(in: "Sources")
    where [
      "CygnetHPKE", "CygnetPairwise", "CygnetSenderKeys", "CygnetAttachments", "CygnetWire",
    ].contains(file.target) {
      for (index, line) in file.lines.enumerated() {
        for name in [
          "clock_gettime", "gettimeofday", "ContinuousClock", "SuspendingClock",
          "SystemRandomNumberGenerator", ".random(in:", "randombytes", "getenv",
        ] {
          #expect(!line.contains(name), "\(file.place(index)): \(name)")
        }
      }
    }
  }

  @Test("library code prints nothing")
  func printing() throws {
    for file in try SourceTree.files(in: "Sources")
    where !["cygnet-cli", "CygnetBenchmarks", "CygnetVectors"].contains(file.target) {
      for (index, line) in file.lines.enumerated() {
        for name in ["print", "debugPrint", "dump", "fputs", "NSLog"] {
          #expect(
            !Self.contains(line, word: name) || !line.contains("\(name)("),
            "\(file.place(index)): \(name)")
        }
      }
    }
  }

  @Test("a file is about one thing: at most 500 lines")
  func size() throws {
    for file in try Self.everyFile() { #expect(file.lines.count <= 500, "\(file.path)") }
  }
}
