import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Stored groups")
struct StoredGroupTests {
  @Test("keys that are not the member's are refused, and nothing traps")
  func keysOfAnother() throws {
    let scene = try GroupScene(4, in: .privateMessage)
    let own = try GroupStateView(scene.groups[0])
    let other = try GroupStateView(scene.groups[1])
    let stored = try scene.groups[0].currentState().exposed()
    let (keys, seed) = (try own.keys.wireEncoded(), own.signer.seed.exposed())
    for (part, another) in [
      (keys, try other.keys.wireEncoded()),
      (keys, [keys[0], keys[1], 0, 0, 0, 77] + keys.dropFirst(6)),
      (seed, other.signer.seed.exposed()),
    ] {
      let start = try #require(stored.indices.first { stored[$0...].starts(with: part) })
      var changed = stored
      changed.replaceSubrange(start..<(start + part.count), with: another)
      #expect(throws: CygnetError(.malformed, "")) {
        try MLS.Group(
          restoring: MLS.StoredGroup(current: SecretBytes(copying: changed), past: []),
          configuration: scene.configuration)
      }
    }
  }

  @Test("past epochs may come in any order and with gaps, but none twice")
  func pastEpochs() throws {
    let scene = try GroupScene(6, in: .privateMessage)
    let group = scene.groups[0]
    var stored = try group.state()
    #expect(stored.past.count == 3)
    let whole = try group.wholeState()
    stored.past.reverse()
    let restored = try MLS.Group(restoring: stored, configuration: scene.configuration)
    #expect(try restored.wholeState() == whole)
    stored.past.remove(at: 1)
    _ = try MLS.Group(restoring: stored, configuration: scene.configuration)
    stored.past.append(stored.past[0])
    #expect(throws: CygnetError(.malformed, "")) {
      try MLS.Group(restoring: stored, configuration: scene.configuration)
    }
  }
}
