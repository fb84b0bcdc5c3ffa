internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage

/// The group of `cygnet demo`: Alice, Bob and Carol with clients and stores of their own. All that
/// travels goes through the folder.
struct GroupScene {
  private static let name = "friends"
  private let folder: DemoFolder
  private let output: Output
  private let now: Timestamp
  private let alice: Client
  private let bob: Client
  private let carol: Client
  var narration: Narration

  init(
    _ folder: DemoFolder, now: Timestamp, _ narration: Narration, _ output: Output
  ) async throws {
    self.folder = folder
    self.output = output
    self.now = now
    self.narration = narration
    alice = try await Self.client("alice", now)
    bob = try await Self.client("bob", now)
    carol = try await Self.client("carol", now)
  }

  private static func client(
    _ name: String, _ now: Timestamp
  ) async throws(CygnetError) -> Client {
    var random = SystemRandomSource()
    return try await Client.create(
      in: InMemoryStore(), secret: .keyFile(random.secret(32)),
      as: DeviceAddress(user: Array(name.utf8), device: 1), now: now)
  }

  // MARK: - The scene

  mutating func play(sharing path: Path) async throws {
    try narration.heading("A group")
    try await invite()
    try await share(path)
    try await part()
  }

  /// What the group's keys withstand, by the suite of the key packages.
  private func suiteOfGroup() throws -> String {
    let package = try MLS.Message(decoding: folder.read("bob.keys")).keyPackage
    return switch package?.cipherSuite {
    case .xWingChaCha20SHA256Ed25519: "post-quantum: the group's keys, of X-Wing"
    case .x25519ChaCha20SHA256Ed25519: "classical: the group's keys, of X25519"
    default: throw CommandFailure(.mismatch, "the demonstration failed: an unknown suite of MLS")
    }
  }

  private mutating func invite() async throws {
    try folder.write(await bob.makeKeyPackage(now: now), "bob.keys")
    let size = try folder.read("bob.keys").count
    try narration.step("Bob makes a key package, to be invited with", bytes: UInt64(size))
    try folder.write(await carol.makeKeyPackage(now: now), "carol.keys")
    _ = try await alice.createGroup(Self.name, now: now)
    let step = try await alice.change(
      Self.name,
      [.add(keyPackage: folder.read("bob.keys")), .add(keyPackage: folder.read("carol.keys"))],
      now: now)
    guard let welcome = step.welcome else {
      throw CygnetError(.internalFault, "an invitation is missing")
    }
    try folder.write(welcome.bytes, "welcome")
    try narration.step(suiteOfGroup())
    try narration.step(
      "Alice makes a group and invites Bob and Carol", bytes: UInt64(welcome.bytes.count))
    for client in [bob, carol] {
      guard
        case .invitation(let invitation) = try await client.receiveAny(
          folder.read("welcome"), now: now)
      else { throw CygnetError(.internalFault, "an invitation is something else") }
      try narration.require(
        await client.groups().isEmpty, "an invitation joins nothing by itself")
      _ = try await client.accept(invitation.id, now: now)
    }
    try narration.require(await agree(), "all are in the same state")
    try narration.step("both see who invites into what, and accept; nothing was joined before")
  }

  /// Whether Alice and Bob see the same state of the group.
  private func agree() async throws -> Bool {
    let ours = try await alice.group(Self.name).authenticator
    return try await ours == bob.group(Self.name).authenticator
  }

  private mutating func share(_ path: Path) async throws {
    let source = try InputFile(path)
    guard let size = source.size else {
      throw CommandFailure(.inputOutput, "\(path) is not a regular file")
    }
    let blob = try OutputFile(folder.file("group.blob"), force: true)
    var request = AttachmentTransfer.Request()
    request.maxSize = .max
    let pointer = try AttachmentTransfer.encrypt(
      source, size: size, into: blob, request,
      progress: ProgressBar("Alice encrypts", total: size, output: output))
    try blob.commit()
    let content = try MessageContent(text: Array("for all of you".utf8), attachments: [pointer])
    let message = try await alice.send(content, toGroup: Self.name, now: now)
    try folder.write(message.bytes, "message")
    try narration.step(
      "Alice sends a file to all with one message", bytes: UInt64(message.bytes.count))
    for (name, client) in [("Bob", bob), ("Carol", carol)] {
      try await receive(path, name, client)
    }
    folder.remove("group.blob")
    try narration.step("Bob and Carol open it, and have the file byte for byte")
  }

  private func receive(_ path: Path, _ name: String, _ client: Client) async throws {
    guard
      case .group(let event) = try await client.receiveAny(folder.read("message"), now: now),
      case .message(_, let content) = event.content, let pointer = content.attachments.first
    else { throw CygnetError(.internalFault, "a message of the group is something else") }
    try await client.confirmDelivered(event.id)
    let copy = try OutputFile(folder.file("group.received"), force: true)
    try AttachmentTransfer.decrypt(
      InputFile(folder.file("group.blob")), pointer, into: copy, maxSize: .max,
      progress: ProgressBar("\(name) decrypts", total: pointer.blobSize, output: output))
    try copy.commit()
    try narration.require(
      InputFile(path).equals(InputFile(folder.file("group.received"))),
      "a file arrives at every member as it was sent")
    folder.remove("group.received")
  }

  private mutating func part() async throws {
    let step = try await bob.change(Self.name, [.remove("carol")], now: now)
    guard let commit = step.commit else {
      throw CygnetError(.internalFault, "a change of the group is missing")
    }
    try folder.write(commit.bytes, "commit")
    for client in [alice, carol] {
      _ = try await client.receiveAny(folder.read("commit"), now: now)
    }
    try narration.require(await carol.groups().isEmpty, "who is removed forgets the group")
    try narration.require(await agree(), "those who stay are in the same state")
    try narration.step("Bob removes Carol, under fresh keys", bytes: UInt64(commit.bytes.count))
    let content = try MessageContent(text: Array("just us".utf8))
    try folder.write(await alice.send(content, toGroup: Self.name, now: now).bytes, "message")
    var isRefused = false
    do { _ = try await carol.receiveAny(folder.read("message"), now: now) } catch {
      isRefused = true
    }
    try narration.require(isRefused, "who was removed reads nothing that comes after")
    guard
      case .group(let event) = try await bob.receiveAny(folder.read("message"), now: now),
      case .message(_, content) = event.content
    else { throw CommandFailure(.mismatch, "the demonstration failed: a message differs") }
    try narration.step("what Alice writes now opens for Bob, and not for Carol")
  }
}
