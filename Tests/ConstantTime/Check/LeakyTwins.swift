import CygnetPairwise
import CygnetPrimitives

/// What must not be done with secrets, each the twin of something that the library does. The check is
/// worth something only if it catches them.
enum LeakyTwins {
  static let all: [Case] = [
    Case("a comparison that ends at the first difference", leaks: true) {
      let (left, right) = (Secret.make(32), Secret.make(32))
      keep(Secret.reveal(endsEarly(left, right)))
    },
    Case("a table that is read at a secret place", leaks: true) {
      keep(digits(of: Secret.make(32)))
    },
    Case("a MAC that is compared like any array", leaks: true) {
      let authenticator = BraidAuthenticator(rootKey: Secret.make(32), macKey: Secret.make(32))
      let expected = [UInt8](repeating: 0, count: BraidAuthenticator.macByteCount)
      keep(Secret.reveal(authenticator.mac(ofHeader: [1], epoch: 1) == expected))
    },
    Case("a product that skips zeros, as an erasure code may", leaks: true) {
      keep(sparseProduct(of: Secret.make(32), by: 7))
    },
    Case("a choice between two secrets by a branch", leaks: true) {
      keep(rejection(Secret.make(1088), Secret.make(1088), Secret.make(32), Secret.make(32)))
    },
    Case("a sampling that skips what is too large", leaks: true) {
      keep(rejectionSample(Secret.make(168)))
    },
    Case("ML-KEM's key generation with a secret ρ", leaks: true) {
      let rho = Secret.make(32).withUnsafeBytes { [UInt8]($0) }
      keep(MLKEM768.DecapsulationKey(rho: rho, sigma: Secret.make(32), z: Secret.make(32)))
    },
  ]

  @inline(never)
  private static func endsEarly(_ left: SecretBytes, _ right: SecretBytes) -> Bool {
    left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        for index in left.indices where left[index] != right[index] { return false }
        return true
      }
    }
  }

  @inline(never)
  private static func digits(of secret: SecretBytes) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return secret.withUnsafeBytes { bytes in bytes.map { digits[Int($0 >> 4)] } }
  }

  @inline(never)
  private static func sparseProduct(of secret: SecretBytes, by factor: UInt8) -> [UInt8] {
    secret.withUnsafeBytes { bytes in
      var products: [UInt8] = []
      for byte in bytes where byte != 0 { products.append(byte &* factor) }
      return products
    }
  }

  @inline(never)
  private static func rejection(
    _ given: SecretBytes, _ expected: SecretBytes, _ accepted: SecretBytes,
    _ rejected: SecretBytes
  ) -> SecretBytes {
    given == expected ? accepted.slice(0..<32) : SecretBytes(concatenating: [rejected])
  }

  @inline(never)
  private static func rejectionSample(_ secret: SecretBytes) -> Int {
    secret.withUnsafeBytes { bytes in
      var taken: [UInt8] = []
      for byte in bytes where byte < 208 { taken.append(byte) }
      return taken.count
    }
  }
}
