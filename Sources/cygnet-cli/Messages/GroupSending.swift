internal import Cygnet
internal import CygnetVectors

/// `cygnet send GROUP`
struct GroupSending {
  private let name: String
  private let client: Client
  private let invocation: Invocation

  init(_ name: String, _ client: Client, _ invocation: Invocation) {
    self.name = name
    self.client = client
    self.invocation = invocation
  }

  func send(_ text: [UInt8], to target: ObjectTarget) async throws -> ExitCode {
    let blobs = try OutgoingBlobs.encrypt(invocation)
    let message: OutgoingGroupMessage
    do throws(CygnetError) {
      let content = try MessageContent(text: text, attachments: blobs.pointers)
      message = try await client.send(content, toGroup: name, now: .now)
    } catch {
      blobs.remove()
      throw explained(error)
    }
    try await write(message, to: target, blobs.paths)
    return .ok
  }

  func writeUnsent(to target: ObjectTarget) async throws -> ExitCode {
    let id = try await client.groupSummary(name).id
    let waiting = try await client.outgoingGroupMessages().filter { $0.groupID == id }
    guard let message = waiting.first else {
      throw CommandFailure(.unknown, "everything for \(name.escaped) was written")
    }
    try await write(message, to: target, [])
    return .ok
  }

  /// Only when the message is written is it no longer kept.
  private func write(
    _ message: OutgoingGroupMessage, to target: ObjectTarget, _ blobs: [Path]
  ) async throws {
    let output = invocation.output
    let waiting = try await client.outgoingGroupMessages()
      .filter { $0.id != message.id && $0.groupID == message.groupID }
    try target.write(
      message.bytes,
      [
        "id": .hex(message.id), "group": .string(message.groupName),
        "kind": .string(message.kind.noun), "bytes": .integer(message.bytes.count),
        "blobs": .array(blobs.map { .string($0.text) }), "unsent": .integer(waiting.count),
      ], as: message.kind.label)
    try await client.confirmSent(message.id)
    if !waiting.isEmpty {
      let line = invocation.line("send \(message.groupName.shellWord) --unsent -o FILE")
      output.warning("\(waiting.count) earlier ones were never written: see '\(line)'")
    }
    guard let path = invocation.arguments.path("output"), !path.isStandardStream else { return }
    let files = ([path] + blobs).map(\.description).joined(separator: ", ")
    let whom =
      message.kind == .welcome
      ? message.invited.map(\.shown).joined(separator: ", ") : "all members"
    output.hint("Next: carry \(files) to \(whom), for 'cygnet receive \(path)'")
  }

  private func explained(_ error: CygnetError) -> CommandFailure {
    var failure = CommandFailure(error)
    if error.code == .wrongState {
      let line = invocation.line("group update \(name.shellWord) -o FILE")
      failure.hint = "grant what waits with '\(line)', and carry that to all members first"
    }
    return failure
  }
}
