internal import CygnetPrimitives
internal import CygnetWire

/// Files on MLS. The lengths of RFC 9420 §2.1.2 are those of this codec.
enum MLSFormats {
  static let all =
    [
      VectorFormat(
        "MLS", "MLS vector lengths",
        recognises: { $0.firstCase(has: "vlbytes_header", "length") }, run: runLength)
    ] + MLSKeyFormats.all + MLSFramingFormats.all + MLSTreeFormats.all + MLSTreeKEMFormats.all
    + MLSGroupFormats.all

  @Sendable
  private static func runLength(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let header = try test.bytes("vlbytes_header")
    let count = try Reader.read(header) { (reader) throws(CygnetError) in
      try VectorLength.decode(from: &reader)
    }
    var checks = VectorChecks()
    checks.that(try count == test.int("length"), "length is \(count)")
    checks.equal("vlbytes_header", try Length(count: count).wireEncoded(), header)
    return checks.outcome
  }

  private struct Length: WireEncodable {
    let count: Int

    func encode(into writer: inout Writer) throws(CygnetError) {
      try VectorLength.encode(count, into: &writer)
    }
  }
}
