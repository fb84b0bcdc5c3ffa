import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Running vector files")
struct VectorRunTests {
  /// RFC 5869, test case 1, in the form of the published files.
  private func hkdf(okm: String, stated: Int = 1) -> JSON {
    [
      "name": "HKDF-SHA-256", "numberOfTests": .integer(stated),
      "tests": [
        [
          "ikm": "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
          "salt": "000102030405060708090a0b0c", "info": "f0f1f2f3f4f5f6f7f8f9", "length": 42,
          "okm": .string(okm),
        ]
      ],
    ]
  }

  private static let okm =
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"

  @Test("a file is told by its content, whatever it is called")
  func names() throws {
    for name in ["hkdf.json", "x25519_test.json", ""] {
      let report = VectorRun.run(hkdf(okm: Self.okm), file: name)
      #expect(report.file == name && report.format == "HKDF")
      #expect(report.passed == 1 && report.run == 1 && report.skipped == 0)
    }
  }

  @Test("a wrong output fails its case and says what it should be")
  func wrongOutput() {
    let report = VectorRun.run(hkdf(okm: "00" + Self.okm.dropFirst(2)), file: "")
    #expect(report.passed == 0 && report.failures.count == 1)
    #expect(report.failures.first?.id == "1")
    #expect(report.failures.first?.what.contains("should be 00b25f") == true)
  }

  @Test("an output that is no hex, or of another length, fails its case")
  func malformedOutput() {
    for okm in ["xy", "3", "", String(Self.okm.dropLast(2)), Self.okm + "00"] {
      #expect(VectorRun.run(hkdf(okm: okm), file: "").failures.count == 1, "\(okm)")
    }
  }

  @Test("a file that states another number of cases fails")
  func wrongCount() {
    let report = VectorRun.run(hkdf(okm: Self.okm, stated: 2), file: "")
    #expect(report.passed == 1 && report.failures.map(\.id) == ["file"])
  }

  private func wycheproof(_ test: JSON) -> JSON {
    [
      "algorithm": "XDH", "schema": "xdh_comp_schema_v1.json",
      "testGroups": [["type": "XdhComp", "curve": "curve25519", "tests": [test]]],
    ]
  }

  @Test("a zero shared secret must be refused, whatever the file says of it")
  func zeroSharedSecret() {
    let zero = String(repeating: "0", count: 64)
    func report(public key: String, shared: String) -> VectorReport {
      VectorRun.run(
        wycheproof([
          "tcId": 7, "public": .string(key), "shared": .string(shared), "result": "acceptable",
          "private": "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449a44",
        ]), file: "")
    }
    #expect(report(public: zero, shared: zero).passed == 1)
    let base = "09" + String(repeating: "0", count: 62)
    let failed = report(public: base, shared: zero).failures
    #expect(failed.map(\.id) == ["7"])
    #expect(failed.first?.what.contains("accepted") == true)
    #expect(report(public: zero, shared: base).failures.count == 1)
  }

  @Test("what is not offered is skipped case by case, with the reason")
  func notOffered() {
    let file: JSON = [
      "name": "XEdDSA", "numberOfTests": 3, "tests": [["sig": "00"], ["sig": "01"], ["sig": "02"]],
    ]
    let report = VectorRun.run(file, file: "")
    #expect(report.run == 0 && report.skipped == 3)
    #expect(report.skips.map(\.reason) == ["XEdDSA is not offered"])
  }

  @Test("JSON of no known format is one skip, and what is not JSON an error")
  func unknown() throws {
    for text in ["{}", "[]", "7", "{\"tests\": []}", "{\"name\": \"HKDF-SHA-256\"}"] {
      let report = try VectorRun.run(Array(text.utf8), file: "x")
      #expect(report.run == 0 && report.skipped == 1 && report.format == "unknown", "\(text)")
    }
    for text in ["", "{", "{} {}", "\u{feff}{}"] {
      #expect(failureCode { try VectorRun.run(Array(text.utf8), file: "x") } == .malformed)
    }
  }

  @Test("cases of a million steps are skipped unless asked for")
  func slow() {
    let file: JSON = [
      "name": "X25519", "numberOfTests": 1,
      "tests": [
        [
          "type": "x25519-iterated", "iterations": 10_001, "out": "00",
          "scalar": "0900000000000000000000000000000000000000000000000000000000000000",
          "u": "0900000000000000000000000000000000000000000000000000000000000000",
        ]
      ],
    ]
    #expect(VectorRun.run(file, file: "").skips.first?.reason.hasPrefix("slow") == true)
    let slow = VectorRun.run(file, file: "", options: VectorRun.Options(slow: true))
    #expect(slow.failures.count == 1 && slow.skipped == 0)
  }

  @Test("our own files run as well")
  func own() throws {
    let suite = try #require(OwnVectorSuite.all.first)
    let report = VectorRun.run(try suite.emit(), file: suite.path)
    #expect(report.format == "Cygnet" && report.passed > 0 && report.failures.isEmpty)
  }
}
