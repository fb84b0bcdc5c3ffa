import TestSupport
import Testing

@Suite("The process")
struct ProcessTests {
  let tool = try! CommandLineTool()
  let folder = try! CommandLineTool.Folder()

  #if os(Linux)
    @Test("no other process of the same user can look into its memory, and no core is dumped")
    func memory() throws {
      guard let runner = Unprivileged() else {
        print("skipped: setpriv is not installed, and root looks into everything")
        return
      }
      try runner.give(folder.path)
      try folder.write(
        Array(
          """
          cd '\(folder.path)' && mkfifo input
          $cygnet conformance serve --stdio --quiet < input > output & process=$!
          exec 9> input
          for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            owner=$(stat -c %u /proc/$process/environ)
            [ "$owner" = 0 ] && break
            sleep 0.1
          done
          echo "owner $owner"
          grep 'Max core file size' /proc/$process/limits
          exec 9>&-
          wait $process
          """.utf8), "script")
      try folder.setPermissions(0o644, "script")
      let outcome = try tool.shell(runner.command("sh '\(folder.file("script"))'"))
      #expect(outcome.exitCode == 0, "\(outcome.talk)")
      // Files of a process that cannot be looked into belong to root.
      #expect(outcome.text.contains("owner 0\n"))
      let limit = outcome.text.split(separator: "\n").last.map { $0.split(separator: " ") } ?? []
      #expect(limit.dropFirst(4).prefix(2) == ["0", "0"])
    }
  #endif

  @Test("standard streams that are closed are not taken by the first file that is opened")
  func closedStreams() throws {
    let profiles = try TestProfiles()
    try profiles.setUp()
    let store = try profiles.folder.read(profiles.store())
    let line = "$cygnet identity show --profile alice --key-file '\(profiles.keyFile)'"
    for closed in [">&-", "2>&-", "<&-", "<&- >&- 2>&-"] {
      let outcome = try profiles.tool.shell("\(line) \(closed)", environment: profiles.environment)
      #expect(outcome.exitCode == (closed.contains(" >&-") || closed == ">&-" ? 3 : 0), "\(closed)")
    }
    #expect(try profiles.folder.read(profiles.store()) == store)
  }
}
