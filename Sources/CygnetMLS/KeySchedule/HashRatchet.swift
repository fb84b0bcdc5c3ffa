internal import CygnetPrimitives
internal import CygnetWire

/// The keys of one sender for one kind of message, one after the other (RFC 9420 §9.1).
struct HashRatchet: Sendable {
  /// Gives the key of `generation` and all after it.
  private(set) var secret: SecretBytes
  /// The first generation that was not reached yet.
  private(set) var generation: Generation
  /// Keys of messages that have not come while later ones have; generations ascend.
  private(set) var skipped: [SkippedKey] = []

  init(secret: SecretBytes, generation: Generation = Generation(0)) {
    self.secret = secret
    self.generation = generation
  }

  struct SkippedKey: Sendable {
    let generation: Generation
    let key: SecretBytes
    let nonce: SecretBytes
  }

  /// What a message's key leaves behind: the ratchet after it, and the keys passed over.
  struct Advance: Sendable {
    let secret: SecretBytes
    let skipped: [SkippedKey]
  }

  /// One generation: key, nonce and the secret of the next.
  struct Step {
    let key: SecretBytes
    let nonce: SecretBytes
    let next: SecretBytes
  }

  static func step(
    _ secret: SecretBytes, _ generation: Generation, _ suite: Algorithms
  ) throws(CygnetError) -> Step {
    let context = try generation.wireEncoded()
    return try suite.withExpander(secret) { (expander) throws(CygnetError) in
      Step(
        key: try expander.expand(
          .key, context: context, count: suite.aeadKeyByteCount),
        nonce: try expander.expand(
          .nonce, context: context, count: suite.aeadNonceByteCount),
        next: try expander.expand(
          .secret, context: context, count: suite.hashByteCount))
    }
  }

  /// The step that the sender takes for its next message.
  /// - Throws: `limitExceeded` at the end of the ratchet.
  func nextStep(_ suite: Algorithms) throws(CygnetError) -> Step {
    guard generation.rawValue < MLS.Limits.generationCount else {
      throw CygnetError(
        .limitExceeded, "A10: no more messages in this epoch; make a commit (RFC 9420 §15.1)")
    }
    return try Self.step(secret, generation, suite)
  }

  /// Leaves a step behind.
  mutating func advance(_ step: Step) {
    secret = step.next
    generation = Generation(generation.rawValue + 1)  // below the limit, so it does not overflow
  }

  /// The key of a received message, and what it leaves behind when its generation is a new one.
  /// - Throws: `duplicate` for a key that is gone, `tooFarAhead` for one that costs too much.
  func key(
    of wanted: Generation, _ suite: Algorithms
  ) throws(CygnetError) -> (key: SecretBytes, nonce: SecretBytes, advance: Advance?) {
    if wanted < generation {
      guard let index = indexOfSkipped(wanted) else {
        throw CygnetError(
          .duplicate, "A5: the key of this message was used or dropped (RFC 9420 §9.2)")
      }
      return (skipped[index].key, skipped[index].nonce, nil)
    }
    guard wanted.rawValue - generation.rawValue <= MLS.Limits.forwardDistance,
      wanted.rawValue < MLS.Limits.generationCount
    else {
      throw CygnetError(.tooFarAhead, "A4: a message skips too many before it (RFC 9420 §15.3)")
    }
    var secret = secret
    var passed: [SkippedKey] = []
    for number in generation.rawValue..<wanted.rawValue {
      let step = try Self.step(secret, Generation(number), suite)
      passed.append(
        SkippedKey(generation: Generation(number), key: step.key, nonce: step.nonce))
      secret = step.next
    }
    let step = try Self.step(secret, wanted, suite)
    return (step.key, step.nonce, Advance(secret: step.next, skipped: passed))
  }

  /// Deletes the key of `used` and every secret that leads to it (RFC 9420 §9.2). Of the keys passed
  /// over, at most `room` more are kept than before.
  mutating func consume(_ used: Generation, _ advance: Advance?, room: Int) {
    guard let advance, used >= generation else {
      if let index = indexOfSkipped(used) { skipped.remove(at: index) }
      return
    }
    // Nothing is passed over twice, even if the ratchet moved on since the key was derived.
    for key in advance.skipped.suffix(max(room, 0)) where key.generation >= generation {
      skipped.append(key)
    }
    if skipped.count > MLS.Limits.skippedKeyCount {
      skipped.removeFirst(skipped.count - MLS.Limits.skippedKeyCount)
    }
    secret = advance.secret
    generation = Generation(used.rawValue + 1)  // below the limit, so it does not overflow
  }

  private func indexOfSkipped(_ wanted: Generation) -> Int? {
    var range = 0..<skipped.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if skipped[middle].generation == wanted { return middle }
      range =
        skipped[middle].generation < wanted
        ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }
}

/// The stored form.
///
///     struct {
///       uint32 generation;
///       opaque key<V>;
///       opaque nonce<V>;
///     } SkippedKey;
///
///     struct {
///       opaque secret<V>;
///       uint32 generation;
///       SkippedKey skipped<V>;
///     } HashRatchet;
extension HashRatchet: WireEncodable, WireDecodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: secret)
    try generation.encode(into: &writer)
    try writer.write(vector: skipped)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    secret = try reader.readOpaqueSecret(1...255)
    generation = try Generation(from: &reader)
    let count = MLS.Limits.skippedKeyCount
    skipped = try reader.readVector(0...(1024 * count), maxCount: count)
    var floor: Generation?
    for key in skipped {
      guard key.generation < generation, floor.map({ $0 < key.generation }) ?? true else {
        throw CygnetError(.malformed, "skipped keys are not in order")
      }
      floor = key.generation
    }
    guard generation.rawValue <= MLS.Limits.generationCount else {
      throw CygnetError(.malformed, "a ratchet beyond its end")
    }
  }
}

extension HashRatchet.SkippedKey: WireEncodable, WireDecodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    try generation.encode(into: &writer)
    try writer.write(opaque: key)
    try writer.write(opaque: nonce)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    generation = try Generation(from: &reader)
    key = try reader.readOpaqueSecret(1...255)
    nonce = try reader.readOpaqueSecret(1...255)
  }
}
