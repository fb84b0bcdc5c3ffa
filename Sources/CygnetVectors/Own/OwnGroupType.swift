internal import CygnetPrimitives

/// The types of test groups in our own files; each names the code that runs its tests.
enum OwnGroupType: String, Sendable, CaseIterable {
  case wire = "Wire"
  case x3dh = "X3DH"
  case pqxdh = "PQXDH"
  case bundle = "PreKeyBundle"
  case accept = "Accept"
  case doubleRatchet = "DoubleRatchet"
  case received = "Received"
  case sparseRatchet = "SparseRatchet"
  case tripleRatchet = "TripleRatchet"
  case senderKeys = "SenderKeys"
  case senderKeyReceived = "SenderKeyReceived"
  case senderKeyShared = "SenderKeyShared"
  case sendingSenderKeyState = "SendingSenderKeyState"
  case receivingSenderKeyState = "ReceivingSenderKeyState"
  case sessionState = "SessionState"
  case preKeysState = "PreKeysState"
  case identityState = "IdentityState"
  case safetyNumber = "SafetyNumber"
  case scan = "Scan"
  case contactCard = "ContactCard"
  case bech32m = "Bech32m"
  case recoveryKeyText = "RecoveryKeyText"
  case identityKeyText = "IdentityKeyText"
  case armor = "Armor"

  case attachment = "Attachment"
  case attachmentChange = "AttachmentChange"
  case padme = "Padme"
  case resumption = "AttachmentResumption"
  case hpke = "HPKE"
  case hpkeOpen = "HPKEOpen"
  case hpkeSeal = "HPKESeal"
  case hpkeExport = "HPKEExport"
  case hmac = "HMAC"
  case hkdf = "HKDF"
  case x25519 = "X25519"
  case ed25519 = "Ed25519"
  case conversion = "Ed25519ToX25519"
  case aead = "AEAD"
  case x3dhSecret = "X3DHSecret"
  case chain = "Chain"
  case mlsMember = "MLSMember"
  case mlsKeyPackage = "MLSKeyPackage"
  case mlsWelcome = "MLSWelcome"
  case mlsGroupInfo = "MLSGroupInfo"
  case mlkem = "MLKEM"
  case mlkemInput = "MLKEMInput"
  case mlkemSecond = "MLKEMSecond"
  case xwing = "XWing"
  case xwingInput = "XWingInput"

  typealias TestRunner = (inout VectorLedger) throws(CygnetError) -> Void

  /// Reads the group's parameters and gives what runs its tests, in their order.
  func open(_ group: inout VectorLedger) throws(CygnetError) -> TestRunner {
    switch self {
    case .wire: return try WireVectors.open(&group)
    case .x3dh: return try X3DHTrace.open(&group)
    case .pqxdh: return try PQXDHTrace.open(&group)
    case .bundle: return BundleVectors.run
    case .accept: return try AcceptVectors.open(&group)
    case .doubleRatchet: return try DoubleRatchetTrace.open(&group)
    case .received: return try ReceivedVectors.open(&group)
    case .sparseRatchet: return try SparseRatchetTrace.open(&group)
    case .tripleRatchet: return try TripleRatchetTrace.open(&group)
    case .senderKeys: return try SenderKeyTrace.open(&group)
    case .senderKeyReceived: return try SenderKeyReceivedVectors.openMessages(&group)
    case .senderKeyShared: return try SenderKeyReceivedVectors.openShared(&group)
    case .sendingSenderKeyState: return SenderKeyStateVectors.runSending
    case .receivingSenderKeyState: return SenderKeyStateVectors.runReceiving
    case .sessionState: return StateVectors.runSession
    case .preKeysState: return StateVectors.runPreKeys
    case .identityState: return StateVectors.runIdentity
    case .safetyNumber: return SafetyNumberVectors.runTrace
    case .scan: return try SafetyNumberVectors.openScan(&group)
    case .contactCard: return ContactCardVectors.run
    case .bech32m: return try Bech32mVectors.open(&group)
    case .recoveryKeyText: return Bech32mVectors.runRecoveryKey
    case .identityKeyText: return Bech32mVectors.runIdentityKey
    case .armor: return try ArmorVectors.open(&group)
    case .attachment: return AttachmentTrace.run
    case .attachmentChange: return try AttachmentRefusals.open(&group)
    case .padme: return AttachmentTrace.runPadme
    case .resumption: return AttachmentStateVectors.run
    case .hpke: return try HPKETrace.open(&group)
    case .hpkeOpen: return try HPKEChecks.openOpening(&group)
    case .hpkeSeal: return try HPKEChecks.openSealing(&group)
    case .hpkeExport: return try HPKEChecks.openExport(&group)
    case .hmac: return PublishedFigures.runHMAC
    case .hkdf: return PublishedFigures.runHKDF
    case .x25519: return PublishedFigures.runX25519
    case .ed25519: return PublishedFigures.runEd25519
    case .conversion: return PublishedFigures.runConversion
    case .aead: return PublishedFigures.runAEAD
    case .x3dhSecret: return PublishedFigures.runX3DHSecret
    case .chain: return PublishedFigures.runChain
    case .mlsMember: return try MLSMemberVectors.open(&group)
    case .mlsKeyPackage: return try KeyPackageRefusals.open(&group)
    case .mlsWelcome: return try MLSJoinVectors.openWelcomes(&group)
    case .mlsGroupInfo: return try MLSJoinVectors.openGroupInfos(&group)
    case .mlkem: return try MLKEMTrace.open(&group)
    case .mlkemInput: return try MLKEMChecks.openInput(&group)
    case .mlkemSecond: return MLKEMChecks.runSecond
    case .xwing: return XWingVectors.run
    case .xwingInput: return try XWingVectors.openInput(&group)
    }
  }
}
