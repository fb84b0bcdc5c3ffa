internal import CygnetPrimitives

/// Answers requests that drive every step of the library with given keys and randomness, so that
/// another implementation can be tested against this one.
///
/// One line of JSON in, one out. **For test keys only**: answers hold private keys and other secrets
/// in the open, and the bytes given take the place of fresh random ones.
package struct ConformanceServer {
  /// Bytes of a line, without its end. Every object of the library fits; attachments go in pieces.
  package static let maxLineByteCount = 16 << 20
  /// Objects kept at once.
  package static let maxObjectCount = 1_024
  /// Raised when a member is removed or changes its meaning, not when one is added.
  static let version = 1

  private var objects: [String: ServerObject] = [:]
  /// In the order of their making.
  private var handles: [String] = []
  private var nextNumber: UInt64 = 1

  package init() {}

  /// The answer to one line, without a line's end. It never fails: what is wrong is in the answer.
  package mutating func answer(_ line: [UInt8]) -> String {
    guard line.count <= Self.maxLineByteCount else { return Self.answerToLongLine }
    let request: JSON
    do throws(JSONError) {
      request = try JSON(parsing: line)
    } catch {
      let reason = "byte \(error.offset): \(error.reason)"
      return Self.refusal(.null, ConformanceError(.notJSON, reason))
    }
    let id = Self.scalar(request["id"])
    do throws(ConformanceError) {
      let members = try run(request, hasID: id != nil)
      return Self.success(id ?? .null, members)
    } catch {
      return Self.refusal(id ?? .null, error)
    }
  }

  /// The answer to a line above the bound, of which nothing needs to be kept.
  package static let answerToLongLine = refusal(
    .null, ConformanceError(.lineTooLong, "a line has at most \(maxLineByteCount) bytes"))

  // MARK: - Answers

  private static func success(_ id: JSON, _ members: JSONObject) -> String {
    var answer = JSONObject.of(["id": id, "ok": true])
    for member in members.members { answer.append(member.key, member.value) }
    return JSON.object(answer).compact
  }

  private static func refusal(_ id: JSON, _ error: ConformanceError) -> String {
    let members: JSON = [
      "id": id, "ok": false, "error": .string(error.code), "reason": .string(error.reason),
    ]
    return members.compact
  }

  /// An id that can be given back; nil for a missing one, an object or an array.
  private static func scalar(_ id: JSON?) -> JSON? {
    switch id {
    case .null, .bool, .number, .string: id
    case .array, .object, nil: nil
    }
  }

  // MARK: - Running

  private mutating func run(
    _ request: JSON, hasID: Bool
  ) throws(ConformanceError) -> JSONObject {
    guard let object = request.object else {
      throw ConformanceError(.badRequest, "a request is a JSON object")
    }
    guard hasID else {
      throw ConformanceError(.badRequest, "id takes a string, a number, true, false or null")
    }
    guard let name = object["op"]?.string else {
      throw ConformanceError(.badRequest, "op takes the name of an operation")
    }
    guard let operation = OperationTable.named(name) else {
      throw ConformanceError(.unknownOperation, "no such operation; \"help\" lists them")
    }
    return try run(operation, object)
  }

  private mutating func run(
    _ operation: Operation, _ request: JSONObject
  ) throws(ConformanceError) -> JSONObject {
    let arguments = try RequestReader(objects: objects).read(request, operation.parameters)
    var call = Call(arguments, handles: handles, nextNumber: nextNumber)
    let members: JSONObject
    do throws(CygnetError) {
      members = try operation.run(&call)
    } catch {
      release(call.usedUp)
      throw ConformanceError(error)
    }
    try checkDraws(call.random)
    try commit(call)
    return members
  }

  private func checkDraws(_ random: ReplayRandomSource) throws(ConformanceError) {
    if random.isOverdrawn {
      throw ConformanceError(.randomTooShort, "the operation draws more bytes than random holds")
    }
    if random.count > 0 {
      throw ConformanceError(.randomTooLong, "the operation left \(random.count) bytes of random")
    }
  }

  private mutating func commit(_ call: Call) throws(ConformanceError) {
    guard call.created.isEmpty || objects.count + call.created.count <= Self.maxObjectCount else {
      throw ConformanceError(.tooManyObjects, "\(Self.maxObjectCount) objects are kept already")
    }
    for (handle, object) in call.changes { objects[handle] = object }
    release(call.usedUp)
    for object in call.created {
      let handle = "\(object.kind.rawValue)-\(nextNumber)"
      nextNumber += 1
      objects[handle] = object
      handles.append(handle)
    }
  }

  private mutating func release(_ released: Set<String>) {
    if released.isEmpty { return }
    for handle in released { objects[handle] = nil }
    handles.removeAll { released.contains($0) }
  }
}
