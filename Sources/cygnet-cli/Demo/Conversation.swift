internal import CygnetAttachments
internal import CygnetPairwise
internal import CygnetPrimitives

/// The conversation that `cygnet demo` plays, from two empty key rings to compared safety numbers.
struct Conversation {
  let folder: DemoFolder
  private let output: Output
  private let now: Timestamp
  let alice: DemoParty
  let bob: DemoParty
  var narration: Narration

  init(_ folder: DemoFolder, now: Timestamp, _ output: Output) throws {
    self.folder = folder
    self.output = output
    self.now = now
    narration = Narration(output)
    try narration.heading("Keys")
    alice = try DemoParty("alice", now: now)
    bob = try DemoParty("bob", now: now)
  }

  // MARK: - The handshake

  mutating func meet() throws {
    try narration.step("Alice and Bob each make an identity key, 11 prekeys and 11 KEM prekeys")
    let bundle = try bob.preKeys.takeBundle(for: bob.identity.publicKey, at: bob.address).encoded()
    try folder.write(bundle, "bob.bundle")
    try narration.step("Bob publishes his prekey bundle", bytes: UInt64(bundle.count))

    var altered = bundle
    altered[bundle.count / 2] ^= 1
    try narration.require(
      Self.isRefused { () throws(CygnetError) in
        _ = try PreKeyBundle(decoding: altered).verified(now: now)
      },
      "an altered bundle is refused")
    let received = try PreKeyBundle(decoding: folder.read("bob.bundle"))
    alice.session = try PairwiseSession.initiate(
      to: received.verified(now: now), as: alice.identity, at: alice.address)
    try narration.step("Alice verifies it and starts a session; an altered copy was refused")
    try showPostQuantumParts(of: received)
  }

  // MARK: - Messages

  mutating func talk() throws {
    try narration.heading("Messages")
    let texts = ["salam!", "are you there?", "I have a picture for you"]
    for (index, text) in texts.enumerated() {
      let bytes = try alice.send(Array(text.utf8), "a\(index)", folder)
      try narration.step("Alice, before any answer: “\(text)”", bytes: bytes, spent: spent())
    }
    for index in [2, 0] { try deliver("a\(index)", to: bob, from: alice, expecting: texts[index]) }
    try narration.step(
      "Bob gets the third first, which starts his session, then the first",
      spent: spent())
    try reply("Bob: “yes!”", "yes!", "b0", from: bob, to: alice)
    try deliver("a1", to: bob, from: alice, expecting: texts[1])
    try narration.step("the second arrives late and still opens", spent: spent())
    for round in 0..<3 {
      try reply("Alice: “ping \(round)”", "ping \(round)", "a", from: alice, to: bob)
      try reply("Bob: “pong \(round)”", "pong \(round)", "b", from: bob, to: alice)
    }
  }

  private mutating func reply(
    _ told: String, _ text: String, _ file: String, from sender: DemoParty, to receiver: DemoParty
  ) throws {
    let bytes = try sender.send(Array(text.utf8), file, folder)
    try deliver(file, to: receiver, from: sender, expecting: text)
    try narration.step(told, bytes: bytes, spent: spent())
  }

  /// What both parties spent in the library since this was last asked.
  func spent() -> Duration { alice.takeSpentTime() + bob.takeSpentTime() }

  func deliver(
    _ file: String, to receiver: DemoParty, from sender: DemoParty, expecting text: String
  ) throws {
    let plaintext = try receiver.receive(file, from: sender, folder)
    try narration.require(plaintext == Array(text.utf8), "a message arrives as it was written")
  }

  // MARK: - What must not work

  mutating func attack() throws {
    try narration.heading("What a stranger tries")
    _ = spent()
    let before = try bob.session?.state()
    for file in ["a0", "a1", "a2"] {
      try narration.require(
        bob.refusal(of: folder.read(file), from: alice) == .duplicate, "a replay is a duplicate")
    }
    try narration.step("replaying Alice's first messages: duplicates", spent: spent())
    _ = try alice.send(Array("for you only".utf8), "a", folder)
    let message = try folder.read("a")
    for index in message.indices {
      var altered = message
      altered[index] ^= 0x40
      try narration.require(
        bob.refusal(of: altered, from: alice) != nil, "an altered message is refused")
    }
    try narration.require(
      before == bob.session?.state(), "a refused message leaves the session as it was")
    try narration.step(
      "altering a message, once in each of its \(message.count) bytes: refused",
      spent: spent())
    try deliver("a", to: bob, from: alice, expecting: "for you only")
    try narration.step("the true message still opens", spent: spent())
    try alice.restart()
    try bob.restart()
    try reply(
      "both restart from their stored state and go on", "still here", "b", from: bob, to: alice)
  }

  private static func isRefused(_ body: () throws(CygnetError) -> Void) -> Bool {
    do throws(CygnetError) {
      try body()
      return false
    } catch { return true }
  }

  // MARK: - Files

  mutating func share(_ path: Path, number: Int) throws {
    try narration.heading("\(path.lastComponent)")
    let (blobName, copyName) = ("\(number).blob", "\(number).received")
    let source = try InputFile(path)
    guard let size = source.size else {
      throw CommandFailure(.inputOutput, "\(path) is not a regular file")
    }
    let pointer = try encrypt(source, size: size, blobName)
    let bytes = try alice.send(pointer.encoded(), "pointer", folder)
    try narration.step(
      "Alice sends its pointer, key and digest in a message", bytes: bytes, spent: spent())

    try checkAsServer(blobName, pointer)
    let received = try AttachmentPointer(
      decoding: bob.receive("pointer", from: alice, folder))
    let copy = try OutputFile(folder.file(copyName), force: true)
    let progress = ProgressBar("Bob decrypts", total: received.blobSize, output: output)
    let start = ContinuousClock.now
    try AttachmentTransfer.decrypt(
      InputFile(folder.file(blobName)), received, into: copy, maxSize: .max, progress: progress)
    progress.finish()
    try copy.commit()
    let rate = AttachCommand.rate(size, ContinuousClock.now - start)
    try narration.step("Bob fetches the blob and decrypts it, \(rate)", bytes: size)
    folder.remove(blobName)
    try narration.require(
      InputFile(path).equals(InputFile(folder.file(copyName))), "the file arrives as it was sent")
    folder.remove(copyName)
    try narration.step("both files are the same, byte for byte")
  }

  private mutating func encrypt(
    _ source: InputFile, size: UInt64, _ blobName: String
  ) throws -> AttachmentPointer {
    let blob = try OutputFile(folder.file(blobName), force: true)
    let progress = ProgressBar("Alice encrypts", total: size, output: output)
    let start = ContinuousClock.now
    var request = AttachmentTransfer.Request()
    request.maxSize = .max
    if size >= AttachmentLimits.minPartedBlobSize { request.digest = .parts }
    let pointer = try AttachmentTransfer.encrypt(
      source, size: size, into: blob, request, progress: progress)
    progress.finish()
    try blob.commit()
    let rate = AttachCommand.rate(size, ContinuousClock.now - start)
    try narration.step(
      "Alice encrypts \(size.asByteCount) into a padded blob, \(rate)", bytes: pointer.blobSize)
    return pointer
  }

  private mutating func checkAsServer(_ blobName: String, _ pointer: AttachmentPointer) throws {
    let blob = try InputFile(folder.file(blobName))
    let progress = ProgressBar("the server checks", total: pointer.blobSize, output: output)
    let verifier = try BlobVerifier(
      size: blob.size ?? 0, digest: pointer.digest, algorithm: pointer.digestAlgorithm,
      maxSize: .max)
    _ = try AttachmentTransfer.verify(blob, verifier, progress: progress)
    progress.finish()
    try narration.step("a server checks length and digest without the key")
  }

  // MARK: - Safety numbers

  /// The digits both sides see.
  mutating func compare() throws -> String {
    try narration.heading("Who is there?")
    let seenByAlice = SafetyNumber(
      own: alice.identity.publicKey, ownUser: alice.address.user,
      peer: try Self.peer(of: alice), peerUser: bob.address.user)
    let seenByBob = SafetyNumber(
      own: bob.identity.publicKey, ownUser: bob.address.user,
      peer: try Self.peer(of: bob), peerUser: alice.address.user)
    try narration.require(seenByAlice.digits == seenByBob.digits, "both see the same number")
    try narration.require(
      try seenByAlice.matches(scanned: seenByBob.scannable), "each can scan the other's code")
    let stranger = try IdentityKeyPair.generate().publicKey
    let withStranger = SafetyNumber(
      own: stranger, ownUser: bob.address.user, peer: alice.identity.publicKey,
      peerUser: alice.address.user)
    try narration.require(
      try !seenByAlice.matches(scanned: withStranger.scannable), "a stranger's code differs")
    try narration.step("both see \(seenByAlice.grouped); a stranger's code does not match")
    return seenByAlice.digits
  }

  private static func peer(of party: DemoParty) throws(CygnetError) -> IdentityKey {
    guard let session = party.session else {
      throw CygnetError(.wrongState, "no session was started")
    }
    return try session.peerIdentity()
  }
}
