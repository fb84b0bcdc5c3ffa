/// The checksum of Bech32m: a BCH code over GF(32), with the generator of BIP-173 and the constant
/// of BIP-350. Its time depends on lengths alone.
package struct Bech32mChecksum {
  /// Values at the end that are the checksum.
  package static let valueCount = 6

  private static let generator: [UInt32] = [
    0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3,
  ]
  /// What tells Bech32m from Bech32.
  private static let constant: UInt32 = 0x2bc8_30a3

  private var residue: UInt32 = 1

  /// Begins with the prefix, in lower case.
  package init(prefix: some Collection<UInt8>) {
    for character in prefix { add(character >> 5) }
    add(0)
    for character in prefix { add(character & 31) }
  }

  /// Adds a value below 32.
  package mutating func add(_ value: UInt8) { residue = Self.step(residue, value) }

  /// The values that complete what was added.
  package var values: [UInt8] {
    var end = self
    for _ in 0..<Self.valueCount { end.add(0) }
    let sum = end.residue ^ Self.constant
    var values: [UInt8] = []
    for place in 0..<UInt32(Self.valueCount) {
      values.append(UInt8(truncatingIfNeeded: sum >> (25 - 5 * place) & 31))
    }
    return values
  }

  /// Whether what was added ends with its checksum.
  package var isComplete: Bool { residue == Self.constant }

  /// How far the one wrong value stands before the last that was added, if replacing a single one of
  /// the last `count` completes the checksum.
  func singleError(amongLast count: Int) -> Int? {
    let syndrome = residue ^ Self.constant
    // The code is linear: a value wrong by a difference adds what the difference becomes under the
    // steps behind it.
    var effects: [UInt32] = []
    for value in UInt8(1)...31 { effects.append(UInt32(value)) }
    for place in 0..<count {
      for index in effects.indices {
        if effects[index] == syndrome { return place }
        effects[index] = Self.step(effects[index], 0)
      }
    }
    return nil
  }

  private static func step(_ residue: UInt32, _ value: UInt8) -> UInt32 {
    let top = residue >> 25
    var next = (residue & 0x1ff_ffff) << 5 ^ UInt32(value)
    for (bit, term) in generator.enumerated() {
      next ^= term & (0 &- (top >> UInt32(bit) & 1))
    }
    return next
  }
}
