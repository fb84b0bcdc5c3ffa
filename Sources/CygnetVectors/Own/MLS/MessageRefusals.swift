internal import CygnetMLS
internal import CygnetPrimitives

/// What frames messages, against the rules of RFC 9420 §6, §9 and §15.
enum MessageRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/messages", kind: .check, subject: "mls",
    spec: "RFC 9420 §6, §9, §15; Cygnet Specification: MLS",
    notes: MLSRules.notes(
      "A1", "A2", "A3", "A4", "A5", "A6", "A8", "A9", "A11", "C1", "C5", "C11", "M1", "M2", "M3",
      "M5",
      "S7", "S8", "V3"),
    write: write)

  private static let text = FramedContent.Content.application(Array("a message".utf8))

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let scene = try MLSScene.eight(using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    try signatures(&cases)
    try membership(&cases)
    try tags(&cases)
    try genuine(&cases)
    try sealing(&cases)
    try generations(&cases)
    try contents(&cases)
    try epochs(&cases)
    try writer.group(
      .mlsMember, ["client": scene.client(), "group_info": .hex(scene.groupInfo())], cases.tests)
  }

  // MARK: - In the clear

  private static func proposal(
    _ bench: inout MLSWorkbench
  ) throws(CygnetError) -> ForgedMessage {
    try bench.message(by: 4, .proposal(bench.preSharedKey()))
  }

  private static func signatures(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("M3", "a proposal in the clear") { (bench) throws(CygnetError) in
      try proposal(&bench).sent()
    }
    let changes: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
      ("with a bit of its first half changed", { [$0[0] ^ 1] + $0.dropFirst() }),
      ("with a bit of its second half changed", { $0.dropLast(31) + [$0[33] ^ 1] + $0.suffix(30) }),
      ("of 63 bytes", { Array($0.dropLast()) }),
      ("of 65 bytes", { $0 + [0] }),
      ("of no bytes", { _ in [] }),
      ("to whose scalar the order of the group was added", Ed25519Forms.withOrderAdded),
    ]
    for (comment, change) in changes {
      try cases.refuse("M3", "a signature \(comment)", .authenticationFailed, about: ["C5"]) {
        (bench) throws(CygnetError) in
        var message = try proposal(&bench)
        message.signature = change(try message.signed(as: .publicMessage).auth.signature)
        return try message.sent()
      }
    }
    try cases.refuse("M3", "a signature by another member", .authenticationFailed) {
      (bench) throws(CygnetError) in
      var message = try proposal(&bench)
      message.signer = try bench.forge.signer(5)
      return try message.sent()
    }
    try cases.refuse(
      "M3", "a signature over a label without the protocol's name", .authenticationFailed,
      about: ["C1"]
    ) { (bench) throws(CygnetError) in
      var message = try proposal(&bench)
      message.signature = try message.signature(overLabel: "FramedContentTBS")
      return try message.sent()
    }
    try cases.refuse("M3", "a signature over another label", .authenticationFailed, about: ["C1"]) {
      (bench) throws(CygnetError) in
      var message = try proposal(&bench)
      message.signature = try message.signature(overLabel: "MLS 1.0 LeafNodeTBS")
      return try message.sent()
    }
    try cases.refuse(
      "M3", "a signature over the context of the epoch before", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      var message = try proposal(&bench)
      message.signature = try message.signed(
        as: .publicMessage, context: bench.forge.context.with(epoch: MLS.Epoch(5))
      ).auth.signature
      return try message.sent()
    }
    try cases.refuse(
      "M3", "a signature for the encrypted form of the message", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      var message = try proposal(&bench)
      message.signature = try message.signed(as: .privateMessage).auth.signature
      return try message.sent()
    }
  }

  private static func membership(_ cases: inout MLSCases) throws(CygnetError) {
    let changes: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
      ("with one bit changed", { $0.dropLast() + [$0[31] ^ 0x80] }),
      ("of 16 bytes", { Array($0.prefix(16)) }), ("of one byte", { [$0[0]] }),
      ("of 33 bytes", { $0 + [0] }), ("of no bytes", { _ in [] }),
    ]
    for (comment, change) in changes {
      try cases.refuse("C11", "a membership tag \(comment)", .authenticationFailed) {
        (bench) throws(CygnetError) in
        var message = try proposal(&bench)
        message.membershipTag = try message.tag().map(change)
        return try message.sent()
      }
    }
    try cases.refuse(
      "C11", "a membership tag of another epoch's key", .authenticationFailed,
      about: ["C11", "M2"]
    ) {
      (bench) throws(CygnetError) in
      var message = try proposal(&bench)
      message.membershipKey = try bench.commit([MLS.Proposal]()).next.secrets.membershipKey
      return try message.sent()
    }
    try cases.refuse(
      "C11", "a commit whose membership tag leaves out the confirmation tag",
      .authenticationFailed
    ) { (bench) throws(CygnetError) in
      var message = try bench.commit([MLS.Proposal]()).message
      var untagged = message
      untagged.confirmationTag = nil
      message.membershipTag = try untagged.tag()
      return try message.sent()
    }
  }

  private static func tags(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("S3", "a proposal without a membership tag", .malformed, about: ["S7"]) {
      (bench) throws(CygnetError) in Array(try proposal(&bench).sent().dropLast(33))
    }
    try cases.refuse("S3", "a commit without a confirmation tag", .malformed, about: ["S7"]) {
      (bench) throws(CygnetError) in
      var message = try bench.commit([MLS.Proposal]()).message
      message.confirmationTag = nil
      return try message.sent()
    }
    try cases.refuse("S4", "a proposal with a confirmation tag", .malformed, about: ["S7"]) {
      (bench) throws(CygnetError) in
      var message = try proposal(&bench)
      message.confirmationTag = bench.random.bytes(32)
      return try message.sent()
    }
    try cases.refuse("S7", "application data in the clear") { (bench) throws(CygnetError) in
      try bench.message(by: 4, text).sent()
    }
  }

  // MARK: - Encrypted

  private static func genuine(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("A3", "an application message") { (bench) throws(CygnetError) in
      try sealed(&bench, text)
    }
    try cases.accept("S8", "an application message with padding") { (bench) throws(CygnetError) in
      try sealed(&bench, text, padding: [UInt8](repeating: 0, count: 77))
    }
    try cases.accept("A6", "a proposal") { (bench) throws(CygnetError) in
      try sealed(&bench, .proposal(bench.preSharedKey()))
    }
    try cases.accept("A6", "a commit") { (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 4, [])
      try commit.addPath(using: &bench.random)
      return try commit.finish(as: .privateMessage).sent()
    }
    try cases.accept("A9", "the reader's own message") { (bench) throws(CygnetError) in
      try sealed(&bench, by: 1, text)
    }
  }

  /// A member's message, encrypted.
  private static func sealed(
    _ bench: inout MLSWorkbench, by member: UInt32 = 4, _ content: FramedContent.Content,
    padding: [UInt8] = [],
    _ change: (inout ForgedPrivateMessage) -> Void = { _ in }
  ) throws(CygnetError) -> [UInt8] {
    var sealed = try ForgedPrivateMessage(
      bench.forge, bench.message(by: member, content).signed(as: .privateMessage),
      padding: padding)
    change(&sealed)
    return try sealed.message().encoded()
  }

  private static func sealing(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("A2", "sender data with one bit changed", .authenticationFailed) {
      (bench) throws(CygnetError) in
      try altered(&bench) {
        $0.with(
          senderData: [$0.encryptedSenderData[0] ^ 1]
            + $0.encryptedSenderData.dropFirst())
      }
    }
    try cases.refuse(
      "A2", "a message under the keys of the next epoch, said to be of this one",
      .authenticationFailed, about: ["A2", "M2"]
    ) { (bench) throws(CygnetError) in
      let epoch = bench.forge.context.epoch
      bench.forge = try bench.commit([MLS.Proposal]()).next
      let bytes = try sealed(&bench, text)
      guard case .privateMessage(let message) = try MLS.Message(decoding: bytes).body else {
        throw CygnetError(.internalFault, "not an encrypted message")
      }
      return try MLS.Message(.privateMessage(message.with(epoch: epoch))).encoded()
    }
    try cases.refuse("A2", "a ciphertext whose first byte is changed", .authenticationFailed) {
      (bench) throws(CygnetError) in
      try altered(&bench) {
        $0.with(ciphertext: [$0.ciphertext[0] ^ 1] + $0.ciphertext.dropFirst())
      }
    }
    try cases.refuse("A3", "a ciphertext whose last byte is changed", .authenticationFailed) {
      (bench) throws(CygnetError) in
      try altered(&bench) {
        $0.with(ciphertext: $0.ciphertext.dropLast() + [$0.ciphertext[$0.ciphertext.count - 1] ^ 1])
      }
    }
    try cases.refuse(
      "A2", "an application message that says it is a proposal", .authenticationFailed
    ) { (bench) throws(CygnetError) in try altered(&bench) { $0.with(type: .proposal) } }
    try cases.refuse("A3", "other authenticated data", .authenticationFailed) {
      (bench) throws(CygnetError) in try altered(&bench) { $0.with(authenticatedData: [1]) }
    }
    try cases.refuse("A3", "content sealed without its authenticated data", .authenticationFailed) {
      (bench) throws(CygnetError) in
      var message = try bench.message(by: 4, text)
      message.content = FramedContent(
        groupID: message.content.groupID, epoch: message.content.epoch,
        sender: message.content.sender, authenticatedData: [1, 2, 3],
        content: message.content.content)
      var sealed = try ForgedPrivateMessage(
        bench.forge, message.signed(as: .privateMessage))
      sealed.authenticated = (bench.forge.groupID, [])
      return try sealed.message().encoded()
    }
    try cases.refuse(
      "A3", "content sealed without the reuse guard", .authenticationFailed, about: ["A1"]
    ) { (bench) throws(CygnetError) in
      let sealed = try ForgedPrivateMessage(
        bench.forge, bench.message(by: 4, text).signed(as: .privateMessage))
      let key = try bench.forge.secretTree.receivingKey(
        leaf: LeafIndex(4), kind: .application, generation: Generation(0), suite: bench.suite)
      // Twice the guard is none.
      let nonce = try key.nonce.withGuarded(by: sealed.reuseGuard) { (nonce) throws(CygnetError) in
        SecretBytes(copying: nonce)
      }
      return try sealed.message(key: key.key, nonce: nonce).encoded()
    }
    try cases.refuse(
      "A3", "an application message under a key for handshakes", .authenticationFailed,
      about: ["A6"]
    ) { (bench) throws(CygnetError) in try sealed(&bench, text) { $0.kind = .handshake } }
    try cases.refuse(
      "A3", "a proposal under a key for application messages", .authenticationFailed, about: ["A6"]
    ) { (bench) throws(CygnetError) in
      try sealed(&bench, .proposal(bench.preSharedKey())) { $0.kind = .application }
    }
    try cases.refuse("A3", "a message under another member's key", .authenticationFailed) {
      (bench) throws(CygnetError) in try sealed(&bench, text) { $0.keyOwner = LeafIndex(5) }
    }
  }

  /// An honest message, changed after it was encrypted.
  private static func altered(
    _ bench: inout MLSWorkbench, _ change: (PrivateMessage) -> PrivateMessage
  ) throws(CygnetError) -> [UInt8] {
    let bytes = try sealed(&bench, text)
    guard case .privateMessage(let message) = try MLS.Message(decoding: bytes).body else {
      throw CygnetError(.internalFault, "not an encrypted message")
    }
    return try MLS.Message(.privateMessage(change(message))).encoded()
  }

  private static func generations(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("A4", "a message from a blank leaf") { (bench) throws(CygnetError) in
      try sealed(&bench, text) { message in
        message.sender = LeafIndex(7)
      }
    }
    for (comment, index) in [("the place behind the tree", UInt32(8)), ("place 2^32 - 1", .max)] {
      try cases.refuse("A4", "a message from \(comment)") { (bench) throws(CygnetError) in
        try sealed(&bench, text) { message in
          message.sender = LeafIndex(index)
          message.keyOwner = LeafIndex(4)
        }
      }
    }
    try cases.accept("A4", "a message 1,000 ahead") { (bench) throws(CygnetError) in
      try sealed(&bench, text) { $0.generation = Generation(1_000) }
    }
    for number in [1_001, 1 << 24, UInt32.max] {
      try cases.refuse("A4", "a message \(number) ahead", .tooFarAhead) {
        (bench) throws(CygnetError) in
        let message = try bench.message(by: 4, text).signed(as: .privateMessage)
        var sealed = try ForgedPrivateMessage(bench.forge, message)
        sealed.generation = Generation(number)
        // Who has no bound would derive so many keys first; any will do here but for the first.
        let key =
          try number == 1_001
          ? Self.key(1_001, &bench) : (bench.random.secret(32), bench.random.secret(12))
        return try sealed.message(key: key.0, nonce: key.1).encoded()
      }
    }
    try cases.refuse("A5", "a message that came before", .duplicate) {
      (bench) throws(CygnetError) in
      let message = try sealed(&bench, text)
      bench.send(message)
      return message
    }
    try cases.refuse("A5", "another message under a key that was used", .duplicate) {
      (bench) throws(CygnetError) in
      bench.send(try sealed(&bench, text))
      return try sealed(&bench, .application([1]))
    }
    try cases.accept("A5", "a message that was overtaken") { (bench) throws(CygnetError) in
      bench.send(try sealed(&bench, text) { $0.generation = Generation(2) })
      return try sealed(&bench, .application([1])) { $0.generation = Generation(1) }
    }
  }

  private static func key(
    _ number: UInt32, _ bench: inout MLSWorkbench
  ) throws(CygnetError) -> (SecretBytes, SecretBytes) {
    var tree = bench.forge.secretTree
    while true {
      let (generation, key, nonce) = try tree.nextSendingKey(
        leaf: LeafIndex(4), kind: .application, suite: bench.suite)
      if generation.rawValue == number { return (key, nonce) }
    }
  }

  // MARK: - What is inside

  private static func contents(_ cases: inout MLSCases) throws(CygnetError) {
    for (comment, padding) in [
      ("begins with a one", [1, 0, 0] as [UInt8]), ("ends with a one", [0, 0, 1]),
      ("is one byte 80", [0x80]),
    ] {
      try cases.refuse("S8", "padding that \(comment)", .malformed) { (bench) throws(CygnetError) in
        try sealed(&bench, text, padding: padding)
      }
    }
    try cases.refuse(
      "M3", "an encrypted message that another member signed", .authenticationFailed,
      about: ["A11"]
    ) { (bench) throws(CygnetError) in
      var message = try bench.message(by: 4, text)
      message.signer = try bench.forge.signer(5)
      return try ForgedPrivateMessage(bench.forge, message.signed(as: .privateMessage))
        .message().encoded()
    }
    try cases.refuse(
      "M3", "an encrypted message signed for the clear", .authenticationFailed, about: ["A11"]
    ) { (bench) throws(CygnetError) in
      try ForgedPrivateMessage(
        bench.forge, bench.message(by: 4, text).signed(as: .publicMessage)
      ).message().encoded()
    }
    try cases.refuse(
      "M5", "an encrypted commit with a wrong confirmation tag", .authenticationFailed
    ) {
      (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 4, [])
      try commit.addPath(using: &bench.random)
      var message = try commit.finish(as: .privateMessage).message
      message.confirmationTag = bench.forge.confirmationTag
      return try ForgedPrivateMessage(bench.forge, message.signed(as: .privateMessage))
        .message().encoded()
    }
    try cases.refuse("V3", "an encrypted commit that removes its committer") {
      (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 4, [])
      commit.proposals = [.proposal(.remove(LeafIndex(4)))]
      try commit.addPath(using: &bench.random)
      return try commit.finish(as: .privateMessage).sent()
    }
  }

  // MARK: - When

  private static func epochs(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("A8", "an application message of the epoch before") {
      (bench) throws(CygnetError) in
      let late = try sealed(&bench, text)
      try bench.merge(bench.commit([MLS.Proposal]()))
      return late
    }
    try cases.refuse("A5", "a late application message that came before", .duplicate, about: ["A8"])
    {
      (bench) throws(CygnetError) in
      let late = try sealed(&bench, text)
      bench.send(late)
      try bench.merge(bench.commit([MLS.Proposal]()))
      return late
    }
    try cases.refuse("M1", "an encrypted proposal of the epoch before", .wrongEpoch, about: ["A8"])
    {
      (bench) throws(CygnetError) in
      let late = try sealed(&bench, .proposal(bench.preSharedKey()))
      try bench.merge(bench.commit([MLS.Proposal]()))
      return late
    }
    try cases.refuse(
      "M1", "an application message of an epoch long over", .wrongEpoch, about: ["A8"]
    ) { (bench) throws(CygnetError) in
      let late = try sealed(&bench, text)
      for _ in 0..<4 { try bench.merge(bench.commit([MLS.Proposal]())) }
      return late
    }
    try cases.refuse("M1", "an application message of an epoch to come", .wrongEpoch) {
      (bench) throws(CygnetError) in
      bench.forge = try bench.commit([MLS.Proposal]()).next
      return try sealed(&bench, text)
    }
    try cases.refuse("M1", "an application message of another group", .notFound) {
      (bench) throws(CygnetError) in
      let other = bench.random.bytes(32)
      return try altered(&bench) { $0.with(groupID: MLS.GroupID(other)) }
    }
    try cases.refuse(
      "M3", "a late message signed by a key that its sender has only now", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      let new = try MLS.SignatureKeyPair.generate(using: &bench.random)
      var message = try bench.message(by: 2, text)
      message.signer = new
      let late = try ForgedPrivateMessage(bench.forge, message.signed(as: .privateMessage))
        .message().encoded()
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      try commit.addPath(signer: new, using: &bench.random)
      try bench.merge(commit.finish())
      return late
    }
    try cases.accept("M3", "a late message signed by the key that its sender had then") {
      (bench) throws(CygnetError) in
      let late = try sealed(&bench, by: 2, text)
      let new = try MLS.SignatureKeyPair.generate(using: &bench.random)
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      try commit.addPath(signer: new, using: &bench.random)
      try bench.merge(commit.finish())
      return late
    }
  }
}
