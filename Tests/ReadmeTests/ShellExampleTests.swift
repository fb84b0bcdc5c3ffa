import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("Shell blocks of the README")
struct ShellExampleTests {
  @Test("the first two blocks are one command each: one installs and plays, one tests")
  func twoCommands() throws {
    let blocks = try MarkdownBlocks.blocks(of: "sh", in: "README.md")
    try #require(blocks.count >= 3)
    #expect(blocks[0].count == 1 && blocks[0][0].contains("apt-get install"))
    #expect(blocks[0].count == 1 && blocks[0][0].hasSuffix("cygnet demo"))
    #expect(blocks[1] == ["swift test --disable-xctest"])
  }

  @Test("the example with the command runs to its end")
  func example() throws {
    let blocks = try MarkdownBlocks.blocks(of: "sh", in: "README.md")
    try #require(blocks.count >= 3)
    for block in blocks[2...] {
      let (status, output) = try Self.run(block.joined(separator: "\n"))
      #expect(status == 0, "the README's example failed:\n\(output)")
    }
  }

  /// Runs a script in a folder of its own, with the built `cygnet` in front of everything.
  private static func run(_ script: String) throws -> (status: Int32, output: String) {
    let tool = try directoryOfTool()
    let folder = try makeFolder()
    defer { removeFolder(folder) }
    let log = "\(folder)/.log"
    // `exec` and not a file action, so that the shell itself says when a path is wrong.
    // Nobody is there to be asked for a passphrase: a program answers.
    let preamble = """
      cd '\(folder)' && exec > .log 2>&1 && PATH='\(tool)':$PATH && set -eu
      printf '#!/bin/sh\\necho a passphrase for the test\\n' > .askpass && chmod 700 .askpass
      export HOME='\(folder)' CYGNET_ASKPASS='\(folder)/.askpass'
      unset XDG_DATA_HOME CYGNET_HOME CYGNET_KEY_FILE

      """
    var pid = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = []
    for argument in ["sh", "-c", preamble + script] { arguments.append(strdup(argument)) }
    defer { for argument in arguments { free(argument) } }
    let failure = posix_spawn(&pid, "/bin/sh", nil, nil, arguments + [nil], environ)
    try #require(failure == 0)
    var status: Int32 = -1
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
    return (status, String(decoding: RepositoryFiles.read(log) ?? [], as: UTF8.self))
  }

  /// The folder of the test bundle, into which the command was built as well.
  private static func directoryOfTool() throws -> String {
    let target = try #require(realpath("/proc/self/exe", nil))
    defer { free(target) }
    let parts = String(cString: target).split(separator: "/")
    let folder = "/" + parts.dropLast().joined(separator: "/")
    try #require(access("\(folder)/cygnet", X_OK) == 0, "no cygnet was built in \(folder)")
    return folder
  }

  private static func makeFolder() throws -> String {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let template = try #require(strdup("\(base)/cygnet-readme-XXXXXX"))
    defer { free(template) }
    return String(cString: try #require(mkdtemp(template)))
  }

  private static func removeFolder(_ folder: String) {
    for name in RepositoryFiles.list(folder, suffix: "") { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }
}
