internal import CygnetMLS
internal import CygnetPrimitives

extension MLSScenarios {
  // MARK: - Keys and credentials

  /// Signature keys change by paths and by Updates; messages before are under the old ones.
  static func rotation(_ play: inout MLSPlay) throws(CygnetError) {
    let early = try play.chat(2, by: 2)
    try play.commit(by: 2, changing: .init(signer: play.signer()))
    try play.deliver(play.chat(1, by: 2) + early)
    // A new name with the key, in an Update; then both in a path.
    let update = try play.update(of: 4, signer: play.signer()) { (leaf) throws(CygnetError) in
      leaf.credential = .basic(identity: Array("erin2".utf8))
    }
    let proposed = try play.propose(update, by: 4)
    let late = try play.chat(1, by: 4)
    try play.commit(by: 2, [proposed])
    try play.commit(
      by: 4,
      changing: .init(signer: play.signer()) { (leaf) throws(CygnetError) in
        leaf.credential = .other(MLSApplication.credentialType, data: [1, 2])
        leaf.extensions = try MLS.Extensions([
          MLS.Extension(type: MLSApplication.extensionType, data: [3])
        ])
      })
    try play.deliver(late + play.chat(1, by: 4))
    // Adds somebody with a rotation, in the encrypted form.
    play.style = .init(format: .privateMessage)
    try play.commit(
      by: 4, [.proposal(play.add(play.client("heidi")))], changing: .init(signer: play.signer()))
    try play.commit(by: 7, changing: .init(signer: play.signer()))
    // An old key is free for somebody else.
    try play.commit(by: 7)
  }

  // MARK: - Proposals of other types

  static func customProposals(_ play: inout MLSPlay) throws(CygnetError) {
    func custom(_ count: Int, _ play: inout MLSPlay) -> MLS.Proposal {
      .custom(MLSApplication.proposalType, data: play.random.bytes(count))
    }
    try play.commit(by: 0, values: [custom(0, &play)], path: false)
    let first = try play.propose(custom(64, &play), by: 1)
    let second = try play.propose(custom(64, &play), by: 1)
    try play.commit(by: 3, [second, .proposal(custom(1, &play)), first], path: false)
    play.style = .init(format: .privateMessage)
    let third = try play.propose(custom(300, &play), by: 6)
    try play.commit(by: 2, [.proposal(play.add(play.client("heidi"))), third])
    try play.commit(by: 7, values: [custom(16, &play), .remove(LeafIndex(0))])
  }

  // MARK: - Messages

  static func padding(_ play: inout MLSPlay) throws(CygnetError) {
    let policies: [MLS.PaddingPolicy] = [
      .none, .step(1), .step(32), .step(256), .step(1_000), .step(5_000), .padme,
    ]
    for (number, policy) in policies.enumerated() {
      play.style = .init(format: .privateMessage, padding: policy)
      let proposal = try play.propose(play.externalKey("first"), by: 1)
      try play.commit(by: number % 2 == 0 ? 2 : 3, [proposal])
      for count in [0, 1, 31, 63, 64, 500] {
        try play.deliver([play.say(play.random.bytes(count), by: 4, padding: policy)])
      }
    }
  }

  static func applicationMessages(_ play: inout MLSPlay) throws(CygnetError) {
    try play.commit(by: 0)
    // Every sender, from the last message to the first; one is lost.
    var messages: [JSON] = []
    for place in play.speakers { messages += try play.chat(4, by: place) }
    messages.remove(at: 7)
    try play.deliver(messages.reversed())
    try play.export()
    // Far ahead, and what was skipped after it; some of it only epochs later.
    var ahead = try play.chat(40, by: 3)
    let last = try play.say(play.random.bytes(3_000), by: 3, authenticating: play.random.bytes(300))
    var late = [ahead.remove(at: 21), ahead.remove(at: 8)]
    for index in 0..<ahead.count { ahead.swapAt(index, play.random.number(below: index + 1)) }
    try play.deliver([last] + ahead)
    late += try play.chat(2, by: 1)
    try play.commit(by: 1)
    late += try play.chat(2, by: 6)
    try play.deliver(play.chat(2, by: 3))
    // The sender leaves; its messages still come.
    try play.commit(by: 3, values: [.remove(LeafIndex(1)), .remove(LeafIndex(6))])
    try play.deliver(late.reversed())
    try play.export(64)
    // A handshake of the epoch does not use up keys of messages.
    play.style = .init(format: .privateMessage)
    let key = try play.propose(play.externalKey("second"), by: 3)
    let other = try play.chat(1, by: 3)
    try play.commit(by: 3, [key])
    try play.deliver(other + [play.say([], by: 3)])
  }

  // MARK: - The end

  /// The commit that removes the client; what was sent before it still opens.
  static func removal(_ play: inout MLSPlay) throws(CygnetError) {
    try play.commit(by: 3)
    try play.deliver(play.chat(2, by: 0))
    let late = try play.chat(3, by: 4)
    let place = play.listening ?? 0
    let proposed = try play.propose(.remove(LeafIndex(place)), by: 0)
    try play.commit(by: 1, [proposed, .proposal(play.add(play.client("heidi")))])
    try play.deliver(late.reversed())
  }

  /// The client's own leaf is replaced by an external commit of its own, which it lost.
  static func resyncOfListener(_ play: inout MLSPlay) throws(CygnetError) {
    let place = play.listening ?? 0
    try play.joinExternally(
      play.client("listener", signer: play.forge.signer(place)), replacing: place)
  }

  // MARK: - Pre-shared keys of every kind

  static func resumptionKeys(_ play: inout MLSPlay) throws(CygnetError) {
    let joined = play.forge.context.epoch.rawValue
    var other = try MLSPlay("elsewhere", random: SeededRandomSource(seed: play.random.bytes(32)))
    let first = play.learn(epochOf: other)
    try other.commit(by: 0)
    let second = play.learn(epochOf: other)
    try play.commit(by: 2, values: [first, play.externalKey("first")], path: false)
    let proposed = try play.propose(second, by: 3)
    try play.commit(by: 4, [.proposal(play.resumptionKey(joined)), proposed])
    for _ in 0..<13 { try play.commit(by: 0) }
    // The oldest of the last sixteen epochs.
    try play.commit(by: 6, values: [play.resumptionKey(joined)], path: false)
  }

  private static let pskKinds: [[MLS.ResumptionUsage?]] = [
    [.application], [.reInit], [.branch], [nil, .application],
    [.application, .reInit, .branch, nil],
  ]

  /// Rows of `psk_secret.json` with keys of epochs among the external ones.
  static func writePreSharedKeys(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    for usages in pskKinds {
      try writer.add { (random) throws(CygnetError) in
        var keys: [(id: MLS.PreSharedKeyID, secret: SecretBytes)] = []
        var rows: [JSON] = []
        for (number, usage) in usages.enumerated() {
          let (name, secret) = (random.bytes(16 * (number + 3)), random.secret(32))
          let nonce = random.bytes(32)
          let epoch = UInt64.max >> UInt64(11 + number)
          let kind: MLS.PreSharedKeyID.Kind =
            usage.map { .resumption($0, group: MLS.GroupID(name), epoch: MLS.Epoch(epoch)) }
            ?? .external(id: name)
          keys.append((MLS.PreSharedKeyID(kind: kind, nonce: nonce), secret))
          var row = JSONObject()
          if let usage {
            row.append("psk_usage", .integer(Int(usage.rawValue)))
            row.append("psk_group_id", .hex(name))
            row.append("psk_epoch", .integer(epoch))
          } else {
            row.append("psk_id", .hex(name))
          }
          row.append("psk", .hex(secret.exposed()))
          row.append("psk_nonce", .hex(nonce))
          rows.append(.object(row))
        }
        return [
          "cipher_suite": MLSKeyVectors.suiteNumber, "psks": .array(rows),
          "psk_secret": .hex(
            try PSKSecret.combine(keys, suite: MLSKeyVectors.suite).exposed()),
        ]
      }
    }
  }

  // MARK: - Everything, for long

  /// Sixty epochs in which members come and go in every way, with messages between.
  static func longSession(_ play: inout MLSPlay) throws(CygnetError) {
    let paddings: [MLS.PaddingPolicy] = [.none, .step(128), .padme]
    for epoch in 0..<60 {
      let isPrivate = play.random.number(below: 2) == 0
      play.style = .init(
        format: isPrivate ? .privateMessage : .publicMessage,
        padding: paddings[play.random.number(below: 3)],
        authenticatedData: play.random.bytes(play.random.number(below: 5)))
      let sender = play.random.pick(play.speakers) ?? 0
      var late = try play.chat(play.random.number(below: 3), by: sender)
      if epoch % 6 == 5 {
        let replaced = play.random.pick(play.speakers)
        let isBack = play.random.number(below: 2) == 0 || play.places.count > 12
        try play.joinExternally(play.client("joiner"), replacing: isBack ? replaced : nil)
      } else {
        try play.wander(upTo: 14, keys: ["first", "second"])
      }
      late += try play.chat(play.random.number(below: 3), by: play.random.pick(play.speakers) ?? 0)
      if !late.isEmpty { try play.deliver(late.reversed()) }
      if epoch % 10 == 9 { try play.export() }
    }
  }
}
