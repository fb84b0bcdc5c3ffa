internal import CygnetPrimitives
internal import CygnetVectors

/// Where a command prints: data to standard output, talk to standard error.
///
/// With `--json` the data is JSON: `result` prints the one object of a command, `record` one line
/// of many, and `line` prints nothing. A command calls both forms and need not ask which is wanted.
/// Text that comes from a file or a peer is passed through `String.escaped` before it goes into a
/// line; JSON escapes by itself.
struct Output: Sendable {
  enum Detail: Int, Comparable, Sendable {
    case quiet, normal, verbose

    static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }
  }

  /// The command's names joined by dots; part of the schema.
  let command: String
  let isJSON: Bool
  let detail: Detail
  /// Whether standard output and standard error take color.
  let outputStyle: Style
  let errorStyle: Style

  init(arguments: Arguments) throws(CommandFailure) {
    let detail: Detail = arguments.has("verbose") ? .verbose : .normal
    self.init(
      path: arguments.path, isJSON: arguments.has("json"),
      detail: arguments.has("quiet") ? .quiet : detail,
      color: try arguments.text("color") != "never")
  }

  init(path: [String], isJSON: Bool, detail: Detail, color: Bool) {
    self.command = path.joined(separator: ".")
    self.isJSON = isJSON
    self.detail = detail
    outputStyle = Style(enabled: color && Terminal.takesColor(.standardOutput))
    errorStyle = Style(enabled: color && Terminal.takesColor(.standardError))
  }

  /// `cygnet.<command>.v1`
  var schema: String { "cygnet.\(command).v1" }

  // MARK: Data

  /// A line of data for people. Nothing with `--json`.
  func line(_ text: String = "") throws(CommandFailure) {
    guard !isJSON else { return }
    try raw(text + "\n")
  }

  /// Text as it is, in either mode: for commands whose product is text, as completions.
  func raw(_ text: String) throws(CommandFailure) {
    try Descriptor.standardOutput.write(Array(text.utf8))
  }

  /// The one JSON object of this command; its first member is the schema. Nothing without `--json`.
  func result(_ members: KeyValuePairs<String, JSON>) throws(CommandFailure) {
    try result(JSON.object(members).object ?? JSONObject())
  }

  /// As above, for members put together at run time.
  func result(_ members: JSONObject) throws(CommandFailure) {
    guard isJSON else { return }
    try raw(JSON.object(withSchema(members)).pretty)
  }

  /// One line of many, each an object with the schema as first member. Nothing without `--json`.
  func record(_ members: KeyValuePairs<String, JSON>) throws(CommandFailure) {
    guard isJSON else { return }
    let object = withSchema(JSON.object(members).object ?? JSONObject())
    try raw(JSON.object(object).compact + "\n")
  }

  /// A secret that was asked for, as a line or as a member of the result; never copied into text.
  /// - Parameter secret: ASCII that needs no escapes in JSON.
  func secret(_ name: String, _ secret: SecretBytes) throws(CommandFailure) {
    let opening = "{\n \"schema\": \"\(schema)\",\n \"\(name)\": \""
    if isJSON { try raw(opening) }
    let error = secret.withBytes { Descriptor.standardOutput.writeAll($0) }
    if let error { throw error.failure("cannot write to standard output") }
    try raw(isJSON ? "\"\n}\n" : "\n")
  }

  private func withSchema(_ members: JSONObject) -> JSONObject {
    var object = JSONObject()
    object.append("schema", .string(schema))
    for member in members.members { object.append(member.key, member.value) }
    return object
  }

  // MARK: Talk

  /// Progress and hints; not with `--quiet`.
  func note(_ text: String) {
    guard detail >= .normal else { return }
    talk(text)
  }

  /// More of it; only with `--verbose`.
  func verbose(_ text: String) {
    guard detail >= .verbose else { return }
    talk(text)
  }

  /// The next useful command, as the last line of one that succeeded: for people who look, so only
  /// on a terminal.
  func hint(_ text: String) {
    guard detail >= .normal, !isJSON, Terminal.isTerminal(.standardError) else { return }
    talk(errorStyle.dim(text))
  }

  func warning(_ text: String) {
    talk("\(errorStyle.warning("warning:")) \(text)")
  }

  /// The end of a command that failed. With `--json` an object on one line.
  func failure(_ failure: CommandFailure) {
    guard !failure.isSilent else { return }
    if isJSON {
      var object = JSONObject()
      object.append("schema", "cygnet.error.v1")
      object.append("command", .string(command))
      object.append("exit", .integer(Int(failure.exitCode.rawValue)))
      if let code = failure.libraryCode { object.append("code", .string(code)) }
      object.append("message", .string(failure.message))
      if let hint = failure.hint { object.append("hint", .string(hint)) }
      talk(JSON.object(object).compact)
      return
    }
    talk("\(errorStyle.bold("cygnet:")) \(errorStyle.error(failure.message))")
    if let hint = failure.hint { talk("  \(hint)") }
  }

  private func talk(_ text: String) {
    // Nowhere is left to report that standard error failed.
    try? Descriptor.standardError.write(Array((text + "\n").utf8))
  }
}
