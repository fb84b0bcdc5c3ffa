import TestSupport
import Testing

@Suite("Where passphrases come from")
struct SecretTests {
  let profiles = try! TestProfiles()
  var folder: CommandLineTool.Folder { profiles.folder }
  var tool: CommandLineTool { profiles.tool }

  /// Sets up a profile that this passphrase opens.
  func setUp(_ passphrase: String) throws {
    try write(passphrase + "\n", "passphrase")
    let outcome = try run(
      ["init", "--passphrase-cost", "small", "--passphrase-file"], "passphrase")
    #expect(outcome.exitCode == 0, "\(outcome.talk)")
  }

  /// A file for its owner alone.
  func write(_ text: String, _ name: String, mode: Int = 0o600) throws {
    try folder.write(Array(text.utf8), name)
    try folder.setPermissions(mode, name)
  }

  /// Runs with a file as last argument.
  func run(
    _ arguments: [String], _ file: String? = nil, adding environment: [String: String] = [:]
  ) throws -> CommandLineTool.Outcome {
    try tool.run(
      arguments + (file.map { [folder.file($0)] } ?? []),
      environment: profiles.environment.merging(environment) { $1 })
  }

  /// Whether a passphrase in a file opens the profile.
  func opens(_ text: String) throws -> Bool {
    try write(text, "try")
    let outcome = try run(["store", "status", "--passphrase-file"], "try")
    #expect([0, 6].contains(outcome.exitCode), "\(outcome.talk)")
    return outcome.exitCode == 0
  }

  @Test("a passphrase is its first line without outer white space, with its digits in ASCII")
  func normalization() throws {
    try setUp(" \u{3000}گل ۱۲۳ rose \u{00a0}\t")
    for same in [
      "گل 123 rose", "گل ۱۲۳ rose\n", "گل ١٢٣ rose\r\n", "\u{2003}گل ۱23 rose\u{2028}\nmore\n",
    ] {
      #expect(try opens(same), "\(same)")
    }
    for other in ["گل 124 rose", "گل  123 rose", "گل 123 Rose", "123", "x"] {
      #expect(try !opens(other), "\(other)")
    }
  }

  @Test(
    "a passphrase that is empty, has control characters or is too long is refused",
    arguments: [
      ("", 6), ("\n", 6), (" \t \u{2003}\n", 6), ("a\u{1b}[Ab\n", 6), ("a\u{7f}b", 6),
      ("a\u{0}b", 6), (String(repeating: "x", count: 1025), 12),
    ])
  func unfit(passphrase: String, code: Int) throws {
    try write(passphrase, "p")
    let outcome = try run(["init", "--passphrase-file"], "p")
    #expect(outcome.exitCode == Int32(code))
    #expect(!folder.exists("home/default/store.db"))
  }

  @Test("the longest passphrase there may be opens the store")
  func longest() throws {
    let longest = String(repeating: "x", count: 1024)
    try setUp(longest)
    #expect(try opens(longest))
    #expect(try !opens(String(longest.dropLast())))
  }

  @Test(
    "a passphrase file that others can read is refused; a pipe is none", arguments: [0o640, 0o604])
  func openFile(mode: Int) throws {
    try write("rose\n", "p", mode: mode)
    let outcome = try run(["init", "--passphrase-file"], "p")
    #expect(outcome.exitCode == 3)
    #expect(outcome.talk.contains("chmod 600"))
    let piped = try tool.shell(
      "echo rose | $cygnet init --passphrase-cost small --passphrase-file -",
      environment: profiles.environment)
    #expect(piped.exitCode == 0)
    #expect(try opens("rose"))
  }

  @Test("a descriptor gives a line for each passphrase, and nothing further is read")
  func descriptor() throws {
    try setUp("rose")
    try write("rose\ntulip\nrest\n", "lines")
    let outcome = try tool.shell(
      """
      exec 3< '\(folder.file("lines"))'
      $cygnet store passphrase -q --passphrase-cost small --passphrase-fd 3 --new-passphrase-fd 3 &&
      cat <&3
      """, environment: profiles.environment)
    #expect(outcome.exitCode == 0, "\(outcome.talk)")
    #expect(outcome.text.hasSuffix("\nrest\n"))
    #expect(try opens("tulip"))
    #expect(try !opens("rose"))
    // The numbers that the command's own files get are among these.
    for number in 3...9 {
      let outcome = try tool.shell(
        "exec \(number)<&-; $cygnet store status --passphrase-fd \(number)",
        environment: profiles.environment)
      #expect(outcome.exitCode == 3)
      #expect(outcome.talk.contains("descriptor \(number) is not open"))
    }
    #expect(try run(["store", "status", "--passphrase-fd", "4294967296"]).exitCode == 2)
    #expect(try run(["store", "status", "--passphrase-fd", "-1"]).exitCode == 2)
  }

  @Test("a program asks, and sees the question; its failure is that of the command")
  func askpass() throws {
    try setUp("rose")
    try write(
      "#!/bin/sh\necho \"$@\" >> '\(folder.file("asked"))'\necho rose\n", "ask", mode: 0o700)
    let environment = ["CYGNET_ASKPASS": folder.file("ask")]
    #expect(try run(["store", "status"], adding: environment).exitCode == 0)
    #expect(
      String(decoding: try folder.read("asked"), as: UTF8.self)
        == "Passphrase of profile default: \n")
    // A new passphrase is asked for twice.
    let made = try run(
      ["init", "--profile", "p", "--passphrase-cost", "small"], adding: environment)
    #expect(made.exitCode == 0)
    #expect(try folder.read("asked").split(separator: 10).count == 3)
    try write("#!/bin/sh\necho $$\n", "ask", mode: 0o700)
    let different = try run(["init", "--profile", "q"], adding: environment)
    #expect(different.exitCode == 6)
    #expect(different.talk.contains("differ"))
    for (script, code) in [("exit 1", 6), ("echo rose; exit 1", 6), ("exit 0", 6), ("kill $$", 6)] {
      try write("#!/bin/sh\n\(script)\n", "ask", mode: 0o700)
      #expect(
        try run(["store", "status"], adding: environment).exitCode == Int32(code), "\(script)")
    }
    let none = try run(["store", "status"], adding: ["CYGNET_ASKPASS": folder.file("none")])
    #expect(none.exitCode == 3)
  }

  @Test("the first source counts: key file, descriptor, file, CYGNET_KEY_FILE, CYGNET_ASKPASS")
  func order() throws {
    try setUp("rose")
    try write("wrong\n", "wrong")
    try write("#!/bin/sh\necho rose\n", "ask", mode: 0o700)
    #expect(
      try run(["init", "--profile", "k", "--key-file"], "key").exitCode == 0)
    let right = folder.file("passphrase")
    let wrong = folder.file("wrong")
    let program = ["CYGNET_ASKPASS": folder.file("ask")]
    let file = ["CYGNET_KEY_FILE": folder.file("key")]
    func code(_ options: String, _ environment: [String: String] = [:]) throws -> Int32 {
      try tool.shell(
        "exec 3< '\(right)' 4< '\(wrong)'; $cygnet store status --no-input \(options)",
        environment: profiles.environment.merging(environment) { $1 }
      ).exitCode
    }
    #expect(try code("--key-file '\(profiles.keyFile)' --passphrase-fd 3") == 6)
    #expect(try code("--passphrase-fd 3 --passphrase-file '\(wrong)'") == 0)
    #expect(try code("--passphrase-fd 4 --passphrase-file '\(right)'") == 6)
    #expect(try code("--passphrase-file '\(right)'", file) == 0)
    #expect(try code("--profile k", file.merging(program) { $1 }) == 0)
    #expect(try code("--profile k", program) == 6)
    // Nobody is there to be asked, and nobody may be.
    #expect(try code("") == 6)
    #expect(try run(["store", "status"], adding: program).exitCode == 0)
    #expect(try code("", program) == 6)
  }

  @Test("a new secret comes from the options for it, and a failed change leaves the old one")
  func change() throws {
    try setUp("rose")
    try write("tulip\n", "new")
    try write("wrong\n", "wrong")
    let store = try folder.read("home/default/store.db")
    let refused = try run([
      "store", "passphrase", "--passphrase-file", folder.file("wrong"), "--new-key-file",
      folder.file("made"),
    ])
    #expect(refused.exitCode == 6)
    #expect(!folder.exists("made"))
    #expect(try folder.read("home/default/store.db") == store)
    let changed = try run([
      "store", "passphrase", "--passphrase-file", folder.file("passphrase"), "--passphrase-cost",
      "small", "--new-passphrase-file", folder.file("new"),
    ])
    #expect(changed.exitCode == 0)
    #expect(try opens("tulip"))
    #expect(try !opens("rose"))
  }

  @Test("no secret can be an argument")
  func arguments() throws {
    let outcome = try tool.run(["help", "--json"])
    for name in ["--passphrase\"", "--password", "--recovery-key\"", "--key\""] {
      #expect(!outcome.text.contains(name))
    }
  }
}
