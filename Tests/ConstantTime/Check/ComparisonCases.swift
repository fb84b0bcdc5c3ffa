import CygnetPairwise
import CygnetPrimitives

/// Every comparison of secrets in the library goes through one of these. What compares with each:
///
/// | Here | There |
/// |---|---|
/// | `SecretBytes ==` | header keys of skipped chains; every type with a secret whose `==` is the compiler's: keys of X25519, Ed25519, ML-KEM, X-Wing, HPKE, attachments and recovery, the Braid's state |
/// | `ConstantTime.areEqual` of arrays | MACs of the Braid, confirmation and membership tags of groups, commitments of sender keys and blobs, digests of blobs, the check of a store's key, safety numbers |
/// | `ConstantTime.isZero` | shared secrets of X25519, padding of messages of groups and of blobs |
/// | `ConstantTime.select` | the implicit rejection of ML-KEM |
/// | verification of HMAC | tags in the formats of others |
/// | opening with an AEAD | messages, headers, blobs, sealed stores: libsodium compares the tag |
///
/// Public keys, hashes of public objects, names and confirmation tags of one's own are compared with
/// `==`: they are no secrets.
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
    // libsodium branches on the tag, and then the library on what libsodium says.
    Case("opening with ChaCha20-Poly1305", outcomes: 1) {
      let sealed = [UInt8](repeating: 7, count: 48)
      let nonce = [UInt8](repeating: 0, count: ChaCha20Poly1305.nonceByteCount)
      keep(
        try? ChaCha20Poly1305.open(sealed, key: Secret.make(32), nonce: nonce, authenticating: []))
    },
    Case("opening a header", outcomes: 1) {
      let sealed = [UInt8](repeating: 7, count: HeaderKey.sealedByteCount)
      keep(try HeaderKey(Secret.make(32)).open(sealed))
    },
  ]

  private static func outcome(_ outcome: Bool) { keep(Secret.reveal(outcome)) }
}
