/// Every bound of a pairwise session, with its reason.
public enum Limits {
  /// Messages that one message may skip, over the old and the new chain together. One step costs
  /// about a microsecond, so a hostile peer can force two milliseconds and 72 KB a message; deployed
  /// peers accept 1,000 to 25,000.
  public static let maxSkip: UInt32 = 2_000

  /// Skipped message keys that a session holds in all. Two full gaps fit; 36 bytes each at rest.
  public static let maxSkippedKeys = 4_000

  /// Messages that may be decrypted before an unused skipped key is dropped: a key that waited this
  /// long is more use to a thief than to a late message.
  public static let maxSkippedKeyAge: UInt32 = 10_000

  /// Chains whose skipped keys are held. Each costs one failed header open, half a microsecond, for
  /// every message that opens under no current key, so a forged message costs below 5 µs in all.
  public static let maxSkippedChains = 8

  /// Messages in one sending chain. Without a reply there is no new key; far before this an
  /// application starts a new session.
  public static let maxChainLength: UInt32 = .max - 1

  /// Plaintext bytes of one message. Larger things are attachments.
  public static let maxPlaintextByteCount = 256 * 1024

  /// Bytes of a user's name in a device address.
  package static let userByteCount = 1...255

  /// Bytes that a suite may add to bundles and initial messages; suite 1 adds none.
  package static let suiteDataByteCount = 0...16_384

  /// Bytes of a stored sparse ratchet: 3,000 and 52 for each skipped key, each skipped alone.
  package static let sparseRatchetStateByteCount = 1...(3_000 + maxSkippedKeys * 52)

  /// Seconds after which a signed prekey is no longer used for new sessions: 60 days. Devices rotate
  /// far more often; one that was away this long has no forward secrecy to offer.
  public static let maxSignedPreKeyAge: UInt64 = 60 * 24 * 3600

  /// Seconds that a peer's clock may run ahead: one day.
  public static let maxClockSkew: UInt64 = 24 * 3600

  /// Signed prekeys a device keeps, the current one included, so that messages to a replaced key
  /// still arrive.
  public static let maxSignedPreKeys = 4

  /// One-time prekeys a device keeps. A batch is 100.
  public static let maxOneTimePreKeys = 5_000

  /// One-time KEM prekeys a device keeps; 140 bytes each at rest. A batch is 100.
  public static let maxOneTimeKEMPreKeys = 5_000

  /// Handshakes without a one-time prekey remembered for each signed prekey, so that a copy is
  /// refused for as long as that key lives; 16 bytes each. At the bound further ones are refused.
  public static let maxRememberedHandshakes = 4_096
}
