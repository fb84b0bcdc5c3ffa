public import CygnetPrimitives

/// A type with a canonical encoding in the TLS presentation language (RFC 8446 §3, with the variable
/// lengths of RFC 9420 §2.1).
@usableFromInline
package protocol WireEncodable {
  /// Writes the fields in the order of the struct definition. It runs twice for one encoding, once
  /// to count and once to write, and must do the same both times.
  func encode(into writer: inout Writer) throws(CygnetError)
}

/// A type that decodes strictly: whatever it accepts, encoding gives back byte for byte.
@usableFromInline
package protocol WireDecodable {
  init(from reader: inout Reader) throws(CygnetError)
}

extension WireEncodable {
  /// The encoding, in a block of exactly its size.
  @inlinable
  package func wireEncoded() throws(CygnetError) -> [UInt8] {
    let count = try wireCount()
    var failure: CygnetError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      do throws(CygnetError) {
        try unsafe fill(UnsafeMutableRawBufferPointer(buffer))
        initialised = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// The encoding in wiped storage, for what holds keys.
  @inlinable
  package func wireEncodedSecret() throws(CygnetError) -> SecretBytes {
    let count = try wireCount()
    return try unsafe SecretBytes(count: count) { (buffer) throws(CygnetError) in
      try unsafe fill(buffer)
    }
  }

  /// The size of the encoding in bytes.
  @inlinable
  package func wireCount() throws(CygnetError) -> Int {
    var counter = Writer()
    try encode(into: &counter)
    return counter.count
  }

  @inlinable
  package func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(CygnetError) {
    var writer = unsafe Writer(filling: buffer)
    try encode(into: &writer)
    guard writer.count == buffer.count else {
      throw CygnetError(.internalFault, "counting and writing disagree")
    }
  }
}

extension WireDecodable {
  /// Decodes from exactly these bytes.
  /// - Throws: `malformed` for anything that is not the one encoding of a value, leftovers included;
  ///   `unsupported` for versions and code points that are unknown here.
  @inlinable
  package init(wire bytes: [UInt8]) throws(CygnetError) {
    self = try Reader.read(bytes) { (reader) throws(CygnetError) in try Self(from: &reader) }
  }

  /// Decodes from exactly these bytes, without a copy outside wiped storage.
  @inlinable
  package init(wire secret: SecretBytes) throws(CygnetError) {
    self = try Reader.read(secret) { (reader) throws(CygnetError) in try Self(from: &reader) }
  }
}
