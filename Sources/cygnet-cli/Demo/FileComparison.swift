extension InputFile {
  /// Whether both hold the same bytes from here to their ends.
  func equals(_ other: InputFile) throws(CommandFailure) -> Bool {
    guard size == other.size else { return false }
    while true {
      let piece = try read(upTo: 1 << 20)
      guard try other.read(upTo: 1 << 20) == piece else { return false }
      if piece.isEmpty { return true }
    }
  }
}
