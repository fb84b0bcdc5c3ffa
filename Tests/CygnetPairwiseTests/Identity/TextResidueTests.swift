import CygnetPairwise
import CygnetPrimitives
import CygnetWire
import TestSupport
import Testing

@Suite(
  "Residues of keys as text",
  .enabled(if: !Sanitizer.isActive, "a sanitizer's shadow memory is too large to search"))
struct TextResidueTests {
  @Test("a recovery key that was written, read and mistyped leaves no copy behind in any form")
  func recoveryKey() async {
    await #expect(processExitsWith: .success) {
      let scan = try #require(MemoryScan())
      let freed = try TextResidue.writeAndRead(noting: scan)
      let counts = scan.occurrences()
      withExtendedLifetime(freed) {}
      #expect(counts == [Int](repeating: 0, count: 6), "\(counts)")
    }
  }
}

private enum TextResidue {
  @inline(never)
  static func writeAndRead(noting scan: MemoryScan) throws -> [[UInt8]] {
    let key = RecoveryKey.generate()
    let grouped = try key.text()
    let plain = try Bech32m.encode(key.secret, prefix: TextPrefix.recoveryKey)
    let values = fiveBitValues(of: key.secret)
    for (secret, starts) in [
      (key.secret, [0]), (grouped, [8, 40]), (plain, [7, 33]), (values, [0]),
    ] {
      secret.withUnsafeBytes { bytes in
        for start in starts {
          scan.add(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + 32)]))
        }
      }
    }
    let cut = grouped.slice(0..<(grouped.count - 2))
    var freed: [[UInt8]] = []
    freed.reserveCapacity(1000)
    for step in 0..<6 {
      switch step {
      case 0: guard try RecoveryKey(text: grouped) == key else { throw OtherPlaintext() }
      case 1: guard try RecoveryKey(text: plain) == key else { throw OtherPlaintext() }
      case 2: guard try key.text() == grouped else { throw OtherPlaintext() }
      case 3:
        let text = try Bech32m.encode(key.secret, prefix: TextPrefix.recoveryKey)
        guard text == plain else { throw OtherPlaintext() }
      case 4: guard (try? RecoveryKey(text: cut)) == nil else { throw OtherPlaintext() }
      default:
        guard RecoveryKey.mistypedCharacter(in: grouped) == nil else { throw OtherPlaintext() }
      }
      takeFreed(into: &freed)
    }
    return freed
  }

  /// Takes the memory that was just freed and keeps it as it is, so that nothing else overwrites
  /// what was left there.
  private static func takeFreed(into freed: inout [[UInt8]]) {
    for size in stride(from: 16, through: 512, by: 16) {
      for _ in 0..<4 {
        freed.append([UInt8](unsafeUninitializedCapacity: size) { _, count in count = 0 })
      }
    }
  }

  /// The first 32 values of the text, as they stand in memory while it is read.
  private static func fiveBitValues(of secret: SecretBytes) -> SecretBytes {
    secret.withUnsafeBytes { bytes in
      SecretBytes(count: 32) { values in
        for index in 0..<32 {
          let bit = 5 * index
          let pair = UInt16(bytes[bit / 8]) << 8 | UInt16(bytes[min(bit / 8 + 1, 31)])
          values[index] = UInt8(pair >> UInt16(11 - bit % 8) & 31)
        }
      }
    }
  }
}
