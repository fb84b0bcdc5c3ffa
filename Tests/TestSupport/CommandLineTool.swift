import Foundation

/// A program of this package, `cygnet` or another, run as a process of its own.
public struct CommandLineTool: Sendable {
  /// What a run left behind.
  public struct Outcome: Sendable {
    public let exitCode: Int32
    public let output: [UInt8]
    public let talk: String

    public var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// A folder for the files of one test, removed with it.
  public final class Folder: Sendable {
    public let path: String

    public init() throws {
      let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("cygnet-test-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    public func file(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    public func write(_ bytes: [UInt8], _ name: String) throws -> String {
      try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
      return file(name)
    }

    public func read(_ name: String) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// The first `count` bytes.
    public func read(_ name: String, count: Int) throws -> [UInt8] {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file(name)))
      defer { try? handle.close() }
      return [UInt8](try handle.read(upToCount: count) ?? Data())
    }

    /// `size` zeros that take no room on disk.
    public func writeSparse(_ size: Int, _ name: String) throws {
      try write([], name)
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file(name)))
      try handle.truncate(atOffset: UInt64(size))
      try handle.close()
    }

    public func overwrite(_ bytes: [UInt8], at offset: Int, _ name: String) throws {
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file(name)))
      try handle.seek(toOffset: UInt64(offset))
      try handle.write(contentsOf: Data(bytes))
      try handle.close()
    }

    /// Bytes of a file; 0 where there is none.
    public func size(_ name: String) -> Int {
      let attributes = try? FileManager.default.attributesOfItem(atPath: file(name))
      return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    public func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: file(name))
    }

    public func permissions(_ name: String) throws -> Int {
      let attributes = try FileManager.default.attributesOfItem(atPath: file(name))
      return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }

    public func setPermissions(_ mode: Int, _ name: String) throws {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(name))
    }

    public func makeFolder(_ name: String) throws {
      try FileManager.default.createDirectory(
        atPath: file(name), withIntermediateDirectories: true)
    }

    public func remove(_ name: String) throws {
      try FileManager.default.removeItem(atPath: file(name))
    }

    public func copy(_ name: String, to other: String) throws {
      try FileManager.default.copyItem(atPath: file(name), toPath: file(other))
    }

    public func makeExecutable(_ name: String) throws {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o700], ofItemAtPath: file(name))
    }

    /// For its owner alone.
    public func restrict(_ name: String) throws {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: file(name))
    }

    public func rename(_ name: String, _ new: String) throws {
      try FileManager.default.moveItem(atPath: file(name), toPath: file(new))
    }

    /// Everything in `other`, copied here.
    public func copy(of other: Folder) throws {
      for name in try other.names() {
        try FileManager.default.copyItem(atPath: other.file(name), toPath: file(name))
      }
    }

    public func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
  }

  public let path: String

  /// The program that was built beside the tests.
  public init(_ name: String = "cygnet") throws {
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent(name).path
    guard FileManager.default.isExecutableFile(atPath: beside) else {
      throw Missing(path: beside)
    }
    path = beside
  }

  public struct Missing: Error, CustomStringConvertible {
    let path: String
    public var description: String { "no program at \(path)" }
  }

  /// The library beside the program that ends it at one of its writes; see `Tests/KillSwitch`.
  public var killSwitch: String {
    URL(fileURLWithPath: path).deletingLastPathComponent()
      .appendingPathComponent("libKillSwitch.so").path
  }

  /// Whether this is a build under a sanitizer, into which nothing can be preloaded.
  public static var isSanitized: Bool {
    for name in ["__asan_init", "__tsan_init"] where dlsym(nil, name) != nil { return true }
    return false
  }

  /// Runs until `condition` holds, interrupts, and gives the exit code.
  public func interrupt(_ arguments: [String], when condition: () -> Bool) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
    process.standardError = FileHandle(forWritingAtPath: "/dev/null")
    try process.run()
    while process.isRunning, !condition() { usleep(1_000) }
    process.interrupt()
    process.waitUntilExit()
    return process.terminationReason == .exit
      ? process.terminationStatus : -process.terminationStatus
  }

  /// Runs to the end; standard input is empty unless given, and so is the working directory.
  public func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
    outputPath: String? = nil, in directory: String? = nil
  ) throws -> Outcome {
    try run(
      path, arguments, input: input, environment: environment, outputPath: outputPath,
      in: directory)
  }

  /// Runs a script of the shell, in which `$cygnet` is the program.
  public func shell(
    _ script: String, environment: [String: String] = [:]
  ) throws -> Outcome {
    try run(
      "/bin/sh", ["-c", script], environment: environment.merging(["cygnet": path]) { $1 })
  }

  /// The environment of a run: that of the tests, without what would lead to a profile of the
  /// person who runs them.
  public static func environment(adding own: [String: String]) -> [String: String] {
    var all = ProcessInfo.processInfo.environment
    for name in ["CYGNET_HOME", "CYGNET_KEY_FILE", "CYGNET_ASKPASS", "XDG_DATA_HOME", "NO_COLOR"] {
      all[name] = nil
    }
    return all.merging(own) { $1 }
  }

  private func run(
    _ program: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String],
    outputPath: String? = nil, in directory: String? = nil
  ) throws -> Outcome {
    let folder = try Folder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = Self.environment(adding: environment)
    process.currentDirectoryURL = URL(fileURLWithPath: directory ?? folder.path)
    try folder.write(input, "input")
    try folder.write([], "output")
    try folder.write([], "talk")
    process.standardInput = FileHandle(forReadingAtPath: folder.file("input"))
    process.standardOutput = FileHandle(
      forWritingAtPath: outputPath ?? folder.file("output"))
    process.standardError = FileHandle(forWritingAtPath: folder.file("talk"))
    try process.run()
    process.waitUntilExit()
    let code =
      process.terminationReason == .exit
      ? process.terminationStatus : -process.terminationStatus
    return Outcome(
      exitCode: code, output: try folder.read("output"),
      talk: String(decoding: try folder.read("talk"), as: UTF8.self))
  }
}
