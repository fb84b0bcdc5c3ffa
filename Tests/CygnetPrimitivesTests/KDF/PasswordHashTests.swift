import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Argon2id")
struct PasswordHashTests {
  private let salt = hex("cfa3d6a3946fa131cfddb20d09e855f4")
  private let cheapest = PasswordHash.Cost(memoryKiB: 8, passes: 1)

  private func code(
    salt: Int = 16, cost: PasswordHash.Cost, count: Int = 32
  ) -> CygnetError.Code? {
    failureCode {
      try PasswordHash.derive(
        passphrase: secret("00"), salt: [UInt8](repeating: 1, count: salt), cost: cost,
        count: count)
    }
  }

  @Test("a known answer with the least memory and one pass")
  func known() throws {
    let key = try PasswordHash.derive(
      passphrase: secret("21d3d7cc250d"), salt: salt, cost: cheapest, count: 32)
    #expect(
      key.exposed() == hex("be96c1d5afe60858c8ec9f88ebf943b1d80b17667b7e8878160aaa717c5af44e"))
  }

  @Test("passphrase, salt, memory, passes and length each change the key")
  func sensitivity() throws {
    func key(_ passphrase: [UInt8], _ salt: [UInt8], _ cost: PasswordHash.Cost) throws -> [UInt8] {
      try PasswordHash.derive(
        passphrase: SecretBytes(copying: passphrase), salt: salt, cost: cost, count: 16
      ).exposed()
    }
    let other = [UInt8](repeating: 9, count: 16)
    let keys = [
      try key([], salt, cheapest), try key([0], salt, cheapest), try key([], other, cheapest),
      try key([], salt, PasswordHash.Cost(memoryKiB: 16, passes: 1)),
      try key([], salt, PasswordHash.Cost(memoryKiB: 8, passes: 2)),
    ]
    #expect(Set(keys).count == keys.count)
    let long = try PasswordHash.derive(
      passphrase: SecretBytes(copying: []), salt: salt, cost: cheapest, count: 1024)
    #expect(long.count == 1024 && Array(long.exposed().prefix(16)) != keys[0])
  }

  @Test("a cost outside its bounds is refused before any work")
  func costBounds() {
    let ceiling = PasswordHash.Cost.ceiling
    let outside: [(UInt32, UInt32)] = [
      (0, 1), (7, 1), (8, 0), (ceiling.memoryKiB + 1, 1), (8, ceiling.passes + 1), (.max, .max),
    ]
    for (memory, passes) in outside {
      let cost = PasswordHash.Cost(memoryKiB: memory, passes: passes)
      #expect(code(cost: cost) == .limitExceeded, "\(cost)")
    }
    #expect(code(cost: cheapest) == nil)
    #expect(code(cost: PasswordHash.Cost(memoryKiB: 8, passes: ceiling.passes)) == nil)
    let interactive = PasswordHash.Cost.interactive
    #expect(interactive.memoryKiB <= ceiling.memoryKiB && interactive.passes <= ceiling.passes)
  }

  @Test("a salt or an output of another length is refused")
  func lengths() {
    for count in [0, 15, 17, 32] {
      #expect(code(salt: count, cost: cheapest) == .internalFault, "salt of \(count)")
    }
    for count in [Int.min, -1, 0, 15, 1025, Int.max] {
      #expect(code(cost: cheapest, count: count) == .internalFault, "output of \(count)")
    }
  }
}
