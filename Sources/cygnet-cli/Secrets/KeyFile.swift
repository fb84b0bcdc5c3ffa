internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file that opens a store in place of a passphrase: 32 random bytes as Bech32m text that begins
/// with `cygkey1`, on one line.
enum KeyFile {
  /// Bytes of such a file at most: the text, and white space around it.
  private static let maxCount = 256

  /// Reads a key file; `-` is standard input.
  /// - Throws: `inputOutput` if others can read it, `authentication` if it is something else.
  static func read(_ path: Path) throws(CommandFailure) -> SecretBytes {
    let file = try SecretFile.open(path)
    let content: SecretBytes
    do {
      content = try file.descriptor.readWholeSecret(file.name, limit: maxCount)
    } catch {
      throw error.exitCode == .limit ? notAKeyFile(file, nil) : error
    }
    do {
      return try Bech32m.decode(
        trimmed(content), prefix: TextPrefix.storeKey, byteCount: StoreSecret.keyFileByteCount)
    } catch { throw notAKeyFile(file, error) }
  }

  /// Draws a key and writes it to a new file, for its owner alone.
  /// - Throws: `inputOutput` if there is such a file already: it may be the only key to something.
  static func create(_ path: Path) throws(CommandFailure) -> SecretBytes {
    if FileStatus.of(path, followingLinks: false) != nil {
      throw CommandFailure(
        .inputOutput, "\(path) exists", hint: "name a file that does not exist yet")
    }
    let file = try OutputFile(path, force: false, isBinary: false)
    var random = SystemRandomSource()
    let key = random.secret(StoreSecret.keyFileByteCount)
    let text: SecretBytes
    do { text = try Bech32m.encode(key, prefix: TextPrefix.storeKey) } catch {
      throw CommandFailure(error)
    }
    try text.withBytes { (bytes) throws(CommandFailure) in try file.write(bytes) }
    try file.write([UInt8(ascii: "\n")])
    try file.commit()
    return key
  }

  /// Removes a key file that opens nothing.
  static func remove(_ path: Path) { _ = unsafe unlink(path.terminated) }

  private static func trimmed(_ text: SecretBytes) -> SecretBytes {
    let range = unsafe text.withUnsafeBytes { bytes in
      let space: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
      let start = unsafe bytes.firstIndex { !space.contains($0) } ?? bytes.count
      let end = unsafe bytes.lastIndex { !space.contains($0) }.map { $0 + 1 } ?? start
      return start..<end
    }
    return text.slice(range)
  }

  private static func notAKeyFile(_ file: InputFile, _ error: CygnetError?) -> CommandFailure {
    let reason = error.map { ": \($0.reason)" } ?? ""
    var failure = CommandFailure(
      .authentication, "\(file.name) is not a key file\(reason)",
      hint: "a key file is one line that begins with cygkey1")
    failure.libraryCode = CygnetError.Code.malformed.name
    return failure
  }
}
