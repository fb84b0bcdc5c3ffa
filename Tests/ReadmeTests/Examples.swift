import Cygnet
import CygnetSQLite
import TestSupport
import Testing

/// The Swift blocks of the README and of the articles, compiled and run. `DocumentExampleTests`
/// compares each region between `begin` and `end` with the block of the document it names.
@Suite("Examples of the documents")
struct Examples {
  let now = Timestamp(seconds: 1_767_225_600)

  @Test("the README's conversation works")
  func readme() throws {
    // begin README.md
    // Bob's device makes its keys and leaves a bundle with a server.
    let bob = try IdentityKeyPair.generate()
    let bobAddress = try DeviceAddress(user: Array("bob".utf8), device: 1)
    var bobPreKeys = try PreKeys.generate(for: bob, at: bobAddress, now: now)
    let published = try bobPreKeys.takeBundle(for: bob.publicKey, at: bobAddress).encoded()

    // Alice's device checks the bundle and writes, while Bob's is away.
    let alice = try IdentityKeyPair.generate()
    let aliceAddress = try DeviceAddress(user: Array("alice".utf8), device: 1)
    let bundle = try PreKeyBundle(decoding: published).verified(now: now)
    var aliceSession = try PairwiseSession.initiate(to: bundle, as: alice, at: aliceAddress)
    let message = try aliceSession.encrypt(Array("hello".utf8)).encoded()

    // Bob's device comes back, opens the message, and answers.
    guard case .initial(let initial) = try PairwiseMessage(decoding: message) else {
      throw CygnetError(.notFound, "a message of a session that is not here")
    }
    var (bobSession, plaintext) = try PairwiseSession.accept(
      initial, as: bob, at: bobAddress, from: aliceAddress, using: &bobPreKeys)
    let reply = try bobSession.encrypt(Array("hello yourself".utf8)).encoded()
    let answer = try aliceSession.decrypt(PairwiseMessage(decoding: reply))
    // end
    #expect(plaintext == Array("hello".utf8))
    #expect(answer == Array("hello yourself".utf8))
  }

  @Test("the README's clients work")
  func readmeClient() async throws {
    let aliceAddress = try DeviceAddress(user: Array("alice".utf8), device: 1)
    let bobAddress = try DeviceAddress(user: Array("bob".utf8), device: 1)
    // begin README.md
    let secret = StoreSecret.passphrase(SecretBytes(copying: Array("correct horse".utf8)))
    // A store in memory; SQLiteStore of the product CygnetSQLite is one in a file.
    let alice = try await Client.create(
      in: InMemoryStore(), secret: secret, as: aliceAddress, now: now)
    let bob = try await Client.create(in: InMemoryStore(), secret: secret, as: bobAddress, now: now)

    // Bob's card reaches Alice, and her message reaches Bob, in any way.
    let card = try await bob.card(name: "Bob", now: now)
    _ = try await alice.addContact("bob", card: card, now: now)
    let content = try MessageContent(text: Array("hello".utf8))
    let sent = try await alice.send(content, to: "bob", now: now)
    try await alice.confirmSent(sent.id)  // once it is on its way

    let received = try await bob.receive(sent.envelope, now: now)
    try await bob.confirmDelivered(received.id)  // once it was shown
    // end
    #expect(received.content == content)
    #expect(received.contact?.name == "alice")
  }

  @Test("the first session of the article works, to the error of a second delivery")
  func firstSession() throws {
    // begin First-session.md
    let bob = try IdentityKeyPair.generate()
    let bobAddress = try DeviceAddress(user: Array("bob".utf8), device: 1)
    var bobPreKeys = try PreKeys.generate(for: bob, at: bobAddress, now: now)

    let published = try bobPreKeys.takeBundle(for: bob.publicKey, at: bobAddress).encoded()
    // end
    // begin First-session.md
    let alice = try IdentityKeyPair.generate()
    let aliceAddress = try DeviceAddress(user: Array("alice".utf8), device: 1)

    let bundle = try PreKeyBundle(decoding: published).verified(now: now)
    var aliceSession = try PairwiseSession.initiate(to: bundle, as: alice, at: aliceAddress)
    let message = try aliceSession.encrypt(Array("hello".utf8)).encoded()
    // end
    // begin First-session.md
    guard case .initial(let initial) = try PairwiseMessage(decoding: message) else {
      throw CygnetError(.notFound, "a message of a session that is not here")
    }
    var (bobSession, plaintext) = try PairwiseSession.accept(
      initial, as: bob, at: bobAddress, from: aliceAddress, using: &bobPreKeys)
    // end
    #expect(plaintext == Array("hello".utf8))
    // begin First-session.md
    let reply = try bobSession.encrypt(Array("hello yourself".utf8)).encoded()
    let answer = try aliceSession.decrypt(PairwiseMessage(decoding: reply))
    // end
    #expect(answer == Array("hello yourself".utf8))
    // begin First-session.md
    let stored = try bobSession.state()
    bobSession = try PairwiseSession(restoring: stored)
    // end
    #expect(try bobSession.state() == stored)
    // begin First-session.md
    do throws(CygnetError) {
      _ = try bobSession.decrypt(PairwiseMessage(decoding: message))
    } catch {
      switch error.code {
      case .duplicate: break  // it was here before
      case .malformed, .authenticationFailed: break  // drop it
      default: throw error
      }
    }
    // end
    #expect(try bobSession.state() == stored)
  }

  @Test("two devices show the same safety number and match by scanning")
  func verification() throws {
    let alice = try IdentityKeyPair.generate().publicKey
    let bob = try IdentityKeyPair.generate().publicKey
    // begin Verifying-a-contact.md
    let onAlicesDevice = SafetyNumber(
      own: alice, ownUser: Array("alice".utf8), peer: bob, peerUser: Array("bob".utf8))
    let onBobsDevice = SafetyNumber(
      own: bob, ownUser: Array("bob".utf8), peer: alice, peerUser: Array("alice".utf8))

    print(onAlicesDevice.grouped)  // twelve groups of five digits, the same on both
    // end
    #expect(onAlicesDevice == onBobsDevice)
    // begin Verifying-a-contact.md
    let same = try onBobsDevice.matches(scanned: onAlicesDevice.scannable)
    // end
    #expect(same)
  }

  @Test("an attachment goes out, comes back whole and in part, and passes a server")
  func attachment() throws {
    let photo = [UInt8](0..<200)
    var (session, peer) = try sessions()
    // begin Sending-attachments.md
    var encryptor = try AttachmentEncryptor(size: UInt64(photo.count))
    var blob = try encryptor.update(photo)
    var (tail, pointer) = try encryptor.finish()
    blob += tail
    // end
    // begin Sending-attachments.md
    try pointer.setFields([.mediaType("image/jpeg"), .fileName("sunset.jpg")])
    try pointer.setLocator("https://files.example/sunset")
    let message = try session.encrypt(pointer.encoded()).encoded()
    // end
    // begin Sending-attachments.md
    let received = try AttachmentPointer(decoding: peer.decrypt(PairwiseMessage(decoding: message)))
    var decryptor = try AttachmentDecryptor(received)
    let content = try decryptor.update(blob)
    try decryptor.finish()
    // end
    #expect(content.bytes == photo)
    #expect(received.fileName == "sunset.jpg")
    // begin Sending-attachments.md
    let reader = try AttachmentReader(received, header: Array(blob[..<56]))
    let part = try reader.read(10..<20) { range in
      Array(blob[Int(range.lowerBound)..<Int(range.upperBound)])
    }
    // end
    #expect(part.bytes == Array(10..<20))
    // begin Sending-attachments.md
    var verifier = try BlobVerifier(
      size: UInt64(blob.count), digest: pointer.digest, maxSize: 100_000_000)
    try verifier.update(blob)
    _ = try verifier.finish()
    // end
  }

  @Test("a client is set up in a file, opened again, given another secret, and checked")
  func storing() async throws {
    let folder = try CommandLineTool.Folder()
    let path = folder.file("store.db")
    let passphrase = SecretBytes(copying: Array("six words would be a start".utf8))
    let longerPassphrase = SecretBytes(copying: Array("and eight words are even better".utf8))
    let address = try DeviceAddress(user: Array("alice".utf8), device: 1)
    do {
      // begin Storing.md
      let store = try SQLiteStore(path: path, create: true)
      let client = try await Client.create(
        in: store, secret: .passphrase(passphrase), cost: .small, as: address, now: now)
      // end
      #expect(try await client.profile().address == address)
    }
    // begin Storing.md
    let client = try await Client(
      opening: SQLiteStore(path: path, create: false), secret: .passphrase(passphrase))
    // end
    #expect(try await client.profile().address == address)
    let secret = StoreSecret.keyFile(SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
    let alice = try await Client.create(
      in: InMemoryStore(), secret: secret, as: DeviceAddress(user: [1], device: 1), now: now)
    let bob = try await Client.create(
      in: InMemoryStore(), secret: secret, as: DeviceAddress(user: [2], device: 1), now: now)
    _ = try await alice.addContact("bob", card: bob.card(name: "Bob", now: now), now: now)
    var (carried, shown) = ([[UInt8]](), [[UInt8]]())
    func carry(_ envelope: [UInt8]) async throws { carried.append(envelope) }
    func show(_ text: [UInt8]) { shown.append(text) }
    // begin Storing.md
    _ = try await alice.send(MessageContent(text: Array("hello".utf8)), to: "bob", now: now)
    for message in try await alice.outgoing() {
      try await carry(message.envelope)
      try await alice.confirmSent(message.id)
    }
    // end
    let envelope = try #require(carried.first)
    // begin Storing.md
    _ = try await bob.receive(envelope, now: now)
    for message in try await bob.incoming() {
      show(message.content.text)
      try await bob.confirmDelivered(message.id)
    }
    // end
    #expect(shown == [Array("hello".utf8)])
    #expect(try await alice.outgoing().isEmpty)
    #expect(try await bob.incoming().isEmpty)
    let card = try classicalCard()
    // begin Storing.md
    _ = try await alice.addContact(
      "carol", card: card, suitePolicy: .classicalAllowed, now: now)
    _ = try await alice.send(
      MessageContent(text: Array("hello".utf8)), to: "carol", suitePolicy: .classicalAllowed,
      now: now)
    // end
    // begin Storing.md
    let session = try await alice.session(with: "carol")
    print(session.suite.isPostQuantum)
    // end
    #expect(!session.suite.isPostQuantum)
    let newCard = try await bob.card(name: "Bob", now: now)
    // begin Storing.md
    _ = try await alice.addContact("bob", card: newCard, now: now)
    try await alice.resetSession(with: "bob")
    // end
    #expect(try await alice.sessions().map(\.name) == ["carol"])
    // begin Storing.md
    try await client.changeSecret(.passphrase(longerPassphrase), cost: .small)
    // end
    _ = try await Client(
      opening: SQLiteStore(path: path, create: false), secret: .passphrase(longerPassphrase))
    // begin Storing.md
    let check = try await client.check()
    print(check.isSound, check.soundRecords)
    // end
    #expect(check.isSound && check.soundRecords > 100)
  }

  /// As somebody's software makes it that knows nothing newer.
  private func classicalCard() throws -> ContactCard {
    let identity = try IdentityKeyPair.generate()
    let address = try DeviceAddress(user: Array("carol".utf8), device: 1)
    let preKeys = try PreKeys.generate(for: identity, at: address, now: now, suite: .x3dh)
    return try ContactCard.make(
      preKeys.bundleWithoutOneTimePreKey(for: identity.publicKey, at: address), name: [],
      by: identity, now: now)
  }

  @Test("a list is written to, read, and changed")
  func broadcastLists() async throws {
    let secret = StoreSecret.keyFile(SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
    func person(_ number: UInt8) async throws -> Client {
      try await Client.create(
        in: InMemoryStore(), secret: secret, as: DeviceAddress(user: [number], device: 1), now: now)
    }
    let (alice, bob) = (try await person(1), try await person(2))
    for (name, client) in [
      ("bob", bob), ("carol", try await person(3)), ("dave", try await person(4)),
    ] {
      _ = try await alice.addContact(name, card: client.card(name: name, now: now), now: now)
    }
    var (carried, shown) = ([[UInt8]](), [[UInt8]]())
    func carry(_ envelope: [UInt8]) async throws { carried.append(envelope) }
    func show(_ text: [UInt8]) { shown.append(text) }
    // begin Broadcast-lists.md
    _ = try await alice.createBroadcastList("friends", members: ["bob", "carol"], now: now)
    let result = try await alice.broadcast(
      MessageContent(text: Array("see you at noon".utf8)), to: "friends", now: now)
    for message in result.messages {
      try await carry(message.envelope)
      try await alice.confirmSent(message.id)
    }
    // end
    let bobs = result.messages.filter { $0.contact?.name == "bob" }
    #expect(carried.count == 4 && bobs.count == 2 && result.unreached.isEmpty)
    for envelope in bobs.map(\.envelope) {
      // begin Broadcast-lists.md
      switch try await bob.receiveAny(envelope, now: now) {
      case .message(let message):
        show(message.content.text)
        try await bob.confirmDelivered(message.id)
      case .broadcastShared(let sender, _):
        print("from now on you can read a list of \(sender.name)")
      default: break
      }
      // end
    }
    #expect(shown == [Array("see you at noon".utf8)])
    // begin Broadcast-lists.md
    _ = try await alice.addMember("dave", toBroadcastList: "friends")
    _ = try await alice.removeMember("bob", fromBroadcastList: "friends", now: now)
    // end
    #expect(
      try await alice.broadcastList("friends").members.map { $0.contact?.name } == [
        "carol", "dave",
      ])
  }

  /// A session that was answered, and its peer's.
  private func sessions() throws -> (PairwiseSession, PairwiseSession) {
    let (alice, bob) = (try IdentityKeyPair.generate(), try IdentityKeyPair.generate())
    let aliceAddress = try DeviceAddress(user: [1], device: 1)
    let bobAddress = try DeviceAddress(user: [2], device: 1)
    var preKeys = try PreKeys.generate(for: bob, at: bobAddress, now: now, oneTimeCount: 1)
    let bundle = try preKeys.takeBundle(for: bob.publicKey, at: bobAddress).verified(now: now)
    var session = try PairwiseSession.initiate(to: bundle, as: alice, at: aliceAddress)
    guard case .initial(let initial) = try session.encrypt([]) else {
      throw CygnetError(.internalFault, "a first message carries the handshake")
    }
    var (peer, _) = try PairwiseSession.accept(
      initial, as: bob, at: bobAddress, from: aliceAddress, using: &preKeys)
    _ = try session.decrypt(peer.encrypt([]))
    return (session, peer)
  }

  @Test("the article's group of clients works")
  func groups() async throws {
    let secret = StoreSecret.keyFile(SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
    let alice = try await Client.create(
      in: InMemoryStore(), secret: secret, as: DeviceAddress(user: Array("alice".utf8), device: 1),
      now: now)
    let bob = try await Client.create(
      in: InMemoryStore(), secret: secret, as: DeviceAddress(user: Array("bob".utf8), device: 1),
      now: now)
    // begin Groups.md
    let keyPackage = try await bob.makeKeyPackage(now: now)

    _ = try await alice.createGroup("friends", now: now)
    let step = try await alice.change("friends", [.add(keyPackage: keyPackage)], now: now)
    // end
    // begin Groups.md
    guard let welcome = step.welcome,
      case .invitation(let invitation) = try await bob.receiveAny(welcome.bytes, now: now)
    else { throw CygnetError(.notFound, "no invitation") }
    let inviter = invitation.inviter.address
    let joined = try await bob.accept(invitation.id, now: now)
    // end
    #expect(inviter.user == Array("alice".utf8))
    #expect(joined.members.count == 2)
    // begin Groups.md
    let content = try MessageContent(text: Array("hello, all".utf8))
    let sent = try await alice.send(content, toGroup: "friends", now: now)

    guard case .group(let event) = try await bob.receiveAny(sent.bytes, now: now),
      case .message(let sender, let message) = event.content
    else { throw CygnetError(.notFound, "no message") }
    try await bob.confirmDelivered(event.id)
    // end
    #expect(sender.contact?.name == "alice")
    #expect(message == content)
    // begin Groups.md
    if let request = try await bob.leaveGroup("friends", now: now) {
      _ = try await alice.receiveAny(request.bytes, now: now)
    }
    let farewell = try await alice.change("friends", now: now)
    // end
    #expect(farewell.change.removed.map(\.contact?.name) == ["bob"])
  }

  @Test("the article on groups with MLS works")
  func groups() throws {
    let (alice, bob) = (
      MLS.Credential.basic(identity: Array("alice".utf8)),
      MLS.Credential.basic(identity: Array("bob".utf8))
    )
    let (aliceKey, bobKey) = (
      try MLS.SignatureKeyPair.generate(), try MLS.SignatureKeyPair.generate()
    )
    let lifetime = MLS.Lifetime(notBefore: now, notAfter: Timestamp(seconds: now.seconds + 86_400))
    // begin MLS-groups.md
    struct Directory: MLS.CredentialValidator {
      let keys: [[UInt8]: MLS.SignaturePublicKey]

      func isValid(
        _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
      ) -> Bool {
        guard case .basic(let name) = credential else { return false }
        return keys[name] == signatureKey
      }

      func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool { new == old }

      func clientID(
        of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
      ) -> [UInt8] { signatureKey.bytes }

      func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool { false }
    }
    // end
    let configuration = MLS.Configuration(
      credentialValidator: Directory(keys: [
        Array("alice".utf8): aliceKey.publicKey, Array("bob".utf8): bobKey.publicKey,
      ]))
    // begin MLS-groups.md
    let bobsPackage = try MLS.OwnKeyPackage.generate(
      credential: bob, signatureKeyPair: bobKey, lifetime: lifetime, configuration: configuration)

    var alicesGroup = try MLS.Group.create(
      as: alice, signingWith: aliceKey, configuration: configuration, now: now)
    let package = try bobsPackage.keyPackage.verified(at: now, configuration: configuration)
    let bundle = try alicesGroup.commit([.add(package)], now: now)
    try alicesGroup.mergePendingCommit(now: now)

    let message = try MLS.Message(decoding: bundle.welcome!.encoded())
    let invitation = try MLS.Invitation.open(
      message.welcome!, using: bobsPackage, configuration: configuration, now: now)
    let inviter = invitation.inviter.credential
    var bobsGroup = invitation.accept()
    // end
    #expect(inviter == alice)
    // begin MLS-groups.md
    let hello = try alicesGroup.encrypt(Array("hello".utf8))
    guard case .application(let received) = try bobsGroup.receive(hello, now: now) else {
      throw CygnetError(.wrongState, "not a message of the application")
    }

    let healing = try bobsGroup.commit(now: now)
    guard case .commit(let staged) = try alicesGroup.receive(healing.commit, now: now) else {
      throw CygnetError(.wrongState, "not a commit")
    }
    let changes = staged.summary
    try alicesGroup.merge(staged, now: now)
    try bobsGroup.mergePendingCommit(now: now)
    // end
    #expect(received.data == Array("hello".utf8))
    #expect(changes.updated.count == 1)
    #expect(alicesGroup.epochAuthenticator == bobsGroup.epochAuthenticator)
    // begin MLS-groups.md
    var blocks = try alicesGroup.changes(since: nil).written
    var saved = alicesGroup.revision
    _ = try alicesGroup.encrypt(Array("kept".utf8))
    let step = try alicesGroup.changes(since: saved)
    blocks.merge(step.written) { $1 }
    for name in step.deleted { blocks[name] = nil }
    saved = alicesGroup.revision
    alicesGroup = try MLS.Group(restoring: blocks, configuration: configuration)
    // end
    #expect(try alicesGroup.changes(since: nil).written == blocks)
    #expect(alicesGroup.epochAuthenticator == bobsGroup.epochAuthenticator)
    // begin MLS-groups.md
    let info = try alicesGroup.groupInfo(allowsExternalJoin: false)
    let server = try MLS.ExternalGroup(info, configuration: configuration, now: now)
    let names = server.members.all.map(\.credential)
    // end
    #expect(names == [alice, bob])
  }
}
