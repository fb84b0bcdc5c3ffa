import CygnetAttachments
import CygnetPrimitives
import CygnetVectors

private struct Sample {
  let content: [UInt8]
  let blob: [UInt8]
  let pointer: AttachmentPointer
}

/// Blobs of no, one and several chunks, with and without padding; the same in every run.
private let samples: [Sample] = {
  var samples: [Sample] = []
  var random = SeededRandomSource(1, label: "attachments")
  for size in [0, 1, 1_000, 16_383, 16_384, 16_385, 40_000] {
    for padding in [Padding.none, .padme] {
      let content = random.bytes(size)
      do {
        var encryptor = try AttachmentEncryptor(
          size: UInt64(size), role: .original, padding: padding, digest: .flat, using: &random)
        var blob = try encryptor.update(content)
        let (tail, pointer) = try encryptor.finish()
        blob += tail
        samples.append(Sample(content: content, blob: blob, pointer: pointer))
      } catch { fatalError("no sample: \(error)") }
    }
  }
  return samples
}()

/// Reads the input as a way to cut and change a blob, and as a pointer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAttachment(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  var script = Script(bytes: bytes)
  let sample = samples[script.next(samples.count)]
  let (blob, isChanged) = script.change(sample.blob)
  stream(blob, sample, isChanged, script)
  readRanges(blob, sample, isChanged, script)
  verify(blob, sample, isChanged, script)
  if let pointer = try? AttachmentPointer(decoding: bytes) {
    if (try? pointer.encoded()) != bytes { fatalError("the pointer comes back as other bytes") }
    _ = try? AttachmentDecryptor.decrypt(blob, pointer)
    _ = pointer.fileName
  }
  if bytes.count >= 8 {
    var size: UInt64 = 0
    for byte in bytes.prefix(8) { size = size << 8 | UInt64(byte) }
    _ = try? BlobVerifier(size: size, maxSize: .max)
    _ = try? BlobLayout(contentSize: size, padding: .padme).blobSize
    _ = try? AttachmentEncryptor(size: size, maxSize: .max).blobSize
  }
  return 0
}

private struct Script {
  let bytes: [UInt8]
  var position = 0

  mutating func next(_ limit: Int) -> Int {
    guard position + 1 < bytes.count else { return 0 }
    defer { position += 2 }
    return (Int(bytes[position]) << 8 | Int(bytes[position + 1])) % limit
  }

  /// The end of the piece that begins at `offset`; one piece is left when the script is over.
  mutating func pieceEnd(_ offset: Int, _ count: Int) -> Int {
    position + 1 < bytes.count ? min(count, offset + 1 + next(20_000)) : count
  }

  /// `blob` changed in one of several ways, or as it is.
  mutating func change(_ blob: [UInt8]) -> ([UInt8], Bool) {
    var changed = blob
    switch next(6) {
    case 0: changed.removeLast(1 + next(blob.count))
    case 1: for _ in 0...next(40) { changed.append(UInt8(next(256))) }
    case 2: changed[next(blob.count)] ^= UInt8(1 + next(255))
    case 3 where blob.count > 2 * 16_400 + 56:
      for index in 56..<(56 + 16_400) { changed.swapAt(index, index + 16_400) }
    default: break
    }
    return (changed, changed != blob)
  }
}

private func stream(_ blob: [UInt8], _ sample: Sample, _ isChanged: Bool, _ script: Script) {
  var script = script
  var content: [UInt8] = []
  do {
    var decryptor = try AttachmentDecryptor(sample.pointer)
    var offset = 0
    while offset < blob.count {
      let end = script.pieceEnd(offset, blob.count)
      let piece = try decryptor.update(Array(blob[offset..<end])).bytes
      content += piece
      guard sample.content.starts(with: content) else { fatalError("other content came out") }
      offset = end
    }
    try decryptor.finish()
    guard !isChanged, content == sample.content else { fatalError("a changed blob was completed") }
  } catch {
    guard isChanged else { fatalError("a genuine blob was refused: \(error)") }
  }
}

private func readRanges(_ blob: [UInt8], _ sample: Sample, _ isChanged: Bool, _ script: Script) {
  var script = script
  let size = sample.content.count
  do throws(CygnetError) {
    let reader = try AttachmentReader(sample.pointer, header: Array(blob.prefix(56)))
    for _ in 0..<3 {
      let first = script.next(size + 2)
      let last = first + script.next(size + 2)
      let part = try reader.read(UInt64(first)..<UInt64(last)) {
        (range: Range<UInt64>) throws(CygnetError) -> [UInt8] in
        let low = min(Int(range.lowerBound), blob.count)
        return Array(blob[low..<min(Int(range.upperBound), blob.count)])
      }
      guard last <= size, part.bytes == Array(sample.content[first..<last]) else {
        fatalError("other content was read")
      }
    }
  } catch {
    guard isChanged || error.code == .limitExceeded else {
      fatalError("a genuine range was refused: \(error)")
    }
  }
}

private func verify(_ blob: [UInt8], _ sample: Sample, _ isChanged: Bool, _ script: Script) {
  var script = script
  do {
    var verifier = try BlobVerifier(
      size: UInt64(sample.blob.count), digest: sample.pointer.digest,
      padding: sample.pointer.padding, maxSize: 1 << 20)
    var offset = 0
    while offset < blob.count {
      let end = script.pieceEnd(offset, blob.count)
      try verifier.update(Array(blob[offset..<end]))
      offset = end
    }
    _ = try verifier.finish()
    guard !isChanged else { fatalError("a changed blob was verified") }
  } catch {
    guard isChanged else { fatalError("a genuine blob was not verified: \(error)") }
  }
}
