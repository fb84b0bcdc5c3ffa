package import CygnetPrimitives
internal import CygnetWire

///     struct {
///       select (PrivateMessage.content_type) {
///         case application: opaque application_data<V>;
///         case proposal:    Proposal proposal;
///         case commit:      Commit commit;
///       };
///       FramedContentAuthData auth;
///       opaque padding[length_of_padding];
///     } PrivateMessageContent;
private struct PrivateMessageContent: WireEncodable {
  let content: FramedContent.Content
  let auth: FramedContentAuthData
  var paddingCount = 0

  func encode(into writer: inout Writer) throws(CygnetError) {
    try content.encodeBody(into: &writer)
    try auth.encode(into: &writer)
    if paddingCount > 0 { writer.write(fixed: [UInt8](repeating: 0, count: paddingCount)) }
  }

  init(content: FramedContent.Content, auth: FramedContentAuthData) {
    self.content = content
    self.auth = auth
  }

  /// Padding that is not all zero is refused, so that it carries nothing (rule S8).
  init(of type: MLS.ContentType, from reader: inout Reader) throws(CygnetError) {
    content = try FramedContent.Content(bodyOf: type, from: &reader)
    auth = try FramedContentAuthData(of: type, from: &reader)
    paddingCount = reader.remaining
    let padding = try reader.readFixed(paddingCount)
    guard padding.withBytes({ ConstantTime.isZero($0) }) else {
      throw CygnetError(.malformed, "S8: padding is not all zero (RFC 9420 §6.3.1)")
    }
  }
}

///     struct {
///       opaque group_id<V>;
///       uint64 epoch;
///       ContentType content_type;
///       opaque authenticated_data<V>;
///     } PrivateContentAAD;
private struct PrivateContentAAD: WireEncodable {
  let place: SenderDataAAD
  let authenticatedData: [UInt8]

  func encode(into writer: inout Writer) throws(CygnetError) {
    try place.encode(into: &writer)
    try writer.write(opaque: authenticatedData)
  }
}

extension PrivateMessage {
  /// Encrypts a signed message with the sender's next key, which is used up even if this throws.
  /// - Parameters:
  ///   - message: a member's, signed for this wire format, a commit with its confirmation tag.
  ///   - senderDataSecret: of the epoch in which it is sent.
  ///   - secretTree: of that epoch; the sender's ratchet moves on.
  ///   - padding: how the message is lengthened.
  ///   - suite: the group's.
  ///   - random: draws the four bytes of the reuse guard.
  /// - Throws: `ruleViolation` for a sender who is no member; `limitExceeded` for a message that is
  ///   too long, or the last generation.
  package static func protect(
    _ message: AuthenticatedContent, senderDataSecret: SecretBytes,
    secretTree: inout SecretTree, padding: MLS.PaddingPolicy, suite: Algorithms,
    using random: inout some RandomSource
  ) throws(CygnetError) -> PrivateMessage {
    guard case .member(let leaf) = message.content.sender else {
      throw CygnetError(.ruleViolation, "S8: only members send encrypted (RFC 9420 §6.3.2)")
    }
    try message.demandTags()
    guard message.wireFormat == .privateMessage else {
      throw CygnetError(.internalFault, "signed for another wire format")
    }
    let plaintext = try padded(message, padding, suite)
    let content = message.content
    let place = SenderDataAAD(
      groupID: content.groupID, epoch: content.epoch, contentType: content.content.type)
    let (generation, key, nonce) = try secretTree.nextSendingKey(
      leaf: leaf, kind: SecretTree.Kind(of: content.content.type), suite: suite)
    let senderData = SenderData(
      leafIndex: leaf, generation: generation,
      reuseGuard: random.bytes(SenderData.reuseGuardByteCount))
    let associated = try PrivateContentAAD(
      place: place, authenticatedData: content.authenticatedData
    ).wireEncoded()
    let ciphertext = try nonce.withGuarded(by: senderData.reuseGuard) {
      (nonce) throws(CygnetError) in
      try suite.aead.seal(plaintext, key: key, nonce: nonce, authenticating: associated)
    }
    return PrivateMessage(
      groupID: content.groupID, epoch: content.epoch, contentType: content.content.type,
      authenticatedData: content.authenticatedData,
      encryptedSenderData: try senderData.sealed(
        secret: senderDataSecret, ciphertext: ciphertext, authenticating: place, suite: suite),
      ciphertext: ciphertext)
  }

  private static func padded(
    _ message: AuthenticatedContent, _ padding: MLS.PaddingPolicy, _ suite: Algorithms
  ) throws(CygnetError) -> SecretBytes {
    var content = PrivateMessageContent(content: message.content.content, auth: message.auth)
    let count = try content.wireCount()
    let paddedCount = try padding.paddedCount(count)
    guard paddedCount <= MLS.Limits.opaqueByteCount - suite.aead.tagByteCount else {
      throw CygnetError(.limitExceeded, "A10: a message is too long (RFC 9420 §6.3.1)")
    }
    content.paddingCount = paddedCount - count
    return try content.wireEncodedSecret()
  }
}

/// Opening has two steps, because between them the group looks the sender up: a blank leaf is
/// refused (rule A4), and an own message is known as such (rule A9).
extension PrivateMessage {
  private var place: SenderDataAAD {
    SenderDataAAD(groupID: groupID, epoch: epoch, contentType: contentType)
  }

  /// Who sent the message. Whether that leaf is in the tree is the caller's to check.
  /// - Throws: `authenticationFailed` where it was not made with the epoch's secret.
  package func senderData(
    secret: SecretBytes, suite: Algorithms
  ) throws(CygnetError) -> SenderData {
    try SenderData.open(
      encryptedSenderData, secret: secret, ciphertext: ciphertext, authenticating: place,
      suite: suite)
  }

  /// The message, decrypted; for the signature see ``UnverifiedContent``. The key is used up once
  /// the ciphertext opens, whatever else is wrong, and not before (rule A5).
  /// - Parameters:
  ///   - senderData: of this message.
  ///   - secretTree: of the message's epoch.
  ///   - suite: the group's.
  /// - Throws: `duplicate`, `tooFarAhead` or `notFound` where there is no key, and
  ///   `authenticationFailed` for the content: `secretTree` is as before. `malformed` for a content
  ///   that opens and is none, padding included.
  package func unprotect(
    _ senderData: SenderData, secretTree: inout SecretTree, suite: Algorithms
  ) throws(CygnetError) -> UnverifiedContent {
    let key = try secretTree.receivingKey(
      leaf: senderData.leafIndex, kind: SecretTree.Kind(of: contentType),
      generation: senderData.generation, suite: suite)
    let plaintext = try open(with: key, reuseGuard: senderData.reuseGuard, suite: suite)
    try secretTree.consume(key)
    return try content(of: plaintext, from: senderData.leafIndex)
  }

  private func open(
    with key: SecretTree.ReceivingKey, reuseGuard: [UInt8], suite: Algorithms
  ) throws(CygnetError) -> SecretBytes {
    let associated = try PrivateContentAAD(place: place, authenticatedData: authenticatedData)
      .wireEncoded()
    return try key.nonce.withGuarded(by: reuseGuard) { (nonce) throws(CygnetError) in
      do throws(CygnetError) {
        return try suite.aead.open(
          ciphertext, key: key.key, nonce: nonce, authenticating: associated)
      } catch {
        throw CygnetError(error.code, "A3: the content does not open (RFC 9420 §6.3.1)")
      }
    }
  }

  private func content(
    of plaintext: SecretBytes, from sender: LeafIndex
  ) throws(CygnetError) -> UnverifiedContent {
    let decoded = try Reader.read(plaintext) { (reader) throws(CygnetError) in
      try PrivateMessageContent(of: contentType, from: &reader)
    }
    let content = FramedContent(
      groupID: groupID, epoch: epoch, sender: .member(sender),
      authenticatedData: authenticatedData, content: decoded.content)
    return UnverifiedContent(
      AuthenticatedContent(wireFormat: .privateMessage, content: content, auth: decoded.auth))
  }
}

extension SecretBytes {
  /// Lends this nonce with the guard XORed onto its first bytes (RFC 9420 §6.3.1, rule A1).
  package func withGuarded<R>(
    by reuseGuard: [UInt8], _ body: ([UInt8]) throws(CygnetError) -> R
  ) throws(CygnetError) -> R {
    try withExposedCopy { (nonce) throws(CygnetError) in
      for (index, byte) in reuseGuard.enumerated() where index < nonce.count {
        nonce[index] ^= byte
      }
      return try body(nonce)
    }
  }
}
