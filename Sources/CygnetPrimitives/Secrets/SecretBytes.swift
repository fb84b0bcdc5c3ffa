internal import CSodium

/// Secret bytes: wiped when the last handle goes, never printed, compared in constant time.
///
/// Copies of the struct share one block, so handing a secret on costs a reference count. It is not
/// `Hashable`, not `Codable` and not a collection, on purpose. Registers and the stack of functions
/// that compute with the bytes are not wiped.
public struct SecretBytes: @unchecked Sendable, Equatable {
  // The block is written only while this struct is being made and never after, so sharing it
  // between threads is sound.
  private let block: SecretBlock

  /// Copies `bytes` into wiped storage. The caller's array stays as it is: wipe it if it can be.
  public init(copying bytes: [UInt8]) {
    unsafe self.init(count: bytes.count) { buffer in
      unsafe bytes.withUnsafeBytes { source in unsafe buffer.copyMemory(from: source) }
    }
  }

  /// Makes `count` bytes, filled in place. The block is zero before it is filled.
  @usableFromInline
  package init<E: Error>(
    count: Int, filling: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) {
    let block = SecretBlock.make(count: count)
    try unsafe filling(block.buffer)
    self.block = block
  }

  /// The number of bytes.
  public var count: Int { block.header }

  /// Lends the bytes for the length of the call. They must not be copied to unwiped memory.
  public func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(block) {} }
    return try unsafe body(UnsafeRawBufferPointer(block.buffer))
  }

  /// Lends the bytes as a span, which cannot outlive the call.
  package func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    defer { withExtendedLifetime(block) {} }
    return try unsafe body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(block.buffer)))
  }

  /// Bytes `range` as a secret of their own.
  /// - Precondition: the range lies inside; callers pass constants or lengths they have checked.
  package func slice(_ range: Range<Int>) -> SecretBytes {
    unsafe withUnsafeBytes { source in
      unsafe SecretBytes(count: range.count) { target in
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
      }
    }
  }

  /// The parts one after the other.
  package init(concatenating parts: [SecretBytes]) {
    var count = 0
    for part in parts { count += part.count }
    unsafe self.init(count: count) { target in
      var offset = 0
      for part in parts {
        unsafe part.withUnsafeBytes { source in
          unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: source)
        }
        offset += part.count
      }
    }
  }

  /// Constant time in the content; lengths are not secret.
  public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
    unsafe left.withUnsafeBytes { first in
      unsafe right.withUnsafeBytes { second in unsafe ConstantTime.areEqual(first, second) }
    }
  }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "SecretBytes(\(count) bytes)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The storage of a secret: its header is the byte count, its elements are wiped on release.
private final class SecretBlock: ManagedBuffer<Int, UInt8> {
  static func make(count: Int) -> SecretBlock {
    let block = SecretBlock.create(minimumCapacity: max(count, 1)) { _ in count }
    unsafe block.withUnsafeMutablePointerToElements { elements in
      unsafe elements.initialize(repeating: 0, count: count)
    }
    // create(minimumCapacity:) makes an instance of the class it is called on.
    return unsafe unsafeDowncast(block, to: SecretBlock.self)
  }

  var buffer: UnsafeMutableRawBufferPointer {
    unsafe withUnsafeMutablePointers { count, elements in
      unsafe UnsafeMutableRawBufferPointer(start: elements, count: count.pointee)
    }
  }

  deinit {
    let bytes = unsafe buffer
    if let base = bytes.baseAddress { unsafe sodium_memzero(base, bytes.count) }
  }
}
