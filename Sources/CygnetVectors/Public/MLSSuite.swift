internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives

/// The suite of a row of the MLS working group's files.
struct MLSSuite {
  let algorithms: Algorithms
  /// Whether the AEAD can be used; without it the row runs but for what it seals.
  let hasAEAD: Bool

  /// Why a row is skipped.
  static let notOffered = "this MLS cipher suite is not offered"

  /// nil for a suite whose hash or signature is another one.
  init?(_ number: Int, _ options: VectorRun.Options) throws(CygnetError) {
    switch number {
    case 1:
      let aead = options.aes128GCM ?? AbsentAEAD()
      algorithms = Algorithms(
        suite: MLS.CipherSuite(1),
        hpke: HPKE.CipherSuite(kem: .x25519, kdf: .hkdfSHA256, aead: HPKE.AEAD(aead)), aead: aead)
      hasAEAD = options.aes128GCM != nil
    case 0x0003, 0x004d:
      guard let number = UInt16(exactly: number) else { return nil }
      algorithms = try Algorithms(MLS.CipherSuite(number))
      hasAEAD = true
    default:
      return nil
    }
  }

  /// Runs a row of a suite that is offered, or of suite 1, which differs from it in the AEAD alone.
  static func run(
    _ test: VectorCase, _ options: VectorRun.Options,
    _ body: (MLSSuite, inout VectorChecks) throws(CygnetError) -> Void
  ) throws(CygnetError) -> VectorOutcome {
    guard let suite = try MLSSuite(test.int("cipher_suite"), options) else {
      return .skipped(notOffered)
    }
    var checks = VectorChecks()
    try body(suite, &checks)
    return checks.outcome
  }

  /// As `run`, for a row that has parts which need the AEAD: without it the other parts run, and the
  /// row counts as skipped unless one of them fails.
  static func runSealed(
    _ test: VectorCase, _ options: VectorRun.Options,
    _ body: (MLSSuite, inout VectorChecks) throws(CygnetError) -> Void
  ) throws(CygnetError) -> VectorOutcome {
    let outcome = try run(test, options, body)
    guard outcome == .passed, try MLSSuite(test.int("cipher_suite"), options)?.hasAEAD == false
    else { return outcome }
    return .skipped("AES-128-GCM is not offered; what needs none of it holds")
  }
}

/// Stands for AES-128-GCM where only its lengths matter.
private struct AbsentAEAD: AEADAlgorithm {
  var id: UInt16 { 1 }
  var keyByteCount: Int { 16 }
  var nonceByteCount: Int { 12 }
  var tagByteCount: Int { 16 }

  func seal(
    _ plaintext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    over target: inout MutableRawSpan
  ) throws(CygnetError) {
    throw CygnetError(.unsupported, "AES-128-GCM is not offered")
  }

  func open(
    _ ciphertext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    over target: inout MutableRawSpan
  ) throws(CygnetError) {
    throw CygnetError(.unsupported, "AES-128-GCM is not offered")
  }
}
