import CygnetMLS
import CygnetPrimitives
import TestSupport

/// A group whose handshakes travel in the clear, which a server follows, and an encrypted one; then
/// the same with X-Wing.
private let scenes: [GroupScene] = {
  var scenes: [GroupScene] = []
  for suite in [MLS.CipherSuite.x25519ChaCha20SHA256Ed25519, .xWingChaCha20SHA256Ed25519] {
    guard let clear = try? GroupScene(5, in: .publicMessage, suite: suite),
      let encrypted = try? GroupScene(6, in: .privateMessage, suite: suite)
    else { fatalError("no scenes") }
    scenes += [clear, encrypted]
  }
  return scenes
}()

/// Reads the input as a script of what honest members do and what a member with all keys, or
/// somebody outside, sends to break the others; or as one message of any group.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMLS(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let script = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  guard let first = script.first else { return 0 }
  var play = AttackPlay(script: script, scene: scenes[Int(first & 1 | first >> 1 & 2)])
  do { if first & 2 == 0 { try play.run() } else { try play.playMessage() } } catch {
    fatalError("\(error)")
  }
  return 0
}

/// With `CYGNET_FUZZ_SEEDS` in the environment: writes scripts that reach every step there, and ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
  Seeds.writeIfAsked { folder in
    for step in UInt8(0)..<(2 * AttackPlay.stepCount) {
      for variant in UInt8(0)..<8 {
        // The step, and numbers that differ from one place to the next.
        let numbers = (0..<40).map { UInt8(truncatingIfNeeded: Int($0) * Int(variant) + Int(step)) }
        let scene = step & 1 | (variant < 6 ? 0 : 4)
        let script = [scene, 0, variant, step / 2] + numbers + [0, 0]
        try Seeds.write(script, "step-\(step)-\(variant)", in: folder)
      }
    }
  }
  return 0
}
