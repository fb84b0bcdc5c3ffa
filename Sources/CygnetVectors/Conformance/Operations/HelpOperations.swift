internal import CygnetPrimitives

/// What the server says of itself.
enum HelpOperations {
  static let all: [Operation] = [
    Operation(
      "help", "Lists operations, bounds and error codes",
      takes: [Field("about", .nullable(.text), "the name of one operation")],
      gives: [
        Field("version", .uint32), Field("warning", .text), Field("max_line_bytes", .uint32),
        Field("max_objects", .uint32), Field("errors", .rows), Field("operations", .rows),
      ], help)
  ]

  private static func help(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var operations = OperationTable.all
    if call.arguments.has("about") {
      guard let operation = OperationTable.named(try call.arguments.text("about")) else {
        throw CygnetError(.notFound, "there is no such operation")
      }
      operations = [operation]
    }
    var rows: [JSON] = []
    for operation in operations { rows.append(row(operation)) }
    return .of([
      "version": .integer(ConformanceServer.version),
      "warning": "Test keys only: answers hold private keys in the open.",
      "max_line_bytes": .integer(ConformanceServer.maxLineByteCount),
      "max_objects": .integer(ConformanceServer.maxObjectCount), "errors": .array(errors),
      "operations": .array(rows),
    ])
  }

  private static func row(_ operation: Operation) -> JSON {
    var parameters: [JSON] = []
    for field in operation.parameters {
      parameters.append([
        "name": .string(field.name), "type": .string(field.type.description),
        "note": .string(field.note),
      ])
    }
    var results: [JSON] = []
    for field in operation.results {
      results.append([
        "name": .string(field.name), "type": .string(field.type.description),
        "note": .string(field.note),
      ])
    }
    return [
      "op": .string(operation.name), "summary": .string(operation.summary),
      "parameters": .array(parameters), "results": .array(results),
    ]
  }

  private static var errors: [JSON] {
    var rows: [JSON] = []
    for code in ConformanceError.Code.allCases {
      rows.append([
        "error": .string(code.rawValue), "by": "server", "meaning": .string(code.meaning),
      ])
    }
    for code in ConformanceError.libraryCodes {
      rows.append(["error": .string(code.name), "by": "library", "meaning": .null])
    }
    return rows
  }
}
