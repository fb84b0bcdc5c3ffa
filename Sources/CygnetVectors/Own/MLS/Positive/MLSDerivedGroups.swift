internal import CygnetMLS
internal import CygnetPrimitives

/// Groups that come out of others (RFC 9420 §11.2, §11.3): the end of a ReInit, and subgroups.
enum MLSDerivedGroups {
  /// A ReInit, the Welcome of the group that replaces this one, and two epochs of that.
  static func byValue(_ play: inout MLSPlay) throws(CygnetError) {
    try play.commit(by: 2)
    try play.deliver(play.chat(1, by: 2))
    let reInit = reInit(&play, extensions: .none)
    let late = try play.chat(2, by: 0)
    try play.commit(by: 2, values: [.reInit(reInit)], path: false)
    try play.deliver(late)
    // Any member may found it; places need not be the old ones.
    try conclude(&play, reInit, by: 4)
  }

  /// By reference and encrypted, with a path and with extensions; the tree comes separately.
  static func byReference(_ play: inout MLSPlay) throws(CygnetError) {
    play.style = .init(format: .privateMessage, padding: .padme)
    let extensions = try MLS.Extensions([
      MLS.Extension(type: MLSApplication.extensionType, data: play.random.bytes(20))
    ])
    let reInit = reInit(&play, extensions: extensions)
    let proposed = try play.propose(.reInit(reInit), by: 1)
    try play.commit(by: 3, [proposed])
    try conclude(&play, reInit, by: 3, hasTree: false)
  }

  /// An external sender closes the group.
  static func fromOutside(_ play: inout MLSPlay) throws(CygnetError) {
    let server = try play.signer()
    let sender = MLS.ExternalSender(
      signatureKey: server.publicKey, credential: .basic(identity: Array("server".utf8)))
    let extensions = try MLS.Extensions(externalSenders: [sender])
    try play.commit(by: 0, values: [.groupContextExtensions(extensions)])
    let reInit = reInit(&play, extensions: extensions)
    let proposed = try play.propose(
      ForgedMessage(play.forge, from: .external(0), .proposal(.reInit(reInit)), signer: server))
    try play.commit(by: 6, [proposed], path: false)
    try conclude(&play, reInit, by: 0)
  }

  private static func reInit(_ play: inout MLSPlay, extensions: MLS.Extensions) -> MLS.ReInit {
    MLS.ReInit(
      groupID: MLS.GroupID(play.random.bytes(24)), cipherSuite: play.suite.suite,
      extensions: extensions)
  }

  private static func conclude(
    _ play: inout MLSPlay, _ reInit: MLS.ReInit, by founder: UInt32, hasTree: Bool = true
  ) throws(CygnetError) {
    let others = play.places.filter { $0 != founder }
    var successor = try play.found(
      .reInit, id: reInit.groupID, extensions: reInit.extensions, of: [founder] + others.reversed(),
      hasTree: hasTree)
    try successor.commit(by: 0)
    try successor.commit(by: 1, values: [.remove(LeafIndex(0))])
    try successor.deliver(successor.chat(1, by: 1))
    try play.note("derived_groups", [successor.row()])
  }

  /// A subgroup of three, after which both go on.
  static func branch(_ play: inout MLSPlay) throws(CygnetError) {
    try play.commit(by: 0)
    var subgroup = try play.found(.branch, of: [6, play.listening ?? 0, 2])
    try subgroup.commit(by: 2)
    try subgroup.commit(by: 0, values: [subgroup.add(subgroup.client("stranger"))])
    try subgroup.deliver(subgroup.chat(2, by: 3))
    try play.note("derived_groups", [subgroup.row()])
    try play.commit(by: 6)
    try play.deliver(play.chat(1, by: 6))
  }

  /// Two of one epoch, of two and of all members, and one of a later epoch.
  static func severalBranches(_ play: inout MLSPlay) throws(CygnetError) {
    play.style = .init(format: .privateMessage)
    try play.commit(by: 1, values: [play.add(play.client("heidi"))])
    let listener = play.listening ?? 0
    let extensions = try MLS.Extensions([
      MLS.Extension(type: MLSApplication.extensionType, data: [7])
    ])
    let pair = try play.found(
      .branch, extensions: extensions, of: [0, listener], hasTree: false)
    var all = try play.found(
      .branch, of: [7] + play.places.filter { $0 != 7 })
    try all.commit(by: 3)
    try play.note("derived_groups", [pair.row(), all.row()])
    try play.commit(by: 7, values: [.remove(LeafIndex(0))])
    var later = try play.found(.branch, of: [7, listener, 1])
    try later.commit(by: 2)
    try play.note("derived_groups", [later.row()])
  }
}
