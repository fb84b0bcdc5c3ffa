internal import CygnetPrimitives

/// The text files of CCTV: lines `name = hex`, or one encapsulation key a line that must be refused.
/// They are made into the JSON of a vector file.
enum MLKEMText {
  static let name = "ML-KEM of CCTV"

  /// nil for a text of another kind.
  static func json(_ bytes: [UInt8]) -> JSON? {
    var fields = JSONObject()
    var refused: [JSON] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let parts = String(decoding: line, as: UTF8.self).split(separator: " = ")
      if parts.count >= 2 {
        // A value stands there as a list and encoded, or has two names; the encoding comes last.
        fields[String(parts[0])] = .string(String(parts[parts.count - 1]))
      } else if let key = parts.first.flatMap({ Hex.decode(String($0)) }) {
        refused.append(["ek": .hex(key), "result": "invalid"])
      } else {
        return nil
      }
    }
    if fields["c"]?.hexBytes != nil && fields["K"]?.hexBytes != nil {
      refused.append(.object(fields))
    }
    guard let first = refused.first, let set = parameterSet(first) else { return nil }
    return [
      "name": .string(name), "parameterSet": .string(set), "tests": .array(refused),
    ]
  }

  private static func parameterSet(_ fields: JSON) -> String? {
    if let dk = fields["dk"]?.hexBytes {
      return dk.count == MLKEM768.decapsulationKeyByteCount ? "ML-KEM-768" : "ML-KEM-1024"
    }
    guard let ek = fields["ek"]?.hexBytes else { return nil }
    return ek.count == MLKEM768.encapsulationKeyByteCount ? "ML-KEM-768" : "ML-KEM-1024"
  }
}

extension MLKEMFormats {
  /// The key generation of these files is older than FIPS 203: it leaves k out of the hash of d. So
  /// it runs from ρ and σ, where they are given.
  struct TextCases: Cases {
    func check<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      if test.fields["result"]?.string == "invalid" {
        let ek = try test.bytes("ek")
        checks.refused("ek", .malformed) { () throws(CygnetError) in
          try MLKEM<P>.EncapsulationKey(ek)
        }
        return
      }
      let key = try MLKEM<P>.DecapsulationKey(expanded: test.secret("dk"))
      let (c, k) = (try test.bytes("c"), try test.bytes("K"))
      try checks.decapsulation("K", key, c: c, k: k)
      if test.has("m") {
        try checks.encapsulation(key.encapsulationKey, m: test.secret("m"), c: c, k: k)
      }
      if test.has("ek") { checks.equal("ek", key.encapsulationKey.bytes, try test.bytes("ek")) }
      if test.has("σ") { try checkKeys(MLKEM<P>.self, test, &checks) }
    }

    private func checkKeys<P: MLKEMParameters>(
      _: MLKEM<P>.Type, _ test: VectorCase, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      let generated = MLKEM<P>.DecapsulationKey(
        rho: try test.bytes("ρ"), sigma: try test.secret("σ"), z: try test.secret("z"))
      checks.equal("dk", generated.expanded, try test.bytes("dk"))
      var noise = NoiseSource(try test.secret("σ"))
      checks.equal("NTT(s[0])", noise.sample(0).ntt().encoded, try test.bytes("NTT(s[0])"))
      for (name, start) in [("s", 0), ("e", P.k)] {
        var encoded: [UInt8] = []
        for i in 0..<P.k { encoded += noise.sample(start + i).encoded }
        checks.equal(name, encoded, try test.bytes(name))
      }
      var xof = XOF()
      let corner = try test.bytes("ρ").withBytes { rho in
        NTTElement.sample(rho, 0, 0, with: &xof)
      }
      checks.equal("A[0, 0]", corner.encoded, try test.bytes("A[0, 0]"))
    }
  }
}
