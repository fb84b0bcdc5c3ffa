import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire

/// Gives the input to every reader of text. What one accepts must be written again as the same text,
/// but for case and line ends; and since no input of chance has the right checksum, it is also taken
/// as the values of a text whose checksum is right.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzText(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  bech32m(bytes)
  armor(bytes)
  let prefixes = TextPrefix.all
  if let first = bytes.first {
    bech32m(summed(Array(bytes.dropFirst()), prefix: prefixes[Int(first) % prefixes.count]))
    armor(
      wrapped(
        Array(bytes.dropFirst()), Armor.Label.allCases[Int(first) % Armor.Label.allCases.count]))
  }
  return 0
}

// MARK: - Keys

private func bech32m(_ text: [UInt8]) {
  let secret = SecretBytes(copying: text)
  _ = Bech32m.prefix(of: text)
  for prefix in TextPrefix.all {
    if let index = Bech32m.mistypedIndex(in: secret, prefix: prefix), index >= text.count {
      fatalError("a mistyped character outside of the text")
    }
    for byteCount in [0, 32, 33, 74] {
      let read = attempt { () throws(CygnetError) in
        try Bech32m.decode(secret, prefix: prefix, byteCount: byteCount)
      }
      guard let read else { continue }
      guard read.count == byteCount, let written = try? Bech32m.encode(read, prefix: prefix),
        written.exposed() == text.map({ (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }),
        Bech32m.mistypedIndex(in: secret, prefix: prefix) == nil
      else { fatalError("Bech32m is written as another text") }
    }
  }
  _ = RecoveryKey.mistypedCharacter(in: secret)
  if let key = attempt({ () throws(CygnetError) in try RecoveryKey(text: secret) }) {
    guard let written = try? key.text(), (try? RecoveryKey(text: written)) == key else {
      fatalError("a recovery key comes back as another")
    }
  }
  let characters = String(decoding: text, as: UTF8.self)
  if let key = attempt({ () throws(CygnetError) in try IdentityKey(text: characters) }) {
    guard (try? key.text) == characters.lowercased() else {
      fatalError("an identity key is written as another text")
    }
  }
  _ = attempt { () throws(CygnetError) in try SafetyNumber.payload(ofText: characters) }
}

/// The lowest five bits of each byte as values behind a prefix, with their checksum.
private func summed(_ values: [UInt8], prefix: String) -> [UInt8] {
  var text = Array("\(prefix)1".utf8)
  var checksum = Bech32mChecksum(prefix: Array(prefix.utf8))
  for value in values.prefix(1100) {
    checksum.add(value & 31)
    text.append(Bech32Alphabet.letter(of: value & 31))
  }
  for value in checksum.values { text.append(Bech32Alphabet.letter(of: value)) }
  return text
}

// MARK: - Armor

private func armor(_ text: [UInt8]) {
  let claimed = Armor.label(of: text)
  if claimed != nil && !Armor.isArmor(text) { fatalError("a label of what is no armor") }
  for label in Armor.Label.allCases {
    let bytes = attempt { () throws(CygnetError) in try Armor.decode(text, label: label) }
    guard let bytes else { continue }
    var plain: [UInt8] = []
    for byte in text where byte != 13 { plain.append(byte) }
    if plain.last != 10 { plain.append(10) }
    guard claimed == label, Armor.encode(bytes, label: label) == plain else {
      fatalError("armor is written as another text")
    }
  }
}

/// The input as the lines between a beginning and an end.
private func wrapped(_ body: [UInt8], _ label: Armor.Label) -> [UInt8] {
  let begin = Array("-----BEGIN CYGNET \(label.rawValue)-----\n".utf8)
  return begin + body + Array("\n-----END CYGNET \(label.rawValue)-----\n".utf8)
}

/// What a reader gives, or nil where it refuses; a fault of ours ends the run.
private func attempt<Value>(_ body: () throws(CygnetError) -> Value) -> Value? {
  do throws(CygnetError) { return try body() } catch {
    if error.code == .internalFault { fatalError("\(error)") }
    return nil
  }
}
