public import CygnetPrimitives

/// What opens a store.
public enum StoreSecret: Sendable {
  /// A passphrase of at least one byte, stretched by Argon2id. It is taken as it comes: what a
  /// person types differently, by case or white space, is another passphrase.
  case passphrase(SecretBytes)
  /// The 32 random bytes of a key file. Nothing is stretched, so opening takes no time.
  case keyFile(SecretBytes)

  /// Bytes of a key file's secret.
  public static let keyFileByteCount = 32
}

/// What each attempt at a passphrase costs, whoever makes it. It is written into the store, so a
/// store opens everywhere with the cost it was made with.
public struct PassphraseCost: Sendable, Equatable {
  let argon2: PasswordHash.Cost

  /// Any cost, for tests.
  package init(memoryKiB: UInt32, passes: UInt32) {
    argon2 = PasswordHash.Cost(memoryKiB: memoryKiB, passes: passes)
  }

  /// For a person at a computer: 256 MiB of memory and three passes, about 0.7 s.
  public static let interactive = PassphraseCost(memoryKiB: 256 * 1024, passes: 3)
  /// For telephones and small servers: 64 MiB of memory and three passes, about 0.1 s.
  public static let small = PassphraseCost(memoryKiB: 64 * 1024, passes: 3)
}
