/// Every bound of sender keys, with its reason.
public enum SenderKeyLimits {
  /// Messages of a chain that one message may skip. One step costs about a microsecond, so a sender
  /// can force two milliseconds and 72 KB a message; nobody else can, since a message's signature is
  /// verified first.
  public static let maxSkip: UInt32 = 2_000

  /// Keys of skipped messages that are held for one sender and distribution in all. Two full gaps
  /// fit; 36 bytes each at rest.
  public static let maxSkippedKeys = 4_000

  /// Messages that a chain may move on before an unused skipped key of it is dropped: a key that
  /// waited this long is more use to a thief than to a late message.
  public static let maxSkippedKeyAge: UInt32 = 10_000

  /// Chains that are held for one sender and distribution, the newest ones, so that messages on
  /// their way across a rotation still open.
  public static let maxChains = 5

  /// Messages in one chain, whatever a rotation policy says.
  public static let maxChainLength: UInt32 = .max - 1

  /// Plaintext bytes of one message. Larger things are attachments.
  public static let maxPlaintextByteCount = 256 * 1024

  /// Bytes by which both sides name the sender.
  public static let senderByteCount = 1...1_024

  /// Bytes that later suites may add to distribution messages and stored state; suite 1 adds none.
  package static let suiteDataByteCount = 0...16_384
}
