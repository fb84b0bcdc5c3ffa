internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Messages spelled against the rules of RFC 9420 §2.1, §6 and §13.
///
/// What is spelled in another form of the same value is signed as the value's right form is, so that
/// who takes the form finds nothing else wrong; what is no value at all is signed as it stands.
enum EncodingRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/encodings", kind: .check, subject: "mls",
    spec: "RFC 9420 §2.1, §6, §13.4; Cygnet Specification: MLS",
    notes: MLSRules.notes("S1", "S2", "S3", "S4", "S5", "S6", "S9", "S11"), write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let scene = try MLSScene.eight(using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    try lengths(&cases)
    try authenticatedData(&cases)
    try bounds(&cases)
    try presence(&cases)
    try headers(&cases)
    try numbers(&cases)
    try leaves(&cases)
    try extensions(&cases)
    try encrypted(&cases)
    try writer.group(
      .mlsMember, ["client": scene.client(), "group_info": .hex(scene.groupInfo())], cases.tests)
  }

  /// Erin's proposal of a pre-shared key: version and wire format (4 bytes), then the content: group
  /// (33), epoch (8), sender (1 + 4), authenticated data (1), type (1), proposal type (2), kind of
  /// key (1), name (4), nonce (33); then signature (66) and membership tag (33).
  private static func proposal(
    _ bench: inout MLSWorkbench
  ) throws(CygnetError) -> ForgedMessage {
    try bench.message(by: 4, .proposal(bench.preSharedKey()))
  }

  /// The proposal with the bytes in a place replaced by others after it was signed.
  private static func respell(
    _ bench: inout MLSWorkbench, _ place: Range<Int>, _ bytes: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    var message = try proposal(&bench).sent()
    message.replaceSubrange(place, with: bytes)
    return message
  }

  /// A commit of erin's with the proposals by value, changed after it was signed.
  private static func commit(
    _ bench: inout MLSWorkbench, path: Bool = true, _ proposals: [MLS.Proposal] = [],
    _ change: (inout [UInt8]) -> Void
  ) throws(CygnetError) -> [UInt8] {
    var message = try bench.commit(by: 4, proposals, path: path).sent()
    change(&message)
    return message
  }

  /// Where the list of proposals of such a commit begins.
  private static let proposalsPlace = 4 + 33 + 8 + 5 + 1 + 1

  // MARK: - Lengths

  private static func lengths(_ cases: inout MLSCases) throws(CygnetError) {
    let forms: [(String, Range<Int>, [UInt8])] = [
      ("the group's name with a length of two bytes", 4..<5, [0x40, 32]),
      ("the group's name with a length of four bytes", 4..<5, [0x80, 0, 0, 32]),
      ("a length with prefix 11, as other protocols have it", 4..<5, [0xc0, 0, 0, 0, 0, 0, 0, 32]),
      ("a length with prefix 11 in one byte", 4..<5, [0xc0 | 32]),
      ("empty authenticated data with a length of two bytes", 50..<51, [0x40, 0]),
      ("a nonce with a length of two bytes", 59..<60, [0x40, 32]),
      ("a signature with a length of four bytes", 92..<94, [0x80, 0, 0, 64]),
      ("a membership tag with a length of two bytes", 158..<159, [0x40, 32]),
    ]
    for (comment, place, bytes) in forms {
      try cases.refuse("S2", comment, .malformed) { (bench) throws(CygnetError) in
        try respell(&bench, place, bytes)
      }
    }
    try cases.refuse("S2", "no proposals, with a length of two bytes", .malformed) {
      (bench) throws(CygnetError) in
      try commit(&bench) {
        $0.replaceSubrange(proposalsPlace..<proposalsPlace + 1, with: [0x40, 0])
      }
    }
  }

  /// Lengths at the bounds between their forms.
  private static func authenticatedData(_ cases: inout MLSCases) throws(CygnetError) {
    for count in [63, 64, 16_383, 16_384] {
      try cases.accept("S2", "authenticated data of \(count) bytes") {
        (bench) throws(CygnetError) in try carrying(count, &bench).sent()
      }
    }
    let forms: [(String, Int, [UInt8])] = [
      ("63 bytes with a length of two bytes", 63, [0x40, 63]),
      ("64 bytes with a length of four bytes", 64, [0x80, 0, 0, 64]),
      ("16383 bytes with a length of four bytes", 16_383, [0x80, 0, 0x3f, 0xff]),
    ]
    for (comment, count, bytes) in forms {
      try cases.refuse("S2", "authenticated data of \(comment)", .malformed) {
        (bench) throws(CygnetError) in
        var message = try carrying(count, &bench).sent()
        let right = try VectorLength.byteCount(of: count)
        message.replaceSubrange(50..<50 + right, with: bytes)
        return message
      }
    }
  }

  private static func carrying(
    _ count: Int, _ bench: inout MLSWorkbench
  ) throws(CygnetError) -> ForgedMessage {
    try ForgedMessage(
      bench.forge, from: .member(LeafIndex(4)), .proposal(bench.preSharedKey()),
      authenticating: [UInt8](repeating: 0x5a, count: count))
  }

  private static func bounds(_ cases: inout MLSCases) throws(CygnetError) {
    for count in [0, 1, 3, 4, 5, 37, 50, 92, 190] {
      try cases.refuse("S3", "the first \(count) bytes of a message of 191", .malformed) {
        (bench) throws(CygnetError) in Array(try proposal(&bench).sent().prefix(count))
      }
    }
    let forms: [(String, Range<Int>, [UInt8])] = [
      ("authenticated data longer than the message", 50..<51, [0x40, 200]),
      ("authenticated data of 2^30 - 1 bytes", 50..<51, [0xbf, 0xff, 0xff, 0xff]),
      ("a membership tag of 33 bytes, of which 32 are there", 158..<159, [33]),
    ]
    for (comment, place, bytes) in forms {
      try cases.refuse("S3", comment, .malformed) { (bench) throws(CygnetError) in
        try respell(&bench, place, bytes)
      }
    }
    try cases.refuse("S3", "proposals of 2^30 - 1 bytes", .malformed) {
      (bench) throws(CygnetError) in
      try commit(&bench) {
        $0.replaceSubrange(proposalsPlace..<proposalsPlace + 1, with: [0xbf, 0xff, 0xff, 0xff])
      }
    }
    try cases.refuse("S3", "a list whose last proposal does not end with it", .malformed) {
      (bench) throws(CygnetError) in
      // A Remove takes 7 bytes with its form; the list says 13.
      try commit(&bench, [.remove(LeafIndex(5)), .remove(LeafIndex(6))]) {
        $0[proposalsPlace] = 13
      }
    }
    try cases.refuse("S4", "a message with a byte behind", .malformed) {
      (bench) throws(CygnetError) in try proposal(&bench).sent() + [0]
    }
    try cases.refuse("S4", "two messages in one", .malformed) { (bench) throws(CygnetError) in
      let message = try proposal(&bench).sent()
      return message + message
    }
  }

  // MARK: - Numbers

  private static func presence(_ cases: inout MLSCases) throws(CygnetError) {
    for value: UInt8 in [2, 255] {
      try cases.refuse("S1", "a path with a presence byte of \(value)", .malformed) {
        (bench) throws(CygnetError) in
        try commit(&bench) { $0[proposalsPlace + 1] = value }
      }
      try cases.refuse("S1", "no path, with a presence byte of \(value)", .malformed) {
        (bench) throws(CygnetError) in
        try commit(&bench, path: false, [.remove(LeafIndex(5))]) {
          $0[proposalsPlace + 1 + 7] = value
        }
      }
    }
  }

  private static func headers(_ cases: inout MLSCases) throws(CygnetError) {
    for version: UInt16 in [0, 2, 0x0101] {
      try cases.refuse("S6", "a message of version \(version)", .unsupported) {
        (bench) throws(CygnetError) in
        let message = try proposal(&bench)
        return try message.sent(
          as: ForgedMessage.Spelling(version: version, content: message.content.wireEncoded()))
      }
    }
    for format: UInt16 in [0, 6, 0x0100] {
      try cases.refuse("S6", "a message of wire format \(format)", .unsupported) {
        (bench) throws(CygnetError) in
        let message = try proposal(&bench)
        return try message.sent(
          as: ForgedMessage.Spelling(format: format, content: message.content.wireEncoded()))
      }
    }
    try cases.refuse("S6", "a key package of version 2 in a message of version 1", .malformed) {
      (bench) throws(CygnetError) in
      let zoe = try bench.keyPackage { (client) throws(CygnetError) in
        client.version = MLS.ProtocolVersion(2)
      }
      return try MLSEnvelope(format: .keyPackage, body: zoe.wireEncoded()).wireEncoded()
    }
  }

  private static func numbers(_ cases: inout MLSCases) throws(CygnetError) {
    let places: [(String, Int, [UInt8])] = [
      ("a sender of type", 41, [0, 5, 255]), ("content of type", 47, [0, 4]),
      ("a pre-shared key of kind", 50, [0, 3]),
    ]
    for (comment, place, values) in places {
      for value in values {
        try cases.refuse("S11", "\(comment) \(value)", .malformed) { (bench) throws(CygnetError) in
          try proposal(&bench).spelled(value, at: place)
        }
      }
    }
    for value: UInt8 in [0, 4] {
      try cases.refuse("S11", "a resumption secret for use \(value)", .malformed) {
        (bench) throws(CygnetError) in
        let key = MLS.Proposal.preSharedKey(
          MLS.PreSharedKeyID(
            kind: .resumption(.application, group: bench.forge.groupID, epoch: MLS.Epoch(3)),
            nonce: bench.random.bytes(32)))
        return try bench.message(by: 4, .proposal(key)).spelled(value, at: 51)
      }
    }
    try cases.refuse("S11", "a proposal of type 0", .malformed) { (bench) throws(CygnetError) in
      try bench.message(by: 4, .proposal(.custom(MLS.ProposalType(0), data: []))).sent()
    }
    for value: UInt8 in [0, 3] {
      try cases.refuse("S11", "a proposal of a commit in form \(value)", .malformed) {
        (bench) throws(CygnetError) in
        let message = try bench.commit(by: 4, [.remove(LeafIndex(5))]).message
        return try message.spelled(value, at: proposalsPlace - 4 + 1)
      }
    }
  }

  // MARK: - Leaves and extensions

  private static func leaves(_ cases: inout MLSCases) throws(CygnetError) {
    for value: UInt8 in [0, 4] {
      try cases.refuse("S11", "a leaf of source \(value)", .malformed) {
        (bench) throws(CygnetError) in
        let update = try bench.update(of: 4)
        // Behind the source: no extensions, and the signature.
        let message = try bench.message(by: 4, .proposal(update))
        return try message.spelled(value, at: message.content.wireEncoded().count - 68)
      }
    }
    try cases.refuse(
      "S3", "capabilities with half a number at the end of a list", .malformed, about: ["S4"]
    ) { (bench) throws(CygnetError) in
      let update = try bench.update(of: 4)
      var message = try bench.message(by: 4, .proposal(update)).sent()
      // Behind two keys and the name: one version, then one suite.
      let place = 4 + 48 + 2 + 33 + 33 + 2 + 5
      message.replaceSubrange(place..<place + 1, with: [1])
      return message
    }
    let own = MLS.Extension(type: MLSApplication.extensionType, data: [])
    let twice = MLS.Extensions(unchecked: [own, own])
    try cases.refuse("S9", "an Update with an extension twice", .malformed) {
      (bench) throws(CygnetError) in
      let update = try bench.update(of: 4) { (leaf) throws(CygnetError) in
        leaf.extensions = twice
      }
      return try bench.message(by: 4, .proposal(update)).sent()
    }
    try cases.refuse("S9", "an Add of a leaf with an extension twice", .malformed) {
      (bench) throws(CygnetError) in
      let zoe = try bench.keyPackage { (client) throws(CygnetError) in
        client.leaf.extensions = twice
      }
      return try bench.commit([.add(zoe)], path: false).sent()
    }
    try cases.refuse("S9", "an Add of a key package with an extension twice", .malformed) {
      (bench) throws(CygnetError) in
      let zoe = try bench.keyPackage { (client) throws(CygnetError) in client.extensions = twice }
      return try bench.commit([.add(zoe)], path: false).sent()
    }
    try cases.refuse("S9", "a ReInit with an extension twice", .malformed) {
      (bench) throws(CygnetError) in
      try bench.message(
        by: 4,
        .proposal(
          .reInit(
            MLS.ReInit(
              groupID: MLS.GroupID(bench.random.bytes(32)), cipherSuite: bench.suite.suite,
              extensions: twice)))
      ).sent()
    }
  }

  /// The content of a GroupContextExtensions proposal, as any bytes.
  private static func extensions(_ cases: inout MLSCases) throws(CygnetError) {
    let forms: [(String, String, [UInt8])] = [
      ("S3", "an extension that ends within its type", [0xf0]),
      ("S3", "an extension without its data", [0xf0, 0xf0]),
      ("S3", "an extension whose data ends behind the list", [0xf0, 0xf0, 2, 1]),
      ("S2", "an extension whose data has a length of two bytes", [0xf0, 0xf0, 0x40, 1, 1]),
    ]
    for (rule, comment, bytes) in forms {
      try cases.refuse(rule, comment, .malformed) { (bench) throws(CygnetError) in
        try bench.message(
          by: 4, .proposal(.custom(.groupContextExtensions, data: bytes))
        ).sent()
      }
    }
    let senders: [(String, [UInt8])] = [
      ("without its credential", [33, 32] + [UInt8](repeating: 1, count: 32)),
      ("with a credential cut short", [36, 32] + [UInt8](repeating: 1, count: 32) + [0, 1, 5]),
    ]
    for (comment, bytes) in senders {
      try cases.refuse("S5", "an external sender \(comment)", .malformed) {
        (bench) throws(CygnetError) in
        try bench.message(
          by: 4,
          .proposal(
            .groupContextExtensions(
              MLS.Extensions([MLS.Extension(type: .externalSenders, data: bytes)])))
        ).sent()
      }
    }
    try cases.refuse("S5", "required capabilities with half a number", .malformed) {
      (bench) throws(CygnetError) in
      try bench.message(
        by: 4,
        .proposal(
          .groupContextExtensions(
            MLS.Extensions([MLS.Extension(type: .requiredCapabilities, data: [1, 0xf0, 0, 0])])))
      ).sent()
    }
  }

  // MARK: - What is encrypted

  /// Plaintexts that are not what their type says. The message is authentic, so its key is used up.
  private static func encrypted(_ cases: inout MLSCases) throws(CygnetError) {
    let plaintexts: [(String, String, MLS.ContentType, [UInt8])] = [
      ("S3", "an empty plaintext", .application, []),
      ("S3", "an application message without a signature", .application, [2, 1, 2]),
      ("S2", "an application message whose length takes two bytes", .application, [0x40, 1, 1]),
      ("S11", "an encrypted proposal of type 0", .proposal, [0, 0, 0]),
      ("S3", "an encrypted proposal that is an application message", .proposal, [2, 0, 1]),
    ]
    for (rule, comment, type, plaintext) in plaintexts {
      try cases.refuse(rule, comment, .malformed) { (bench) throws(CygnetError) in
        var message = try ForgedPrivateMessage(
          bench.forge, bench.message(by: 4, .application([])).signed(as: .privateMessage))
        message.contentType = type
        message.plaintext = plaintext
        return try message.message().encoded()
      }
    }
    for value: UInt8 in [0, 4] {
      try cases.refuse("S11", "an encrypted message of type \(value)", .malformed) {
        (bench) throws(CygnetError) in
        let message = try ForgedPrivateMessage(
          bench.forge, bench.message(by: 4, .application([])).signed(as: .privateMessage))
        // Behind the header, the group's name and the epoch.
        return try message.message().encoded().with(value, at: 4 + 33 + 8)
      }
    }
  }
}
