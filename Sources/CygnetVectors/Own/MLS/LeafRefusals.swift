internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Leaves against the rules of RFC 9420 §7.2 and §7.3, in Adds, Updates and paths.
enum LeafRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/leaves", kind: .check, subject: "mls",
    spec: "RFC 9420 §7.2, §7.3, §10.1; Cygnet Specification: MLS",
    notes: MLSRules.notes(
      "C3", "L1", "L2", "L4", "L5", "L6", "L7", "K1", "K3", "K4", "K6", "P1", "P2"),
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let scene = try MLSScene.eight(using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    for fault in LeafFault.none { try accept(fault, &cases) }
    for fault in LeafFault.all { try refuse(fault, &cases) }
    try successors(&cases)
    try signatures(&cases)
    try sources(&cases)
    try lifetimes(&cases)
    try keyPackages(&cases)
    try writer.group(
      .mlsMember, ["client": scene.client(), "group_info": .hex(scene.groupInfo())], cases.tests)
  }

  // MARK: - The same in three places

  private static func refuse(
    _ fault: LeafFault, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try cases.refuse(fault.rule, "an Add of a leaf \(fault.comment)") {
      (bench) throws(CygnetError) in try add(&bench, fault)
    }
    try cases.refuse(fault.rule, "an Update to a leaf \(fault.comment)") {
      (bench) throws(CygnetError) in try update(&bench, fault)
    }
    try cases.refuse(fault.rule, "a path with a leaf \(fault.comment)") {
      (bench) throws(CygnetError) in try path(&bench, fault)
    }
  }

  private static func accept(
    _ fault: LeafFault, _ cases: inout MLSCases
  ) throws(CygnetError) {
    try cases.accept(fault.rule, "an Add of a leaf \(fault.comment)") {
      (bench) throws(CygnetError) in try add(&bench, fault)
    }
    try cases.accept(fault.rule, "an Update to a leaf \(fault.comment)") {
      (bench) throws(CygnetError) in try update(&bench, fault)
    }
    try cases.accept(fault.rule, "a path with a leaf \(fault.comment)") {
      (bench) throws(CygnetError) in try path(&bench, fault)
    }
  }

  private static func add(
    _ bench: inout MLSWorkbench, _ fault: LeafFault
  ) throws(CygnetError) -> [UInt8] {
    let zoe = try bench.keyPackage { (client) throws(CygnetError) in
      try fault.change(&client.leaf)
    }
    return try bench.commit([.add(zoe)], path: false).sent()
  }

  /// A fault that shows in the leaf alone shows when it is proposed; what takes the others shows when
  /// it is committed.
  private static func update(
    _ bench: inout MLSWorkbench, _ fault: LeafFault
  ) throws(CygnetError) -> [UInt8] {
    let update = try bench.update(of: 4) { (leaf) throws(CygnetError) in try fault.change(&leaf) }
    guard fault.rule == "L4" else {
      return try bench.message(by: 4, .proposal(update)).sent()
    }
    return try bench.commit([bench.propose(update, by: 4)]).sent()
  }

  private static func path(
    _ bench: inout MLSWorkbench, _ fault: LeafFault
  ) throws(CygnetError) -> [UInt8] {
    var commit = try ForgedCommit(bench.forge, by: 2, [])
    try commit.addPath(using: &bench.random) { (leaf) throws(CygnetError) in
      try fault.change(&leaf)
    }
    return try commit.finish().sent()
  }

  // MARK: - What follows what

  private static func successors(_ cases: inout MLSCases) throws(CygnetError) {
    for (name, isSound) in [("erin2", true), ("eve", false)] {
      let making: MLSCases.Making = { (bench) throws(CygnetError) in
        let update = try bench.update(of: 4) { (leaf) throws(CygnetError) in
          leaf.credential = .basic(identity: Array(name.utf8))
        }
        return try bench.message(by: 4, .proposal(update)).sent()
      }
      let comment = "an Update of erin to \(name)"
      if isSound {
        try cases.accept("L1", comment, making)
      } else {
        try cases.refuse("L1", comment, .ruleViolation, about: nil, making)
      }
    }
    for (name, isSound) in [("carol2", true), ("carola", false)] {
      let making: MLSCases.Making = { (bench) throws(CygnetError) in
        var commit = try ForgedCommit(bench.forge, by: 2, [])
        try commit.addPath(using: &bench.random) { (leaf) throws(CygnetError) in
          leaf.credential = .basic(identity: Array(name.utf8))
        }
        return try commit.finish().sent()
      }
      let comment = "a path of carol as \(name)"
      if isSound {
        try cases.accept("L1", comment, making)
      } else {
        try cases.refuse("L1", comment, .ruleViolation, about: nil, making)
      }
    }
  }

  // MARK: - Signatures

  private static func signatures(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("L2", "an Add of a leaf that another key signed", .authenticationFailed) {
      (bench) throws(CygnetError) in
      let zoe = try bench.client("zoe")
      let other = try bench.forge.signer(2)
      return try bench.commit(
        [.add(zoe.keyPackage(bench.suite, leafSigner: other))], path: false
      ).sent()
    }
    try cases.refuse(
      "L2", "an Add of a leaf whose signature names group and place", .authenticationFailed
    ) { (bench) throws(CygnetError) in
      let zoe = try bench.client("zoe")
      let update = try signed(zoe.leaf, as: .update, &bench, by: zoe.signer)
      let leaf = zoe.leaf.unsigned().signed(update.signature)
      return try bench.commit(
        [.add(zoe.keyPackage(of: leaf, bench.suite))], path: false
      ).sent()
    }
    try cases.refuse(
      "L2", "an Update that another key signed", .authenticationFailed, about: ["L2", "P2"]
    ) {
      (bench) throws(CygnetError) in
      let other = try bench.forge.signer(5)
      return try bench.message(
        by: 4, .proposal(bench.update(of: 4, signer: other))
      ).sent()
    }
    try cases.refuse(
      "L2", "an Update signed for another place", .authenticationFailed, about: ["L2", "P2"]
    ) {
      (bench) throws(CygnetError) in
      try bench.message(by: 4, .proposal(bench.update(of: 4, signedFor: 5))).sent()
    }
    try cases.refuse("L2", "an Update signed without group and place", .authenticationFailed) {
      (bench) throws(CygnetError) in
      guard case .update(let leaf) = try bench.update(of: 4) else { return [] }
      let signature = try bench.suite.signature(
        of: Array(
          LeafNodeTBS(leaf, groupID: bench.forge.groupID, index: LeafIndex(4)).wireEncoded()
            .dropLast(33 + 4)),
        label: LeafNodeTBS.label, by: bench.forge.signer(4))
      return try bench.message(by: 4, .proposal(.update(leaf.signed(signature)))).sent()
    }
    try cases.refuse("L2", "a path whose leaf another key signed", .authenticationFailed) {
      (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      let own = try bench.forge.signer(2).publicKey
      try commit.addPath(signer: bench.forge.signer(4), using: &bench.random) {
        (leaf) throws(CygnetError) in leaf.signatureKey = own
      }
      return try commit.finish().sent()
    }
    try cases.refuse("L2", "a path whose leaf is signed for another place", .authenticationFailed) {
      (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      try commit.addPath(signedFor: LeafIndex(3), using: &bench.random)
      return try commit.finish().sent()
    }
  }

  private static func signed(
    _ leaf: ForgedLeaf, as source: MLS.LeafNode.Source, _ bench: inout MLSWorkbench,
    by signer: MLS.SignatureKeyPair
  ) throws(CygnetError) -> MLS.LeafNode {
    var leaf = leaf
    leaf.source = source
    return try leaf.signed(by: signer, in: (bench.forge.groupID, LeafIndex(7)), bench.suite)
  }

  // MARK: - Sources and lifetimes

  private static func sources(_ cases: inout MLSCases) throws(CygnetError) {
    let parentHash = [UInt8](repeating: 0, count: 32)
    for (comment, source) in [
      ("an Update", MLS.LeafNode.Source.update), ("a commit", .commit(parentHash: parentHash)),
    ] {
      try cases.refuse("L7", "an Add of a leaf of \(comment)") { (bench) throws(CygnetError) in
        let zoe = try bench.client("zoe")
        let leaf = try signed(zoe.leaf, as: source, &bench, by: zoe.signer)
        return try bench.commit([.add(zoe.keyPackage(of: leaf, bench.suite))], path: false).sent()
      }
    }
    for (comment, source) in [
      ("a key package", MLS.LeafNode.Source.keyPackage(MLSApplication.lifetime)),
      ("a commit", .commit(parentHash: parentHash)),
    ] {
      try cases.refuse("L7", "an Update to a leaf of \(comment)") { (bench) throws(CygnetError) in
        let update = try bench.update(of: 4) { (leaf) throws(CygnetError) in leaf.source = source }
        return try bench.message(by: 4, .proposal(update)).sent()
      }
    }
    try cases.refuse("L7", "an Update that keeps the encryption key", about: ["L7", "P2"]) {
      (bench) throws(CygnetError) in
      let old = try bench.forge.leaf(4).encryptionKey
      let update = try bench.update(of: 4) { (leaf) throws(CygnetError) in
        leaf.encryptionKey = old
      }
      return try bench.message(by: 4, .proposal(update)).sent()
    }
    for count in [31, 33, 0] {
      try cases.refuse("C3", "an Update to an encryption key of \(count) bytes", .malformed) {
        (bench) throws(CygnetError) in
        let key = MLS.HPKEPublicKey(bench.random.bytes(count))
        let update = try bench.update(of: 4) { (leaf) throws(CygnetError) in
          leaf.encryptionKey = key
        }
        return try bench.message(by: 4, .proposal(update)).sent()
      }
    }
  }

  private static func lifetimes(_ cases: inout MLSCases) throws(CygnetError) {
    let now = OwnVectorSuite.now
    let bound = MLS.Limits.lifetimeSeconds
    let sound: [(String, UInt64, UInt64)] = [
      ("ends this second", now - 60, now), ("begins this second", now, now + 60),
      ("is one second", now, now), ("is as long as allowed", now, now + bound),
    ]
    let unsound: [(String, UInt64, UInt64)] = [
      ("ended a second ago", now - 60, now - 1), ("begins in a second", now + 1, now + 60),
      ("is a second longer than allowed", now, now + bound + 1),
      ("is for ever", 0, .max), ("ends before it begins", now + 1, now - 1),
    ]
    for (comment, from, to) in sound {
      try cases.accept("L5", "an Add whose lifetime \(comment)") { (bench) throws(CygnetError) in
        try bench.commit([.add(lasting(&bench, from, to))], path: false).sent()
      }
    }
    for (comment, from, to) in unsound {
      try cases.refuse("L5", "an Add whose lifetime \(comment)") { (bench) throws(CygnetError) in
        try bench.commit([.add(lasting(&bench, from, to))], path: false).sent()
      }
    }
  }

  private static func lasting(
    _ bench: inout MLSWorkbench, _ from: UInt64, _ to: UInt64
  ) throws(CygnetError) -> MLS.KeyPackage {
    try bench.keyPackage { (client) throws(CygnetError) in
      client.leaf.source = .keyPackage(
        MLS.Lifetime(notBefore: Timestamp(seconds: from), notAfter: Timestamp(seconds: to)))
    }
  }

  // MARK: - The rest of a key package

  private static func keyPackages(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("K1", "an Add of a key package of version 2") { (bench) throws(CygnetError) in
      let zoe = try bench.keyPackage { (client) throws(CygnetError) in
        client.version = MLS.ProtocolVersion(2)
      }
      return try bench.commit([.add(zoe)], path: false).sent()
    }
    try cases.refuse("K1", "an Add of a key package of suite 1") { (bench) throws(CygnetError) in
      let zoe = try bench.keyPackage { (client) throws(CygnetError) in
        client.cipherSuite = MLS.CipherSuite(1)
        client.leaf.capabilities.cipherSuites.append(MLS.CipherSuite(1))
      }
      return try bench.commit([.add(zoe)], path: false).sent()
    }
    try cases.refuse(
      "K3", "a proposed Add of a key package that another key signed", .authenticationFailed,
      about: ["K3", "P1"]
    ) { (bench) throws(CygnetError) in
      let zoe = try bench.client("zoe")
      let other = try bench.forge.signer(4)
      return try bench.message(
        by: 4, .proposal(.add(zoe.keyPackage(bench.suite, packageSigner: other)))
      ).sent()
    }
    try cases.refuse("K4", "an Add of a key package with one key for both purposes") {
      (bench) throws(CygnetError) in
      let zoe = try bench.keyPackage { (client) throws(CygnetError) in
        client.initKey = client.encryptionKey
      }
      return try bench.commit([.add(zoe)], path: false).sent()
    }
    for count in [31, 33, 0] {
      try cases.refuse(
        "C3", "an Add of a key package with an init key of \(count) bytes", .malformed
      ) {
        (bench) throws(CygnetError) in
        let key = MLS.HPKEPublicKey(bench.random.bytes(count))
        let zoe = try bench.keyPackage { (client) throws(CygnetError) in
          client.publicInitKey = key
        }
        return try bench.commit([.add(zoe)], path: false).sent()
      }
    }
  }
}
