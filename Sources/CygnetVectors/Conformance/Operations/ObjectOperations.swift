internal import CygnetPrimitives

/// The objects that the server keeps.
enum ObjectOperations {
  static let all: [Operation] = [
    Operation(
      "objects.list", "Lists the handles of all objects, oldest first",
      gives: [Field("objects", .list(.anyHandle))]
    ) { (call: inout Call) throws(CygnetError) in
      var list: [JSON] = []
      for handle in call.handles { list.append(.string(handle)) }
      return .of(["objects": .array(list)])
    },
    Operation(
      "objects.release", "Forgets an object; its handle never comes back",
      takes: [Field("object", .anyHandle)]
    ) { (call: inout Call) throws(CygnetError) in
      call.useUp(try call.arguments.handle("object").handle)
      return JSONObject()
    },
    Operation(
      "objects.release_all", "Forgets every object",
      gives: [Field("released", .uint32)]
    ) { (call: inout Call) throws(CygnetError) in
      for handle in call.handles { call.useUp(handle) }
      return .of(["released": .integer(call.handles.count)])
    },
  ]
}
