internal import CygnetPairwise
internal import CygnetPrimitives

/// The conversations of our vectors, one file each.
enum ConversationVectors {
  static let suites = [
    suite("in-order", .x3dh, "two people, every message arrives once and in order", inOrder),
    suite("loss-and-reordering", .x3dh, "lost, late and crossing messages", lossAndReordering),
    suite("replay-and-tampering", .x3dh, "copies and changed messages", replayAndTampering),
    suite("first-messages", .x3dh, "many initial messages before the first reply", firstMessages),
    suite("random", .x3dh, "a random schedule with stored states between", random),
    suite(
      "in-order", .pqxdh, "in turns, through one epoch of the sparse ratchet and into the next",
      inTurns),
    suite("loss-and-reordering", .pqxdh, "lost, late and crossing messages", lossAndReordering),
    suite(
      "replay-and-tampering", .pqxdh, "copies and changed messages", replayAndTamperingOfBoth),
    suite("first-messages", .pqxdh, "many initial messages before the first reply", firstMessages),
    suite("random", .pqxdh, "a random schedule with stored states between", random),
  ]

  private static func suite(
    _ name: String, _ suite: Suite, _ about: String,
    _ script: @escaping @Sendable (inout SeededRandomSource) -> ConversationScript
  ) -> OwnVectorSuite {
    let isTriple = suite.isPostQuantum
    return OwnVectorSuite(
      name: "\(isTriple ? "triple-ratchet" : "conversations")/\(name)", kind: .conversation,
      subject: isTriple ? "triple-ratchet" : "double-ratchet",
      spec: isTriple
        ? "PQXDH revision 3, Double Ratchet §6; Cygnet suite 2"
        : "X3DH §3, Double Ratchet §4; Cygnet suite 1",
      notes: [
        .init(
          flag: "Conversation", description: about,
          effect: "two implementations lose messages, or one accepts what it must not")
      ],
      write: { (writer) throws(CygnetError) in
        var people = JSONObject()
        for name in ["alice", "bob"] {
          var person = JSONObject()
          person.append("seed", .hex(writer.random.bytes(32)))
          person.append("address", ["user": .hex(Array(name.utf8)), "device": 1])
          if name == "bob" {
            if isTriple { person.append("suite", 2) }
            person.append("one_time_pre_keys", 2)
          }
          people.append(name, .object(person))
        }
        let steps = script(&writer.random).steps
        try writer.play(ConversationPlayer.self, parties: .object(people), steps: steps)
      })
  }

  private static func inOrder(_: inout SeededRandomSource) -> ConversationScript {
    var script = ConversationScript()
    script.initiate()
    for round in 0..<4 {
      for (name, peer) in [("alice", "bob"), ("bob", "alice")] {
        for count in 0..<(round % 2 + 1) {
          let id = "\(name.prefix(1))\(round)\(count)"
          script.send(id, from: name)
          script.deliver(id, to: peer)
        }
      }
    }
    return script
  }

  private static func lossAndReordering(_: inout SeededRandomSource) -> ConversationScript {
    var script = ConversationScript()
    script.initiate()
    script.send("a0", from: "alice")
    script.send("a1", from: "alice")
    script.drop("a0")
    script.deliver("a1", to: "bob")
    for id in ["b0", "b1", "b2", "b3"] { script.send(id, from: "bob") }
    script.deliver("b2", to: "alice")
    script.drop("b1")
    script.send("a2", from: "alice")
    script.send("a3", from: "alice")
    script.send("a4", from: "alice")
    script.deliver("a4", to: "bob")
    script.send("b4", from: "bob")
    script.deliver("b4", to: "alice")
    script.restore("alice")
    script.deliver("b3", to: "alice")
    script.deliver("b0", to: "alice")
    script.send("a5", from: "alice")
    script.deliver("a5", to: "bob")
    script.restore("bob")
    script.deliver("a2", to: "bob")
    script.deliver("a3", to: "bob")
    script.send("b5", from: "bob")
    script.deliver("b5", to: "alice")
    return script
  }

  private static func replayAndTampering(_: inout SeededRandomSource) -> ConversationScript {
    var script = ConversationScript()
    let seat = Array("seat 9".utf8)
    script.initiate()
    script.send("a0", from: "alice")
    script.deliver("a0", to: "bob", error: .authenticationFailed, xor: (170, 0x01))
    script.deliver("a0", to: "bob", error: .malformed, xor: (2, 0x08))
    script.deliver("a0", to: "bob", error: .unsupported, xor: (0, 0x01))
    script.deliver("a0", to: "bob", error: .unsupported, xor: (4, 0x02))
    script.deliver("a0", to: "bob")
    script.deliver("a0", to: "bob", error: .duplicate)
    script.send("b0", from: "bob")
    script.deliver("b0", to: "alice", error: .authenticationFailed, xor: (3, 0x80))
    script.deliver("b0", to: "alice", error: .authenticationFailed, xor: (74, 0x01))
    script.deliver("b0", to: "alice", error: .authenticationFailed, xor: (76, 0x01))
    script.deliver("b0", to: "alice")
    script.deliver("b0", to: "alice", error: .duplicate)
    script.send("a1", from: "alice", authenticating: seat)
    script.deliver("a1", to: "bob", error: .authenticationFailed)
    script.deliver("a1", to: "bob", authenticating: seat)
    script.deliver("a1", to: "bob", error: .duplicate, authenticating: seat)
    script.deliver("a0", to: "bob", error: .duplicate)
    script.send("a2", from: "alice")
    script.deliver("a2", to: "alice", error: .authenticationFailed)
    script.deliver("a2", to: "bob")
    return script
  }

  /// As above with the layout of suite 2: byte 170 lies in the ciphertext of the KEM, the sealed
  /// header of a later message in bytes 5 to 117.
  private static func replayAndTamperingOfBoth(
    _: inout SeededRandomSource
  ) -> ConversationScript {
    var script = ConversationScript()
    script.initiate()
    script.send("a0", from: "alice")
    script.deliver("a0", to: "bob", error: .authenticationFailed, xor: (170, 0x01))
    script.deliver("a0", to: "bob", error: .malformed, xor: (2, 0x08))
    script.deliver("a0", to: "bob", error: .unsupported, xor: (4, 0x04))
    script.deliver("a0", to: "bob")
    script.deliver("a0", to: "bob", error: .duplicate)
    script.send("b0", from: "bob")
    script.deliver("b0", to: "alice", error: .malformed, xor: (2, 0x1b))
    script.deliver("b0", to: "alice", error: .malformed, xor: (4, 0x40))
    script.deliver("b0", to: "alice", error: .authenticationFailed, xor: (5, 0x80))
    script.deliver("b0", to: "alice", error: .authenticationFailed, xor: (61, 0x01))
    script.deliver("b0", to: "alice", error: .authenticationFailed, xor: (117, 0x01))
    script.deliver("b0", to: "alice", error: .authenticationFailed, xor: (119, 0x01))
    script.deliver("b0", to: "alice")
    script.deliver("b0", to: "alice", error: .duplicate)
    script.send("a1", from: "alice", authenticating: [9])
    script.deliver("a1", to: "bob", error: .authenticationFailed)
    script.deliver("a1", to: "bob", authenticating: [9])
    script.deliver("a0", to: "bob", error: .duplicate)
    return script
  }

  private static func inTurns(_: inout SeededRandomSource) -> ConversationScript {
    var script = ConversationScript()
    script.initiate()
    for round in 0..<50 {
      script.send("a\(round)", from: "alice")
      script.deliver("a\(round)", to: "bob")
      script.send("b\(round)", from: "bob")
      script.deliver("b\(round)", to: "alice")
      if round % 16 == 15 { script.restore(round % 32 == 15 ? "alice" : "bob") }
    }
    return script
  }

  private static func firstMessages(_: inout SeededRandomSource) -> ConversationScript {
    var script = ConversationScript()
    script.initiate()
    for index in 0..<5 { script.send("a\(index)", from: "alice") }
    script.restore("alice")
    script.deliver("a3", to: "bob")
    script.deliver("a1", to: "bob")
    script.deliver("a1", to: "bob", error: .duplicate)
    script.send("b0", from: "bob")
    script.deliver("a4", to: "bob")
    script.deliver("b0", to: "alice")
    script.send("a5", from: "alice")
    script.deliver("a5", to: "bob")
    script.deliver("a0", to: "bob")
    script.deliver("a2", to: "bob")
    script.deliver("a2", to: "bob", error: .duplicate)
    return script
  }

  /// 120 events: half are sends; of what travels a sixth is lost, a fifth doubled, and the order is
  /// random. At the end all that still travels arrives.
  private static func random(_ random: inout SeededRandomSource) -> ConversationScript {
    var script = ConversationScript()
    var travelling: [(id: String, to: String)] = []
    var bobMaySend = false
    func draw(_ bound: Int) -> Int { Int(random.bytes(1)[0]) % bound }

    script.initiate()
    for event in 0..<120 {
      if draw(2) == 0 || travelling.isEmpty {
        let (from, to) = bobMaySend && draw(2) == 0 ? ("bob", "alice") : ("alice", "bob")
        script.send("m\(event)", from: from)
        travelling.append(("m\(event)", to))
        continue
      }
      let (id, to) = travelling.remove(at: draw(travelling.count))
      switch draw(6) {
      case 0: script.drop(id)
      case 1:
        script.deliver(id, to: to)
        script.deliver(id, to: to, error: .duplicate)
      default: script.deliver(id, to: to)
      }
      if steps(script, deliveredTo: "bob") { bobMaySend = true }
      if draw(10) == 0 { script.restore(draw(2) == 0 ? "alice" : "bob") }
    }
    for (id, to) in travelling { script.deliver(id, to: to) }
    return script
  }

  private static func steps(_ script: ConversationScript, deliveredTo name: String) -> Bool {
    script.steps.last?["deliver"]?["to"]?.string == name
  }
}
