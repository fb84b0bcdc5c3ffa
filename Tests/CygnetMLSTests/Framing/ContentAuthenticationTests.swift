import CygnetMLS
import CygnetPrimitives
import CygnetWire
import Testing

@Suite("What signatures and tags of messages cover")
struct ContentAuthenticationTests {
  private let fixture: EpochFixture

  init() throws { fixture = try EpochFixture() }

  /// Sends in the clear, and verifies the signature with this context.
  private func verifies(_ content: FramedContent, context: [UInt8]) throws -> String? {
    let message = try fixture.publicMessage(content.content, from: content.sender)
    let opened = try fixture.open(message)
    return failure {
      try opened.verified(
        by: fixture.signatureKey.publicKey, context: context, suite: fixture.suite)
    }
  }

  @Test("E5: the context is signed by members and by those who join by a commit, by nobody else")
  func contextBySender() throws {
    let other = fixture.context + [0]
    let bound: [(MLS.Sender, FramedContent.Content)] = [
      (.member(LeafIndex(2)), someProposal), (.member(LeafIndex(2)), someCommit),
      (.newMemberCommit, someCommit),
    ]
    for (sender, content) in bound {
      let framed = fixture.framed(content, from: sender)
      #expect(try verifies(framed, context: fixture.context) == nil)
      let rule = sender == .newMemberCommit ? "X4" : "M3"
      #expect(try verifies(framed, context: other) == "authenticationFailed \(rule)")
      #expect(
        failure {
          try AuthenticatedContent.sign(
            framed, as: .publicMessage, context: nil, by: fixture.signatureKey,
            suite: fixture.suite)
        } == "internalFault")
    }
    for sender in [MLS.Sender.external(0), .newMemberProposal] {
      let framed = fixture.framed(someProposal, from: sender)
      #expect(try verifies(framed, context: other) == nil)
      _ = try AuthenticatedContent.sign(
        framed, as: .publicMessage, context: nil, by: fixture.signatureKey, suite: fixture.suite)
    }
  }

  @Test("the signature covers version, wire format, content and context, in this order")
  func signedBytes() throws {
    let message = try fixture.signed(fixture.framed(someProposal), as: .publicMessage)
    let signed = try [0, 1, 0, 1] + message.content.wireEncoded() + fixture.context
    try fixture.suite.verify(
      signature: message.auth.signature, of: signed, label: "FramedContentTBS",
      by: fixture.signatureKey.publicKey)
  }

  @Test("C12: a signature of one epoch does not verify in another")
  func oldContext() throws {
    let now = fixture.groupContext
    let next = MLS.GroupContext(
      cipherSuite: now.cipherSuite, groupID: now.groupID, epoch: MLS.Epoch(6),
      treeHash: now.treeHash, confirmedTranscriptHash: now.confirmedTranscriptHash,
      extensions: .none)
    #expect(
      try verifies(fixture.framed(someCommit), context: next.wireEncoded())
        == "authenticationFailed M3")
  }

  @Test("the signature is bound to the way a message travels")
  func wireFormat() throws {
    let signed = try fixture.signed(fixture.framed(someProposal), as: .privateMessage)
    let moved = PublicMessage(
      content: signed.content, auth: signed.auth,
      membershipTag: try membershipTag(signed.content, signed.auth))
    let opened = try fixture.open(moved)
    #expect(
      failure {
        try opened.verified(
          by: fixture.signatureKey.publicKey, context: fixture.context, suite: fixture.suite)
      } == "authenticationFailed M3")
    #expect(
      failure {
        try PublicMessage.protect(
          signed, membershipKey: fixture.secrets.membershipKey, context: fixture.context,
          suite: fixture.suite)
      } == "internalFault")
  }

  private func membershipTag(
    _ content: FramedContent, _ auth: FramedContentAuthData
  ) throws -> [UInt8] {
    let tagged =
      try [0, 1, 0, 1] + content.wireEncoded() + fixture.context + auth.wireEncoded()
    return fixture.suite.mac(tagged, key: fixture.secrets.membershipKey)
  }

  @Test("C11: the membership tag covers content, context, signature and confirmation tag")
  func membershipTagCoverage() throws {
    let message = try fixture.publicMessage(someCommit)
    #expect(try message.membershipTag == membershipTag(message.content, message.auth))
    _ = try fixture.open(message)
    let otherTag = FramedContentAuthData(
      signature: message.auth.signature, confirmationTag: [UInt8](repeating: 8, count: 32))
    let otherSignature = FramedContentAuthData(
      signature: [UInt8](repeating: 8, count: 64),
      confirmationTag: message.auth.confirmationTag)
    for auth in [otherTag, otherSignature] {
      let altered = PublicMessage(
        content: message.content, auth: auth, membershipTag: message.membershipTag)
      #expect(failure { try fixture.open(altered) } == "authenticationFailed C11")
    }
    let otherContent = PublicMessage(
      content: fixture.framed(someCommit, authenticatedData: []), auth: message.auth,
      membershipTag: message.membershipTag)
    #expect(failure { try fixture.open(otherContent) } == "authenticationFailed C11")
    #expect(
      failure {
        try message.unprotect(
          membershipKey: fixture.secrets.membershipKey, context: fixture.context + [0],
          suite: fixture.suite)
      } == "authenticationFailed C11")
  }

  @Test("C11: a membership tag that is missing, short or long is refused")
  func membershipTagLength() throws {
    let message = try fixture.publicMessage(someProposal)
    let tag = try #require(message.membershipTag)
    for other in [nil, [], Array(tag.dropLast()), Array(tag.prefix(1)), tag + [0]] as [[UInt8]?] {
      let altered = PublicMessage(
        content: message.content, auth: message.auth, membershipTag: other)
      #expect(failure { try fixture.open(altered) } == "authenticationFailed C11")
    }
  }

  @Test("S7: only members' messages have a membership tag")
  func membershipTagBySender() throws {
    #expect(try fixture.publicMessage(someProposal).membershipTag?.count == 32)
    for sender in [MLS.Sender.external(3), .newMemberProposal] {
      #expect(try fixture.publicMessage(someProposal, from: sender).membershipTag == nil)
    }
    #expect(try fixture.publicMessage(someCommit, from: .newMemberCommit).membershipTag == nil)
    #expect(
      failure {
        try PublicMessage.protect(
          fixture.signed(fixture.framed(someProposal), as: .publicMessage), membershipKey: nil,
          context: fixture.context, suite: fixture.suite)
      } == "internalFault")
  }

  @Test("S7, A11: application data in the clear is neither sent nor taken")
  func application() throws {
    let content = FramedContent.Content.application([1])
    #expect(failure { try fixture.publicMessage(content) } == "ruleViolation S7")
    let framed = fixture.framed(content)
    let signed = try fixture.signed(framed, as: .publicMessage)
    let message = PublicMessage(
      content: framed, auth: signed.auth, membershipTag: try membershipTag(framed, signed.auth))
    #expect(failure { try fixture.open(message) } == "ruleViolation S7")
  }

  @Test("S7: commits have a confirmation tag, and nothing else has")
  func confirmationTagPresence() throws {
    let commit = try AuthenticatedContent.sign(
      fixture.framed(someCommit), as: .publicMessage, context: fixture.context,
      by: fixture.signatureKey, suite: fixture.suite)
    let proposal = try fixture.signed(fixture.framed(someProposal), as: .publicMessage)
      .confirmed(by: [1])
    for message in [commit, proposal] {
      #expect(
        failure {
          try PublicMessage.protect(
            message, membershipKey: fixture.secrets.membershipKey, context: fixture.context,
            suite: fixture.suite)
        } == "internalFault S7")
    }
  }

  @Test("P8, X4: who is not a member sends proposals, or the commit that joins, and nothing else")
  func sendersOutside() throws {
    let cases: [(MLS.Sender, FramedContent.Content, String)] = [
      (.external(0), someCommit, "P8"), (.newMemberProposal, someCommit, "P8"),
      (.newMemberCommit, someProposal, "X4"),
    ]
    for (sender, content, rule) in cases {
      #expect(
        failure { try fixture.publicMessage(content, from: sender) } == "ruleViolation \(rule)")
      let signed = try fixture.signed(
        fixture.framed(content, from: sender), as: .publicMessage)
      let message = PublicMessage(
        content: signed.content, auth: signed.auth, membershipTag: nil)
      #expect(failure { try fixture.open(message) } == "ruleViolation \(rule)")
    }
  }

  @Test("M5: a confirmation tag is compared in full")
  func confirmationTag() throws {
    let key = fixture.secrets.confirmationKey
    let tag = ConfirmationTag.make(
      confirmedTranscriptHash: [1], key: key, suite: fixture.suite)
    #expect(tag == fixture.suite.mac([1], key: key))
    try ConfirmationTag.verify(
      tag, confirmedTranscriptHash: [1], key: key, suite: fixture.suite)
    for (other, hash) in [
      (tag, [2]), (Array(tag.dropLast()), [1]), ([], [1]), (tag + [0], [1]),
    ] as [([UInt8], [UInt8])] {
      #expect(
        failure {
          try ConfirmationTag.verify(
            other, confirmedTranscriptHash: hash, key: key, suite: fixture.suite)
        } == "authenticationFailed M5")
    }
  }
}
