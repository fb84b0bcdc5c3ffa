import Cygnet
import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Text of others on a terminal")
struct EscapingTests {
  let profiles = try! TestProfiles()

  /// Colors, a window title, the bell, a new line, text that runs backwards, and a C1 control.
  static let hostile = "a\u{1b}[31m\u{1b}]0;x\u{7}\r\n\\b\u{202e}c\u{2066}d\u{200f}e\u{9b}1mf"
  static let shown =
    #"a\u{1b}[31m\u{1b}]0;x\u{7}\r\n\\b\u{202e}c\u{2066}d\u{200f}e\u{9b}1mf"#

  /// Nothing in it steers a terminal or turns text.
  func isHarmless(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar == "\n"
        || !(scalar.properties.generalCategory == .control
          || [0x61c, 0x200e, 0x200f].contains(scalar.value)
          || (0x2028...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value))
    }
  }

  func check(
    _ outcome: CommandLineTool.Outcome, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(isHarmless(outcome.text), sourceLocation: sourceLocation)
    #expect(isHarmless(outcome.talk), sourceLocation: sourceLocation)
  }

  @Test("a user's name is escaped wherever it is shown, and comes back in JSON as it is")
  func users() throws {
    let made = try profiles.run(["init", "--user", Self.hostile])
    check(made)
    #expect(made.text.contains(Self.shown))
    for line in [
      ["identity", "show"], ["prekeys", "bundle", "-o", profiles.folder.file("bundle")],
      ["identity", "export", "-o", profiles.folder.file("card")],
      ["prekeys", "check", profiles.folder.file("card")],
      ["prekeys", "check", profiles.folder.file("bundle")],
      ["inspect", profiles.folder.file("card")],
    ] {
      let isPlain = ["prekeys check", "inspect"].contains {
        line.joined(separator: " ").hasPrefix($0)
      }
      let outcome = try isPlain ? profiles.tool.run(line) : profiles.run(line)
      #expect(outcome.exitCode == 0, "\(line): \(outcome.talk)")
      check(outcome)
      if isPlain { #expect(outcome.text.contains(Self.shown), "\(line)") }
      let json =
        try isPlain ? profiles.tool.run(line + ["--json"]) : profiles.run(line + ["--json"])
      check(json)
    }
    let shown = try profiles.json(["identity", "show"])
    #expect(shown["address"]?["user"]?.string == Self.hostile)
  }

  @Test("names of files, options and commands are escaped in messages")
  func arguments() throws {
    for line in [
      [Self.hostile], ["--\(Self.hostile)"], ["-\u{1b}c"], ["inspect", Self.hostile],
      ["inspect", "a", Self.hostile], ["help", Self.hostile], ["bench", "--seconds", Self.hostile],
      ["completion", Self.hostile], ["attach", "verify", Self.hostile],
      ["identity", "show", "--profile", Self.hostile],
      ["identity", "show", "--home", Self.hostile],
      ["identity", "show", "--passphrase-file", Self.hostile, "--home", "."],
      ["init", "--device", Self.hostile], ["prekeys", "check", "--identity", Self.hostile, "-"],
      ["backup", "verify", Self.hostile], ["vectors", "run", Self.hostile],
    ] {
      for more in [[], ["--json"]] {
        let outcome = try profiles.tool.run(line + more)
        #expect(outcome.exitCode != 0, "\(line)")
        #expect(!outcome.talk.isEmpty, "\(line)")
        check(outcome)
      }
    }
  }
}
