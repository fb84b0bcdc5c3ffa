internal import CygnetPrimitives

/// Files of ML-KEM: of NIST, of Wycheproof, of the reference implementation and of peers.
enum MLKEMFormats {
  static let all: [VectorFormat] = [
    wycheproof("ML-KEM", "mlkem_test_schema.json", SeedCases()),
    wycheproof("ML-KEM encapsulation", "mlkem_encaps_test_schema.json", EncapsulationCases()),
    wycheproof("ML-KEM key generation", "mlkem_keygen_seed_test_schema.json", KeyCases()),
    wycheproof(
      "ML-KEM decapsulation", "mlkem_semi_expanded_decaps_test_schema.json", ExpandedCases()),
    format("NIST", "ML-KEM of ACVP", ACVPCases()) { $0.isNamed("ACVP ML-KEM") },
    format("reference implementation", "ML-KEM known answers", ReferenceCases()) { json in
      json.isNamed("ML-KEM-") && json.firstCase(has: "d", "z", "msg", "pk", "sk", "ct_n", "ss_n")
    },
    format("peers", "ML-KEM", PeerCases()) { json in
      json.isNamed("ML-KEM-") && json.firstCase(has: "d", "z", "m", "ek", "c_reject", "K_reject")
    },
    VectorFormat(
      "Go", "ML-KEM, accumulated",
      recognises: { $0.isNamed("ML-KEM accumulated") && $0.firstCase(has: "hash_100") },
      run: { (test, options) throws(CygnetError) in
        try dispatch(AccumulatedRuns(isSlow: options.slow), test, test.fields)
      }),
    format("CCTV", "ML-KEM of CCTV", TextCases()) { $0.isNamed(MLKEMText.name) },
  ]

  /// The cases of one format, for either parameter set.
  protocol Cases: Sendable {
    func check<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError)
  }

  private static func format(
    _ family: String, _ name: String, _ cases: some Cases,
    recognises: @escaping @Sendable (JSON) -> Bool
  ) -> VectorFormat {
    VectorFormat(
      family, name, recognises: recognises,
      run: { (test, _) throws(CygnetError) in try dispatch(cases, test, test.group) })
  }

  private static func wycheproof(
    _ name: String, _ schema: String, _ cases: some Cases
  ) -> VectorFormat {
    format(WycheproofFormats.family, "\(WycheproofFormats.family) \(name)", cases) { json in
      WycheproofFormats.isWycheproof(json) && json["algorithm"]?.string == "ML-KEM"
        && json["schema"]?.string == schema
    }
  }

  /// The parameter set is a member, or the beginning of the file's name.
  private static func dispatch(
    _ cases: some Cases, _ test: VectorCase, _ header: JSON
  ) throws(CygnetError) -> VectorOutcome {
    let name = header["parameterSet"]?.string ?? test.group["name"]?.string ?? ""
    var checks = VectorChecks()
    if name.hasPrefix("ML-KEM-768") {
      try cases.check(MLKEM768.self, test, &checks)
    } else if name.hasPrefix("ML-KEM-1024") {
      try cases.check(MLKEM1024.self, test, &checks)
    } else {
      return .skipped("ML-KEM-512 is not offered")
    }
    return checks.outcome
  }
}

extension VectorChecks {
  /// Key generation from a seed.
  mutating func keyPair<P: MLKEMParameters>(
    _ key: MLKEM<P>.DecapsulationKey, ek: [UInt8], dk: [UInt8]
  ) throws(CygnetError) {
    equal("ek", key.encapsulationKey.bytes, ek)
    equal("dk", key.expanded, dk)
    let expanded = try MLKEM<P>.DecapsulationKey(expanded: SecretBytes(copying: dk))
    equal("ek of the expanded form", expanded.encapsulationKey.bytes, ek)
  }

  /// Encapsulation with given randomness, whole and in two steps.
  mutating func encapsulation<P: MLKEMParameters>(
    _ key: MLKEM<P>.EncapsulationKey, m: SecretBytes, c: [UInt8], k: [UInt8]
  ) throws(CygnetError) {
    let whole = try key.encapsulate(message: m)
    equal("c", whole.ciphertext.bytes, c)
    equal("K", whole.sharedSecret, k)
    let first = try key.header.encapsulate(message: m)
    equal("K of the header", first.sharedSecret, k)
    let pending = try MLKEM<P>.PendingEncapsulation(stored: first.pending.stored)
    let second = try pending.finish(with: key.vector)
    equal("c in two parts", MLKEM<P>.Ciphertext(first.ciphertext, second).bytes, c)
  }

  mutating func decapsulation<P: MLKEMParameters>(
    _ name: String, _ key: MLKEM<P>.DecapsulationKey, c: [UInt8], k: [UInt8]
  ) throws(CygnetError) {
    equal(name, key.decapsulate(try MLKEM<P>.Ciphertext(c)), k)
  }
}
