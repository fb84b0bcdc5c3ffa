internal import CygnetPairwise
internal import CygnetPrimitives

/// One of the two people of a demonstration. Everything it sends or receives goes through the folder.
final class DemoParty {
  let name: String
  let address: DeviceAddress
  let identity: IdentityKeyPair
  var preKeys: PreKeys
  var session: PairwiseSession?
  /// Time spent in the library since it was last asked for, without the files between the two.
  private var spent = Duration.zero

  init(_ name: String, now: Timestamp) throws(CygnetError) {
    self.name = name
    address = try DeviceAddress(user: Array(name.utf8), device: 1)
    identity = try IdentityKeyPair.generate()
    preKeys = try PreKeys.generate(for: identity, at: address, now: now, oneTimeCount: 10)
  }

  func send(_ plaintext: [UInt8], _ file: String, _ folder: DemoFolder) throws -> UInt64 {
    guard var session else {
      throw CygnetError(.wrongState, "no session was started")
    }
    let message = try timed { () throws(CygnetError) in try session.encrypt(plaintext).encoded() }
    self.session = session
    try folder.write(message, file)
    return UInt64(message.count)
  }

  /// Decrypts a message, answering its handshake where it is the first that arrives.
  func receive(_ file: String, from peer: DemoParty, _ folder: DemoFolder) throws -> [UInt8] {
    try receive(folder.read(file), from: peer)
  }

  func receive(_ bytes: [UInt8], from peer: DemoParty) throws(CygnetError) -> [UInt8] {
    try timed { () throws(CygnetError) in try open(bytes, from: peer) }
  }

  private func open(_ bytes: [UInt8], from peer: DemoParty) throws(CygnetError) -> [UInt8] {
    let message = try PairwiseMessage(decoding: bytes)
    if case .initial(let initial) = message, session?.belongs(initial) != true {
      let (accepted, plaintext) = try PairwiseSession.accept(
        initial, as: identity, at: address, from: peer.address, using: &preKeys)
      session = accepted
      return plaintext
    }
    guard var session else { throw CygnetError(.notFound, "no session was started") }
    let plaintext = try session.decrypt(message)
    self.session = session
    return plaintext
  }

  /// The code with which a message is refused; nil when it is not.
  func refusal(of bytes: [UInt8], from peer: DemoParty) -> CygnetError.Code? {
    do throws(CygnetError) {
      _ = try receive(bytes, from: peer)
      return nil
    } catch { return error.code }
  }

  /// Puts everything away and takes it up again, as a program that is started anew.
  func restart() throws(CygnetError) {
    preKeys = try PreKeys(restoring: preKeys.state())
    if let stored = session { session = try PairwiseSession(restoring: stored.state()) }
  }

  private func timed<Value>(_ body: () throws(CygnetError) -> Value) throws(CygnetError) -> Value {
    let start = ContinuousClock.now
    defer { spent += ContinuousClock.now - start }
    return try body()
  }

  /// The time since this was last called.
  func takeSpentTime() -> Duration {
    defer { spent = .zero }
    return spent
  }
}
