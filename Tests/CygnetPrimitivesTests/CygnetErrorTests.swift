import CygnetPrimitives
import Testing

@Suite("Errors")
struct CygnetErrorTests {
  @Test("every code has a name of its own, fit for vectors and the command line")
  func names() {
    let names = CygnetError.Code.all.map(\.name)
    #expect(names.count == 17)
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(!name.isEmpty && name.allSatisfy { $0.isASCII && $0.isLetter }, "\(name)")
    }
  }

  @Test("errors are equal when their codes are, whatever their reasons")
  func equality() {
    #expect(CygnetError(.malformed, "one") == CygnetError(.malformed, "another"))
    #expect(CygnetError(.malformed, "one") != CygnetError(.truncated, "one"))
  }

  @Test("an error reads as its code and reason, and keeps what lies under it")
  func description() {
    struct Disk: Error {}
    let error = CygnetError(.storage, "the store failed", underlying: Disk())
    #expect("\(error)" == "storage: the store failed")
    #expect(error.underlying is Disk)
    #expect(CygnetError(.storage, "the store failed").underlying == nil)
  }
}
