package import CygnetPrimitives

/// A row of the table of our own vector files: what one file holds and how it is written.
package struct OwnVectorSuite: Sendable {
  package enum Kind: String, Sendable { case check, trace, conversation }

  /// A flag of tests: what it tests, and what goes wrong in an implementation that fails it.
  struct Note: Sendable {
    let flag: String
    let description: String
    let effect: String
  }

  /// The file's path under `Vectors`, without `.json`; also the label of its random stream.
  package let name: String
  package let kind: Kind
  /// The protocol's name in the header.
  let subject: String
  let spec: String
  let notes: [Note]
  /// Adds groups, or the parties and steps of a conversation.
  let write: @Sendable (inout OwnVectorWriter) throws(CygnetError) -> Void

  package static let all: [OwnVectorSuite] =
    [
      WireVectors.suite, X3DHTrace.suite, BundleVectors.suite, AcceptVectors.suite,
      PQXDHTrace.suite, PQXDHWireVectors.suite,
      DoubleRatchetTrace.suite, ReceivedVectors.suite, SparseRatchetTrace.suite,
      TripleRatchetTrace.suite,
    ] + ConversationVectors.suites + [
      SenderKeyTrace.suite, SenderKeyReceivedVectors.suite, SenderKeyWireVectors.suite,
      SenderKeyStateVectors.suite,
    ] + SenderKeyConversationVectors.suites + [
      SafetyNumberVectors.suite, Bech32mVectors.suite, ArmorVectors.suite,
      ContactCardVectors.suite, StateVectors.suite, TripleStateVectors.suite, AttachmentTrace.suite,
      AttachmentRefusals.suite, AttachmentPointerVectors.suite, AttachmentStateVectors.suite,
      HPKETrace.suite, HPKEChecks.suite, MLKEMTrace.suite, MLKEMChecks.suite,
    ] + XWingVectors.suites + MLSRefusals.suites

  package static func named(_ name: String) -> OwnVectorSuite? {
    for suite in all where suite.name == name { return suite }
    return nil
  }

  /// The path of its file under `Vectors`.
  package var path: String { name + ".json" }

  /// 31 zeros and a one.
  package static let defaultSeed = [UInt8](repeating: 0, count: 31) + [1]
  /// The time of every file: 2026-01-01 00:00 UTC.
  static let now: UInt64 = 1_767_225_600

  /// The file's content.
  package func emit(seed: [UInt8] = defaultSeed) throws(CygnetError) -> JSON {
    var writer = OwnVectorWriter(self, seed: seed)
    return try emit(&writer)
  }

  /// With a writer of this suite, whose `problem` tells what went wrong where this throws.
  package func emit(_ writer: inout OwnVectorWriter) throws(CygnetError) -> JSON {
    try write(&writer)
    var notes = JSONObject()
    for note in self.notes {
      notes.append(
        note.flag, ["description": .string(note.description), "effect": .string(note.effect)])
    }
    var file = JSONObject()
    file.append("schema", .string("\(kind.rawValue)_v1.json"))
    file.append("kind", .string(kind.rawValue))
    file.append("protocol", .string(subject))
    file.append("spec", .string(spec))
    file.append(
      "generator", ["tool": "VectorGenerator", "seed": .hex(writer.seed), "label": .string(name)])
    file.append("now", .counting(Self.now))
    file.append("numberOfTests", .integer(writer.count))
    file.append("notes", .object(notes))
    for member in writer.members { file.append(member.key, member.value) }
    return .object(file)
  }
}

extension OwnVectorSuite: CustomStringConvertible {
  package var description: String { name }
}
