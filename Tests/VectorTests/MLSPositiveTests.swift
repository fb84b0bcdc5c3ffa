import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

/// Files that we write in the formats of the MLS working group, checked by the code that checks the
/// working group's own.
@Suite("Our files in the formats of the MLS working group")
struct MLSPositiveTests {
  @Test("the generator's output is what is committed", arguments: MLSVectorSuite.all)
  func generatorAgrees(suite: MLSVectorSuite) throws {
    let committed = RepositoryFiles.read("\(OwnVectorTests.folder)/\(suite.path)")
    #expect(committed == Array(try suite.emit().text.utf8))
  }

  @Test("every case holds, and none is skipped", arguments: MLSVectorSuite.all)
  func filesHold(suite: MLSVectorSuite) throws {
    let file = try OwnVectorTests.load(suite.path)
    let report = VectorRun.run(file, file: suite.path)
    for failure in report.failures { Issue.record("\(suite.name) \(failure.id): \(failure.what)") }
    #expect(report.format == suite.format)
    #expect(report.passed == file.array?.count && report.passed > 0 && report.skipped == 0)
  }

  @Test("another seed gives another file, which holds as well", arguments: MLSVectorSuite.all)
  func otherSeeds(suite: MLSVectorSuite) throws {
    let file = try suite.emit(seed: [UInt8](repeating: 0xa5, count: 32))
    let committed = try OwnVectorTests.load(suite.path)
    #expect((file != committed) == suite.isSeeded)
    let report = VectorRun.run(file, file: suite.path)
    for failure in report.failures { Issue.record("\(suite.name) \(failure.id): \(failure.what)") }
    #expect(report.passed == committed.array?.count)
  }

  @Test("a change of a value that is checked fails its case", arguments: MLSVectorSuite.all)
  func changedValues(suite: MLSVectorSuite) throws {
    let file = try OwnVectorTests.load(suite.path)
    var tried = 0
    for row in try #require(file.array) {
      let paths = OutputPath.all(in: row)
      #expect(!paths.isEmpty, "\(suite.name): a case without a value to change")
      // A few of each case, from all over it.
      for index in stride(from: 0, to: paths.count, by: max(1, paths.count / 5)) {
        let altered = try #require(paths[index].changing(row))
        let report = VectorRun.run(.array([altered]), file: suite.path)
        if report.passed > 0 { Issue.record("unnoticed in \(suite.name): \(paths[index])") }
        tried += 1
      }
    }
    #expect(tried > 4)
  }

  @Test("every file of a format fits that format alone", arguments: MLSVectorSuite.all)
  func recognition(suite: MLSVectorSuite) throws {
    let file = try OwnVectorTests.load(suite.path)
    #expect(VectorFormat.all.filter { $0.recognises(file) }.map(\.name) == [suite.format])
  }

  @Test("all of them together stay below four megabytes")
  func size() throws {
    var count = 0
    for suite in MLSVectorSuite.all {
      count += RepositoryFiles.read("\(OwnVectorTests.folder)/\(suite.path)")?.count ?? 0
    }
    #expect(count > 1_000_000 && count < 4_000_000)
  }
}

/// Where in a case a value stands that no other one may take the place of.
private struct OutputPath: CustomStringConvertible {
  private enum Step {
    case key(String)
    case index(Int)
  }

  private let steps: [Step]

  var description: String {
    steps.map {
      switch $0 {
      case .key(let key): key
      case .index(let index): String(index)
      }
    }.joined(separator: ".")
  }

  /// Outputs of all formats, and inputs that are signed or sealed.
  private static let names: Set<String> = [
    // Labels, key schedule, pre-shared keys, secret tree, transcript.
    "out", "signature", "kem_output", "ciphertext", "pub", "group_context", "joiner_secret",
    "welcome_secret", "init_secret", "encryption_secret", "exporter_secret", "epoch_authenticator",
    "external_secret", "confirmation_key", "membership_key", "resumption_psk", "external_pub",
    "secret", "psk_secret", "psk_nonce", "handshake_key", "handshake_nonce", "application_key",
    "application_nonce", "confirmed_transcript_hash_after", "interim_transcript_hash_after",
    "authenticated_content",
    // Messages.
    "proposal", "proposal_priv", "proposal_pub", "commit", "commit_priv", "commit_pub",
    "application", "application_priv", "welcome", "key_package", "signer_pub", "mls_welcome",
    "mls_group_info", "ratchet_tree", "add_proposal", "private_message",
    // Trees and lengths.
    "tree_after", "tree_hash_before", "tree_hash_after", "tree_hashes", "resolutions",
    "commit_secret", "path_secrets", "path_secret", "encryption_priv", "root", "n_nodes", "left",
    "parent", "sibling", "length", "vlbytes_header",
    // Groups.
    "initial_epoch_authenticator", "proposals", "message", "plaintext", "authenticated_data",
    "sender", "group_info",
  ]

  static func all(in row: JSON) -> [OutputPath] {
    var paths: [OutputPath] = []
    collect(row, [], isOutput: false, &paths)
    return paths
  }

  private static func collect(
    _ value: JSON, _ steps: [Step], isOutput: Bool, _ paths: inout [OutputPath]
  ) {
    switch value {
    case .object(let object):
      for member in object.members where !isUnchecked(member.key, in: object) {
        collect(
          member.value, steps + [.key(member.key)], isOutput: names.contains(member.key), &paths)
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        collect(element, steps + [.index(index)], isOutput: isOutput, &paths)
      }
    case .string where isOutput, .number where isOutput: paths.append(OutputPath(steps: steps))
    default: break
    }
  }

  private static func isUnchecked(_ key: String, in object: JSONObject) -> Bool {
    switch key {
    // Of sender data only a sample of the ciphertext counts.
    case "ciphertext": object["sender_data_secret"] != nil
    // Who changes a tree does not look at the signature of what it adds.
    case "proposal": object["tree_before"] != nil
    // Who is removed cannot verify the confirmation tag.
    case "commit": object["epoch_authenticator"]?.isNull == true
    default: false
    }
  }

  /// The row with this value changed; messages that are only decoded get a byte more.
  func changing(_ row: JSON) -> JSON? {
    Self.change(row, steps[...], isDecodedOnly: row["mls_welcome"] != nil)
  }

  private static func change(
    _ value: JSON, _ steps: ArraySlice<Step>, isDecodedOnly: Bool
  ) -> JSON? {
    switch steps.first {
    case .key(let key):
      guard var object = value.object, let member = object[key] else { return nil }
      object[key] = change(member, steps.dropFirst(), isDecodedOnly: isDecodedOnly)
      return .object(object)
    case .index(let index):
      guard var elements = value.array else { return nil }
      guard let changed = change(elements[index], steps.dropFirst(), isDecodedOnly: isDecodedOnly)
      else { return nil }
      elements[index] = changed
      return .array(elements)
    case nil:
      if let number = value.int { return .integer(number + 1) }
      guard var bytes = value.hexBytes else { return nil }
      if isDecodedOnly || bytes.isEmpty {
        bytes.append(0)
      } else {
        bytes[bytes.count - 1] ^= 1
      }
      return .hex(bytes)
    }
  }
}
