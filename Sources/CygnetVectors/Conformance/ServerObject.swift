internal import CygnetAttachments
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetSenderKeys

/// The kinds of objects that the server keeps; a handle is the kind, a dash and a number.
enum ObjectKind: String, CaseIterable, Sendable {
  case identity
  case preKeys = "pre_keys"
  case session
  case ratchet
  case senderKey = "sender_key"
  case memberKey = "member_key"
  case encryptor
  case decryptor
  case verifier
}

/// An object that the server keeps between requests.
enum ServerObject {
  case identity(IdentityKeyPair)
  case preKeys(PreKeys)
  case session(PairwiseSession)
  case ratchet(DoubleRatchet)
  case senderKey(SendingSenderKey)
  case memberKey(ReceivingSenderKey)
  case encryptor(EncryptorBox)
  case decryptor(DecryptorBox)
  case verifier(VerifierBox)

  var kind: ObjectKind {
    switch self {
    case .identity: .identity
    case .preKeys: .preKeys
    case .session: .session
    case .ratchet: .ratchet
    case .senderKey: .senderKey
    case .memberKey: .memberKey
    case .encryptor: .encryptor
    case .decryptor: .decryptor
    case .verifier: .verifier
    }
  }
}

/// Holds a stream that cannot be copied. The stream is taken out to be used, and `finish` uses it up.
final class EncryptorBox {
  private var stream: AttachmentEncryptor?

  init(_ stream: consuming AttachmentEncryptor) { self.stream = consume stream }

  func take() throws(CygnetError) -> AttachmentEncryptor {
    guard let taken = stream.take() else { throw Call.slip }
    return taken
  }

  func put(_ stream: consuming AttachmentEncryptor) { self.stream = consume stream }
}

/// As `EncryptorBox`.
final class DecryptorBox {
  private var stream: AttachmentDecryptor?

  init(_ stream: consuming AttachmentDecryptor) { self.stream = consume stream }

  func take() throws(CygnetError) -> AttachmentDecryptor {
    guard let taken = stream.take() else { throw Call.slip }
    return taken
  }

  func put(_ stream: consuming AttachmentDecryptor) { self.stream = consume stream }
}

/// As `EncryptorBox`.
final class VerifierBox {
  private var stream: BlobVerifier?

  init(_ stream: consuming BlobVerifier) { self.stream = consume stream }

  func take() throws(CygnetError) -> BlobVerifier {
    guard let taken = stream.take() else { throw Call.slip }
    return taken
  }

  func put(_ stream: consuming BlobVerifier) { self.stream = consume stream }
}
