internal import CygnetPrimitives

/// A conversation as its author writes it: steps with what each must bring about.
struct ConversationScript {
  private(set) var steps: [JSON] = []
  private var plaintexts: [String: [UInt8]] = [:]

  mutating func initiate(from: String = "alice", to: String = "bob") {
    steps.append(["initiate": ["from": .string(from), "to": .string(to)]])
  }

  mutating func send(_ id: String, from: String, authenticating: [UInt8] = []) {
    let plaintext = Array("\(from) says \(id)".utf8)
    plaintexts[id] = plaintext
    var send = JSONObject()
    send.append("from", .string(from))
    send.append("id", .string(id))
    send.append("plaintext", .hex(plaintext))
    if !authenticating.isEmpty { send.append("authenticating", .hex(authenticating)) }
    steps.append(["send": .object(send)])
  }

  mutating func drop(_ id: String) { steps.append(["drop": .string(id)]) }

  mutating func restore(_ party: String) { steps.append(["restore": .string(party)]) }

  /// Delivers a message. It opens, unless `error` says otherwise.
  mutating func deliver(
    _ id: String, to party: String, error: CygnetError.Code? = nil,
    xor: (offset: Int, mask: UInt8)? = nil, authenticating: [UInt8] = []
  ) {
    var deliver = JSONObject()
    deliver.append("to", .string(party))
    deliver.append("id", .string(id))
    if let xor {
      deliver.append("xor", ["offset": .integer(xor.offset), "mask": .hex([xor.mask])])
    }
    if !authenticating.isEmpty { deliver.append("authenticating", .hex(authenticating)) }
    let expect: JSON =
      if let error { ["error": .string(error.name)] } else {
        ["plaintext": .hex(plaintexts[id] ?? [])]
      }
    steps.append(["deliver": .object(deliver), "expect": expect])
  }
}
