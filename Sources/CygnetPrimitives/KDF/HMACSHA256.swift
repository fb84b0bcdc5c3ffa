internal import CSodium

/// HMAC-SHA-256 (RFC 2104, RFC 4231).
package enum HMACSHA256 {
  package static let byteCount = 32

  /// The tag of `message`; the result is secret material in every use here.
  package static func tag(of message: RawSpan, key: RawSpan) -> SecretBytes {
    withKey(key) { keyed in
      unsafe SecretBytes(count: byteCount) { buffer in
        unsafe message.withUnsafeBytes { bytes in
          unsafe keyed.tag(of: bytes, into: buffer.bytePointer)
        }
      }
    }
  }

  /// The tag of `message` where it is public: what authenticates a message, not a derived key.
  package static func publicTag(of message: [UInt8], key: SecretBytes) -> [UInt8] {
    key.withBytes { key in
      withKey(key) { keyed in
        unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialised in
          unsafe message.withUnsafeBytes { message in
            unsafe keyed.tag(of: message, into: buffer.baseAddress!)  // it has room for a tag
          }
          initialised = byteCount
        }
      }
    }
  }

  /// The tag of `prefix ‖ message`, so that a secret behind a public label need not be copied.
  package static func tag(
    of prefix: [UInt8], followedBy message: RawSpan, key: RawSpan
  ) -> SecretBytes {
    withKey(key) { keyed in
      unsafe SecretBytes(count: byteCount) { buffer in
        keyed.begin()
        unsafe prefix.withUnsafeBytes { bytes in unsafe keyed.add(bytes) }
        unsafe message.withUnsafeBytes { bytes in unsafe keyed.add(bytes) }
        unsafe keyed.finish(into: buffer.bytePointer)
      }
    }
  }

  /// The tags of two one-byte messages under one key. The key's two compressions are done once and
  /// the state is copied, which saves a quarter of a chain step.
  package static func tags(
    of first: UInt8, _ second: UInt8, key: SecretBytes
  ) -> (SecretBytes, SecretBytes) {
    key.withBytes { key in
      withKey(key) { keyed in
        (keyed.tag(ofByte: first), keyed.tag(ofByte: second))
      }
    }
  }

  /// Whether `tag`, which may be shortened, is the tag of `message`; constant time.
  package static func isValid(tag: [UInt8], of message: RawSpan, key: RawSpan) -> Bool {
    guard !tag.isEmpty, tag.count <= byteCount else { return false }
    return unsafe self.tag(of: message, key: key).withUnsafeBytes { expected in
      unsafe tag.withUnsafeBytes { tag in
        unsafe ConstantTime.areEqual(UnsafeRawBufferPointer(rebasing: expected[..<tag.count]), tag)
      }
    }
  }

  /// A key's state after its two key blocks, for the length of a call; wiped at its end.
  static func withKey<R, E: Error>(
    _ key: RawSpan, _ body: (Keyed) throws(E) -> R
  ) throws(E) -> R {
    try unsafe withUnsafeTemporaryAllocation(of: State.self, capacity: 2) { (states) throws(E) in
      let base = states.baseAddress!  // two elements were asked for
      defer { unsafe sodium_memzero(base, 2 * MemoryLayout<State>.stride) }
      _ = unsafe key.withUnsafeBytes { key in
        unsafe crypto_auth_hmacsha256_init(base, key.bytePointer, key.count)
      }
      return try unsafe body(Keyed(base: base, scratch: base + 1))
    }
  }

  /// One tag under a key that serves for nothing else: its state is used up, without a copy of it.
  static func tag(
    key: RawSpan, into out: UnsafeMutablePointer<UInt8>, adding message: (Message) -> Void
  ) {
    unsafe withUnsafeTemporaryAllocation(of: State.self, capacity: 1) { states in
      let state = states.baseAddress!  // one element was asked for
      defer { unsafe sodium_memzero(state, MemoryLayout<State>.stride) }
      _ = unsafe key.withUnsafeBytes { key in
        unsafe crypto_auth_hmacsha256_init(state, key.bytePointer, key.count)
      }
      unsafe message(Message(state: state))
      _ = unsafe crypto_auth_hmacsha256_final(state, out)
    }
  }

  /// A message that a tag is made of, part by part.
  @safe struct Message {
    fileprivate let state: UnsafeMutablePointer<State>

    func add(_ part: UnsafeRawBufferPointer) {
      _ = unsafe crypto_auth_hmacsha256_update(state, part.bytePointer, UInt64(part.count))
    }
  }

  typealias State = crypto_auth_hmacsha256_state

  @safe struct Keyed {
    fileprivate let base: UnsafeMutablePointer<State>
    fileprivate let scratch: UnsafeMutablePointer<State>

    func tag(ofByte message: UInt8) -> SecretBytes {
      unsafe SecretBytes(count: byteCount) { buffer in
        unsafe withUnsafeBytes(of: message) { bytes in
          unsafe tag(of: bytes, into: buffer.bytePointer)
        }
      }
    }

    func tag(of message: UnsafeRawBufferPointer, into out: UnsafeMutablePointer<UInt8>) {
      begin()
      unsafe add(message)
      unsafe finish(into: out)
    }

    func begin() { unsafe scratch.pointee = base.pointee }

    func add(_ message: UnsafeRawBufferPointer) {
      _ = unsafe crypto_auth_hmacsha256_update(scratch, message.bytePointer, UInt64(message.count))
    }

    func finish(into out: UnsafeMutablePointer<UInt8>) {
      _ = unsafe crypto_auth_hmacsha256_final(scratch, out)
    }
  }
}
