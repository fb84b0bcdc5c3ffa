import CygnetVectors
import Foundation
import TestSupport
import Testing

@Suite("At a terminal")
struct TerminalTests {
  let profiles = try! TestProfiles()
  var folder: CommandLineTool.Folder { profiles.folder }

  func start(
    _ arguments: [String], environment: [String: String] = [:], printsTo: String? = nil,
    talksTo: String? = nil
  ) throws -> PseudoTerminal {
    try PseudoTerminal(
      profiles.tool, arguments,
      environment: profiles.environment.merging(environment) { $1 }, printsTo: printsTo,
      talksTo: talksTo)
  }

  static let new = "made for you): "
  static let again = "again: "
  static let present = "Passphrase of profile default: "

  func setUp(_ passphrase: String) throws {
    let terminal = try start(["init", "--passphrase-cost", "small"])
    try terminal.wait(for: Self.new)
    terminal.type(passphrase + "\n")
    try terminal.wait(for: Self.again)
    terminal.type(passphrase + "\n")
    #expect(try terminal.finish() == 0, "\(terminal.screen)")
  }

  /// The exit code of opening the profile with this passphrase, at the first try.
  func open(_ passphrase: String) throws -> Int32 {
    try folder.write(Array(passphrase.utf8), "try")
    try folder.setPermissions(0o600, "try")
    return try profiles.tool.run(
      ["store", "status", "--passphrase-file", folder.file("try")],
      environment: profiles.environment
    ).exitCode
  }

  @Test("a new passphrase is asked for twice, unseen, until both are the same")
  func twice() throws {
    let terminal = try start(["init", "--passphrase-cost", "small"])
    #expect(terminal.echoes)
    for (first, second) in [("tulip", "tulpi"), ("tulip", ""), ("rose bud", "rose bud")] {
      try terminal.wait(for: Self.new)
      #expect(!terminal.echoes)
      terminal.type(first + "\n")
      try terminal.wait(for: Self.again)
      #expect(!terminal.echoes)
      terminal.type(second + "\n")
    }
    #expect(try terminal.finish() == 0)
    #expect(terminal.echoes)
    for word in ["tulip", "tulpi", "rose"] { #expect(!terminal.screen.contains(word)) }
    #expect(try open("rose bud") == 0)
    #expect(try open("tulip") == 6)
  }

  @Test("three different pairs end the set-up, and nothing is there")
  func mismatch() throws {
    let terminal = try start(["init"])
    for _ in 0..<3 {
      try terminal.wait(for: Self.new)
      terminal.type("one\n")
      try terminal.wait(for: Self.again)
      terminal.type("two\n")
    }
    #expect(try terminal.finish() == 6)
    #expect(terminal.echoes)
    #expect(!folder.exists("home/default/store.db"))
  }

  @Test("who enters nothing is given a passphrase of 140 bits, shown once at the terminal")
  func generated() throws {
    let (out, talk) = (folder.file("out"), folder.file("talk"))
    let terminal = try start(
      ["init", "--passphrase-cost", "small"], printsTo: out, talksTo: talk)
    try terminal.wait(for: Self.new)
    terminal.type("\n")
    #expect(try terminal.finish() == 0)
    let group = "[02-9ac-hj-np-z]{4}"
    let pattern = try Regex("\(group)(-\(group)){6}")
    let matches = terminal.screen.matches(of: pattern)
    let passphrase = String(try #require(matches.first).output[0].substring ?? "")
    #expect(matches.count == 1)
    for file in ["out", "talk"] {
      #expect(!String(decoding: try folder.read(file), as: UTF8.self).contains(passphrase))
    }
    #expect(try open(passphrase) == 0)
    #expect(try open(String(passphrase.dropLast())) == 6)
  }

  @Test("a mistyped passphrase is asked for again, three times in all")
  func retries() throws {
    try setUp("rose")
    let terminal = try start(["store", "status"])
    for word in ["rosi", "rose"] {
      try terminal.wait(for: Self.present)
      terminal.type(word + "\n")
    }
    #expect(try terminal.finish() == 0)
    let locked = try start(["store", "status"])
    for _ in 0..<3 {
      try locked.wait(for: Self.present)
      locked.type("rosi\n")
    }
    #expect(try locked.finish() == 6)
    #expect(locked.screen.contains("does not open profile default"))
  }

  @Test("an end of input instead of a passphrase ends with 6")
  func endOfInput() throws {
    try setUp("rose")
    let terminal = try start(["store", "status"])
    try terminal.wait(for: Self.present)
    terminal.type("\u{4}")
    #expect(try terminal.finish() == 6)
    #expect(terminal.echoes)
  }

  @Test("the terminal shows again what is typed after Ctrl-C and other signals, at each question")
  func interrupted() throws {
    try setUp("rose")
    for signal in [nil, SIGINT, SIGTERM, SIGHUP] {
      let terminal = try start(["store", "passphrase"])
      try terminal.wait(for: Self.present)
      if signal != SIGTERM {
        terminal.type("rose\n")
        try terminal.wait(for: Self.new)
      }
      #expect(!terminal.echoes)
      if let signal { terminal.send(signal: signal) } else { terminal.type("\u{3}") }
      #expect(try terminal.finish() == 130)
      #expect(terminal.echoes)
    }
    #expect(try open("rose") == 0)
  }

  @Test("Ctrl-Z and Ctrl-\\ do not leave a terminal that hides what is typed")
  func otherKeys() throws {
    try setUp("rose")
    let terminal = try start(["store", "status"])
    try terminal.wait(for: Self.present)
    terminal.type("\u{1a}\u{1c}")
    terminal.type("\u{15}rose\n")
    #expect(try terminal.finish() == 0, "\(terminal.screen)")
    #expect(terminal.echoes)
  }

  @Test("--no-input asks nothing, even at a terminal")
  func noInput() throws {
    try setUp("rose")
    for line in [
      ["store", "status", "--no-input"], ["init", "--profile", "p", "--no-input"],
      ["backup", "restore", "--profile", "p", "--no-input", "/dev/null"],
    ] {
      let terminal = try start(line)
      #expect(try terminal.finish() == 6, "\(line)")
      #expect(!terminal.screen.contains("profile default: "))
    }
  }

  @Test("what cannot be undone is asked first, and only y means yes")
  func confirmation() throws {
    try profiles.setUp("default")
    let line = ["identity", "rotate", "--key-file", profiles.keyFile]
    let before = try profiles.json(["identity", "show"], "default")["identity"]?.string
    for (answer, code) in [("\n", 130), ("n\n", 130), ("\u{4}", 130), ("y\n", 0)] {
      let terminal = try start(line)
      try terminal.wait(for: "[y/N] ")
      #expect(terminal.echoes)
      let now = try profiles.json(["identity", "show"], "default")["identity"]?.string
      #expect(now == before)
      terminal.type(answer)
      #expect(try terminal.finish() == Int32(code))
    }
    #expect(try profiles.json(["identity", "show"], "default")["identity"]?.string != before)
    let silent = try profiles.run(["identity", "rotate"], "default")
    #expect(silent.exitCode == 2)
    #expect(silent.talk.contains("--yes"))
    #expect(try profiles.run(["identity", "rotate", "--yes"], "default").exitCode == 0)
  }

  @Test("a command ends with a hint on a terminal, and with none elsewhere, with -q or --json")
  func hints() throws {
    try profiles.setUp("default")
    let line = ["prekeys", "status", "--key-file", profiles.keyFile]
    func screen(_ more: [String], talksTo: String? = nil) throws -> String {
      let terminal = try start(line + more, talksTo: talksTo)
      #expect(try terminal.finish() == 0)
      return terminal.screen
    }
    #expect(try screen([]).contains("Next: "))
    #expect(try !screen(["-q"]).contains("Next: "))
    #expect(try !screen(["--json"]).contains("Next: "))
    #expect(try !screen([], talksTo: folder.file("talk")).contains("Next: "))
    #expect(try folder.read("talk").isEmpty)
  }

  @Test("binary data is not written to a terminal unless -o - asks for it; armor is")
  func binary() throws {
    try profiles.setUp("default")
    let line = ["prekeys", "bundle", "--key-file", profiles.keyFile]
    let refused = try start(line + ["--binary"])
    #expect(try refused.finish() == 2)
    #expect(refused.screen.contains("-o -"))
    let unused = try profiles.json(["prekeys", "status"], "default")["not_handed_out"]?.int
    #expect(unused == 100)
    #expect(try start(line + ["--binary", "-o", "-"]).finish() == 0)
    let armored = try start(line)
    #expect(try armored.finish() == 0)
    #expect(armored.screen.contains("-----END CYGNET PREKEY BUNDLE-----"))
  }

  @Test("a QR code is drawn by qrencode, which gets the key as its input and nothing else")
  func qrCode() throws {
    try profiles.setUp("default")
    try folder.makeFolder("bin")
    let script = """
      #!/bin/sh
      echo "$@" > '\(folder.file("arguments"))'
      cat > '\(folder.file("payload"))'
      echo '#-CODE-#'
      """
    try folder.write(Array(script.utf8), "bin/qrencode")
    try folder.setPermissions(0o700, "bin/qrencode")
    let line = ["identity", "show", "--qr", "--key-file", profiles.keyFile]
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let drawn = try start(line, environment: ["PATH": "\(folder.file("bin")):\(path)"])
    #expect(try drawn.finish() == 0)
    #expect(drawn.screen.contains("#-CODE-#"))
    let identity = try profiles.json(["identity", "show"], "default")["identity"]?.string ?? ""
    #expect(try folder.read("payload") == Array(identity.uppercased().utf8))
    let arguments = String(decoding: try folder.read("arguments"), as: UTF8.self)
    #expect(!arguments.lowercased().contains("cygid"))
    // Without the program the text alone is shown, and nothing is said.
    let plain = try start(line, environment: ["PATH": folder.file("none")])
    #expect(try plain.finish() == 0)
    #expect(plain.screen.contains(identity))
    #expect(!plain.screen.contains("qrencode"))
  }
}
