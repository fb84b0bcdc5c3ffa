// Ends a process, as if the power had failed, at a write of its own. It is preloaded into the program
// under test (LD_PRELOAD), whose calls that change a file come here first:
//
//   CYGNET_KILL_AT    which of them is the last, counted from 1
//   CYGNET_KILL_TORN  set: of the last one, if it writes bytes, half arrives
//
// A call that is not the last goes on to the C library.

#if os(Linux)
  import Glibc
  import Synchronization

  private let callCount = Atomic<Int>(0)

  private let lastCall: Int = {
    guard let text = getenv("CYGNET_KILL_AT") else { return .max }
    return Int(String(cString: text)) ?? .max
  }()

  private let isTorn = getenv("CYGNET_KILL_TORN") != nil

  /// Counts a call; whether it is the last.
  private func isLast() -> Bool {
    callCount.add(1, ordering: .sequentiallyConsistent).newValue == lastCall
  }

  private func end() -> Never {
    kill(getpid(), SIGKILL)
    while true { pause() }
  }

  /// The C library's function of that name.
  private func next<Function>(_ name: String, _ type: Function.Type) -> Function {
    // RTLD_NEXT is a cast that the importer does not carry over.
    guard let address = dlsym(UnsafeMutableRawPointer(bitPattern: -1), name) else { abort() }
    return unsafeBitCast(address, to: type)
  }

  // MARK: Calls that write bytes

  private typealias Write = @convention(c) (Int32, UnsafeRawPointer?, Int) -> Int
  private typealias PositionedWrite =
    @convention(c) (Int32, UnsafeRawPointer?, Int, Int64) -> Int

  private let nextWrite = next("write", Write.self)
  private let nextPositionedWrite = next("pwrite64", PositionedWrite.self)

  @_cdecl("write")
  public func killSwitchWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    if isLast() {
      if isTorn { _ = nextWrite(file, bytes, count / 2) }
      end()
    }
    return nextWrite(file, bytes, count)
  }

  @_cdecl("pwrite")
  public func killSwitchPositionedWrite(
    _ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ offset: Int64
  ) -> Int {
    if isLast() {
      if isTorn { _ = nextPositionedWrite(file, bytes, count / 2, offset) }
      end()
    }
    return nextPositionedWrite(file, bytes, count, offset)
  }

  @_cdecl("pwrite64")
  public func killSwitchPositionedWrite64(
    _ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ offset: Int64
  ) -> Int {
    killSwitchPositionedWrite(file, bytes, count, offset)
  }

  // MARK: Calls on files

  private typealias OnFile = @convention(c) (Int32) -> Int32
  private typealias OnName = @convention(c) (UnsafePointer<CChar>?) -> Int32
  private typealias OnNames =
    @convention(c) (UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Int32
  private typealias OnLength = @convention(c) (Int32, Int64) -> Int32

  private let nextSync = next("fsync", OnFile.self)
  private let nextDataSync = next("fdatasync", OnFile.self)
  private let nextUnlink = next("unlink", OnName.self)
  private let nextRename = next("rename", OnNames.self)
  private let nextLink = next("link", OnNames.self)
  private let nextTruncate = next("ftruncate64", OnLength.self)

  @_cdecl("fsync")
  public func killSwitchSync(_ file: Int32) -> Int32 {
    if isLast() { end() }
    return nextSync(file)
  }

  @_cdecl("fdatasync")
  public func killSwitchDataSync(_ file: Int32) -> Int32 {
    if isLast() { end() }
    return nextDataSync(file)
  }

  @_cdecl("unlink")
  public func killSwitchUnlink(_ name: UnsafePointer<CChar>?) -> Int32 {
    if isLast() { end() }
    return nextUnlink(name)
  }

  @_cdecl("rename")
  public func killSwitchRename(
    _ old: UnsafePointer<CChar>?, _ new: UnsafePointer<CChar>?
  ) -> Int32 {
    if isLast() { end() }
    return nextRename(old, new)
  }

  @_cdecl("link")
  public func killSwitchLink(
    _ old: UnsafePointer<CChar>?, _ new: UnsafePointer<CChar>?
  ) -> Int32 {
    if isLast() { end() }
    return nextLink(old, new)
  }

  @_cdecl("ftruncate")
  public func killSwitchTruncate(_ file: Int32, _ length: Int64) -> Int32 {
    if isLast() { end() }
    return nextTruncate(file, length)
  }

  @_cdecl("ftruncate64")
  public func killSwitchTruncate64(_ file: Int32, _ length: Int64) -> Int32 {
    killSwitchTruncate(file, length)
  }
#endif
