internal import CygnetPrimitives

extension MLKEMFormats {
  /// Wycheproof: a seed, its ek, and a ciphertext to decapsulate. What is invalid has another length.
  struct SeedCases: Cases {
    func check<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      let (seed, c) = (try test.secret("seed"), try test.bytes("c"))
      guard try test.isValid() else {
        checks.refused("seed or ciphertext", .malformed) { () throws(CygnetError) in
          let key = try MLKEM<P>.DecapsulationKey(seed: seed)
          return key.decapsulate(try MLKEM<P>.Ciphertext(c))
        }
        return
      }
      let key = try MLKEM<P>.DecapsulationKey(seed: seed)
      checks.equal("ek", key.encapsulationKey.bytes, try test.bytes("ek"))
      try checks.decapsulation("K", key, c: c, k: test.bytes("K"))
    }
  }

  /// Wycheproof: what is invalid has another length, or a coefficient that is not reduced.
  struct EncapsulationCases: Cases {
    func check<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      let ek = try test.bytes("ek")
      guard try test.isValid() else {
        checks.refused("ek", .malformed) { () throws(CygnetError) in
          try MLKEM<P>.EncapsulationKey(ek)
        }
        return
      }
      try checks.encapsulation(
        MLKEM<P>.EncapsulationKey(ek), m: test.secret("m"), c: test.bytes("c"),
        k: test.bytes("K"))
    }
  }

  /// Wycheproof.
  struct KeyCases: Cases {
    func check<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      let key = try MLKEM<P>.DecapsulationKey(seed: test.secret("seed"))
      try checks.keyPair(key, ek: test.bytes("ek"), dk: test.bytes("dk"))
      checks.that(try test.isValid(), "every case is valid")
    }
  }

  /// Wycheproof: what is invalid has another length, or contradicts its hash.
  struct ExpandedCases: Cases {
    func check<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      let (dk, c) = (try test.secret("dk"), try test.bytes("c"))
      guard try test.isValid() else {
        checks.refused("dk or ciphertext", .malformed) { () throws(CygnetError) in
          let key = try MLKEM<P>.DecapsulationKey(expanded: dk)
          return key.decapsulate(try MLKEM<P>.Ciphertext(c))
        }
        return
      }
      try checks.decapsulation(
        "K", MLKEM<P>.DecapsulationKey(expanded: dk), c: c, k: test.bytes("K"))
    }
  }

  /// NIST's functions, among them the input checks of FIPS 203 §7.2 and §7.3.
  struct ACVPCases: Cases {
    func check<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      switch try test.group.text("function") {
      case "keyGen":
        let seed = SecretBytes(concatenating: [try test.secret("d"), try test.secret("z")])
        try checks.keyPair(
          MLKEM<P>.DecapsulationKey(seed: seed), ek: test.bytes("ek"), dk: test.bytes("dk"))
      case "encapsulation":
        try checks.encapsulation(
          MLKEM<P>.EncapsulationKey(test.bytes("ek")), m: test.secret("m"), c: test.bytes("c"),
          k: test.bytes("k"))
      case "decapsulation":
        try checks.decapsulation(
          "k", MLKEM<P>.DecapsulationKey(expanded: test.secret("dk")), c: test.bytes("c"),
          k: test.bytes("k"))
      case "encapsulationKeyCheck":
        let ek = try test.bytes("ek")
        try verdict("ek", test, &checks) { () throws(CygnetError) in
          _ = try MLKEM<P>.EncapsulationKey(ek)
        }
      case "decapsulationKeyCheck":
        let dk = try test.secret("dk")
        try verdict("dk", test, &checks) { () throws(CygnetError) in
          _ = try MLKEM<P>.DecapsulationKey(expanded: dk)
        }
      default: checks.that(false, "an unknown function")
      }
    }

    private func verdict(
      _ name: String, _ test: VectorCase, _ checks: inout VectorChecks,
      _ body: () throws(CygnetError) -> Void
    ) throws(CygnetError) {
      guard let passes = try test.fields.member("testPassed").bool else {
        throw CygnetError(.malformed, "testPassed is not a boolean")
      }
      if passes { try body() } else { checks.refused(name, .malformed, body) }
    }
  }

  /// `ct_n` decapsulates to what an invalid ciphertext gives.
  struct ReferenceCases: Cases {
    func check<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      let seed = SecretBytes(concatenating: [try test.secret("d"), try test.secret("z")])
      let key = try MLKEM<P>.DecapsulationKey(seed: seed)
      try checks.keyPair(key, ek: test.bytes("pk"), dk: test.bytes("sk"))
      let (c, k) = (try test.bytes("ct"), try test.bytes("ss"))
      try checks.encapsulation(key.encapsulationKey, m: test.secret("msg"), c: c, k: k)
      try checks.decapsulation("ss", key, c: c, k: k)
      try checks.decapsulation("ss_n", key, c: test.bytes("ct_n"), k: test.bytes("ss_n"))
    }
  }

  struct PeerCases: Cases {
    func check<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      let seed = SecretBytes(concatenating: [try test.secret("d"), try test.secret("z")])
      let key = try MLKEM<P>.DecapsulationKey(seed: seed)
      try checks.keyPair(key, ek: test.bytes("ek"), dk: test.bytes("dk"))
      let (c, k) = (try test.bytes("c"), try test.bytes("K"))
      try checks.encapsulation(key.encapsulationKey, m: test.secret("m"), c: c, k: k)
      try checks.decapsulation("K", key, c: c, k: k)
      try checks.decapsulation(
        "K_reject", key, c: test.bytes("c_reject"), k: test.bytes("K_reject"))
    }
  }

  /// One hash over the outputs of many runs, whose inputs are one stream; the longest takes minutes.
  struct AccumulatedRuns: Cases {
    let isSlow: Bool

    func check<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      var input = SHAKE128()
      var output = SHAKE128()
      var done = 0
      for count in [100, 1000, 10_000, 1_000_000] where test.has("hash_\(count)") {
        if count > 1000 && !isSlow { return }
        while done < count {
          try run(MLKEM<P>.self, &input, &output, &checks)
          done += 1
        }
        checks.equal("hash_\(count)", output.currentOutput(32), try test.bytes("hash_\(count)"))
      }
    }

    private func run<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ input: inout SHAKE128, _ output: inout SHAKE128,
      _ checks: inout VectorChecks
    ) throws(CygnetError) {
      let key = try MLKEM<P>.DecapsulationKey(seed: input.squeezeSecret(64))
      output.update(key.encapsulationKey.bytes)
      let sent = try key.encapsulationKey.encapsulate(message: input.squeezeSecret(32))
      output.update(sent.ciphertext.bytes)
      output.update(sent.sharedSecret)
      checks.that(key.decapsulate(sent.ciphertext) == sent.sharedSecret, "another secret")
      let other = try MLKEM<P>.Ciphertext(input.squeeze(MLKEM<P>.ciphertextByteCount))
      output.update(key.decapsulate(other))
    }
  }
}
