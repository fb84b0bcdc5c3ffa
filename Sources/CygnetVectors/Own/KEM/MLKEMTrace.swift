internal import CygnetPrimitives

/// ML-KEM with every intermediate value, from the seeds to the secret of a rejected ciphertext.
enum MLKEMTrace {
  static let suite = OwnVectorSuite(
    name: "mlkem/trace", kind: .trace, subject: "mlkem", spec: "FIPS 203",
    notes: [
      .init(
        flag: "ImplicitRejection", description: "a ciphertext that was changed on its way",
        effect: "who may ask for decapsulations learns the key")
    ],
    write: write)

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    switch try group.text("parameter_set") {
    case "ML-KEM-768":
      return { (test: inout VectorLedger) throws(CygnetError) in
        try MLKEMSteps<MLKEM768Parameters>.run(&test)
      }
    case "ML-KEM-1024":
      return { (test: inout VectorLedger) throws(CygnetError) in
        try MLKEMSteps<MLKEM1024Parameters>.run(&test)
      }
    default: throw group.failure("unknown \"parameter_set\"")
    }
  }

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    for name in ["ML-KEM-768", "ML-KEM-1024"] {
      let test = OwnVectorWriter.Test(
        "key generation, encapsulation, decapsulation", flags: ["ImplicitRejection"],
        [
          "d": .hex(writer.random.bytes(32)), "z": .hex(writer.random.bytes(32)),
          "m": .hex(writer.random.bytes(32)),
          "changed_offset": .integer(Int(writer.random.bytes(1)[0]) * 4),
        ])
      try writer.group(.mlkem, ["parameter_set": .string(name)], [test])
    }
  }
}

/// The computation, from the same parts as the library's own, which it is compared with.
enum MLKEMSteps<P: MLKEMParameters> {
  private typealias Encoded = EncodedPolynomial
  private static var k: Int { P.k }

  private struct Keys {
    let rho: [UInt8]
    let matrix: [[[UInt8]]]
    let s: [[UInt8]]
    let t: [[UInt8]]
    let key: MLKEM<P>.DecapsulationKey
  }

  static func run(_ test: inout VectorLedger) throws(CygnetError) {
    let seed = SecretBytes(concatenating: [try test.secret("d"), try test.secret("z")])
    let keys = try generate(seed, &test)
    let message = try test.secret("m")
    let sent = try encapsulate(message, keys, &test)
    try decapsulate(sent, message, keys, &test)
    let offset = try test.integer("changed_offset")
    guard offset < UInt64(MLKEM<P>.ciphertextByteCount) else {
      throw test.failure("\"changed_offset\" lies outside")
    }
    var changed = sent.ciphertext.bytes
    changed[Int(offset)] ^= 1
    let rejected = keys.key.decapsulate(try MLKEM<P>.Ciphertext(changed))
    let ownSecret = SHAKE256.secretHash(
      SecretBytes(concatenating: [seed.slice(32..<64), SecretBytes(copying: changed)]), count: 32)
    guard rejected == ownSecret else { throw test.failure("another secret on rejection") }
    try test.expect("rejected_shared_secret", secret: rejected)
  }

  private static func generate(
    _ seed: SecretBytes, _ test: inout VectorLedger
  ) throws(CygnetError) -> Keys {
    let hash = SHA3_512.hash(seed.slice(0..<32).exposed() + [UInt8(k)])
    let (rho, sigma) = ([UInt8](hash[..<32]), SecretBytes(copying: [UInt8](hash[32...])))
    try test.expect("rho", bytes: rho)
    try test.expect("sigma", secret: sigma)
    let matrix = sampleMatrix(rho)
    try test.expect("A", .array(matrix.map { .array($0.map { .hex($0) }) }))
    var noise = NoiseSource(sigma)
    let s = small(&noise, 0..<k)
    let e = small(&noise, k..<(2 * k))
    try test.expect("s", list: s)
    try test.expect("e", list: e)
    let (sHat, eHat) = (s.map(Encoded.ntt), e.map(Encoded.ntt))
    try test.expect("s_hat", list: sHat)
    try test.expect("e_hat", list: eHat)
    var t: [[UInt8]] = []
    for i in 0..<k { t.append(Encoded.sum(Encoded.product(matrix[i], sHat), eHat[i])) }
    try test.expect("t_hat", list: t)
    let key = try MLKEM<P>.DecapsulationKey(seed: seed)
    guard key.encapsulationKey.bytes == t.flatMap({ $0 }) + rho,
      key.expanded.exposed().starts(with: sHat.flatMap { $0 })
    else { throw test.failure("key generation gives another key") }
    try test.expect("encapsulation_key", bytes: key.encapsulationKey.bytes)
    try test.expect("decapsulation_key", secret: key.expanded)
    return Keys(rho: rho, matrix: matrix, s: sHat, t: t, key: key)
  }

  private static func encapsulate(
    _ message: SecretBytes, _ keys: Keys, _ test: inout VectorLedger
  ) throws(CygnetError) -> MLKEM<P>.Encapsulation {
    let key = keys.key.encapsulationKey
    let header = key.header
    try test.expect("header", bytes: header.bytes)
    let hash = SHA3_512.hash(message.exposed() + header.bytes[32...])
    try test.expect("shared_secret", bytes: [UInt8](hash[..<32]))
    try test.expect("r", bytes: [UInt8](hash[32...]))
    var noise = NoiseSource(SecretBytes(copying: [UInt8](hash[32...])))
    let y = small(&noise, 0..<k)
    let e1 = small(&noise, k..<(2 * k))
    let e2 = small(&noise, (2 * k)..<(2 * k + 1))[0]
    let yHat = y.map(Encoded.ntt)
    let mu = Encoded.decompressed(message.exposed(), bits: 1)
    try test.expect("y", list: y)
    try test.expect("y_hat", list: yHat)
    try test.expect("e1", list: e1)
    try test.expect("e2", bytes: e2)
    try test.expect("mu", bytes: mu)
    var u: [[UInt8]] = []
    for i in 0..<k {
      let column = keys.matrix.map { $0[i] }
      u.append(Encoded.sum(Encoded.inverseNTT(Encoded.product(column, yHat)), e1[i]))
    }
    let v = Encoded.sum(
      Encoded.sum(Encoded.inverseNTT(Encoded.product(keys.t, yHat)), e2), mu)
    try test.expect("u", list: u)
    try test.expect("v", bytes: v)
    let c1 = u.flatMap { Encoded.compressed($0, bits: P.du) }
    let c2 = Encoded.compressed(v, bits: P.dv)
    try test.expect("c1", bytes: c1)
    try test.expect("c2", bytes: c2)
    let whole = try key.encapsulate(message: message)
    let first = try header.encapsulate(message: message)
    try test.expect("pending", secret: first.pending.stored)
    let second = try first.pending.finish(with: key.vector)
    guard whole.ciphertext.bytes == c1 + c2, whole.sharedSecret.exposed() == [UInt8](hash[..<32]),
      first.ciphertext.bytes == c1, first.sharedSecret == whole.sharedSecret, second.bytes == c2
    else { throw test.failure("encapsulation gives another ciphertext or secret") }
    return whole
  }

  private static func decapsulate(
    _ sent: MLKEM<P>.Encapsulation, _ message: SecretBytes, _ keys: Keys,
    _ test: inout VectorLedger
  ) throws(CygnetError) {
    let step = 32 * P.du
    var u: [[UInt8]] = []
    for i in 0..<k {
      let part = [UInt8](sent.ciphertext.first.bytes[(step * i)..<(step * (i + 1))])
      u.append(Encoded.decompressed(part, bits: P.du))
    }
    let v = Encoded.decompressed(sent.ciphertext.second.bytes, bits: P.dv)
    let product = Encoded.inverseNTT(Encoded.product(u.map(Encoded.ntt), keys.s))
    let w = Encoded.difference(v, product)
    try test.expect("u_decompressed", list: u)
    try test.expect("v_decompressed", bytes: v)
    try test.expect("w", bytes: w)
    guard Encoded.compressed(w, bits: 1) == message.exposed(),
      keys.key.decapsulate(sent.ciphertext) == sent.sharedSecret
    else { throw test.failure("decapsulation gives another secret") }
  }

  /// Row by row.
  private static func sampleMatrix(_ rho: [UInt8]) -> [[[UInt8]]] {
    var xof = XOF()
    return (0..<k).map { i in
      (0..<k).map { j in
        rho.withBytes { rho in NTTElement.sample(rho, UInt8(j), UInt8(i), with: &xof) }.encoded
      }
    }
  }

  private static func small(_ noise: inout NoiseSource, _ counters: Range<Int>) -> [[UInt8]] {
    counters.map { noise.sample($0).encoded }
  }
}

extension VectorLedger {
  /// A list of byte strings.
  mutating func expect(_ key: String, list: [[UInt8]]) throws(CygnetError) {
    try expect(key, .array(list.map { .hex($0) }))
  }
}
