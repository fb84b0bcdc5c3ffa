internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// What a GroupInfo says of its group, against the rules of RFC 9420 §12.4.3 and §13.4, and leaves in
/// its tree against those of §7.2 and §7.3.
extension JoinFault {
  static var groups: [JoinFault] { signatures + signers + extensions + leaves + versions }

  private static var signatures: [JoinFault] {
    let changes: [(String, ([UInt8]) -> [UInt8])] = [
      ("with one bit changed", { [$0[0] ^ 1] + $0.dropFirst() }),
      ("of no bytes", { _ in [] }), ("of 63 bytes", { Array($0.dropLast()) }),
      ("to whose scalar the order of the group was added", Ed25519Forms.withOrderAdded),
    ]
    var faults: [JoinFault] = []
    for (comment, change) in changes {
      faults.append(
        .info("J4", "a GroupInfo with a signature \(comment)", .authenticationFailed) {
          (info, _) throws(CygnetError) in
          info.signature = change(Array(try info.encoded().suffix(64)))
        })
    }
    faults += [
      .info("J4", "a GroupInfo that another member signed", .authenticationFailed) {
        (info, forged) throws(CygnetError) in info.signer = try forged.next.signer(5)
      },
      .info("J4", "a GroupInfo signed over another label", .authenticationFailed, about: ["C1"]) {
        (info, _) throws(CygnetError) in info.label = "GroupInfo"
      },
      .info("J4", "a GroupInfo whose signature leaves out the signer", .authenticationFailed) {
        (info, _) throws(CygnetError) in
        let content = try info.encoded().dropLast(66)
        info.signature = try info.suite.signature(
          of: Array(content.dropLast(4)), label: info.label, by: info.signer)
      },
    ]
    return faults
  }

  private static var signers: [JoinFault] {
    [
      .info("J4", "a GroupInfo signed in the name of a blank leaf", with: [.remove(LeafIndex(6))]) {
        (info, _) throws(CygnetError) in info.signerIndex = LeafIndex(7)
      },
      .info("J4", "a GroupInfo signed in the name of the place behind the tree") {
        (info, _) throws(CygnetError) in info.signerIndex = LeafIndex(8)
      },
      .info("J4", "a GroupInfo signed in the name of place 2^32 - 1") {
        (info, _) throws(CygnetError) in info.signerIndex = LeafIndex(.max)
      },
      .info("J4", "a GroupInfo without a tree", .notFound) { (info, _) throws(CygnetError) in
        info.setTree(nil)
      },
      .info("J4", "a GroupInfo with the tree of the epoch before") {
        (info, forged) throws(CygnetError) in
        info.setTree(try TreeNodes(forged.commit.forge.tree).wireEncoded())
      },
    ]
  }

  // MARK: - Extensions

  private static var extensions: [JoinFault] {
    misplaced + [
      .info("S9", "a GroupInfo with an extension twice", .malformed) {
        (info, _) throws(CygnetError) in
        let own = MLS.Extension(type: MLSApplication.extensionType, data: [1])
        info.extensions += [own, own]
      },
      .info("S9", "a GroupInfo with two trees", .malformed) { (info, _) throws(CygnetError) in
        guard let tree = info.extensions.first else { return }
        info.extensions.append(tree)
      },
      context("S9", "a group with an extension twice", .malformed) {
        let own = MLS.Extension(type: MLSApplication.extensionType, data: [1])
        return MLS.Extensions(unchecked: [own, own])
      },
      context("S5", "required capabilities with a byte behind", .malformed) {
        MLS.Extensions(unchecked: [MLS.Extension(type: .requiredCapabilities, data: [0, 0, 0, 0])])
      },
      context("S5", "external senders cut short", .malformed) {
        MLS.Extensions(unchecked: [MLS.Extension(type: .externalSenders, data: [3, 32, 1])])
      },
      context("L1", "a group whose external sender the application refuses") {
        () throws(CygnetError) in
        try MLS.Extensions(externalSenders: [
          MLS.ExternalSender(
            signatureKey: MLS.SignaturePublicKey([UInt8](repeating: 1, count: 32)),
            credential: .basic(identity: Array("mallory".utf8)))
        ])
      },
      context(
        "P7", "a group with an extension that one member does not list", lacking: \.extensions
      ) {
        MLS.Extensions(unchecked: [MLS.Extension(type: MLSApplication.extensionType, data: [])])
      },
      requiring("an extension", lacking: \.extensions) {
        $0.extensions = [MLSApplication.extensionType]
      },
      requiring("a proposal", lacking: \.proposals) {
        $0.proposals = [MLSApplication.proposalType]
      },
      requiring("a credential", lacking: \.credentials) {
        $0.credentials = [MLSApplication.credentialType]
      },
    ]
  }

  private static var misplaced: [JoinFault] {
    var faults: [JoinFault] = []
    let ofGroupInfo: [(String, MLS.ExtensionType)] = [
      ("an application_id", .applicationID), ("required capabilities", .requiredCapabilities),
      ("external senders", .externalSenders),
    ]
    for (comment, type) in ofGroupInfo {
      faults.append(
        .info("K6", "a GroupInfo with \(comment)") { (info, _) throws(CygnetError) in
          info.extensions.append(MLS.Extension(type: type, data: [0, 0, 0]))
        })
    }
    let ofGroup: [(String, MLS.ExtensionType)] = [
      ("an application_id", .applicationID), ("a tree", .ratchetTree),
      ("an external_pub", .externalPub), ("GREASE", MLS.ExtensionType(0x1a1a)),
    ]
    for (comment, type) in ofGroup {
      faults.append(
        context("K6", "a group with \(comment) among its extensions") {
          MLS.Extensions(unchecked: [MLS.Extension(type: type, data: [0])])
        })
    }
    return faults
  }

  /// With other extensions of the group, and, if `list` is given, with that list of ivan's
  /// capabilities cut down to what everybody needs.
  private static func context(
    _ rule: String, _ comment: String, _ error: CygnetError.Code = .ruleViolation,
    lacking list: WritableKeyPath<MLS.Capabilities, [MLS.ExtensionType]>? = nil,
    _ extensions: @escaping () throws(CygnetError) -> MLS.Extensions
  ) -> JoinFault {
    JoinFault(rule, comment, error, path: false) { (commit, _) throws(CygnetError) in
      commit.extensions = try extensions()
      guard let list else { return }
      try commit.changeLeaf(3) { (leaf) throws(CygnetError) in
        leaf.capabilities[keyPath: list] = []
      }
    }
  }

  private static func requiring<Value: MLSCodePoint>(
    _ comment: String, lacking list: WritableKeyPath<MLS.Capabilities, [Value]>,
    _ require: @escaping (inout MLS.RequiredCapabilities) -> Void
  ) -> JoinFault {
    JoinFault("L3", "\(comment) is required that one member does not list", path: false) {
      (commit, _) throws(CygnetError) in
      var required = MLS.RequiredCapabilities()
      require(&required)
      commit.extensions = try MLS.Extensions(requiredCapabilities: required)
      try commit.changeLeaf(3) { (leaf) throws(CygnetError) in
        leaf.capabilities[keyPath: list].removeAll { $0.rawValue >= 0xf000 }
      }
    }
  }

  // MARK: - Leaves

  private static var leaves: [JoinFault] {
    var faults: [JoinFault] = []
    for fault in LeafFault.all {
      faults.append(
        .leaf(fault.rule, "a tree with a leaf \(fault.comment)") { (leaf, _) throws(CygnetError) in
          try fault.change(&leaf)
        })
    }
    let own = MLS.Extension(type: MLSApplication.extensionType, data: [])
    faults += [
      .leaf("S9", "a tree with a leaf that has an extension twice", .malformed) {
        (leaf, _) throws(CygnetError) in
        leaf.extensions = MLS.Extensions(unchecked: [own, own])
      },
      .leaf("L5", "a tree with a leaf whose lifetime is longer than allowed") {
        (leaf, _) throws(CygnetError) in
        leaf.source = .keyPackage(
          MLS.Lifetime(
            notBefore: Timestamp(seconds: OwnVectorSuite.now),
            notAfter: Timestamp(seconds: OwnVectorSuite.now + MLS.Limits.lifetimeSeconds + 1)))
      },
      JoinFault(
        "L2", "a tree with a leaf that another key signed", .authenticationFailed, path: false
      ) { (commit, bench) throws(CygnetError) in
        try commit.changeLeaf(3, signer: bench.forge.signer(4)) { (_) throws(CygnetError) in }
      },
      .leaf("L2", "a tree with a leaf whose signature key is of 31 bytes", .authenticationFailed) {
        (leaf, _) throws(CygnetError) in
        leaf.signatureKey = MLS.SignaturePublicKey(Array(leaf.signatureKey.bytes.dropLast()))
      },
      .leaf("L2", "a tree with a leaf whose signature key is of low order", .authenticationFailed) {
        (leaf, _) throws(CygnetError) in
        leaf.signatureKey = MLS.SignaturePublicKey([1] + [UInt8](repeating: 0, count: 31))
      },
      JoinFault("L2", "a tree with a leaf signed for another place", .authenticationFailed) {
        (commit, _) throws(CygnetError) in
        try commit.signLeaf(2, for: 3) { (_) throws(CygnetError) in }
      },
    ]
    return faults
  }

  private static var versions: [JoinFault] {
    [
      JoinFault("S6", "a group of version 2", .unsupported) { (commit, _) throws(CygnetError) in
        commit.editEncodedContext = { [0, 2] + $0.dropFirst(2) }
      },
      JoinFault("S6", "a group of version 0", .unsupported) { (commit, _) throws(CygnetError) in
        commit.editEncodedContext = { [0, 0] + $0.dropFirst(2) }
      },
    ]
  }
}
