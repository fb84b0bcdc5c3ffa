internal import CygnetPrimitives

/// A row of the table of operations: all that the dispatcher, `help` and the documentation say of it.
struct Operation: Sendable {
  /// Group and verb, with a dot between them.
  let name: String
  /// One line without a full stop.
  let summary: String
  let parameters: [Field]
  let results: [Field]
  let run: @Sendable (inout Call) throws(CygnetError) -> JSONObject

  init(
    _ name: String, _ summary: String, takes parameters: [Field] = [],
    gives results: [Field] = [],
    _ run: @escaping @Sendable (inout Call) throws(CygnetError) -> JSONObject
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.results = results
    self.run = run
  }
}

/// Every operation of the conformance server, in the order of the documentation.
enum OperationTable {
  static let all: [Operation] =
    HelpOperations.all + ObjectOperations.all + IdentityOperations.all + PreKeysOperations.all
    + BundleOperations.all + SessionOperations.all + MessageOperations.all + X3DHOperations.all
    + PQXDHOperations.all
    + RatchetOperations.all + RatchetKeyOperations.all + SenderKeyOperations.all
    + MemberKeyOperations.all + SenderChainOperations.all + SafetyNumberOperations.all
    + AttachmentOperations.all + AttachmentStreamOperations.all + PointerOperations.all
    + TextOperations.all + PeopleOperations.all + StorageOperations.all + WireOperations.all
    + HashOperations.all
    + CurveOperations.all + AEADOperations.all + HPKEOperations.all

  private static let index: [String: Operation] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  static func named(_ name: String) -> Operation? { index[name] }
}
