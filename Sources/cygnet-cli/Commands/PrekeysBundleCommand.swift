internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// `cygnet prekeys bundle`
enum PrekeysBundleCommand {
  static let command = Command(
    name: "bundle",
    summary: "Write a prekey bundle for one person, with one-time prekeys",
    discussion: """
      Each bundle carries a one-time prekey and a one-time KEM prekey that no other will get. Give it \
      to one person: a second who uses it cannot be answered. When they are used up, the bundle \
      carries the signed prekey and the KEM prekey of last resort alone.
      """,
    options: [.binary, .output, .force] + Option.store,
    examples: [
      Example(line: "cygnet prekeys bundle -o for-bob.bundle", meaning: "A bundle as a file")
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let output = invocation.output
    let target = try ObjectTarget(.preKeyBundle, invocation)
    let session = try await StoreSession.open(invocation)
    let bundle = try await session.client.takeBundle(now: .now)
    try target.write(
      bundle.encoded(),
      [
        "address": bundle.address.json, "suite": bundle.suite.json,
        "post_quantum": .bool(bundle.suite.isPostQuantum),
        "has_one_time_pre_key": .bool(bundle.hasOneTimePreKey),
        "has_one_time_kem_pre_key": .bool(bundle.hasOneTimeKEMPreKey),
      ])
    if !bundle.hasOneTimePreKey || !bundle.hasOneTimeKEMPreKey {
      output.warning(
        "no one-time prekey was left; make more with "
          + session.folder.line("prekeys generate"))
    }
    output.hint("Next: the receiver checks it with cygnet prekeys check FILE")
    return .ok
  }
}
