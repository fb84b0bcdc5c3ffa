internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Key packages as a directory takes them, before any group is known (RFC 9420 §10.1).
enum KeyPackageRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/key-packages", kind: .check, subject: "mls",
    spec: "RFC 9420 §7.2, §7.3, §10; Cygnet Specification: MLS",
    notes: MLSRules.notes(
      "C1", "C3", "C5", "K1", "K3", "K4", "K6", "L1", "L2", "L5", "L6", "L7", "S2", "S3", "S4",
      "S6", "S9", "S11"),
    write: write)

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    { (test: inout VectorLedger) throws(CygnetError) in
      let bytes = try test.bytes("key_package")
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        guard let keyPackage = try MLS.Message(decoding: bytes).keyPackage else {
          throw CygnetError(.malformed, "not a key package")
        }
        return try keyPackage.verified(
          at: vectorTime, configuration: MLSApplication.configuration)
      }
      guard let verified = try test.settleByRule(outcome) else { return }
      let suite = try MLSApplication.configuration.algorithms(of: verified.keyPackage.cipherSuite)
      try test.expect(
        "reference", bytes: suite.keyPackageRef(verified.keyPackage).bytes)
      try test.expect("is_last_resort", .bool(verified.isLastResort))
    }
  }

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    // The bench of the cases has a group, which nobody looks at.
    let scene = try MLSScene.founded(["alice", "bob"], using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    try leaves(&cases)
    try packages(&cases)
    try signatures(&cases)
    try sources(&cases)
    try encodings(&cases)
    try writer.group(.mlsKeyPackage, cases.tests)
  }

  private static func inputs(_ keyPackage: MLS.KeyPackage) throws(CygnetError) -> [(String, JSON)] {
    [("key_package", .hex(try enveloped(keyPackage.wireEncoded())))]
  }

  private static func enveloped(_ keyPackage: [UInt8]) throws(CygnetError) -> [UInt8] {
    try MLSEnvelope(format: .keyPackage, body: keyPackage).wireEncoded()
  }

  typealias Edit = (inout ForgedClient, inout MLSWorkbench) throws(CygnetError) -> Void

  private static func making(
    _ bench: inout MLSWorkbench, _ edit: Edit
  ) throws(CygnetError) -> [(String, JSON)] {
    var zoe = try bench.client("zoe")
    try edit(&zoe, &bench)
    return try inputs(zoe.keyPackage(bench.suite))
  }

  // MARK: - Leaves

  private static func leaves(_ cases: inout MLSCases) throws(CygnetError) {
    for fault in LeafFault.none {
      try cases.accept(
        fault.rule, "a leaf \(fault.comment)",
        inputs: {
          (bench) throws(CygnetError) in
          try making(&bench) { (zoe, _) throws(CygnetError) in try fault.change(&zoe.leaf) }
        })
    }
    // A credential type that others do not list shows in a group only.
    for fault in LeafFault.all where fault.rule != "L4" {
      try cases.refuse(
        fault.rule, "a leaf \(fault.comment)",
        inputs: {
          (bench) throws(CygnetError) in
          try making(&bench) { (zoe, _) throws(CygnetError) in try fault.change(&zoe.leaf) }
        })
    }
    let now = OwnVectorSuite.now
    let lifetimes: [(String, UInt64, UInt64)] = [
      ("ended a second ago", now - 60, now - 1), ("begins in a second", now + 1, now + 60),
      ("is a second longer than allowed", now, now + MLS.Limits.lifetimeSeconds + 1),
      ("is for ever", 0, .max), ("ends before it begins", now + 1, now - 1),
    ]
    for (comment, from, to) in lifetimes {
      try cases.refuse(
        "L5", "a lifetime that \(comment)",
        inputs: {
          (bench) throws(CygnetError) in
          try making(&bench) { (zoe, _) throws(CygnetError) in
            zoe.leaf.source = .keyPackage(
              MLS.Lifetime(notBefore: Timestamp(seconds: from), notAfter: Timestamp(seconds: to)))
          }
        })
    }
  }

  // MARK: - The package around them

  private static func packages(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept(
      "K6", "a last resort",
      inputs: { (bench) throws(CygnetError) in
        try making(&bench) { (zoe, _) throws(CygnetError) in
          zoe.extensions = try MLS.Extensions([MLS.Extension(type: .lastResort, data: [])])
          zoe.leaf.capabilities.extensions.append(.lastResort)
        }
      })
    try cases.refuse(
      "S6", "a key package of version 2", .malformed,
      inputs: {
        (bench) throws(CygnetError) in
        try making(&bench) { (zoe, _) throws(CygnetError) in zoe.version = MLS.ProtocolVersion(2) }
      })
    for suite: UInt16 in [0, 1, 0xf0f0] {
      try cases.refuse(
        "K1", "a key package of suite \(suite)", .unsupported,
        inputs: { (bench) throws(CygnetError) in
          try making(&bench) { (zoe, _) throws(CygnetError) in
            zoe.cipherSuite = MLS.CipherSuite(suite)
            zoe.leaf.capabilities.cipherSuites.append(MLS.CipherSuite(suite))
          }
        })
    }
    try cases.refuse(
      "K4", "one key for both purposes",
      inputs: { (bench) throws(CygnetError) in
        try making(&bench) { (zoe, _) throws(CygnetError) in zoe.initKey = zoe.encryptionKey }
      })
    for (comment, key) in [
      ("of 31 bytes", [UInt8](repeating: 9, count: 31)),
      ("of 33 bytes", [UInt8](repeating: 9, count: 33)), ("of no bytes", []),
      ("of low order", [1] + [UInt8](repeating: 0, count: 31)),
    ] {
      try cases.refuse(
        "C3", "an init key \(comment)", .malformed,
        inputs: {
          (bench) throws(CygnetError) in
          try making(&bench) { (zoe, _) throws(CygnetError) in
            zoe.publicInitKey = MLS.HPKEPublicKey(key)
          }
        })
      try cases.refuse(
        "C3", "a leaf's key \(comment)", .malformed,
        inputs: {
          (bench) throws(CygnetError) in
          try making(&bench) { (zoe, _) throws(CygnetError) in
            zoe.leaf.encryptionKey = MLS.HPKEPublicKey(key)
          }
        })
    }
    let misplaced: [(String, MLS.ExtensionType)] = [
      ("an application_id", .applicationID), ("a ratchet_tree", .ratchetTree),
      ("required capabilities", .requiredCapabilities), ("an external_pub", .externalPub),
      ("external senders", .externalSenders),
    ]
    for (comment, type) in misplaced {
      try cases.refuse(
        "K6", "a key package with \(comment)",
        inputs: {
          (bench) throws(CygnetError) in
          try making(&bench) { (zoe, _) throws(CygnetError) in
            zoe.extensions = try MLS.Extensions([MLS.Extension(type: type, data: [0, 0, 0])])
          }
        })
    }
    try cases.refuse(
      "L6", "a key package with an extension that its leaf does not list",
      inputs: {
        (bench) throws(CygnetError) in
        try making(&bench) { (zoe, _) throws(CygnetError) in
          zoe.extensions = try MLS.Extensions([
            MLS.Extension(type: MLS.ExtensionType(0xf0f9), data: [])
          ])
        }
      })
    let own = MLS.Extension(type: MLSApplication.extensionType, data: [])
    try cases.refuse(
      "S9", "a key package with an extension twice", .malformed,
      inputs: {
        (bench) throws(CygnetError) in
        try making(&bench) { (zoe, _) throws(CygnetError) in
          zoe.extensions = MLS.Extensions(unchecked: [own, own])
        }
      })
    try cases.refuse(
      "S9", "a leaf with an extension twice", .malformed,
      inputs: {
        (bench) throws(CygnetError) in
        try making(&bench) { (zoe, _) throws(CygnetError) in
          zoe.leaf.extensions = MLS.Extensions(unchecked: [own, own])
        }
      })
  }

  // MARK: - Signatures

  private static func signatures(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse(
      "K3", "a key package that another key signed", .authenticationFailed,
      inputs: {
        (bench) throws(CygnetError) in
        let other = try bench.forge.signer(0)
        return try inputs(bench.client("zoe").keyPackage(bench.suite, packageSigner: other))
      })
    try cases.refuse(
      "L2", "a leaf that another key signed", .authenticationFailed,
      inputs: {
        (bench) throws(CygnetError) in
        let other = try bench.forge.signer(0)
        return try inputs(bench.client("zoe").keyPackage(bench.suite, leafSigner: other))
      })
    let changes: [(String, [String], @Sendable ([UInt8]) -> [UInt8])] = [
      ("with one bit changed", [], { [$0[0] ^ 1] + $0.dropFirst() }),
      ("of no bytes", ["C5"], { _ in [] }), ("of 65 bytes", ["C5"], { $0 + [0] }),
      (
        "to whose scalar the order of the group was added", ["C5"], Ed25519Forms.withOrderAdded
      ),
    ]
    for (comment, flags, change) in changes {
      try cases.refuse(
        "K3", "a key package with a signature \(comment)", .authenticationFailed,
        about: ["K3"] + flags,
        inputs: { (bench) throws(CygnetError) in
          let sound = try bench.keyPackage()
          return try inputs(sound.signed(change(sound.signature)))
        })
      try cases.refuse(
        "L2", "a leaf with a signature \(comment)", .authenticationFailed, about: ["L2"] + flags,
        inputs: { (bench) throws(CygnetError) in
          let zoe = try bench.client("zoe")
          let leaf = try zoe.leaf.signed(by: zoe.signer, in: nil, bench.suite)
          return try inputs(
            zoe.keyPackage(of: leaf.signed(change(leaf.signature)), bench.suite))
        })
    }
    try cases.refuse(
      "K3", "a key package signed as a leaf is", .authenticationFailed, about: ["K3", "C1"],
      inputs: { (bench) throws(CygnetError) in
        let zoe = try bench.client("zoe")
        let sound = try zoe.keyPackage(bench.suite)
        let signature = try bench.suite.signature(
          of: KeyPackageTBS(sound).wireEncoded(), label: LeafNodeTBS.label, by: zoe.signer)
        return try inputs(sound.signed(signature))
      })
    try cases.refuse(
      "L2", "a signature key that is no point but of low order", .authenticationFailed,
      about: ["L2", "C5"],
      inputs: { (bench) throws(CygnetError) in
        // By the neutral element any R with s = 0 verifies in lax libraries.
        var zoe = try bench.client("zoe")
        let neutral = [1] + [UInt8](repeating: 0, count: 31)
        zoe.leaf.signatureKey = MLS.SignaturePublicKey(neutral)
        let forged = neutral + [UInt8](repeating: 0, count: 32)
        let leaf = zoe.leaf.unsigned().signed(forged)
        return try inputs(zoe.keyPackage(of: leaf, bench.suite).signed(forged))
      })
  }

  private static func sources(_ cases: inout MLSCases) throws(CygnetError) {
    for (comment, source) in [
      ("an Update", MLS.LeafNode.Source.update),
      ("a commit", .commit(parentHash: [UInt8](repeating: 0, count: 32))),
    ] {
      try cases.refuse(
        "L7", "a leaf of \(comment)",
        inputs: { (bench) throws(CygnetError) in
          var zoe = try bench.client("zoe")
          zoe.leaf.source = source
          let leaf = try zoe.leaf.signed(
            by: zoe.signer, in: (bench.forge.groupID, LeafIndex(0)), bench.suite)
          return try inputs(zoe.keyPackage(of: leaf, bench.suite))
        })
    }
  }

  // MARK: - Spelling

  /// Version and suite (4 bytes), init key (33), then the leaf: two keys (33 each), type and name of
  /// the credential (6), the list of one version (3), of one suite (3), and so on.
  private static func encodings(_ cases: inout MLSCases) throws(CygnetError) {
    let changes: [(String, String, CygnetError.Code, @Sendable ([UInt8]) -> [UInt8])] = [
      (
        "S2", "an init key whose length takes two bytes", .malformed,
        {
          $0.prefix(4) + [0x40] + $0.dropFirst(4)
        }
      ),
      ("S3", "versions of one byte and a half", .malformed, { $0.with(3, at: 109) }),
      ("S3", "all but the last byte", .malformed, { Array($0.dropLast()) }),
      ("S4", "a byte behind", .malformed, { $0 + [0] }),
      ("S11", "a leaf of source 0", .malformed, { $0.with(0, at: sourcePlace) }),
      ("S11", "a leaf of source 4", .malformed, { $0.with(4, at: sourcePlace) }),
    ]
    for (rule, comment, code, change) in changes {
      try cases.refuse(
        rule, "a key package with \(comment)", code,
        inputs: {
          (bench) throws(CygnetError) in
          [("key_package", .hex(try enveloped(change(bench.keyPackage().wireEncoded()))))]
        })
    }
  }

  /// Behind the lists of extensions and proposals (3 each) and of two credential types (5).
  private static let sourcePlace = 109 + 3 + 3 + 3 + 3 + 5
}
