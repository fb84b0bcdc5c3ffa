internal import CygnetAttachments
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// Attachment pointers and blobs.
extension Inspection {
  static func attachmentPointer(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    let pointer = try AttachmentPointerFile(wire: bytes).pointer
    var types: [JSON] = []
    for field in pointer.fields { types.append(.string(name(of: field.type))) }
    return Inspection(
      "AttachmentPointer", "what a message carries to open a blob; its key is not shown",
      [
        "role": .string("\(pointer.role)"),
        "padding": .string("\(pointer.padding)"),
        "size": .counting(pointer.size),
        "blob_size": .counting(pointer.blobSize),
        "digest_algorithm": .integer(Int(pointer.digestAlgorithm.rawValue)),
        "digest": .hex(pointer.digest),
        "locator": pointer.locator.isEmpty ? .null : .string(pointer.locator),
        "file_name": pointer.fileName.map { .string($0) } ?? .null,
        "fields": .array(types),
      ])
  }

  static func attachmentResumption(_ state: SecretBytes) throws(CygnetError) -> Inspection {
    let resumption = try AttachmentResumption(decoding: state)
    return Inspection(
      "AttachmentResumption", "an interrupted encryption; its key is not shown",
      [
        "role": .string("\(resumption.role)"),
        "padding": .string("\(resumption.padding)"),
        "size": .counting(resumption.size),
        "digest_algorithm": .integer(Int(resumption.digestAlgorithm.rawValue)),
        "parts_begun": .integer(resumption.partCount),
      ])
  }

  private static func name(of type: UInt16) -> String {
    let names = [
      "media type", "file name", "caption", "dimensions", "duration", "placeholder",
      "inline thumbnail", "thumbnail", "voice note", "flags", "alternative text", "renditions",
      "album", "client id", "content digest", "document",
    ]
    let critical = ["view once", "expiry", "do not forward"]
    let (known, number) = type & 0x8000 == 0 ? (names, Int(type)) : (critical, Int(type & 0x7fff))
    return (1...known.count).contains(number) ? known[number - 1] : "type \(type)"
  }

  /// nil for what cannot be a blob: another length, or bytes that do not look random.
  static func blob(_ head: [UInt8], size: UInt64) -> Inspection? {
    guard looksRandom(head), let layout = try? BlobLayout(blobSize: size) else { return nil }
    return Inspection(
      "AttachmentBlob",
      "random-looking bytes of a length that a blob can have; only its pointer can tell",
      [
        "chunks": .counting(layout.chunkCount),
        "plaintext_size": .counting(layout.plainSize),
        "padded": .bool(layout.isPadme),
      ])
  }

  /// Pearson's statistic over byte values, which is near 255 for random bytes: text, pictures and
  /// programs exceed the bound by far, a random file one time in a hundred thousand.
  private static func looksRandom(_ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty else { return false }
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    var squares = 0
    for count in counts { squares += count * count }
    // Σ (count − n/256)² / (n/256) = 256 Σ count² / n − n
    return 256 * squares / bytes.count - bytes.count < 365
  }
}
