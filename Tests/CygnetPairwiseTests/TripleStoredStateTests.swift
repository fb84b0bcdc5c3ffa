import CygnetPairwise
import CygnetVectors
import TestSupport
import Testing

@Suite("Stored states of suite 2")
struct TripleStoredStateTests {
  @Test("the committed ones are in every state of the Braid")
  func everyState() throws {
    let path = RepositoryFiles.path("Vectors/state/v1/triple-ratchet.json")
    let file = try JSON(parsing: #require(RepositoryFiles.read(path)))
    var names: Set<String> = []
    for group in try #require(file["groups"]?.array)
    where group["type"]?.string == "SessionState" {
      for test in try #require(group["tests"]?.array) {
        let session = try PairwiseSession(
          restoring: secret(#require(test["state"]?.string)))
        names.insert(try #require(session.sparseRatchet).braid.stepName)
      }
    }
    #expect(names == Set(Braid.stepNames))
  }
}
