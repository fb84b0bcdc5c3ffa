/// Standard input, line by line, as it comes: a line is given as soon as its end is there, and no
/// more than a bound of it is ever held.
struct LineInput: ~Copyable {
  enum Line {
    /// Without its end. The last line of the input needs none.
    case whole([UInt8])
    /// A line above the bound, which was read to its end and thrown away.
    case tooLong
  }

  private let input: InputFile
  private let maxByteCount: Int
  private var block: ArraySlice<UInt8> = []
  private var line: [UInt8] = []
  private var isTooLong = false
  private var hasEnded = false

  init(_ input: InputFile, maxByteCount: Int) {
    self.input = input
    self.maxByteCount = maxByteCount
  }

  /// The next line; nil at the end.
  /// - Throws: `inputOutput`.
  mutating func next() throws(CommandFailure) -> Line? {
    while true {
      if let end = block.firstIndex(of: UInt8(ascii: "\n")) {
        take(block[..<end])
        block = block[(end + 1)...]
        return giveLine()
      }
      take(block)
      block = []
      if hasEnded { return line.isEmpty && !isTooLong ? nil : giveLine() }
      let more = try input.readAvailable(upTo: 1 << 16)
      hasEnded = more.isEmpty
      block = more[...]
    }
  }

  private mutating func take(_ part: ArraySlice<UInt8>) {
    if isTooLong { return }
    if line.count + part.count > maxByteCount {
      isTooLong = true
      line = []
    } else {
      line += part
    }
  }

  private mutating func giveLine() -> Line {
    defer {
      line = []
      isTooLong = false
    }
    return isTooLong ? .tooLong : .whole(line)
  }
}
