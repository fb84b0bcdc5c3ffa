import CygnetVectors
import Foundation
import TestSupport
import Testing

/// A client of `cygnet conformance serve`, written as a stranger would write one: it knows nothing
/// but pipes, lines of JSON and what `help` says. Every answer is compared with the table of
/// operations that the server gave.
final class ConformanceClient {
  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private var pending = Data()
  private var number = 0
  private var operations: [String: JSON] = [:]

  /// What the server answered to `help`.
  private(set) var help: JSON = .null
  /// Operations that were answered with success.
  private(set) var reached: Set<String> = []
  /// Error codes that were answered.
  private(set) var errors: Set<String> = []

  struct Broken: Error, CustomStringConvertible {
    let description: String
  }

  init(_ tool: CommandLineTool) throws {
    process.executableURL = URL(fileURLWithPath: tool.path)
    process.arguments = ["conformance", "serve", "--stdio", "--quiet"]
    process.standardInput = requests
    process.standardOutput = answers
    process.standardError = FileHandle(forWritingAtPath: "/dev/null")
    try process.run()
    // Ours is a copy, and while it is open the server's end is never seen.
    try answers.fileHandleForWriting.close()
    help = try exchange(#"{"id":null,"op":"help"}"#)
    for row in help["operations"]?.array ?? [] {
      if let name = row["op"]?.string { operations[name] = row }
    }
    reached.insert("help")
  }

  deinit { if process.isRunning { process.terminate() } }

  /// The names of all operations.
  var names: Set<String> { Set(operations.keys) }

  // MARK: - Lines

  func send(_ line: [UInt8]) throws {
    try requests.fileHandleForWriting.write(contentsOf: Data(line + [0x0A]))
  }

  func receive() throws -> JSON {
    while true {
      if let end = pending.firstIndex(of: 0x0A) {
        let line = [UInt8](pending[..<end])
        pending = Data(pending[(end + 1)...])
        return try JSON(parsing: line)
      }
      let more = answers.fileHandleForReading.availableData
      guard !more.isEmpty else { throw Broken(description: "the server ended") }
      pending += more
    }
  }

  /// One line there, one line back.
  func exchange(_ line: String) throws -> JSON {
    try send(Array(line.utf8))
    let answer = try receive()
    if let error = answer["error"]?.string { errors.insert(error) }
    return answer
  }

  /// Ends the input; gives the exit code and what came after the last answer.
  func end() throws -> (exitCode: Int32, rest: [UInt8]) {
    try requests.fileHandleForWriting.close()
    let rest = pending + (try answers.fileHandleForReading.readToEnd() ?? Data())
    process.waitUntilExit()
    return (process.terminationStatus, [UInt8](rest))
  }

  // MARK: - Requests

  /// A member of a request.
  typealias Member = (key: String, value: JSON)

  private func request(
    _ operation: String, _ members: some Sequence<(key: String, value: JSON)>
  ) throws -> JSON {
    number += 1
    var object = JSONObject()
    object.append("id", .integer(number))
    object.append("op", .string(operation))
    for (key, value) in members { object.append(key, value) }
    let answer = try exchange(JSON.object(object).compact)
    guard answer["id"] == .integer(number) else {
      throw Broken(description: "\(operation): the answer has another id")
    }
    return answer
  }

  /// Asks for what must succeed.
  func ask(_ operation: String, _ members: KeyValuePairs<String, JSON> = [:]) throws -> JSON {
    try ask(operation, members: Array(members))
  }

  /// Asks for what must succeed, with members put together from parts.
  func ask(_ operation: String, members: [Member]) throws -> JSON {
    let answer = try request(operation, members)
    guard answer["ok"] == true else {
      throw Broken(description: "\(operation): \(answer.compact.prefix(300))")
    }
    try check(answer, operation)
    reached.insert(operation)
    return answer
  }

  /// Asks for one result of what must succeed.
  func ask(
    _ operation: String, _ members: KeyValuePairs<String, JSON> = [:], for result: String
  ) throws -> JSON {
    let answer = try ask(operation, members)
    guard let value = answer[result] else {
      throw Broken(description: "\(operation): no \(result)")
    }
    return value
  }

  /// Asks for what must be refused, and gives the code.
  func refusal(_ operation: String, _ members: KeyValuePairs<String, JSON> = [:]) throws -> String {
    let answer = try request(operation, members)
    guard answer["ok"] == false, let code = answer["error"]?.string,
      answer["reason"]?.string?.isEmpty == false, answer.object?.count == 4
    else { throw Broken(description: "\(operation) is not refused: \(answer.compact.prefix(300))") }
    return code
  }

  /// The result, or the code of the refusal, whichever comes.
  func attempt(
    _ operation: String, _ members: KeyValuePairs<String, JSON>, for result: String
  ) throws -> (value: JSON?, error: String?) {
    try attempt(operation, members: Array(members), for: result)
  }

  /// The same with members put together from parts.
  func attempt(
    _ operation: String, members: [Member], for result: String
  ) throws -> (value: JSON?, error: String?) {
    let answer = try request(operation, members)
    if let code = answer["error"]?.string { return (nil, code) }
    try check(answer, operation)
    reached.insert(operation)
    return (answer[result], nil)
  }

  // MARK: - The table

  /// The answer has the members that the table lists, in its order, each of its type.
  private func check(_ answer: JSON, _ operation: String) throws {
    guard let row = operations[operation], let object = answer.object else {
      throw Broken(description: "\(operation) is not in the table")
    }
    let results = row["results"]?.array ?? []
    let names = results.compactMap { $0["name"]?.string }
    guard object.keys == ["id", "ok"] + names else {
      throw Broken(description: "\(operation): answers \(object.keys), the table says \(names)")
    }
    for result in results {
      guard let name = result["name"]?.string, let type = result["type"]?.string,
        let value = answer[name]
      else { continue }
      if !Self.fits(value, type) {
        throw Broken(description: "\(operation): \(name) is not \(type)")
      }
    }
  }

  /// Reads the words for types as the documentation explains them.
  static func fits(_ value: JSON, _ type: String) -> Bool {
    if type.hasSuffix(", or null") { return value.isNull || fits(value, String(type.dropLast(9))) }
    if type.hasPrefix("list of ") {
      let element = String(type.dropFirst(8))
      return value.array?.allSatisfy { fits($0, element) } ?? false
    }
    if type.hasPrefix("handle") { return value.string != nil }
    if type.hasPrefix("hex") {
      guard let bytes = value.hexBytes, value == .hex(bytes) else { return false }
      let counts = type.dropFirst(4).dropLast().split(separator: "..").compactMap { Int($0) }
      guard let least = counts.first, let most = counts.last else { return type == "hex" }
      return (least...most).contains(bytes.count)
    }
    if type.hasPrefix("\"") {
      return value.string.map { type.contains("\"\($0)\"") } ?? false
    }
    switch type {
    case "bool": return value.bool != nil
    case "text": return value.string != nil
    case "rows": return value.array != nil
    case "uint8": return value.int.map { (0...255).contains($0) } ?? false
    case "uint16": return value.int.map { (0...65_535).contains($0) } ?? false
    case "uint32": return value.int.map { (0...4_294_967_295).contains($0) } ?? false
    case "uint64": return (value.uint64 ?? value.string.flatMap { UInt64($0) }) != nil
    case "address": return value.object?.keys == ["user", "device"]
    default: return value.object != nil
    }
  }
}

/// A part of the tests that drives the server. They run one by one, and all together to see that no
/// operation is left out.
struct ConformanceScenario: Sendable, CustomStringConvertible {
  let description: String
  let run: @Sendable (ConformanceClient) throws -> Void
}

/// The vector files, as a stranger has them.
enum VectorFiles {
  static func json(_ name: String) throws -> JSON {
    try JSON(parsing: contents(of: RepositoryFiles.path("Vectors/\(name)")))
  }

  /// The groups of a file, with their tests.
  static func groups(_ name: String) throws -> [(group: JSON, tests: [JSON])] {
    let groups = try json(name)["groups"]?.array ?? []
    #expect(!groups.isEmpty, "\(name)")
    return groups.map { ($0, $0["tests"]?.array ?? []) }
  }

  /// The tests of all groups of a type.
  static func tests(_ name: String, _ type: String) throws -> [JSON] {
    var tests: [JSON] = []
    for (group, inner) in try groups(name) where group["type"]?.string == type { tests += inner }
    #expect(!tests.isEmpty, "\(name), \(type)")
    return tests
  }

  /// Hex digits of several members one behind the other.
  static func joined(_ values: JSON?...) -> JSON {
    .string(values.map { $0?.string ?? "" }.joined())
  }
}

extension JSON {
  /// A member that must be there.
  func at(_ key: String) throws -> JSON {
    guard let value = self[key] else {
      throw ConformanceClient.Broken(description: "no member \(key)")
    }
    return value
  }
}
