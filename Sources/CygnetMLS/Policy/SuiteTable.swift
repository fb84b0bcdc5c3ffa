internal import CygnetHPKE
package import CygnetPrimitives

/// The suites that a client offers, the one it prefers first; never empty.
package struct SuiteTable: Sendable {
  private var entries: [Algorithms]

  package init(_ entries: [Algorithms]) { self.entries = entries }

  /// What applications get that ask for nothing else.
  package static let standard = SuiteTable([
    Algorithms(
      suite: .x25519ChaCha20SHA256Ed25519, hpke: .x25519SHA256ChaCha20Poly1305,
      aead: ChaCha20Poly1305Algorithm())
  ])

  /// These suites.
  /// - Throws: `unsupported` for one that the library has not; `malformed` for none, or one twice.
  package init(offering suites: [MLS.CipherSuite]) throws(CygnetError) {
    guard !suites.isEmpty, Set(suites).count == suites.count else {
      throw CygnetError(.malformed, "a client offers at least one cipher suite, and none twice")
    }
    entries = []
    for suite in suites { entries.append(try Algorithms(suite)) }
  }

  package var offered: [MLS.CipherSuite] { entries.map(\.suite) }

  /// - Throws: `unsupported`.
  package func algorithms(of suite: MLS.CipherSuite) throws(CygnetError) -> Algorithms {
    for entry in entries where entry.suite == suite { return entry }
    throw CygnetError(.unsupported, "this cipher suite of MLS is not offered")
  }
}
