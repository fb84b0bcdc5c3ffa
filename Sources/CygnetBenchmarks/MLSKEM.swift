internal import CygnetHPKE
internal import CygnetMLS

/// What a suite's KEM makes of the cryptography that a group cannot do without.
enum MLSKEM {
  case x25519
  case xWing

  init(_ suite: MLS.CipherSuite) { self = suite == .xWingChaCha20SHA256Ed25519 ? .xWing : .x25519 }

  /// HPKE's base mode after the shared secret is there, but for the hash of `info`: the schedule's
  /// secret (23), and key and nonce of it (88 and 95, under one key).
  private static let schedule = MLSWork.hmac(23) + MLSWork(hashes: 2 + 3 + 3)
  /// DHKEM's shared secret out of the agreement: HMAC of 51 and of 92 bytes. X-Wing has a hash within.
  private static let extraction = MLSWork.hmac(51) + MLSWork.hmac(92)

  func seal(_ bytes: Int) -> MLSWork {
    switch self {
    case .x25519:
      MLSWork(keyPairs: 1, agreements: 1, sealed: bytes) + Self.extraction + Self.schedule
    case .xWing: MLSWork(encapsulations: 1, sealed: bytes) + Self.schedule
    }
  }

  func open(_ bytes: Int) -> MLSWork {
    switch self {
    case .x25519: MLSWork(agreements: 1, sealed: bytes) + Self.extraction + Self.schedule
    case .xWing: MLSWork(decapsulations: 1, sealed: bytes) + Self.schedule
    }
  }

  /// DeriveKeyPair of a secret: with DHKEM HMAC of 51 and of 17 bytes.
  var keyPair: MLSWork {
    switch self {
    case .x25519: MLSWork(keyPairs: 1) + MLSWork.hmac(51) + MLSWork.hmac(17)
    case .xWing: MLSWork(hybridKeyPairs: 1)
    }
  }

  /// A node of a path: its secret and the next one's, under one key, and its key pair.
  var node: MLSWork { MLSWork(hashes: 2 + 2 + 2) + keyPair }

  /// The hash of a node over those below it, and the parent hash: both over its public key.
  var treeHash: MLSWork { .hash(136 + extraKeyByteCount) }
  var parentHash: MLSWork { .hash(99 + extraKeyByteCount) }

  /// How much longer an encoded public key is than X25519's 33 bytes.
  private var extraKeyByteCount: Int {
    switch self {
    case .x25519: 0
    case .xWing: 2 + HPKE.KEM.xWing.publicKeyByteCount - 33
    }
  }
}
