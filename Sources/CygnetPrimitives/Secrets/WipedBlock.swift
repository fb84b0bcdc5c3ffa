internal import CSodium

/// Memory of a computation with secrets: zero at first, wiped when its owner lets go of it.
///
/// It has one owner and never moves, so wiping it leaves no copy behind, which cannot be said of
/// values that live on the stack.
@safe struct WipedBlock<Element: BitwiseCopyable>: ~Copyable {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  init(count: Int) {
    let byteCount = count * MemoryLayout<Element>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    unsafe base = memory.bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  deinit {
    unsafe sodium_memzero(base, count * MemoryLayout<Element>.stride)
    unsafe base.deallocate()
  }

  var bytes: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(
      start: base, count: count * MemoryLayout<Element>.stride)
  }
}

/// Overwrites the stack below the caller, where finished calls left what did not fit in registers.
enum StackResidue {
  @inline(never)
  static func wipe(byteCount: Int) { sodium_stackzero(byteCount) }
}
