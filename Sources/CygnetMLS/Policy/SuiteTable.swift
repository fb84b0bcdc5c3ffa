internal import CygnetHPKE
package import CygnetPrimitives

/// The suites that a client offers, the one it prefers first. A further suite joins by an entry.
package struct SuiteTable: Sendable {
  private var entries: [Algorithms]

  package init(_ entries: [Algorithms]) { self.entries = entries }

  /// What applications get.
  package static let standard = SuiteTable([
    Algorithms(
      suite: .x25519ChaCha20SHA256Ed25519, hpke: .x25519SHA256ChaCha20Poly1305,
      aead: ChaCha20Poly1305Algorithm())
  ])

  package var offered: [MLS.CipherSuite] { entries.map(\.suite) }

  /// - Throws: `unsupported`.
  package func algorithms(of suite: MLS.CipherSuite) throws(CygnetError) -> Algorithms {
    for entry in entries where entry.suite == suite { return entry }
    throw CygnetError(.unsupported, "this cipher suite of MLS is not offered")
  }
}
