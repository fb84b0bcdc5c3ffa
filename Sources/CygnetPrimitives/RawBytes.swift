// An empty span or array has no address, while libsodium declares its parameters non-null. These
// give the address of a byte that is never read or written in that case.

private nonisolated(unsafe) let standIn = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)

extension UnsafeRawBufferPointer {
  var bytePointer: UnsafePointer<UInt8> {
    guard let base = baseAddress else { return unsafe UnsafePointer(standIn) }
    return unsafe base.assumingMemoryBound(to: UInt8.self)
  }
}

extension UnsafeMutableRawBufferPointer {
  var bytePointer: UnsafeMutablePointer<UInt8> {
    guard let base = baseAddress else { return unsafe standIn }
    return unsafe base.assumingMemoryBound(to: UInt8.self)
  }
}
