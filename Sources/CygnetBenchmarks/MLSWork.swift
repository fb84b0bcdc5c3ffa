/// The cryptography that RFC 9420 demands of one operation of a group, counted: what nobody can do
/// without, however the rest is written. Times the costs of the same run that gives its floor.
///
/// Counted are signatures made and verified, key pairs, key agreements, and hashing in compressions:
/// of SHA-256 (64 bytes each) for trees, transcripts and every HMAC, and of SHA-512 (128 bytes each)
/// for the content of signatures. HMAC costs four compressions for up to 55 bytes; where several
/// values are derived from one secret its two compressions of the key count once. What all recipients
/// of a commit share (HPKE's `info`) is hashed once. Ciphers count per byte. Not counted are
/// encodings, copies, comparisons, randomness and memory.
struct MLSWork {
  var signatures = 0
  var verifications = 0
  var keyPairs = 0
  var agreements = 0
  /// Of X-Wing; see ``MLSKEM``.
  var hybridKeyPairs = 0
  var encapsulations = 0
  var decapsulations = 0
  /// Compressions of SHA-256.
  var hashes = 0
  /// Compressions of SHA-512.
  var longHashes = 0
  /// Bytes through ChaCha20-Poly1305.
  var sealed = 0

  static func + (left: MLSWork, right: MLSWork) -> MLSWork {
    MLSWork(
      signatures: left.signatures + right.signatures,
      verifications: left.verifications + right.verifications,
      keyPairs: left.keyPairs + right.keyPairs, agreements: left.agreements + right.agreements,
      hybridKeyPairs: left.hybridKeyPairs + right.hybridKeyPairs,
      encapsulations: left.encapsulations + right.encapsulations,
      decapsulations: left.decapsulations + right.decapsulations,
      hashes: left.hashes + right.hashes, longHashes: left.longHashes + right.longHashes,
      sealed: left.sealed + right.sealed)
  }

  static func * (count: Int, work: MLSWork) -> MLSWork {
    MLSWork(
      signatures: count * work.signatures, verifications: count * work.verifications,
      keyPairs: count * work.keyPairs, agreements: count * work.agreements,
      hybridKeyPairs: count * work.hybridKeyPairs,
      encapsulations: count * work.encapsulations, decapsulations: count * work.decapsulations,
      hashes: count * work.hashes, longHashes: count * work.longHashes,
      sealed: count * work.sealed)
  }

  /// SHA-256 of so many bytes.
  static func hash(_ bytes: Int) -> MLSWork { MLSWork(hashes: (bytes + 9 + 63) / 64) }

  /// HMAC-SHA256 of so many bytes.
  static func hmac(_ bytes: Int) -> MLSWork { hash(bytes) + MLSWork(hashes: 3) }

  /// A signature over so many bytes, which are hashed twice to sign, and once to verify.
  static func sign(_ bytes: Int) -> MLSWork {
    MLSWork(signatures: 1, longHashes: 2 * (bytes / 128))
  }

  static func verify(_ bytes: Int) -> MLSWork {
    MLSWork(verifications: 1, longHashes: bytes / 128)
  }

  // MARK: - Compounds

  /// LabeledExtract of `info`.
  static func info(_ bytes: Int) -> MLSWork { hmac(bytes + 26) }

  /// From the init secret to the epoch's nine secrets, with the confirmation tag and both transcript
  /// hashes but for the commit.
  private static func epoch(context: Int) -> MLSWork {
    hmac(32) + hmac(context + 20) + hmac(32) + hmac(context + 20) + MLSWork(hashes: 2 + 9 * 2)
      + hmac(32) + hash(65)
  }

  /// A path of `depth` nodes put into a tree of which all other hashes are known.
  private static func treeUpdate(_ sizes: Sizes) -> MLSWork {
    hash(sizes.leaf + 6) + sizes.depth * (sizes.kem.treeHash + sizes.kem.parentHash)
  }

  /// A sender's first message of an epoch: the way down the secret tree.
  private static func secretTree(depth: Int) -> MLSWork { (depth + 1) * MLSWork(hashes: 2 + 2 + 2) }

  /// Encrypting or decrypting a message: key, nonce and next secret; key and nonce of the sender
  /// data; both ciphers.
  private static func message(_ bytes: Int) -> MLSWork {
    MLSWork(hashes: 2 + 3 * 2) + MLSWork(hashes: 2 + 2 * 3) + MLSWork(sealed: bytes + 12 + 60)
  }

  // MARK: - Operations

  /// What sizes an operation has to do with.
  struct Sizes {
    var kem = MLSKEM.x25519
    var depth = 0
    var leaf = 0
    var keyPackage = 0
    var context = 0
    /// Of the commit's content, as signed and hashed.
    var commit = 0
    /// Of the encrypted GroupInfo.
    var groupInfo = 0
  }

  /// An application message of `bytes`, after a sender's first.
  static func encrypt(_ bytes: Int, context: Int) -> MLSWork {
    sign(bytes + context + 60) + message(bytes + 70)
  }

  static func decrypt(_ bytes: Int, context: Int) -> MLSWork {
    verify(bytes + context + 60) + message(bytes + 70)
  }

  /// A commit with a path sealed to `recipients`: in one thread, and what can be spread.
  static func makeCommit(_ sizes: Sizes, recipients: Int) -> (serial: MLSWork, spread: MLSWork) {
    let serial =
      sizes.kem.keyPair + sizes.depth * sizes.kem.node + treeUpdate(sizes)
      + sign(sizes.leaf) + info(sizes.context) + sign(sizes.commit + sizes.context)
      + hash(sizes.commit) + epoch(context: sizes.context) + secretTree(depth: sizes.depth)
      + message(sizes.commit)
    return (serial, recipients * sizes.kem.seal(48))
  }

  /// Someone else's commit, of whose path `derived` nodes lie above the own leaf.
  static func takeCommit(_ sizes: Sizes, derived: Int) -> MLSWork {
    let opening = secretTree(depth: sizes.depth) + message(sizes.commit)
    let judging =
      verify(sizes.commit + sizes.context) + verify(sizes.leaf)
      + treeUpdate(sizes)
    let keys = info(sizes.context) + sizes.kem.open(48) + derived * sizes.kem.node
    return opening + judging + keys + hash(sizes.commit) + epoch(context: sizes.context)
  }

  /// The tree hash of `count` leaves and of the nodes above them.
  static func treeHash(_ sizes: Sizes, count: Int) -> MLSWork {
    count * (hash(sizes.leaf + 6) + sizes.kem.treeHash)
  }

  /// A commit that adds one client, whose key package was verified before: the commit, and a Welcome
  /// for one.
  static func addOne(_ sizes: Sizes) -> (serial: MLSWork, spread: MLSWork) {
    let commit = makeCommit(sizes, recipients: sizes.depth)
    let welcome =
      sign(sizes.groupInfo) + MLSWork(sealed: sizes.groupInfo) + info(sizes.groupInfo)
      + hash(sizes.keyPackage + 30) + sizes.kem.seal(90)
    return (commit.serial + welcome, commit.spread)
  }

  /// Someone else's commit that adds one client.
  static func takeAdd(_ sizes: Sizes, derived: Int) -> MLSWork {
    takeCommit(sizes, derived: derived) + verify(sizes.leaf) + verify(sizes.keyPackage)
  }

  /// The first commit of a group of one: `count` key packages verified, their leaves and all parents
  /// hashed, and the Welcome sealed to each, with the GroupInfo hashed once.
  static func addEverybody(
    _ sizes: Sizes, count: Int
  ) -> (serial: MLSWork, spread: MLSWork) {
    let serial =
      makeCommit(sizes, recipients: 0).serial + count * (hash(sizes.leaf + 6) + sizes.kem.treeHash)
      + sign(sizes.groupInfo) + MLSWork(sealed: sizes.groupInfo) + info(sizes.groupInfo)
    let newcomer =
      verify(sizes.leaf) + verify(sizes.keyPackage) + hash(sizes.keyPackage + 30)
      + sizes.kem.seal(90)
    return (serial, count * newcomer)
  }

  /// Opening a Welcome and judging a tree of `count` leaves, of which `parents` nodes above have keys
  /// and `unmerged` leaves must be thought away for their parent hashes (RFC 9420 §7.9).
  static func join(
    _ sizes: Sizes, count: Int, parents: Int, unmerged: Int
  ) -> (serial: MLSWork, spread: MLSWork) {
    let opening =
      hash(sizes.keyPackage + 30) + info(sizes.groupInfo) + sizes.kem.open(90)
      + MLSWork(sealed: sizes.groupInfo) + verify(sizes.groupInfo)
    let hashing =
      count * (hash(sizes.leaf + 6) + sizes.kem.treeHash) + parents * sizes.kem.parentHash
      + unmerged * (hash(6) + hash(69))
    let serial =
      opening + hashing + sizes.depth * sizes.kem.node + epoch(context: sizes.context)
    return (serial, count * verify(sizes.leaf))
  }
}
