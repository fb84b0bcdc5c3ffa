import CygnetPrimitives
import CygnetVectors

// Writes the files of `Vectors` from their seeds, or compares them byte for byte:
//
//     VectorGenerator DIR [PREFIX]            writes every file into DIR
//     VectorGenerator --check DIR [PREFIX]    lists files that differ, and exits with 1 if any does
//
// With PREFIX only files whose path begins so.

var arguments = Array(CommandLine.arguments.dropFirst())
let isCheck = arguments.first == "--check"
if isCheck { arguments.removeFirst() }
guard (1...2).contains(arguments.count), !arguments[0].hasPrefix("-") else {
  Files.complain("usage: VectorGenerator [--check] DIR [PREFIX]")
  exitNow(2)
}
let directory = arguments[0]
let files = GeneratedFile.all.filter { arguments.count == 1 || $0.name.hasPrefix(arguments[1]) }

var differences = 0
for file in files {
  let path = "\(directory)/\(file.path)"
  var problem: String?
  let content: [UInt8]
  do {
    content = Array(try file.text(problem: &problem).utf8)
  } catch {
    Files.complain("\(file.name): \(problem ?? describe(error))")
    differences += 1
    continue
  }
  if isCheck {
    guard Files.read(path) != content else { continue }
    print("differs: \(file.path)")
    differences += 1
  } else if !Files.save(content, to: path) {
    Files.complain("cannot write \(path)")
    exitNow(1)
  }
}
if isCheck { print("\(files.count - differences) files are what the code produces") }
exitNow(differences == 0 ? 0 : 1)

func describe(_ error: any Error) -> String {
  guard let error = error as? CygnetError, let cause = error.underlying else { return "\(error)" }
  return "\(error), \(cause)"
}
