import CygnetVectors

// Writes the files of `Vectors` from their seeds, or compares them byte for byte:
//
//     VectorGenerator DIR            writes every file into DIR
//     VectorGenerator --check DIR    lists files that differ, and exits with 1 if any does

let arguments = Array(CommandLine.arguments.dropFirst())
let isCheck = arguments.first == "--check"
guard arguments.count == (isCheck ? 2 : 1), let directory = arguments.last else {
  Files.complain("usage: VectorGenerator [--check] DIR")
  exitNow(2)
}

var differences = 0
for suite in OwnVectorSuite.all {
  let path = "\(directory)/\(suite.path)"
  var writer = OwnVectorWriter(suite)
  let content: [UInt8]
  do {
    content = Array(try suite.emit(&writer).text.utf8)
  } catch {
    Files.complain("\(suite.name): \(writer.problem ?? "\(error)")")
    exitNow(1)
  }
  if isCheck {
    guard Files.read(path) != content else { continue }
    print("differs: \(suite.path)")
    differences += 1
  } else if !Files.save(content, to: path) {
    Files.complain("cannot write \(path)")
    exitNow(1)
  }
}
if isCheck { print("\(OwnVectorSuite.all.count - differences) files are what the code produces") }
exitNow(differences == 0 ? 0 : 1)
