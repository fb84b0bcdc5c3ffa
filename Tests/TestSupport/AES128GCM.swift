import CygnetPrimitives

/// AES-128-GCM (FIPS 197, NIST SP 800-38D), so that tests can speak MLS's suite 1, which the library
/// does not offer. Slow, and its time depends on the key: never for anything but tests.
package struct AES128GCM: AEADAlgorithm {
  package init() {}

  package var id: UInt16 { 1 }
  package var keyByteCount: Int { 16 }
  package var nonceByteCount: Int { 12 }
  package var tagByteCount: Int { 16 }

  package func seal(
    _ plaintext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    over target: inout MutableRawSpan
  ) throws(CygnetError) {
    let cipher = try Cipher(key, nonce)
    let sealed = cipher.counterMode(Self.bytes(plaintext))
    let output = sealed + cipher.tag(sealed, associated: Self.bytes(authenticating))
    output.withBytes { target.copy($0, at: 0) }
  }

  package func open(
    _ ciphertext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    over target: inout MutableRawSpan
  ) throws(CygnetError) {
    let cipher = try Cipher(key, nonce)
    let input = Self.bytes(ciphertext)
    let sealed = Array(input.dropLast(16))
    guard cipher.tag(sealed, associated: Self.bytes(authenticating)) == Array(input.suffix(16))
    else { throw CygnetError(.authenticationFailed, "the tag does not verify") }
    cipher.counterMode(sealed).withBytes { target.copy($0, at: 0) }
  }

  private static func bytes(_ span: RawSpan) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(copying: span)
    return bytes
  }
}

private struct Cipher {
  private let schedule: [[UInt8]]
  private let nonce: [UInt8]
  /// AES of a block of zeros, as a number with the first bit on top.
  private let hashKey: UInt128

  init(_ key: SecretBytes, _ nonce: [UInt8]) throws(CygnetError) {
    guard key.count == 16, nonce.count == 12 else {
      throw CygnetError(.internalFault, "key or nonce of another length")
    }
    self.nonce = nonce
    var bytes: [UInt8] = []
    key.withBytes { bytes.append(copying: $0) }
    schedule = AES.expand(bytes)
    hashKey = Self.number(AES.encrypt([UInt8](repeating: 0, count: 16), schedule)[...])
  }

  /// Encrypts and decrypts alike.
  func counterMode(_ input: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    for start in stride(from: 0, to: input.count, by: 16) {
      let stream = keyStream(UInt32(start / 16) + 2)
      for (byte, mask) in zip(input[start..<min(start + 16, input.count)], stream) {
        output.append(byte ^ mask)
      }
    }
    return output
  }

  func tag(_ ciphertext: [UInt8], associated: [UInt8]) -> [UInt8] {
    var hash: UInt128 = 0
    for part in [associated, ciphertext] {
      for start in stride(from: 0, to: part.count, by: 16) {
        let block = part[start..<min(start + 16, part.count)]
        hash = multiplied(hash ^ Self.number(block))
      }
    }
    let lengths = UInt128(associated.count * 8) << 64 | UInt128(ciphertext.count * 8)
    hash = multiplied(hash ^ lengths) ^ Self.number(keyStream(1)[...])
    return (0..<16).map { UInt8(truncatingIfNeeded: hash >> UInt128(120 - 8 * $0)) }
  }

  private func keyStream(_ counter: UInt32) -> [UInt8] {
    let block = nonce + (0..<4).map { UInt8(truncatingIfNeeded: counter >> UInt32(24 - 8 * $0)) }
    return AES.encrypt(block, schedule)
  }

  /// In the field of SP 800-38D §6.3, whose lowest power is the top bit.
  private func multiplied(_ value: UInt128) -> UInt128 {
    let polynomial = UInt128(0xe1) << 120
    var product: UInt128 = 0
    var factor = hashKey
    for bit in 0..<128 {
      if value >> UInt128(127 - bit) & 1 == 1 { product ^= factor }
      factor = factor & 1 == 1 ? factor >> 1 ^ polynomial : factor >> 1
    }
    return product
  }

  /// A block, filled up with zeros behind.
  private static func number(_ block: ArraySlice<UInt8>) -> UInt128 {
    var number: UInt128 = 0
    for byte in block { number = number << 8 | UInt128(byte) }
    return number << UInt128(8 * (16 - block.count))
  }
}

private enum AES {
  private static let substitution: [UInt8] = (0...255).map { value in
    let inverse = inverted(UInt8(value))
    var result = inverse
    for shift in 1...4 { result ^= inverse << UInt8(shift) | inverse >> UInt8(8 - shift) }
    return result ^ 0x63
  }

  private static func doubled(_ value: UInt8) -> UInt8 {
    value << 1 ^ (value & 0x80 == 0 ? 0 : 0x1b)
  }

  private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
    var (product, left, right) = (UInt8(0), left, right)
    while right != 0 {
      if right & 1 == 1 { product ^= left }
      left = doubled(left)
      right >>= 1
    }
    return product
  }

  private static func inverted(_ value: UInt8) -> UInt8 {
    for candidate in UInt8.min...UInt8.max where product(value, candidate) == 1 { return candidate }
    return 0
  }

  static func expand(_ key: [UInt8]) -> [[UInt8]] {
    var words = stride(from: 0, to: 16, by: 4).map { Array(key[$0..<($0 + 4)]) }
    var constant: UInt8 = 1
    for index in 4..<44 {
      var word = words[index - 1]
      if index.isMultiple(of: 4) {
        word = [word[1], word[2], word[3], word[0]].map { substitution[Int($0)] }
        word[0] ^= constant
        constant = doubled(constant)
      }
      words.append(zip(word, words[index - 4]).map { $0 ^ $1 })
    }
    return stride(from: 0, to: 44, by: 4).map { Array(words[$0..<($0 + 4)].joined()) }
  }

  static func encrypt(_ block: [UInt8], _ schedule: [[UInt8]]) -> [UInt8] {
    var state = zip(block, schedule[0]).map { $0 ^ $1 }
    for round in 1...10 {
      // SubBytes and ShiftRows: row r of the state moves r places to the left.
      state = (0..<16).map { substitution[Int(state[($0 + 4 * ($0 % 4)) % 16])] }
      if round < 10 { state = mixed(state) }
      state = zip(state, schedule[round]).map { $0 ^ $1 }
    }
    return state
  }

  private static func mixed(_ state: [UInt8]) -> [UInt8] {
    (0..<16).map { index in
      let column = index / 4 * 4
      let byte = { (offset: Int) in state[column + (index + offset) % 4] }
      return doubled(byte(0)) ^ doubled(byte(1)) ^ byte(1) ^ byte(2) ^ byte(3)
    }
  }
}
