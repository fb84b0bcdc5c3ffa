internal import CygnetPrimitives

extension Timestamp {
  /// `2026-01-01T00:00:00Z`, for years up to 9999; seconds beyond.
  var calendarText: String {
    guard seconds < 253_402_300_800 else { return "\(seconds) s after 1970" }
    let clock = Int(seconds % 86_400)
    let (year, month, day) = Self.date(day: Int(seconds / 86_400))
    return "\(year)-\(Self.two(month))-\(Self.two(day))T"
      + "\(Self.two(clock / 3600)):\(Self.two(clock / 60 % 60)):\(Self.two(clock % 60))Z"
  }

  /// The Gregorian date of a day counted from 1970-01-01. Years begin in March on the way, so that
  /// the leap day is the last of its year.
  private static func date(day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468  // days from 0000-03-01
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
