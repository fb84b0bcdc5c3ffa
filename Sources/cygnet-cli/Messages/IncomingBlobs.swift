internal import Cygnet
internal import CygnetVectors

/// The attachments of a message that arrived: opened from the blobs beside it into a folder.
///
/// A message names its blobs. Only the last part of such a name is used, in the folder of the message
/// itself, so that no message leads elsewhere.
struct IncomingBlobs {
  /// One attachment and where it went; nil while its blob is not there.
  struct Saved {
    let pointer: AttachmentPointer
    let path: Path?

    var name: String { pointer.fileName ?? FileName.fallback }

    /// How it is shown below its message.
    var line: String {
      let place = path.map { "saved as \($0)" } ?? "not saved"
      return "  [\(name.escaped), \(pointer.size.asByteCount), \(place)]"
    }

    var json: JSON {
      .object([
        "name": .string(name), "size": .integer(pointer.size),
        "blob": .string(pointer.locator), "saved": path.map { .string($0.text) } ?? .null,
      ])
    }
  }

  let message: Path
  let folder: Path
  let invocation: Invocation

  /// Opens every blob that is there.
  func save(_ pointers: [AttachmentPointer]) throws -> [Saved] {
    var saved: [Saved] = []
    for pointer in pointers { saved.append(Saved(pointer: pointer, path: try save(pointer))) }
    return saved
  }

  private func save(_ pointer: AttachmentPointer) throws -> Path? {
    guard let source = blobPath(pointer), FileStatus.of(source)?.kind == .regular else {
      return nil
    }
    let blob = try InputFile(source)
    let (path, target) = try create(pointer.fileName ?? FileName.fallback, blob)
    let progress = ProgressBar("decrypting", total: pointer.blobSize, output: invocation.output)
    try AttachmentTransfer.decrypt(
      blob, pointer, into: target, maxSize: AttachmentLimits.defaultMaxSize, progress: progress)
    progress.finish()
    try target.commit()
    return path
  }

  private func blobPath(_ pointer: AttachmentPointer) -> Path? {
    guard !message.isStandardStream else { return nil }
    let name = Path(pointer.locator).lastComponent
    guard !name.bytes.isEmpty, name != Path("."), name != Path("..") else { return nil }
    return message.parent.appending(name.text)
  }

  /// A file of that name, or with a number where there is one already: whoever sends chooses the
  /// name, so nothing is ever overwritten.
  private func create(_ name: String, _ blob: InputFile) throws -> (Path, OutputFile) {
    var path = folder.appending(name)
    var number = 2
    while FileStatus.of(path, followingLinks: false) != nil {
      guard number < 10_000 else { throw OutputFile.exists(path) }
      path = folder.appending(Self.numbered(name, number))
      number += 1
    }
    return (path, try OutputFile(path, force: false, inputs: [blob]))
  }

  /// `photo-2.jpg`
  private static func numbered(_ name: String, _ number: Int) -> String {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
      return "\(name)-\(number)"
    }
    return "\(name[..<dot])-\(number)\(name[dot...])"
  }
}
