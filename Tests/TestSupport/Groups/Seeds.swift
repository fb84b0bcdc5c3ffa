#if canImport(Glibc)
  import Glibc
#endif

/// Inputs that fuzzers begin with, written by the fuzzers themselves.
package enum Seeds {
  struct Failure: Error {}

  /// With `CYGNET_FUZZ_SEEDS` in the environment: writes them into the folder it names, and ends.
  package static func writeIfAsked(_ body: (String) throws -> Void) {
    guard let folder = getenv("CYGNET_FUZZ_SEEDS") else { return }
    do { try body(String(cString: folder)) } catch {
      print("no seeds: \(error)")
      exit(1)
    }
    exit(0)
  }

  package static func write(_ bytes: [UInt8], _ name: String, in folder: String) throws {
    guard let file = fopen("\(folder)/\(name)", "wb") else { throw Failure() }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Failure() }
  }
}
