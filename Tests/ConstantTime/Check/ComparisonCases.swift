import CygnetPrimitives

/// Every comparison of secrets in the library goes through one of these.
enum ComparisonCases {
  static let all: [Case] = [
    Case("SecretBytes ==, other bytes") { outcome(Secret.make(32) == Secret.make(32)) },
    Case("SecretBytes ==, the same bytes") {
      let secret = Secret.make(32)
      outcome(secret == secret.slice(0..<32))
    },
    Case("ConstantTime.areEqual of arrays") {
      let (left, right) = (Secret.make(32), Secret.make(32))
      left.withExposedCopy { left in
        right.withExposedCopy { right in outcome(ConstantTime.areEqual(left, right)) }
      }
    },
    Case("ConstantTime.isZero") {
      Secret.make(32).withUnsafeBytes { bytes in outcome(ConstantTime.isZero(bytes)) }
    },
    Case("ConstantTime.select") {
      let (first, second) = (Secret.make(32), Secret.make(32))
      let (left, right) = (Secret.make(1088), Secret.make(1088))
      left.withUnsafeBytes { left in
        right.withUnsafeBytes { right in
          keep(ConstantTime.select(first, ifEqual: left, right, otherwise: second))
        }
      }
    },
    Case("verification of HMAC-SHA-256") {
      let message: [UInt8] = [1, 2, 3]
      Secret.make(32).withBytes { key in
        message.withBytes { message in
          for count in [16, 32] {
            outcome(
              HMACSHA256.isValid(
                tag: [UInt8](repeating: 0, count: count), of: message, key: key))
          }
        }
      }
    },
    Case("verification of HMAC-SHA-512") {
      let message: [UInt8] = [1, 2, 3]
      Secret.make(32).withBytes { key in
        message.withBytes { message in
          outcome(
            HMACSHA512.isValid(tag: [UInt8](repeating: 0, count: 64), of: message, key: key))
        }
      }
    },
  ]

  private static func outcome(_ outcome: Bool) { keep(Secret.reveal(outcome)) }
}
