internal import CygnetPrimitives
internal import CygnetSenderKeys

/// The conversation of many with sender keys.
enum SenderKeyConversationVectors {
  static let suites = [
    suite("conversation", "loss, reordering, copies, rotations and a late joiner", scripted),
    suite("random", "a random schedule of four, with stored states between", random),
  ]

  private static func suite(
    _ name: String, _ about: String,
    _ script: @escaping @Sendable (inout SeededRandomSource) -> [JSON]
  ) -> OwnVectorSuite {
    OwnVectorSuite(
      name: "sender-keys/\(name)", kind: .conversation, subject: "sender-keys",
      spec: "Cygnet Specification: SenderKeys",
      notes: [
        .init(
          flag: "Conversation", description: about,
          effect: "members lose messages, or one reads what it must not")
      ],
      write: { (writer) throws(CygnetError) in
        var people = JSONObject()
        for name in ["alice", "bob", "carol", "dave"] {
          people.append(
            name,
            ["seed": .hex(writer.random.bytes(32)), "sender": .hex(Array(name.utf8))])
        }
        let steps = script(&writer.random)
        try writer.play(
          SenderKeyConversationPlayer.self, parties: .object(people), steps: steps)
      })
  }

  // MARK: - Steps

  private static func start(_ party: String, _ id: [UInt8], hardLimit: Int? = nil) -> JSON {
    var start = JSONObject()
    start.append("from", .string(party))
    start.append("distribution_id", .hex(id))
    if let hardLimit { start.append("hard_limit", .integer(hardLimit)) }
    return ["start": .object(start)]
  }

  private static func share(_ id: String, from party: String) -> JSON {
    ["share": ["from": .string(party), "id": .string(id)]]
  }

  private static func rotate(_ party: String) -> JSON { ["rotate": .string(party)] }

  private static func plaintext(_ id: String, _ party: String) -> [UInt8] {
    Array("\(party) says \(id)".utf8)
  }

  private static func send(
    _ id: String, from party: String, authenticating: [UInt8] = [],
    error: CygnetError.Code? = nil
  ) -> JSON {
    var send = JSONObject()
    send.append("from", .string(party))
    send.append("id", .string(id))
    send.append("plaintext", .hex(plaintext(id, party)))
    if !authenticating.isEmpty { send.append("authenticating", .hex(authenticating)) }
    guard let error else { return ["send": .object(send)] }
    return ["send": .object(send), "expect": ["error": .string(error.name)]]
  }

  private static func give(
    _ id: String, to party: String, _ processed: String, as sender: String? = nil
  ) -> JSON {
    var deliver = JSONObject()
    deliver.append("to", .string(party))
    deliver.append("id", .string(id))
    if let sender { deliver.append("as", .string(sender)) }
    return ["deliver": .object(deliver), "expect": ["processed": .string(processed)]]
  }

  private static func deliver(
    _ id: String, from sender: String = "alice", to party: String,
    error: CygnetError.Code? = nil, xor: (offset: Int, mask: UInt8)? = nil, as name: String? = nil,
    authenticating: [UInt8] = []
  ) -> JSON {
    var deliver = JSONObject()
    deliver.append("to", .string(party))
    deliver.append("id", .string(id))
    if let name { deliver.append("as", .string(name)) }
    if let xor {
      deliver.append("xor", ["offset": .integer(xor.offset), "mask": .hex([xor.mask])])
    }
    if !authenticating.isEmpty { deliver.append("authenticating", .hex(authenticating)) }
    let expect: JSON =
      if let error { ["error": .string(error.name)] } else {
        ["plaintext": .hex(plaintext(id, sender))]
      }
    return ["deliver": .object(deliver), "expect": expect]
  }

  // MARK: - Scripts

  private static func scripted(_ random: inout SeededRandomSource) -> [JSON] {
    let id = random.bytes(16)
    return exchange(id) + laterChains() + [
      // Bob, a member, passes Alice's chain on as his own.
      give("s3", to: "dave", "added", as: "bob"),
      deliver("a8", to: "dave", error: .authenticationFailed, as: "bob"),
      // In a group others send under the same distribution id.
      start("bob", id, hardLimit: 2), share("t1", from: "bob"),
      give("t1", to: "alice", "added"), give("t1", to: "carol", "added"),
      send("b0", from: "bob"), deliver("b0", from: "bob", to: "alice"),
      deliver("b0", from: "bob", to: "carol"),
      deliver("b0", from: "bob", to: "carol", error: .duplicate),
      send("b1", from: "bob"), send("b2", from: "bob", error: .limitExceeded),
      rotate("bob"), share("t2", from: "bob"), give("t2", to: "alice", "added"),
      send("b3", from: "bob"), deliver("b3", from: "bob", to: "alice"),
      deliver("b3", from: "bob", to: "carol", error: .notFound),
      give("t2", to: "carol", "added"), deliver("b3", from: "bob", to: "carol"),
      deliver("b1", from: "bob", to: "carol"),
    ]
  }

  private static func exchange(_ id: [UInt8]) -> [JSON] {
    let seat = Array("seat 4".utf8)
    return [
      start("alice", id), share("s1", from: "alice"),
      give("s1", to: "bob", "added"),
      send("a0", from: "alice"), deliver("a0", to: "bob"),
      deliver("a0", to: "carol", error: .notFound),
      deliver("a0", to: "bob", error: .duplicate),
      send("a1", from: "alice"), send("a2", from: "alice"), send("a3", from: "alice"),
      ["drop": "a2"],
      deliver("a3", to: "bob", error: .authenticationFailed, xor: (40, 0x01)),
      deliver("a3", to: "bob", error: .authenticationFailed, xor: (26, 0x40)),
      deliver("a3", to: "bob", error: .malformed, xor: (2, 0x1f)),
      deliver("a3", to: "bob", error: .unsupported, xor: (1, 0x03)),
      deliver("a3", to: "bob", error: .notFound, xor: (3, 0x01)),
      deliver("a3", to: "bob"), ["restore": "bob"], deliver("a1", to: "bob"),
      // Carol joins. What was sent before stays closed to her.
      share("s1later", from: "alice"), give("s1later", to: "carol", "added"),
      deliver("a3", to: "carol", error: .notFound),
      send("a4", from: "alice", authenticating: seat),
      deliver("a4", to: "carol", error: .authenticationFailed),
      deliver("a4", to: "carol", authenticating: seat),
      deliver("a4", to: "bob", authenticating: seat),
      // An earlier share of the same chain brings nothing back.
      give("s1", to: "carol", "known"), deliver("a3", to: "carol", error: .notFound),
      give("s1", to: "bob", "known"), deliver("a0", to: "bob", error: .duplicate),
      give("s1later", to: "bob", "known"), ["restore": "alice"], send("a5", from: "alice"),
    ]
  }

  /// Dave joins and leaves, and so many rotations follow that the first chain is given up.
  private static func laterChains() -> [JSON] {
    var steps: [JSON] = [
      share("s1dave", from: "alice"), give("s1dave", to: "dave", "added"),
      send("a6", from: "alice"), deliver("a6", to: "dave"),
      rotate("alice"), share("s2", from: "alice"), give("s2", to: "bob", "added"),
      give("s2", to: "carol", "added"), send("a7", from: "alice"),
      deliver("a7", to: "dave", error: .notFound), deliver("a7", to: "bob"),
      deliver("a5", to: "bob"), ["restore": "carol"],
      rotate("alice"), share("s3", from: "alice"), give("s3", to: "carol", "added"),
      send("a8", from: "alice"), deliver("a8", to: "carol"), deliver("a7", to: "carol"),
      deliver("a8", to: "bob", error: .notFound), give("s3", to: "bob", "added"),
      deliver("a8", to: "bob"),
    ]
    for chain in 4...6 {
      steps += [rotate("alice"), share("s\(chain)", from: "alice")]
      steps += [give("s\(chain)", to: "bob", "added")]
    }
    return steps + [
      deliver("a2", to: "bob", error: .notFound), give("s1", to: "bob", "retired"),
      deliver("a0", to: "bob", error: .notFound), send("a9", from: "alice"),
      deliver("a9", to: "bob"), deliver("a6", to: "carol"),
    ]
  }

  /// Every party sends, and has shared its chain with all others. Of what travels a sixth is lost, a
  /// sixth doubled, and the order is random.
  private static func random(_ random: inout SeededRandomSource) -> [JSON] {
    let names = ["alice", "bob", "carol", "dave"]
    let id = random.bytes(16)
    var steps: [JSON] = []
    var travelling: [(id: String, from: String, to: String)] = []
    func draw(_ bound: Int) -> Int { Int(random.bytes(1)[0]) % bound }
    func shareAll(_ name: String, _ count: Int) {
      steps.append(share("\(name)-\(count)", from: name))
      for other in names where other != name {
        steps.append(give("\(name)-\(count)", to: other, "added"))
      }
    }
    for name in names {
      steps.append(start(name, id))
      shareAll(name, 1)
    }
    var chains = Dictionary(uniqueKeysWithValues: names.map { ($0, 1) })
    for event in 0..<80 {
      let name = names[draw(4)]
      switch draw(12) {
      case 0 where chains[name, default: 1] < 5:
        chains[name, default: 1] += 1
        steps.append(rotate(name))
        shareAll(name, chains[name, default: 1])
      case 0, 1: steps.append(["restore": .string(name)])
      case 2...4 where travelling.count < 30:
        steps.append(send("m\(event)", from: name))
        for other in names where other != name { travelling.append(("m\(event)", name, other)) }
      default:
        if travelling.isEmpty { continue }
        let (id, from, to) = travelling.remove(at: draw(travelling.count))
        let kind = draw(6)
        if kind == 0 { continue }
        steps.append(deliver(id, from: from, to: to))
        if kind == 1 { steps.append(deliver(id, from: from, to: to, error: .duplicate)) }
      }
    }
    for (id, from, to) in travelling { steps.append(deliver(id, from: from, to: to)) }
    return steps
  }
}
