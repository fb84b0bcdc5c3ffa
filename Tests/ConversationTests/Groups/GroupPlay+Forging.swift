import CygnetMLS
import CygnetPrimitives
import CygnetWire
import TestSupport

/// A member that breaks the rules with keys that are right.
extension GroupPlay {
  /// On copies: what is properly encrypted and wrong inside uses up its key and does nothing else.
  mutating func forge(for who: Int) throws {
    let epoch = seats[who]!.epoch
    let others = seated.filter { $0 != who && seats[$0]!.epoch == epoch }
    guard !others.isEmpty else { return }
    var forger = try GroupForger(seats[pick(others)]!.group)
    let fault = pick(GroupForger.Fault.allCases)
    let encoded = try forger.message(with: fault, using: &random)
    let allowed: [CygnetError.Code] = [.authenticationFailed, .malformed, .ruleViolation]
    try expectRefusalAfterDecryption(
      of: encoded, by: who, "a member's forgery: \(fault)", allowed)
  }
}
