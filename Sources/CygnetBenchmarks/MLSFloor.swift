internal import CSodium
internal import CygnetPrimitives

/// What each of the things that ``MLSWork`` counts costs in bare libsodium calls; of X-Wing, which
/// libsodium has not, in calls of the library's primitive.
///
/// It owns its memory for the length of the run; keys here are worthless.
@safe final class MLSFloor {
  /// Of hashes and ciphers, so many bytes at a time.
  private static let count = 4096

  private let key = unsafe bytes(32)
  private let point = unsafe bytes(32)
  private let verifyingKey = unsafe bytes(32)
  private let signingKey = unsafe bytes(64)
  private let signature = unsafe bytes(64)
  private let content = unsafe bytes(count)
  private let output = unsafe bytes(count + 16)
  private let hybridKey: XWing.DecapsulationKey
  private let hybridCiphertext: XWing.Ciphertext

  private static func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    let pointer = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    unsafe pointer.initialize(repeating: 0, count: count)
    return unsafe pointer
  }

  init() throws {
    precondition(sodium_init() >= 0, "benchmarks need libsodium")
    var random = SystemRandomSource()
    hybridKey = try XWing.DecapsulationKey.generate(using: &random)
    hybridCiphertext = try hybridKey.encapsulationKey.encapsulate(using: &random).ciphertext
    unsafe randombytes_buf(key, 32)
    _ = unsafe crypto_scalarmult_base(point, key)
    unsafe crypto_sign_keypair(verifyingKey, signingKey)
    unsafe crypto_sign_detached(signature, nil, content, 128, signingKey)
  }

  /// The names of the costs in a run.
  private enum Unit: String, CaseIterable {
    case sign = "ed25519_sign"
    case verify = "ed25519_verify"
    case keyPair = "x25519_key_pair"
    case agreement = "x25519"
    case hash = "sha256_4096"
    case longHash = "sha512_4096"
    case cipher = "chacha20poly1305_4096"
    case hybridKeyPair = "xwing_key_pair"
    case encapsulation = "xwing_encapsulation"
    case decapsulation = "xwing_decapsulation"
  }

  var operations: [Operation] {
    Unit.allCases.map { unit in
      .plain(Floor.peer, unit.rawValue) { try self.run(unit) }
    }
  }

  private func run(_ unit: Unit) throws {
    let size = UInt64(Self.count)
    switch unit {
    case .sign: unsafe crypto_sign_detached(output, nil, content, 128, signingKey)
    case .verify:
      let status = unsafe crypto_sign_verify_detached(signature, content, 128, verifyingKey)
      precondition(status == 0, "the signature verifies")
    case .keyPair: _ = unsafe crypto_scalarmult_base(output, key)
    case .agreement:
      let status = unsafe crypto_scalarmult(output, key, point)
      precondition(status == 0, "an honest key agreement succeeds")
    case .hash: unsafe crypto_hash_sha256(output, content, size)
    case .longHash: unsafe crypto_hash_sha512(output, content, size)
    case .cipher:
      unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
        output, nil, content, size, nil, 0, nil, content, key)
    case .hybridKeyPair: _ = try XWing.DecapsulationKey(seed: hybridKey.seed)
    case .encapsulation:
      var random = SystemRandomSource()
      _ = try hybridKey.encapsulationKey.encapsulate(using: &random)
    case .decapsulation: _ = try hybridKey.decapsulate(hybridCiphertext)
    }
  }

  /// Nanoseconds of each, out of the figures of a run.
  struct Costs {
    private let least: [String: Double]

    init(_ figures: [Figure]) {
      var least: [String: Double] = [:]
      for case .time(Floor.peer, let name, _, let time, _, _) in figures { least[name] = time }
      self.least = least
    }

    func nanoseconds(of work: MLSWork) -> Double {
      func cost(_ unit: Unit) -> Double { least[unit.rawValue] ?? 0 }
      let size = Double(MLSFloor.count)
      return Double(work.signatures) * cost(.sign) + Double(work.verifications) * cost(.verify)
        + Double(work.keyPairs) * cost(.keyPair) + Double(work.agreements) * cost(.agreement)
        + Double(work.hybridKeyPairs) * cost(.hybridKeyPair)
        + Double(work.encapsulations) * cost(.encapsulation)
        + Double(work.decapsulations) * cost(.decapsulation)
        + Double(work.hashes) * cost(.hash) / (size / 64)
        + Double(work.longHashes) * cost(.longHash) / (size / 128)
        + Double(work.sealed) * cost(.cipher) / size
    }

    /// With what can be spread spread over all processors.
    func nanoseconds(of work: (serial: MLSWork, spread: MLSWork)) -> Double {
      nanoseconds(of: work.serial) + nanoseconds(of: work.spread)
        / Double(Threads.processorCount)
    }
  }
}
