/// A parameter set of ML-KEM (FIPS 203 §8, table 2). What both sets here share is not repeated:
/// n = 256, q = 3329, η₁ = η₂ = 2.
package protocol MLKEMParameters: Sendable {
  /// The dimension of vectors, 4 at most.
  static var k: Int { get }
  /// The bits that a coefficient of u keeps.
  static var du: Int { get }
  /// The bits that a coefficient of v keeps.
  static var dv: Int { get }
}

/// Security category 3.
package enum MLKEM768Parameters: MLKEMParameters {
  package static var k: Int { 3 }
  package static var du: Int { 10 }
  package static var dv: Int { 4 }
}

/// Security category 5.
package enum MLKEM1024Parameters: MLKEMParameters {
  package static var k: Int { 4 }
  package static var du: Int { 11 }
  package static var dv: Int { 5 }
}

package typealias MLKEM768 = MLKEM<MLKEM768Parameters>
package typealias MLKEM1024 = MLKEM<MLKEM1024Parameters>

/// ML-KEM (FIPS 203), for one parameter set.
///
/// Nothing here takes a time, or touches memory, that depends on a secret. The matrix Â is expanded
/// from the public seed anew in every operation.
package enum MLKEM<Parameters: MLKEMParameters> {
  /// d ‖ z.
  package static var seedByteCount: Int { 64 }
  package static var sharedSecretByteCount: Int { 32 }
  /// m.
  package static var messageByteCount: Int { 32 }
  package static var encapsulationKeyByteCount: Int { vectorByteCount + publicSeedByteCount }
  /// The expanded form.
  package static var decapsulationKeyByteCount: Int {
    vectorByteCount + encapsulationKeyByteCount + 64
  }
  package static var ciphertextByteCount: Int {
    firstCiphertextByteCount + secondCiphertextByteCount
  }

  /// t̂ or ŝ.
  static var vectorByteCount: Int { 384 * Parameters.k }
  /// ρ.
  static var publicSeedByteCount: Int { 32 }
  /// c₁, which holds u.
  static var firstCiphertextByteCount: Int { 32 * Parameters.du * Parameters.k }
  /// c₂, which holds v.
  static var secondCiphertextByteCount: Int { 32 * Parameters.dv }

  /// G: SHA3-512, in halves (FIPS 203 §4.1).
  static func hashG(_ first: SecretBytes, _ second: [UInt8]) -> (SecretBytes, SecretBytes) {
    var hash = SHA3_512()
    hash.update(first)
    hash.update(second)
    let output = hash.finalizeSecret()
    return (output.slice(0..<32), output.slice(32..<64))
  }
}
