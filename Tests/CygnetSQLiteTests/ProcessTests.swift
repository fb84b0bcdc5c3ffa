import CygnetPrimitives
import CygnetSQLite
import CygnetStorage
import Foundation
import TestSupport
import Testing

@Suite("A store and several processes", .serialized)
struct ProcessTests {
  /// A worker that runs while the test goes on.
  private final class Worker {
    let process = Process()
    let output = Pipe()
    let input = Pipe()

    init(_ arguments: [String]) throws {
      process.executableURL = URL(fileURLWithPath: try CommandLineTool("StoreWorker").path)
      process.arguments = arguments
      process.standardOutput = output
      process.standardInput = input
      try process.run()
    }

    /// What it has said when it ends.
    func end() -> String {
      try? input.fileHandleForWriting.close()
      let said = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: said, as: UTF8.self)
    }

    /// Waits for one line.
    func line() -> String {
      var line: [UInt8] = []
      while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 {
        line.append(byte)
      }
      return String(decoding: line, as: UTF8.self)
    }
  }

  private func number(_ disk: StoreOnDisk, _ kind: RecordKind, _ name: [UInt8]) async throws -> Int
  {
    let store = try SQLiteStore(path: disk.path, create: false)
    let value = try await RecordTransaction.run(
      in: store, key: disk.key
    ) { transaction throws(CygnetError) in try transaction.value(kind, name) }
    let text = value.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
    return text.flatMap { Int($0) } ?? 0
  }

  @Test("processes that write at the same time take turns, and no step is lost")
  func turns() async throws {
    let disk = try await StoreOnDisk()
    let workers = [
      try Worker(["count", disk.path, "60"]), try Worker(["count", disk.path, "60"]),
    ]
    for _ in 0..<60 {
      try await RecordTransaction.run(
        in: disk.store, key: disk.key
      ) { transaction throws(CygnetError) in
        let value = try transaction.value(.profile, [])
        let text = value.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
        try transaction.put(.profile, [], secret("\((text.flatMap { Int($0) } ?? 0) + 1)"))
      }
    }
    for worker in workers { #expect(worker.end() == "done\n") }
    #expect(try await number(disk, .profile, []) == 180)
    #expect(try await disk.check().isSound)
  }

  @Test("connections of one process take turns as well")
  func connections() async throws {
    let disk = try await StoreOnDisk()
    let (path, key) = (disk.path, disk.key)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<4 {
        group.addTask {
          let store = try SQLiteStore(path: path, create: false)
          for step in 0..<25 {
            try await RecordTransaction.run(in: store, key: key) {
              transaction throws(CygnetError) in
              try transaction.put(.contact, [UInt8(index), UInt8(step)], secret("\(step)"))
              try transaction.put(.profile, [], secret("\(try transaction.count(.contact))"))
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await number(disk, .profile, []) == 100)
    #expect(try await disk.check().isSound)
  }

  @Test("a step waits while another process works, but not for ever")
  func waiting() async throws {
    let disk = try await StoreOnDisk()
    let hasty = try SQLiteStore(path: disk.path, create: false, patience: .milliseconds(60))
    let worker = try Worker(["hold", disk.path])
    #expect(worker.line() == "holding")
    let error = await failure { try await disk.read(hasty) }
    #expect(error?.code == .storage && "\(error?.reason ?? "")".contains("another process"))
    #expect(
      await failure {
        try SQLiteStore(path: disk.path, create: false, patience: .milliseconds(60))
      }?.code == .storage)
    let (store, key) = (disk.store, disk.key)
    let waiting = Task {
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        try transaction.value(.session, [0, 0])
      }
    }
    try await Task.sleep(for: .milliseconds(50))
    #expect(worker.end() == "done\n")
    #expect(try await waiting.value == secret("0"))
    #expect(try await disk.read(hasty) == secret("0"))
  }

  @Test("a program that locks the database itself is waited for, but not for ever")
  func foreignLock() async throws {
    let disk = try await StoreOnDisk()
    let hasty = try SQLiteStore(path: disk.path, create: false, patience: .milliseconds(60))
    let other = try RawDatabase(disk.path)
    try other.run("BEGIN IMMEDIATE")
    #expect(await failure { try await disk.write("x", hasty) }?.code == .storage)
    try other.run("COMMIT")
    try await disk.write("x", hasty)
    #expect(try await disk.read() == secret("x"))
  }

  @Test("a process that is killed in the middle of its work leaves one whole step or the other")
  func killed() async throws {
    let disk = try await StoreOnDisk()
    for round in 0..<8 {
      let worker = try Worker(["churn", disk.path])
      var last = worker.line()
      for _ in 0..<(round * 3) { last = worker.line() }
      usleep(UInt32(round) * 137)
      kill(worker.process.processIdentifier, SIGKILL)
      let rest = worker.end().split(separator: "\n")
      #expect(worker.process.terminationReason == .uncaughtSignal)
      let said = try #require(Int(rest.last.map(String.init) ?? last))
      var numbers: Set<Int> = []
      for place in 0..<8 { numbers.insert(try await number(disk, .session, [UInt8(place)])) }
      #expect(numbers.count == 1)
      // What was said was committed; the next step may be as well, without a word.
      #expect(numbers.first == said || numbers.first == said + 1)
      #expect(try await disk.check().isSound)
    }
  }

  @Test("a folder that cannot be written to is an error of the store, and nothing is damaged")
  func readOnlyFolder() async throws {
    let disk = try await StoreOnDisk()
    await disk.store.close()
    chmod(disk.folder.path, 0o555)
    defer { chmod(disk.folder.path, 0o755) }
    if geteuid() == 0 {
      // Permissions do not bind the superuser, so another user tries.
      for name in try disk.folder.names() { chown(disk.folder.file(name), 65534, 65534) }
      chown(disk.folder.path, 65534, 65534)
      let said = try Worker(["as", "65534", "count", disk.path, "1"]).end()
      #expect(said.hasPrefix("storage: "), "\(said)")
    } else {
      #expect(await failure { try SQLiteStore(path: disk.path, create: false) }?.code == .storage)
    }
    chmod(disk.folder.path, 0o755)
    #expect(try await number(disk, .session, [0, 0]) == 0)
    #expect(try await disk.read(SQLiteStore(path: disk.path, create: false)) == secret("0"))
  }

  @Test("a disk that takes no more is an error of the store, and the step has not happened")
  func noRoom() async throws {
    let disk = try await StoreOnDisk()
    let before = try await CygnetSQLiteTests.records(of: disk.store)
    let said = try Worker(["within", "300000", "write", disk.path, "2000000"]).end()
    #expect(said.hasPrefix("storage: "), "\(said)")
    #expect(try await CygnetSQLiteTests.records(of: disk.store) == before)
    #expect(try Worker(["write", disk.path, "2000000"]).end() == "done\n")
    #expect(try await disk.check().isSound)
  }

  @Test("a file that was replaced under an open store is noticed before anything is written")
  func replaced() async throws {
    let disk = try await StoreOnDisk()
    let other = try await StoreOnDisk()
    await other.store.close()
    rename(other.path, disk.path)
    #expect(await failure { try await disk.read() }?.code == .storage)
    #expect(await failure { try await disk.write("x") }?.code == .storage)
  }

  @Test("a transaction that throws leaves the files as they were, byte for byte")
  func bytesAfterThrowing() async throws {
    let disk = try await StoreOnDisk()
    let names = ["store.db", "store.db-wal"]
    let before = try names.map { try disk.folder.read($0) }
    let error = await failure {
      try await RecordTransaction.run(
        in: disk.store, key: disk.key
      ) { transaction throws(CygnetError) in
        try transaction.put(.session, [0, 0], secret("changed"))
        try transaction.delete(.session, [1, 0])
        throw CygnetError(.ruleViolation, "no")
      }
    }
    #expect(error?.code == .ruleViolation)
    _ = try await disk.read()
    #expect(try names.map { try disk.folder.read($0) } == before)
  }
}
