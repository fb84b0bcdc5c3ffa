import CygnetPrimitives

enum SHA3Cases {
  static let all: [Case] = [
    Case("SHA3-256 of a secret") {
      var hash = SHA3_256()
      hash.update(Secret.make(200))
      keep(hash.finalizeSecret())
    },
    Case("SHA3-512 of a secret, as in the expansion of an ML-KEM seed") {
      var hash = SHA3_512()
      hash.update(Secret.make(32))
      hash.update([3])
      keep(hash.finalizeSecret())
    },
    Case("SHAKE128 of a secret") { keep(SHAKE128.secretHash(Secret.make(300), count: 400)) },
    Case("SHAKE256 of a secret, as in the expansion of an X-Wing seed") {
      keep(SHAKE256.secretHash(Secret.make(32), count: 96))
    },
  ]
}

/// ρ is public: it follows from the seed, and what is sampled from it takes the time it takes. So key
/// generation begins behind the hash that gives ρ and σ, which has a case of its own.
enum MLKEMCases {
  static let all =
    cases(MLKEM768.self, "ML-KEM-768") + cases(MLKEM1024.self, "ML-KEM-1024") + [
      Case("X-Wing encapsulation, ML-KEM's half") {
        var random = SystemRandomSource()
        let key = try XWing.DecapsulationKey.generate(using: &random)
        let seed = random.secret(XWing.encapsulationSeedByteCount)
        Secret.hide(seed, 0..<32)
        keep(try key.encapsulationKey.encapsulate(seed: seed))
      }
    ]

  private static func cases<P: MLKEMParameters>(_: MLKEM<P>.Type, _ name: String) -> [Case] {
    var random = SystemRandomSource()
    let key = MLKEM<P>.DecapsulationKey.generate(using: &random)
    let sent = key.encapsulationKey.encapsulate(using: &random)
    return [
      Case("\(name) key generation") {
        var random = SystemRandomSource()
        keep(
          MLKEM<P>.DecapsulationKey(
            rho: random.bytes(32), sigma: Secret.make(32), z: Secret.make(32)))
      },
      Case("\(name) encapsulation") {
        keep(try key.encapsulationKey.encapsulate(message: Secret.make(32)))
      },
      Case("\(name) encapsulation in two steps") {
        let first = try key.encapsulationKey.header.encapsulate(message: Secret.make(32))
        keep(try first.pending.finish(with: key.encapsulationKey.vector))
      },
      Case("\(name) decapsulation") { keep(hidden(key).decapsulate(sent.ciphertext)) },
      Case("\(name) decapsulation of a changed ciphertext") {
        var bytes = sent.ciphertext.bytes
        bytes[0] ^= 1
        keep(hidden(key).decapsulate(try MLKEM<P>.Ciphertext(bytes)))
      },
    ]
  }

  /// The key with ŝ and z, between which the encapsulation key and its hash lie, marked secret.
  private static func hidden<P: MLKEMParameters>(
    _ key: MLKEM<P>.DecapsulationKey
  ) -> MLKEM<P>.DecapsulationKey {
    let expanded = key.expanded
    Secret.hide(expanded, 0..<(384 * P.k))
    Secret.hide(expanded, (expanded.count - 32)..<expanded.count)
    return key
  }
}
