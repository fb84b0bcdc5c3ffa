internal import CygnetPrimitives

/// Where an extension may stand (RFC 9420 §13.4, §17.3).
enum ExtensionPlace {
  case leafNode, keyPackage, groupInfo, groupContext
}

extension MLS.Extensions {
  /// Checks that no extension of the RFC's own stands where it does not belong.
  /// - Throws: `ruleViolation` (K6).
  func checkPlace(_ place: ExtensionPlace) throws(CygnetError) {
    for type in types {
      let belongs =
        switch type {
        case .applicationID: place == .leafNode
        case .ratchetTree, .externalPub: place == .groupInfo
        case .requiredCapabilities, .externalSenders: place == .groupContext
        case .lastResort: place == .keyPackage
        default: place != .groupContext || !type.isGREASE
        }
      guard belongs else {
        throw CygnetError(
          .ruleViolation, "K6: an extension stands where it does not belong (RFC 9420 §17.3)")
      }
    }
  }
}
