internal import CygnetPrimitives
internal import CygnetWire

/// The ciphertexts of one node of a path, as they travel: in a group that is not filled there is one
/// for nearly every member, and each member opens a single one. So they stay encoded, and what else a
/// commit's content is needed for, signature and transcript, takes them in as they are.
package struct CiphertextList: Hashable, Sendable {
  /// One after the other, without the length of the whole.
  let encoded: [UInt8]
  package let count: Int
  /// The bytes of each where all have the same; 0 otherwise.
  private let stride: Int

  /// - Precondition: less than 2^30 bytes, as of any tree.
  package init(_ ciphertexts: [MLS.HPKECiphertext]) {
    let sealed = SealedVector(ciphertexts: ciphertexts)
    guard let bytes = try? sealed.wireEncoded() else {
      preconditionFailure("ciphertexts of a path are shorter than 2^30 bytes")
    }
    let sizes = Set(ciphertexts.map { (try? $0.wireCount()) ?? 0 })
    encoded = bytes
    count = ciphertexts.count
    stride = sizes.count == 1 ? sizes.first ?? 0 : 0
  }

  /// The ciphertext at a place; nil past the end.
  package subscript(index: Int) -> MLS.HPKECiphertext? {
    guard 0 <= index, index < count else { return nil }
    // Decoding has seen to it that the bytes are `count` ciphertexts.
    return try? Reader.read(encoded) { (reader) throws(CygnetError) in
      if stride > 0 {
        try reader.skip(index * stride)
      } else {
        for _ in 0..<index { try MLS.HPKECiphertext.skip(&reader) }
      }
      let found = try MLS.HPKECiphertext(from: &reader)
      try reader.skip(reader.remaining)
      return found
    }
  }

  package var all: [MLS.HPKECiphertext] {
    let list = try? Reader.read(encoded) { (reader) throws(CygnetError) in
      var list: [MLS.HPKECiphertext] = []
      list.reserveCapacity(count)
      while reader.remaining > 0 { list.append(try MLS.HPKECiphertext(from: &reader)) }
      return list
    }
    return list ?? []
  }

  /// Reads `HPKECiphertext encrypted_path_secret<V>`, judging its form and copying it once.
  init(from reader: inout Reader) throws(CygnetError) {
    (encoded, count, stride) = try reader.vector(0...MLS.Limits.opaqueByteCount) {
      (reader) throws(CygnetError) in
      let start = reader.position
      var (count, stride) = (0, 0)
      while reader.remaining > 0 {
        guard count < MLS.Limits.leafCount else {
          throw CygnetError(.malformed, "S4: a list has too many elements")
        }
        let before = reader.position
        try MLS.HPKECiphertext.skip(&reader)
        let size = reader.position - before
        stride = count == 0 || size == stride ? size : 0
        count += 1
      }
      return (reader.bytes(since: start), count, stride)
    }
  }
}

private struct SealedVector: WireEncodable {
  let ciphertexts: [MLS.HPKECiphertext]

  func encode(into writer: inout Writer) throws(CygnetError) {
    for ciphertext in ciphertexts { try ciphertext.encode(into: &writer) }
  }
}

extension MLS.HPKECiphertext {
  fileprivate static func skip(_ reader: inout Reader) throws(CygnetError) {
    try reader.skipOpaque(0...MLS.Limits.opaqueByteCount)
    try reader.skipOpaque(0...MLS.Limits.opaqueByteCount)
  }
}
