internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// Where a command writes the object it makes: the file of `--output`, standard output, or, with
/// `--json` and no file, a member of the result.
///
/// Made before the step that makes the object, so that a step which uses something up is not taken
/// when its product has nowhere to go. The command's options include `.binary`, `.output` and
/// `.force`.
struct ObjectTarget {
  private let label: Armor.Label
  private let isBinary: Bool
  private let output: Output
  /// nil if the object becomes a member of the result.
  private let file: OutputFile?

  init(
    _ label: Armor.Label, _ invocation: Invocation, inputs: [InputFile] = []
  ) throws(CommandFailure) {
    let arguments = invocation.arguments
    self.label = label
    output = invocation.output
    isBinary = arguments.has(Option.binary.long)
    let path = arguments.path(Option.output.long)
    file =
      path == nil && output.isJSON
      ? nil
      : try OutputFile(
        path, force: arguments.has(Option.force.long), isBinary: isBinary, inputs: inputs)
  }

  /// Writes the object, and with `--json` the result: the given members, and `file`, or `text` or
  /// `bytes` with the object itself. An object on standard output stands there alone.
  /// - Parameter other: the kind of object, where it is another one than was expected.
  func write(
    _ bytes: [UInt8], _ members: KeyValuePairs<String, JSON>, as other: Armor.Label? = nil
  ) throws(CommandFailure) {
    let label = other ?? label
    var object = JSON.object(members).object ?? JSONObject()
    guard let file else {
      if isBinary {
        object.append("bytes", .hex(bytes))
      } else {
        object.append(
          "text", .string(String(decoding: Armor.encode(bytes, label: label), as: UTF8.self)))
      }
      return try output.result(object)
    }
    try file.write(isBinary ? bytes : Armor.encode(bytes, label: label))
    try file.commit()
    guard !file.isStandardOutput else { return }
    object.append("file", .string(file.name))
    try output.result(object)
  }
}
