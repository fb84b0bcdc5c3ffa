extension Hasher {
  /// Takes in bytes in one go. An array takes in its elements one by one, which costs eight times as
  /// much: it shows where keys are long.
  package mutating func combine(all bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe combine(bytes: $0) }
  }
}
