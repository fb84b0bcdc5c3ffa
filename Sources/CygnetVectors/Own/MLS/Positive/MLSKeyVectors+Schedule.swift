internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

extension MLSKeyVectors {
  // MARK: - key-schedule

  /// Epochs, bytes of the group's name, and bytes that exporters give, by turns.
  private static let schedules: [(epochs: Int, groupID: Int, exported: [Int])] = [
    (20, 32, [32, 1, 16, 31, 33, 64, 255]), (2, 0, [32, 4_096]), (2, 63, [12]), (2, 64, [8_160]),
    (1, 255, [48]), (1, 16_384, [32]),
  ]

  @Sendable
  static func writeSchedules(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    let suite = writer.suite
    for (count, groupIDCount, exported) in schedules {
      try writer.add { (random) throws(CygnetError) in
        let groupID = MLS.GroupID(random.bytes(groupIDCount))
        let first = random.secret(32)
        var initSecret = first
        var epochs: [JSON] = []
        for number in 0..<count {
          let (json, next) = try epoch(
            number, groupID, initSecret, exported: exported[number % exported.count], suite,
            &random)
          epochs.append(json)
          initSecret = next
        }
        return [
          "cipher_suite": suite.number, "group_id": .hex(groupID.bytes),
          "initial_init_secret": .hex(first.exposed()), "epochs": .array(epochs),
        ]
      }
    }
  }

  /// Every third epoch begins without a path, every second without pre-shared keys: both secrets are
  /// zeros then.
  private static func epoch(
    _ number: Int, _ groupID: MLS.GroupID, _ initSecret: SecretBytes, exported count: Int,
    _ suite: Algorithms, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> (JSON, SecretBytes) {
    let commitSecret = number % 3 == 1 ? suite.zeroSecret : random.secret(32)
    let pskSecret = number % 2 == 0 ? suite.zeroSecret : random.secret(32)
    let context = MLS.GroupContext(
      cipherSuite: suite.suite, groupID: groupID, epoch: MLS.Epoch(UInt64(number)),
      treeHash: random.bytes(32), confirmedTranscriptHash: random.bytes(32), extensions: .none)
    let encoded = try context.wireEncoded()
    let joiner = try KeySchedule.joinerSecret(
      initSecret: initSecret, commitSecret: commitSecret, context: encoded, suite: suite)
    let welcome = try KeySchedule.welcomeSecret(
      joinerSecret: joiner, pskSecret: pskSecret, suite: suite)
    let secrets = try KeySchedule.epochSecrets(
      joinerSecret: joiner, pskSecret: pskSecret, context: encoded, suite: suite)
    var test = JSONObject()
    test.append("tree_hash", .hex(context.treeHash))
    test.append("commit_secret", .hex(commitSecret.exposed()))
    test.append("psk_secret", .hex(pskSecret.exposed()))
    test.append("confirmed_transcript_hash", .hex(context.confirmedTranscriptHash))
    test.append("group_context", .hex(encoded))
    test.append("joiner_secret", .hex(joiner.exposed()))
    test.append("welcome_secret", .hex(welcome.exposed()))
    append(secrets, to: &test)
    test.append(
      "external_pub", .hex(try secrets.externalKeyPair(suite: suite).publicKey.bytes))
    let (label, exporterContext) = (
      random.letters(number % 4 == 3 ? 0 : 20 + number),
      random.bytes(number % 4 == 2 ? 0 : 63 + number)
    )
    let exported = try secrets.export(
      label: label, context: exporterContext, count: count, suite: suite)
    test.append(
      "exporter",
      [
        "label": .string(label), "context": .hex(exporterContext), "length": .integer(count),
        "secret": .hex(exported.exposed()),
      ])
    return (.object(test), secrets.initSecret)
  }

  private static func append(_ secrets: EpochSecrets, to test: inout JSONObject) {
    for (name, secret) in [
      ("init_secret", secrets.initSecret), ("sender_data_secret", secrets.senderDataSecret),
      ("encryption_secret", secrets.encryptionSecret ?? suite.zeroSecret),
      ("exporter_secret", secrets.exporterSecret),
      ("epoch_authenticator", secrets.epochAuthenticator),
      ("external_secret", secrets.externalSecret), ("confirmation_key", secrets.confirmationKey),
      ("membership_key", secrets.membershipKey), ("resumption_psk", secrets.resumptionPSK),
    ] { test.append(name, .hex(secret.exposed())) }
  }

  // MARK: - psk_secret

  /// For each case the keys' bytes of name and secret.
  private static let preSharedKeys: [[(id: Int, secret: Int)]] = [
    [(0, 1)], [(63, 31)], [(64, 33)], [(255, 64)], [(16_384, 32)],
    [(1, 1), (0, 255), (64, 300)], [(Int, Int)](repeating: (4, 16), count: 17),
    // The last index is the last that a byte holds, and the count is not.
    [(Int, Int)](repeating: (1, 8), count: 256),
  ]

  @Sendable
  static func writePreSharedKeys(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    for sizes in preSharedKeys {
      try writer.add { (random) throws(CygnetError) in
        var keys: [(id: MLS.PreSharedKeyID, secret: SecretBytes)] = []
        var rows: [JSON] = []
        for size in sizes {
          let (id, secret) = (random.bytes(size.id), random.secret(size.secret))
          let nonce = random.bytes(32)
          keys.append((MLS.PreSharedKeyID(kind: .external(id: id), nonce: nonce), secret))
          rows.append([
            "psk_id": .hex(id), "psk": .hex(secret.exposed()), "psk_nonce": .hex(nonce),
          ])
        }
        return [
          "cipher_suite": suiteNumber, "psks": .array(rows),
          "psk_secret": .hex(try PSKSecret.combine(keys, suite: suite).exposed()),
        ]
      }
    }
  }

  // MARK: - secret-tree

  /// Leaves, the generations of each, and bytes of the ciphertext of which the first 32 are the
  /// sample: there may be fewer.
  private static let secretTrees: [(leaves: UInt32, generations: [UInt32], sample: Int)] = [
    (1, [0, 1, 2, 1_000], 16), (2, [0, 255, 256, 257, 999], 31), (4, [0, 7, 500, 1_000], 32),
    (16, [0, 1], 33), (64, [0], 0), (128, [3], 255),
  ]

  @Sendable
  static func writeSecretTrees(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    for (width, generations, sample) in secretTrees {
      try writer.add { (random) throws(CygnetError) in
        let senderData = try senderData(sample, &random)
        let secret = random.secret(32)
        var tree = SecretTree(encryptionSecret: secret, leafCount: LeafCount(width))
        var leaves: [JSON] = []
        for leaf in 0..<width {
          var rows: [JSON] = []
          for generation in generations {
            rows.append(try keys(of: LeafIndex(leaf), Generation(generation), &tree))
          }
          leaves.append(.array(rows))
        }
        return [
          "cipher_suite": suiteNumber, "sender_data": senderData,
          "encryption_secret": .hex(secret.exposed()), "leaves": .array(leaves),
        ]
      }
    }
  }

  private static func senderData(
    _ count: Int, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> JSON {
    let (secret, ciphertext) = (random.secret(32), random.bytes(count))
    let (key, nonce) = try SenderData.keyAndNonce(
      secret: secret, ciphertext: ciphertext, suite: suite)
    return [
      "sender_data_secret": .hex(secret.exposed()), "ciphertext": .hex(ciphertext),
      "key": .hex(key.exposed()), "nonce": .hex(nonce.exposed()),
    ]
  }

  private static func keys(
    of leaf: LeafIndex, _ generation: Generation, _ tree: inout SecretTree
  ) throws(CygnetError) -> JSON {
    var test = JSONObject()
    test.append("generation", .integer(Int(generation.rawValue)))
    for (kind, name) in [
      (SecretTree.Kind.handshake, "handshake"), (.application, "application"),
    ] {
      let key = try tree.receivingKey(leaf: leaf, kind: kind, generation: generation, suite: suite)
      test.append("\(name)_key", .hex(key.key.exposed()))
      test.append("\(name)_nonce", .hex(key.nonce.exposed()))
      try tree.consume(key)
    }
    return .object(test)
  }
}
