/// The sponge on Keccak-f[1600] (FIPS 202 §4): absorbs any number of bytes, then gives any number.
///
/// What goes in may be secret, so the state lies in wiped memory, and the stack below is overwritten
/// at the end.
struct KeccakSponge: ~Copyable {
  private let state = WipedBlock<UInt64>(count: Keccak.laneCount)
  /// The bytes that each permutation takes in or gives out.
  let rate: Int
  /// The bits that set this function apart, and behind them the first bit of the padding.
  private let suffix: UInt8
  private var position = 0
  private var isSqueezing = false

  init(rate: Int, suffix: UInt8) {
    self.rate = rate
    self.suffix = suffix
  }

  /// A sponge that goes on from here by itself.
  init(copying other: borrowing KeccakSponge) {
    self.init(rate: other.rate, suffix: other.suffix)
    for lane in 0..<Keccak.laneCount { unsafe state.base[lane] = other.state.base[lane] }
    position = other.position
    isSqueezing = other.isSqueezing
  }

  deinit { StackResidue.wipe(byteCount: 2048) }

  /// As new.
  mutating func reset() {
    for lane in 0..<Keccak.laneCount { unsafe state.base[lane] = 0 }
    position = 0
    isSqueezing = false
  }

  mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
    precondition(!isSqueezing, "a sponge that gives output takes no more input")
    var next = 0
    while next < bytes.count {
      if position & 7 == 0, bytes.count - next >= 8 {
        let lane = unsafe bytes.loadUnaligned(fromByteOffset: next, as: UInt64.self)
        unsafe state.base[position / 8] ^= UInt64(littleEndian: lane)
        position += 8
        next += 8
      } else {
        unsafe add(bytes[next], at: position)
        position += 1
        next += 1
      }
      if position == rate { permute() }
    }
  }

  mutating func absorb(byte: UInt8) {
    precondition(!isSqueezing, "a sponge that gives output takes no more input")
    add(byte, at: position)
    position += 1
    if position == rate { permute() }
  }

  mutating func squeeze(into target: UnsafeMutableRawBufferPointer) {
    if !isSqueezing { pad() }
    var next = 0
    while next < target.count {
      if position == rate { permute() }
      let lane = unsafe state.base[position / 8]
      if position & 7 == 0, target.count - next >= 8 {
        unsafe target.storeBytes(of: lane.littleEndian, toByteOffset: next, as: UInt64.self)
        position += 8
        next += 8
      } else {
        unsafe target[next] = UInt8(truncatingIfNeeded: lane >> UInt64(8 * (position & 7)))
        position += 1
        next += 1
      }
    }
  }

  /// pad10*1 (FIPS 202 §5.1) behind the suffix.
  private mutating func pad() {
    add(suffix, at: position)
    add(0x80, at: rate - 1)
    permute()
    isSqueezing = true
  }

  private mutating func permute() {
    unsafe Keccak.permute(state.base)
    position = 0
  }

  private func add(_ byte: UInt8, at index: Int) {
    unsafe state.base[index / 8] ^= UInt64(byte) << UInt64(8 * (index & 7))
  }
}
