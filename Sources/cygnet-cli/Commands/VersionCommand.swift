internal import CygnetPrimitives
internal import CygnetVectors

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// `cygnet version`
enum VersionCommand {
  /// The release this source becomes.
  static let number = "0.1.0-dev"

  static let command = Command(
    name: "version",
    summary: "Print the version",
    discussion: """
      With --verbose also the version of libsodium that was loaded and whether it passes the \
      start-up check, the Swift compiler, the kind of build, and the platform.
      """,
    examples: [
      Example(line: "cygnet version --verbose", meaning: "What a bug report should contain")
    ],
    run: run)

  @Sendable static func run(_ invocation: Invocation) throws -> ExitCode {
    let output = invocation.output
    let check = selfTestFailure
    try output.line("cygnet \(number)")
    if output.detail == .verbose {
      try output.line("libsodium \(Sodium.version), \(check ?? "start-up check passed")")
      try output.line("Swift \(compiler), \(build) build")
      try output.line("\(platform), \(processors) processors")
    }
    try output.result([
      "version": .string(number),
      "libsodium": .string(Sodium.version),
      "libsodium_check": .string(check ?? "passed"),
      "swift": .string(compiler),
      "build": .string(build),
      "platform": .string(platform),
      "processors": .integer(processors),
    ])
    return check == nil ? .ok : .internalError
  }

  private static var selfTestFailure: String? {
    do {
      try Sodium.selfTest()
      return nil
    } catch {
      return "\(error.reason)"
    }
  }

  /// The compiler's version, as far as its conditions tell.
  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3.2)
      "6.3.2 or later"
    #elseif compiler(>=6.3.1)
      "6.3.1"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static var build: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  /// System, its release, and the machine.
  private static var platform: String {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return "unknown" }
    let parts = [text(&names.sysname), text(&names.release), text(&names.machine)]
    return parts.joined(separator: " ")
  }

  /// A fixed array of C characters, which Swift sees as a tuple.
  private static func text<Characters>(_ characters: inout Characters) -> String {
    unsafe withUnsafeBytes(of: &characters) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
