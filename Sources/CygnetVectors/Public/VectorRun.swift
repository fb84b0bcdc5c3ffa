package import CygnetPrimitives

/// Runs vector files.
package enum VectorRun {
  package struct Options: Sendable {
    /// Whether cases of a million steps run too.
    package var slow: Bool
    /// For MLS's suite 1, which the library does not offer; without it, rows of that suite run but
    /// for what they seal.
    package var aes128GCM: (any AEADAlgorithm)?

    package init(slow: Bool = false, aes128GCM: (any AEADAlgorithm)? = nil) {
      self.slow = slow
      self.aes128GCM = aes128GCM
    }
  }

  /// Runs the cases of a file.
  /// - Parameters:
  ///   - bytes: the content.
  ///   - file: what the report calls it.
  /// - Throws: `malformed` for what is neither JSON nor a text file of ML-KEM vectors.
  package static func run(
    _ bytes: [UInt8], file: String, options: Options = Options()
  ) throws(CygnetError) -> VectorReport {
    do throws(JSONError) {
      return run(try JSON(parsing: bytes), file: file, options: options)
    } catch {
      if let text = MLKEMText.json(bytes) { return run(text, file: file, options: options) }
      throw CygnetError(.malformed, "not a JSON file", underlying: error)
    }
  }

  package static func run(
    _ json: JSON, file: String, options: Options = Options()
  ) -> VectorReport {
    let kind = VectorFile.recognise(json)
    var report = VectorReport(file: file, format: kind.name)
    switch kind {
    case .published(let format): run(json, format, options, &report)
    case .own: runOwn(json, &report)
    case .unknown where json["$schema"] != nil: report.skip("a JSON Schema, which has no cases")
    case .unknown: report.skip("not a vector file of a known format")
    }
    return report
  }

  /// Cases in a file of another project.
  package static func caseCount(_ json: JSON) -> Int { VectorCase.all(in: json).count }

  private static func run(
    _ json: JSON, _ format: VectorFormat, _ options: Options, _ report: inout VectorReport
  ) {
    let cases = VectorCase.all(in: json)
    for vectorCase in cases {
      do throws(CygnetError) {
        report.add(try format.run(vectorCase, options), id: vectorCase.id)
      } catch {
        report.add(.failed("\(error)"), id: vectorCase.id)
      }
    }
    if cases.isEmpty { report.skip("a file without cases") }
    if let stated = json["numberOfTests"]?.int, stated != cases.count {
      report.add(.failed("the file states \(stated) cases and holds \(cases.count)"), id: "file")
    }
  }

  private static func runOwn(_ json: JSON, _ report: inout VectorReport) {
    let own = OwnVectorFile.run(json)
    report.pass(own.passed)
    for failure in own.failures { report.add(.failed(failure.what), id: String(failure.id)) }
  }
}
