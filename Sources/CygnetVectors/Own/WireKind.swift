internal import Cygnet
internal import CygnetAttachments
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetSenderKeys
internal import CygnetWire

/// Every wire type that our vectors cover, by the name of its struct definition.
enum WireKind: String, CaseIterable, Sendable {
  case vectorLength = "VectorLength"
  case optionalNumber = "optional<uint32>"
  case opaque = "opaque<2..300>"
  case numberList = "uint32<V>"
  case identityKey = "IdentityKey"
  case curveKey = "CurveKey"
  case kemKey = "KEMKey"
  case deviceAddress = "DeviceAddress"
  case signedPreKey = "SignedPreKey"
  case oneTimePreKey = "OneTimePreKey"
  case kemPreKey = "KEMPreKey"
  case preKeyBundle = "PreKeyBundle"
  case handshake = "Handshake"
  case message = "PairwiseMessage"
  case ratchetHeader = "RatchetHeader"
  case tripleRatchetHeader = "TripleRatchetHeader"
  case skippedMessageKeys = "SkippedMessageKeys"
  case sessionState = "SessionState"
  case preKeysState = "PreKeysState"
  case identityState = "IdentityState"
  case attachmentPointer = "AttachmentPointer"
  case attachmentResumption = "AttachmentResumption"
  case contactCard = "ContactCard"
  case envelope = "Envelope"
  case messageContent = "MessageContent"
  case senderKeyDistributionMessage = "SenderKeyDistributionMessage"
  case senderKeyMessage = "SenderKeyMessage"
  case broadcastEnvelope = "BroadcastEnvelope"
  case sendingSenderKeyState = "SendingSenderKeyState"
  case receivingSenderKeyState = "ReceivingSenderKeyState"

  /// Numbers in a `uint32<V>`.
  static let maxListCount = 4

  /// What decodes and encodes again.
  func reencode(_ bytes: [UInt8]) throws(CygnetError) -> [UInt8] {
    switch self {
    case .vectorLength: try LengthForm(wire: bytes).wireEncoded()
    case .optionalNumber: try OptionalForm(wire: bytes).wireEncoded()
    case .opaque: try OpaqueForm(wire: bytes).wireEncoded()
    case .numberList: try ListForm(wire: bytes).wireEncoded()
    case .identityKey: try Ed25519.PublicKey(wire: bytes).wireEncoded()
    case .curveKey: try X25519.PublicKey(wire: bytes).wireEncoded()
    case .kemKey: try MLKEM768.EncapsulationKey(wire: bytes).wireEncoded()
    case .deviceAddress: try DeviceAddress(wire: bytes).wireEncoded()
    case .signedPreKey: try SignedPreKey(wire: bytes).wireEncoded()
    case .oneTimePreKey: try OneTimePreKey(wire: bytes).wireEncoded()
    case .kemPreKey: try KEMPreKey(wire: bytes).wireEncoded()
    case .preKeyBundle: try PreKeyBundle(wire: bytes).wireEncoded()
    case .handshake: try Handshake(wire: bytes).wireEncoded()
    case .message: try PairwiseMessage(wire: bytes).wireEncoded()
    case .ratchetHeader: try RatchetHeader(wire: bytes).wireEncoded()
    case .tripleRatchetHeader: try TripleRatchetHeader(wire: bytes).wireEncoded()
    case .skippedMessageKeys: try SkippedMessageKeys(wire: bytes).wireEncoded()
    case .sessionState: try PairwiseSession(wire: bytes).wireEncoded()
    case .preKeysState: try PreKeys(wire: bytes).wireEncoded()
    case .attachmentPointer: try AttachmentPointer(wire: bytes).wireEncoded()
    case .attachmentResumption: try AttachmentResumption(wire: bytes).wireEncoded()
    case .contactCard: try ContactCard(wire: bytes).wireEncoded()
    case .envelope: try Envelope(wire: bytes).wireEncoded()
    case .messageContent: try MessageContent(wire: bytes).wireEncoded()
    case .senderKeyDistributionMessage:
      try SenderKeyDistributionMessage(wire: bytes).wireEncoded()
    case .senderKeyMessage: try SenderKeyMessage(wire: bytes).wireEncoded()
    case .broadcastEnvelope: try BroadcastEnvelope(wire: bytes).wireEncoded()
    case .sendingSenderKeyState: try SendingSenderKey(wire: bytes).wireEncoded()
    case .receivingSenderKeyState: try ReceivingSenderKey(wire: bytes).wireEncoded()
    case .identityState:
      try IdentityKeyPair(restoring: SecretBytes(copying: bytes)).state().exposed()
    }
  }
}

/// A length alone, as it stands in front of a vector.
private struct LengthForm: WireEncodable, WireDecodable {
  let length: Int

  init(from reader: inout Reader) throws(CygnetError) {
    length = try VectorLength.decode(from: &reader)
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    try VectorLength.encode(length, into: &writer)
  }
}

private struct OptionalForm: WireEncodable, WireDecodable {
  let number: OneTimePreKeyID?

  init(from reader: inout Reader) throws(CygnetError) { number = try reader.readOptional() }

  func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(optional: number)
  }
}

private struct OpaqueForm: WireEncodable, WireDecodable {
  let bytes: [UInt8]

  init(from reader: inout Reader) throws(CygnetError) { bytes = try reader.readOpaque(2...300) }

  func encode(into writer: inout Writer) throws(CygnetError) { try writer.write(opaque: bytes) }
}

private struct ListForm: WireEncodable, WireDecodable {
  let numbers: [OneTimePreKeyID]

  init(from reader: inout Reader) throws(CygnetError) {
    numbers = try reader.readVector(0...100, maxCount: WireKind.maxListCount)
  }

  func encode(into writer: inout Writer) throws(CygnetError) { try writer.write(vector: numbers) }
}
