internal import Cygnet

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The files that go along with a message: each a blob beside it, in place before the message is
/// made. A blob whose message is never made is removed; without its key it says nothing.
struct OutgoingBlobs {
  let paths: [Path]
  let pointers: [AttachmentPointer]

  /// - Throws: `usage` without a file to write beside.
  static func encrypt(_ invocation: Invocation) throws -> OutgoingBlobs {
    let arguments = invocation.arguments
    let sources = arguments.paths("attach")
    guard !sources.isEmpty else { return OutgoingBlobs(paths: [], pointers: []) }
    guard let target = arguments.path("output"), !target.isStandardStream else {
      throw CommandFailure.usage("--attach needs -o FILE: the blobs are written beside it")
    }
    guard sources.count <= MessageContent.maxAttachments else {
      throw CommandFailure(.limit, "a message names at most \(MessageContent.maxAttachments) files")
    }
    let files = try sources.map { (path) throws in try InputFile(path) }
    var (paths, pointers): ([Path], [AttachmentPointer]) = ([], [])
    do {
      for (index, file) in files.enumerated() {
        let suffix = files.count == 1 ? ".blob" : ".\(index + 1).blob"
        let path = target.adding(suffix: suffix)
        pointers.append(try encrypt(file, to: path, invocation))
        paths.append(path)
      }
    } catch {
      OutgoingBlobs(paths: paths, pointers: []).remove()
      throw error
    }
    return OutgoingBlobs(paths: paths, pointers: pointers)
  }

  private static func encrypt(
    _ file: InputFile, to path: Path, _ invocation: Invocation
  ) throws -> AttachmentPointer {
    guard let size = file.size else {
      throw CommandFailure(
        .inputOutput, "\(file.name) has no size yet", hint: "write it to a file first")
    }
    let blob = try OutputFile(path, force: invocation.arguments.has("force"), inputs: [file])
    let progress = ProgressBar("encrypting", total: size, output: invocation.output)
    var pointer = try AttachmentTransfer.encrypt(
      file, size: size, into: blob, AttachmentTransfer.Request(), progress: progress)
    progress.finish()
    try pointer.setLocator(FileName.sanitised(path.lastComponent.text))
    try pointer.setFields([.fileName(FileName.sanitised(file.path.lastComponent.text))])
    try blob.commit()
    return pointer
  }

  func remove() {
    for path in paths { _ = unsafe unlink(path.terminated) }
  }
}
