internal import CSodium

/// libsodium: initialisation, the oldest version that serves, and a self-test of point validation.
public enum Sodium {
  /// The version string of the libsodium that was loaded.
  public static var version: String { unsafe String(cString: sodium_version_string()) }

  /// Initialises libsodium and checks it, once per process.
  ///
  /// Every operation that needs it calls this by itself; an application may call it at start to
  /// learn of an unfit library early.
  /// - Throws: `internalFault` when libsodium cannot start, is older than 1.0.18, or takes an
  ///   invalid Edwards point for a valid one.
  public static func selfTest() throws(CygnetError) {
    if let failure = outcome { throw failure }
  }

  /// What the start-up check asks of the library, apart from the library so that a test can play
  /// an unfit one.
  package struct Facts {
    package var started: Bool
    package var major: Int
    package var minor: Int
    package var acceptsInvalidPoint: Bool

    package init(started: Bool, major: Int, minor: Int, acceptsInvalidPoint: Bool) {
      self.started = started
      self.major = major
      self.minor = minor
      self.acceptsInvalidPoint = acceptsInvalidPoint
    }
  }

  /// libsodium 1.0.18's library version. The first to offer everything used here.
  package static let floor = (major: 10, minor: 3)

  /// `95` followed by 31 × `99`: on the curve, but outside the prime-order group. Releases with a
  /// faulty check of the main subgroup take it for valid.
  package static let invalidPoint = [UInt8]([0x95]) + [UInt8](repeating: 0x99, count: 31)

  package static func judge(_ facts: Facts) -> CygnetError? {
    if !facts.started { return CygnetError(.internalFault, "libsodium could not be initialised") }
    if (facts.major, facts.minor) < (floor.major, floor.minor) {
      return CygnetError(.internalFault, "libsodium 1.0.18 or later is needed")
    }
    if facts.acceptsInvalidPoint {
      return CygnetError(
        .internalFault, "this libsodium takes an invalid Edwards point for a valid one: update it")
    }
    return nil
  }

  package static func loadedFacts() -> Facts {
    let started = sodium_init() >= 0
    return Facts(
      started: started,
      major: Int(sodium_library_version_major()),
      minor: Int(sodium_library_version_minor()),
      acceptsInvalidPoint: unsafe crypto_core_ed25519_is_valid_point(invalidPoint) == 1)
  }

  private static let outcome: CygnetError? = judge(loadedFacts())
}
