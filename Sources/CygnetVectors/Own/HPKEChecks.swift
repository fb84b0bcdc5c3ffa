internal import CygnetHPKE
internal import CygnetPrimitives

/// What a recipient of HPKE must open or refuse, a sender seal or refuse, and a context export.
enum HPKEChecks {
  static let suite = OwnVectorSuite(
    name: "hpke/refusals", kind: .check, subject: "hpke",
    spec: "RFC 9180 §5, §7.1.4, §9; draft-ietf-hpke-pq §4",
    notes: [
      .init(
        flag: "LowOrder", description: "a public key that makes every agreement zero",
        effect: "the shared secret is known to all"),
      .init(
        flag: "NonCanonical", description: "another encoding of a public key",
        effect: "messages of other implementations do not open"),
      .init(
        flag: "Length", description: "an input of another length", effect: "reads beyond the end"),
      .init(
        flag: "Altered", description: "one input differs from what was sealed",
        effect: "the input is not authenticated"),
      .init(
        flag: "Sequence", description: "the number of the message",
        effect: "a nonce comes twice, or messages may be dropped and swapped"),
      .init(
        flag: "PSK", description: "what a pre-shared key must be",
        effect: "a guessable key passes, or a half is missing unnoticed"),
      .init(
        flag: "ExportOnly", description: "a context without a cipher",
        effect: "messages are opened under no key"),
      .init(
        flag: "Limit", description: "the most that may be asked for",
        effect: "a crash, or a secret that repeats"),
      .init(
        flag: "Auth", description: "a sender's key with a KEM that has no auth modes",
        effect: "who sealed is taken for proven"),
      .init(
        flag: "Modulus", description: "a coefficient that is not below q",
        effect: "several encodings of one key"),
    ],
    write: HPKECheckWriter.write)

  static func openOpening(
    _ group: inout VectorLedger
  ) throws(CygnetError) -> OwnGroupType.TestRunner {
    let suite = try group.hpkeSuite()
    return { (test: inout VectorLedger) throws(CygnetError) in
      let recipient = try HPKE.PrivateKey(kem: suite.kem, secret: test.secret("recipient_private"))
      let sender: HPKE.PublicKey? =
        if let bytes = try test.optionalBytes("sender_public") {
          try HPKE.PublicKey(kem: suite.kem, bytes: bytes)
        } else {
          nil
        }
      let mode = try test.hpkeMode(sender)
      let (info, enc) = (try test.bytes("info"), try test.bytes("enc"))
      let number = try test.integer("sequence_number")
      let associated = try test.bytes("authenticating")
      let ciphertext = try test.bytes("ciphertext")
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        var context = try HPKE.Recipient(
          enc, for: recipient, suite: suite, info: info, mode: mode.get(), sequenceNumber: number)
        return try context.open(ciphertext, authenticating: associated)
      }
      guard let plaintext = try test.settle(outcome) else { return }
      try test.expect("plaintext", bytes: plaintext)
    }
  }

  static func openSealing(
    _ group: inout VectorLedger
  ) throws(CygnetError) -> OwnGroupType.TestRunner {
    let suite = try group.hpkeSuite()
    return { (test: inout VectorLedger) throws(CygnetError) in
      let key = try test.bytes("recipient_public")
      var random = ReplayRandomSource(try test.bytes("ephemeral_private"))
      let (info, associated) = (try test.bytes("info"), try test.bytes("authenticating"))
      let (number, plaintext) = (try test.integer("sequence_number"), try test.bytes("message"))
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        var sender = try HPKE.Sender(
          to: HPKE.PublicKey(kem: suite.kem, bytes: key), suite: suite, info: info,
          sequenceNumber: number, using: &random)
        return [
          sender.encapsulatedKey, try sender.seal(plaintext, authenticating: associated),
        ]
      }
      guard let sealed = try test.settle(outcome) else { return }
      try test.expect("enc", bytes: sealed[0])
      try test.expect("ciphertext", bytes: sealed[1])
    }
  }

  static func openExport(
    _ group: inout VectorLedger
  ) throws(CygnetError) -> OwnGroupType.TestRunner {
    let suite = try group.hpkeSuite()
    return { (test: inout VectorLedger) throws(CygnetError) in
      let recipient = try HPKE.PrivateKey(kem: suite.kem, secret: test.secret("recipient_private"))
      let (info, enc) = (try test.bytes("info"), try test.bytes("enc"))
      let context = try test.bytes("context")
      guard let count = Int(exactly: try test.integer("count")) else {
        throw test.failure("\"count\" is too large")
      }
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try HPKE.Recipient(enc, for: recipient, suite: suite, info: info)
          .export(context: context, count: count)
      }
      guard let value = try test.settle(outcome) else { return }
      try test.expect("value_sha256", bytes: SHA256.hash(value.exposed()))
    }
  }
}
