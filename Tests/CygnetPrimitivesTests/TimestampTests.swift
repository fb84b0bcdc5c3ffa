import CygnetPrimitives
import Testing

@Suite("Timestamps")
struct TimestampTests {
  @Test("times are ordered by their seconds")
  func order() {
    #expect(Timestamp(seconds: 1) < Timestamp(seconds: 2))
    #expect(!(Timestamp(seconds: 2) < Timestamp(seconds: 2)))
    #expect(Timestamp(seconds: .max) > Timestamp(seconds: 0))
  }

  @Test("adding beyond the last second stays at the last second")
  func saturation() {
    #expect(Timestamp(seconds: 10).adding(5) == Timestamp(seconds: 15))
    #expect(Timestamp(seconds: .max).adding(1) == Timestamp(seconds: .max))
    #expect(Timestamp(seconds: 1).adding(.max) == Timestamp(seconds: .max))
  }
}
