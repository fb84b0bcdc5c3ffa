internal import CygnetPrimitives
internal import CygnetWire

/// The one encoding of everything.
enum WireOperations {
  static let all: [Operation] = [
    Operation(
      "wire.reencode", "Decodes a value strictly and encodes it again",
      takes: [
        Field("type", .text, "a name that wire.types lists"), Field("encoded", .hex),
      ],
      gives: [Field("encoded", .hex)],
      { (call: inout Call) throws(CygnetError) in
        guard let kind = WireKind(rawValue: try call.arguments.text("type")) else {
          throw CygnetError(.notFound, "there is no such type of value")
        }
        return .of(["encoded": .hex(try kind.reencode(call.arguments.bytes("encoded")))])
      }),
    Operation(
      "wire.types", "Lists the types that wire.reencode knows",
      gives: [Field("types", .list(.text))],
      { (call: inout Call) throws(CygnetError) in
        .of(["types": .array(WireKind.allCases.map { .string($0.rawValue) })])
      }),
    Operation(
      "wire.peek", "Tells the number of the type that an object's first three bytes claim",
      takes: [Field("encoded", .hex)], gives: [Field("wire_type", .uint8)],
      { (call: inout Call) throws(CygnetError) in
        let type = try WireType.peek(call.arguments.bytes("encoded"))
        return .of(["wire_type": .integer(Int(type.rawValue))])
      }),
  ]
}
