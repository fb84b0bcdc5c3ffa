import CygnetHPKE
import CygnetPrimitives
import TestSupport

/// Gives the input to every decoder of HPKE, and then reads it as a script of two sides with an
/// attacker between them: what is genuine opens once and in order, nothing else opens, and what is
/// refused changes nothing.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHPKE(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  do {
    try HPKEDecoding.run(bytes)
    var play = try HPKEPlay(script: bytes)
    try play.run()
  } catch { fatalError("\(error)") }
  return 0
}

/// With `CYGNET_FUZZ_SEEDS` in the environment: writes scripts for every suite and mode there, and
/// ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
  Seeds.writeIfAsked { folder in
    for suite in UInt8(0)..<6 {
      for mode in UInt8(0)..<4 {
        for variant in UInt8(0)..<6 {
          let steps = (0..<60).map { UInt8(truncatingIfNeeded: $0 * (Int(variant) + 1)) }
          try Seeds.write(
            [suite, mode, variant] + steps, "play-\(suite)-\(mode)-\(variant)", in: folder)
        }
      }
    }
  }
  return 0
}

/// What the library owed and did not do.
struct Defect: Error {
  let what: String
}

/// The code with which `body` refuses; nil where it does not. A fault of ours is a defect.
func refusal(_ body: () throws(CygnetError) -> Void) throws -> CygnetError.Code? {
  do throws(CygnetError) { try body() } catch {
    guard error.code != .internalFault else { throw Defect(what: "\(error)") }
    return error.code
  }
  return nil
}
