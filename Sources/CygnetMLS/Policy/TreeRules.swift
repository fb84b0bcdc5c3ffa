internal import CygnetPrimitives

/// The rules that hold between the leaves of a tree and what the group agreed on (RFC 9420 §7.3,
/// §12.1.7, §13.4). The tree counts what its leaves support, so they cost as much as there are types
/// and not as there are members.
struct TreeRules {
  let extensions: MLS.Extensions
  let required: MLS.RequiredCapabilities

  init(_ extensions: MLS.Extensions) throws(CygnetError) {
    self.extensions = extensions
    required = try extensions.requiredCapabilities
  }

  func check(_ tree: RatchetTree) throws(CygnetError) {
    try tree.checkUniqueKeys()
    for type in required.extensions where !type.isDefault && !tree.everyMemberLists(type) {
      throw lacking
    }
    for type in required.proposals where !type.isDefault && !tree.everyMemberLists(type) {
      throw lacking
    }
    for type in required.credentials where !tree.everyMemberSupports(type) { throw lacking }
    for type in extensions.types where !type.isDefault && !tree.everyMemberLists(type) {
      throw CygnetError(
        .ruleViolation, "P7: a member does not support an extension of the group (RFC 9420 §13.4)")
    }
    for type in tree.credentialTypesInUse where !tree.everyMemberSupports(type) {
      throw CygnetError(
        .ruleViolation, "L4: a member does not support a credential type in use (RFC 9420 §7.3)")
    }
  }

  private var lacking: CygnetError {
    CygnetError(.ruleViolation, "L3: a member lacks a required capability (RFC 9420 §7.3)")
  }
}
