#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Memory in use, as the operating system counts it.
enum Heap {
  /// Resident bytes of this process; 0 where the platform does not tell. Whole pages, so a figure per
  /// object needs thousands of objects.
  static func residentBytes() -> Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var text = [CChar](repeating: 0, count: 128)
    guard unsafe fgets(&text, Int32(text.count), file) != nil else { return 0 }
    let fields = String(
      decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self
    )
    .split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Resident bytes at the peak of `body` beyond those before; nil where the system does not tell.
  static func peakBytes(_ body: () throws -> Void) rethrows -> Int? {
    #if canImport(Glibc)
      // What was freed before would be used again unseen.
      trim()
      guard let file = unsafe fopen("/proc/self/clear_refs", "w") else { return nil }
      let isReset = unsafe fputs("5", file) >= 0
      guard unsafe fclose(file) == 0, isReset else { return nil }
      let before = residentBytes()
      try body()
      return peakResidentBytes().map { $0 - before }
    #else
      return nil
    #endif
  }

  #if canImport(Glibc)
    /// Gives free memory back to the system, by a call of glibc's that its module leaves out.
    private static func trim() {
      guard let symbol = unsafe dlsym(nil, "malloc_trim") else { return }
      let trim = unsafe unsafeBitCast(symbol, to: (@convention(c) (Int) -> CInt).self)
      _ = trim(0)
    }
  #endif

  private static func peakResidentBytes() -> Int? {
    guard let file = unsafe fopen("/proc/self/status", "r") else { return nil }
    defer { unsafe fclose(file) }
    var text = [CChar](repeating: 0, count: 256)
    while unsafe fgets(&text, Int32(text.count), file) != nil {
      let line = String(
        decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard line.hasPrefix("VmHWM:") else { continue }
      let number = line.split { $0 == " " || $0 == "\t" }.dropFirst().first
      return number.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}
