internal import CygnetAttachments
internal import CygnetPrimitives
internal import CygnetWire

/// An attachment's pointer in a file of its own. It holds the key of the blob, so it is written for
/// its owner alone.
enum PointerFile {
  static func read(_ path: Path) throws(CommandFailure) -> AttachmentPointer {
    let file = try InputFile(path)
    let bytes = try file.readAll(
      limit: AttachmentLimits.maxPointerByteCount + WireType.headerByteCount)
    do throws(CygnetError) { return try AttachmentPointerFile(wire: bytes).pointer } catch {
      throw CommandFailure(error, about: path)
    }
  }

  static func write(
    _ pointer: AttachmentPointer, to path: Path, force: Bool
  ) throws -> Int {
    let file = try OutputFile(path, force: force)
    let bytes = try AttachmentPointerFile(pointer).wireEncoded()
    try file.write(bytes)
    try file.commit()
    return bytes.count
  }
}
