import CygnetVectors

/// The input is what a client sends, line by line. Whatever it is, each line has one answer: a line of
/// JSON that says how it went, and never that the library itself is at fault.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConformance(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
  var server = ConformanceServer()
  for line in input.split(separator: 0x0A).prefix(16) where !isCostly(line) {
    check(server.answer(Array(line)))
  }
  return 0
}

private func check(_ text: String) {
  guard !text.utf8.contains(0x0A), let answer = try? JSON(parsing: text),
    let names = answer.object?.keys, names.prefix(2) == ["id", "ok"]
  else { fatalError("not an answer: \(text)") }
  if answer["ok"]?.bool == true { return }
  guard names == ["id", "ok", "error", "reason"], let code = answer["error"]?.string,
    code != "internalFault"
  else { fatalError("not a refusal: \(text)") }
}

/// Deriving from a passphrase takes as much memory and time as the request says.
private func isCostly(_ line: ArraySlice<UInt8>) -> Bool {
  let operation = (try? JSON(parsing: Array(line)))?["op"]?.string ?? ""
  return ["argon2id.derive", "store.wrap", "store.unwrap"].contains(operation)
}
