import TestSupport
import Testing

@Suite("What the fuzzers decode")
struct FuzzCoverageTests {
  /// Types that other layers never decode by themselves, with one that is fuzzed and holds them.
  private static let parts = [
    "CipherSuite": "Welcome", "ContentType": "FramedContent", "CredentialType": "Capabilities",
    "Extension": "Extensions", "ExtensionType": "Capabilities", "Generation": "SenderData",
    "GroupID": "GroupContext", "HPKEPublicKey": "KeyPackage",
    "KeyPackageRef": "EncryptedGroupSecrets", "LeafIndex": "SenderData", "ProposalOrRef": "Commit",
    "ProposalRef": "Commit", "ProposalType": "Capabilities", "ProtocolVersion": "GroupContext",
    "KEMPreKeyID": "KEMPreKey", "KEMPreKeyKind": "KEMPreKey",
    "SignaturePublicKey": "ExternalSender", "UpdatePathNode": "UpdatePath",
    "WireFormat": "AuthenticatedContent", "Epoch": "GroupContext",
    "DistributionID": "SenderKeyMessage", "HandshakeID": "PreKeys", "OneTimePreKeyID": "Handshake",
    "SenderChainID": "SenderKeyDistributionMessage", "SenderKeySuite": "SenderKeyMessage",
    "SenderSignatureKey": "SenderKeyDistributionMessage", "Suite": "Handshake",
  ]

  private static let layers: Set<String> = [
    "CygnetPairwise", "CygnetSenderKeys", "CygnetMLS", "CygnetAttachments", "CygnetStorage",
    "Cygnet",
  ]

  /// Wire types that can be reached from outside their layer.
  private func reachable() throws -> Set<String> {
    var decoded: Set<String> = []
    var open: Set<String> = []
    for file in try SourceTree.files(in: "Sources") where Self.layers.contains(file.target) {
      for line in file.lines {
        let words = line.split(separator: " ").map(String.init)
        // A type of the layer's own has no word before its own.
        if line.contains("WireDecodable"),
          let word = words.firstIndex(where: { ["extension", "struct", "enum"].contains($0) }),
          word + 1 < words.count, words[word] == "extension" || word > 0
        {
          let name = words[word + 1].split { ".:".contains($0) }.last
          decoded.insert(String(name ?? ""))
        }
        if let match = line.firstMatch(of: #/(?:public|package) (?:struct|enum) (\w+)/#) {
          open.insert(String(match.output.1))
        }
      }
    }
    return decoded.intersection(open)
  }

  @Test("every type that comes from outside is the input of a fuzzer, by itself or in another one")
  func complete() throws {
    let text = try SourceTree.files(in: "Tests/Fuzz").flatMap(\.lines).joined(separator: "\n")
    let types = try reachable()
    #expect(types.count > 50)
    func isFuzzed(_ type: String) -> Bool {
      text.contains("(\(type).self") || text.contains(".\(type).self")
    }
    for type in types.sorted() where !isFuzzed(type) {
      #expect(Self.parts[type].map(isFuzzed) == true, "\(type)")
    }
  }

  @Test("every fuzzer is built, and run when none is named")
  func listed() throws {
    let package = try #require(RepositoryFiles.read(RepositoryFiles.path("Package.swift")))
    let script = try #require(RepositoryFiles.read(RepositoryFiles.path("Tests/Fuzz/run")))
    let names = Set(
      try SourceTree.files(in: "Tests/Fuzz").map { String($0.path.split(separator: "/")[2]) })
    #expect(names.count > 8)
    for name in names.sorted() {
      #expect(String(decoding: package, as: UTF8.self).contains("\"\(name)\""), "\(name)")
      let words = String(decoding: script, as: UTF8.self).split { " \n()".contains($0) }
      #expect(words.contains(Substring(name)), "\(name)")
    }
  }
}
