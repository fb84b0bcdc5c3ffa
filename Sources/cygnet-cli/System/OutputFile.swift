#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Where a command writes its product: a file that appears complete or not at all, or standard
/// output.
///
/// A file is written under a temporary name beside its target and renamed by `commit`. If the
/// command fails before, or a signal ends it, the temporary file is removed and the target is as it
/// was. Pipes and devices as target are written to directly.
final class OutputFile {
  private let target: Target
  private var isOpen = true

  private enum Target {
    case standardOutput
    case direct(Descriptor, Path)
    case temporary(Descriptor, Path, target: Path, replacing: Bool)
  }

  /// Prepares to write.
  /// - Parameters:
  ///   - path: the target; `nil` is standard output, but not binary data on a terminal, and `-` is
  ///     standard output in any case.
  ///   - force: replace an existing file.
  ///   - isBinary: whether the product is not meant for a terminal.
  ///   - inputs: files being read, which must not be the target.
  /// - Throws: `inputOutput` if the target exists, is one of `inputs` or cannot be written; `usage`
  ///   for binary data on a terminal.
  init(
    _ path: Path?, force: Bool, isBinary: Bool = true, inputs: [InputFile] = []
  ) throws(CommandFailure) {
    guard let path, !path.isStandardStream else {
      if path == nil && isBinary && Terminal.isTerminal(.standardOutput) {
        throw .usage(
          "binary data is not written to a terminal",
          hint: "name a file with -o FILE, or use -o - if the terminal is meant")
      }
      try Self.refuseInputs(try? FileStatus.of(.standardOutput).get(), inputs, "standard output")
      target = .standardOutput
      return
    }
    let existing = FileStatus.of(path)
    try Self.refuseInputs(existing, inputs, path.description)
    switch existing?.kind {
    case .directory?: throw CommandFailure(.inputOutput, "\(path) is a directory")
    case .other?: target = .direct(try Self.openDirectly(path), path)
    case .regular?, nil: target = try Self.createTemporary(path, force: force)
    }
  }

  deinit {
    guard isOpen else { return }
    discard()
  }

  /// How messages call it.
  var name: String {
    switch target {
    case .standardOutput: "standard output"
    case .direct(_, let path), .temporary(_, _, target: let path, replacing: _): path.description
    }
  }

  /// Whether it is the standard output, where data of the product and talk about it would mix.
  var isStandardOutput: Bool {
    if case .standardOutput = target { true } else { false }
  }

  func write(_ bytes: [UInt8]) throws(CommandFailure) { try unsafe write(bytes.span.bytes) }

  func write(_ bytes: RawSpan) throws(CommandFailure) {
    guard let error = descriptor.writeAll(bytes) else { return }
    var failure = error.failure("cannot write to \(name)")
    failure.isSilent = error.number == EPIPE
    throw failure
  }

  /// Where to write at offsets; nil for pipes and devices, which have none.
  var positioned: Descriptor? {
    guard case .temporary(let descriptor, _, target: _, replacing: _) = target else { return nil }
    return descriptor
  }

  /// Brings the file to disk and gives it its name.
  func commit() throws(CommandFailure) {
    guard isOpen else { return }
    switch target {
    case .standardOutput: isOpen = false
    case .direct(let descriptor, _):
      isOpen = false
      if let error = descriptor.close() { throw error.failure("cannot write to \(name)") }
    case .temporary(let descriptor, let temporary, let path, let replacing):
      try commit(descriptor, temporary, path, replacing)
    }
  }

  // MARK: Steps

  private var descriptor: Descriptor {
    switch target {
    case .standardOutput: .standardOutput
    case .direct(let descriptor, _), .temporary(let descriptor, _, target: _, replacing: _):
      descriptor
    }
  }

  private static func refuseInputs(
    _ status: FileStatus?, _ inputs: [InputFile], _ name: String
  ) throws(CommandFailure) {
    guard let status, status.kind == .regular else { return }
    for input in inputs where input.status.identity == status.identity {
      throw CommandFailure(.inputOutput, "\(name) is the file being read")
    }
  }

  private static func openDirectly(_ path: Path) throws(CommandFailure) -> Descriptor {
    let number = unsafe open(path.terminated, O_WRONLY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError.current.failure("cannot open \(path)") }
    return Descriptor(number: number)
  }

  private static func createTemporary(
    _ path: Path, force: Bool
  ) throws(CommandFailure) -> Target {
    if !force, FileStatus.of(path, followingLinks: false) != nil {
      throw exists(path)
    }
    // Behind a symbolic link the file itself is replaced, not the link.
    let final = resolved(path)
    let random = String(UInt64.random(in: 0 ... .max), radix: 16)
    let temporary = final.parent.appending(".cygnet-\(random).tmp")
    let descriptor = try Interruption.creating(temporary) { () throws(CommandFailure) in
      let number = unsafe open(
        temporary.terminated, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard number >= 0 else { throw SystemError.current.failure("cannot create \(path)") }
      return Descriptor(number: number)
    }
    return .temporary(descriptor, temporary, target: final, replacing: force)
  }

  private static func resolved(_ path: Path) -> Path {
    guard let real = unsafe realpath(path.terminated, nil) else { return path }
    defer { unsafe free(real) }
    return Path(unsafe String(cString: real))
  }

  static func exists(_ path: Path) -> CommandFailure {
    CommandFailure(.inputOutput, "\(path) exists", hint: "use --force to overwrite it")
  }

  private func commit(
    _ descriptor: Descriptor, _ temporary: Path, _ path: Path, _ replacing: Bool
  ) throws(CommandFailure) {
    if fsync(descriptor.number) != 0 && errno != EINVAL {
      throw SystemError.current.failure("cannot write to \(path)")
    }
    var failure: SystemError?
    let isSettled = Interruption.settling(temporary) {
      failure =
        replacing ? Self.rename(temporary, path) : Self.renameWithoutReplacing(temporary, path)
      return failure == nil
    }
    guard isSettled else {
      if failure?.number == EEXIST { throw Self.exists(path) }
      throw (failure ?? SystemError(number: EIO)).failure("cannot create \(path)")
    }
    isOpen = false
    if let error = descriptor.close() { throw error.failure("cannot write to \(path)") }
    Self.syncDirectory(path.parent)
  }

  static func rename(_ temporary: Path, _ path: Path) -> SystemError? {
    #if canImport(Glibc)
      let result = unsafe Glibc.rename(temporary.terminated, path.terminated)
    #else
      let result = unsafe Darwin.rename(temporary.terminated, path.terminated)
    #endif
    return result == 0 ? nil : SystemError.current
  }

  /// A second name and the removal of the first: unlike a rename this fails if the target has
  /// appeared meanwhile.
  static func renameWithoutReplacing(_ temporary: Path, _ path: Path) -> SystemError? {
    if unsafe link(temporary.terminated, path.terminated) == 0 {
      _ = unsafe unlink(temporary.terminated)
      return nil
    }
    let error = SystemError.current
    guard error.number != EEXIST else { return error }
    // A file system without hard links.
    guard FileStatus.of(path, followingLinks: false) == nil else {
      return SystemError(number: EEXIST)
    }
    return rename(temporary, path)
  }

  /// Makes the new name survive a power failure. File systems that cannot do this say so; the file
  /// is complete all the same.
  static func syncDirectory(_ path: Path) {
    let number = unsafe open(path.terminated, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { return }
    _ = fsync(number)
    _ = Descriptor(number: number).close()
  }

  private func discard() {
    isOpen = false
    switch target {
    case .standardOutput: break
    case .direct(let descriptor, _): _ = descriptor.close()
    case .temporary(let descriptor, let temporary, target: _, replacing: _):
      _ = descriptor.close()
      _ = Interruption.settling(temporary) {
        _ = unsafe unlink(temporary.terminated)
        return true
      }
    }
  }
}
