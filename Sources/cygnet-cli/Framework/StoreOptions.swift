/// Options of every command that opens a store, and of no other.
extension Option {
  static let store: [Option] = [
    profile, home, keyFile, passphraseDescriptor, passphraseFile, noInput, yes,
  ]

  /// Of commands that give a store another secret than the one that opened it.
  static let newSecret: [Option] = [newKeyFile, newPassphraseDescriptor, newPassphraseFile]

  private static let newKeyFile = Option(
    long: "new-key-file", valueName: "FILE", value: .file,
    summary: "From now on the store is opened by this key file, made if there is none")
  private static let newPassphraseDescriptor = Option(
    long: "new-passphrase-fd", valueName: "N", value: .count,
    summary: "Read the new passphrase, one line, from file descriptor N")
  private static let newPassphraseFile = Option(
    long: "new-passphrase-file", valueName: "FILE", value: .file,
    summary: "Read the new passphrase, one line, from a file that only you can read")

  static let profile = Option(
    long: "profile", valueName: "NAME", summary: "The profile to use (default)")
  static let home = Option(
    long: "home", valueName: "DIR", value: .directory,
    summary: "The folder that holds the profiles (see 'cygnet help files')")
  static let keyFile = Option(
    long: "key-file", valueName: "FILE", value: .file,
    summary: "Open the store with a key file instead of a passphrase")
  static let passphraseDescriptor = Option(
    long: "passphrase-fd", valueName: "N", value: .count,
    summary: "Read the passphrase, one line, from file descriptor N")
  static let passphraseFile = Option(
    long: "passphrase-file", valueName: "FILE", value: .file,
    summary: "Read the passphrase, one line, from a file that only you can read")
  static let noInput = Option(
    long: "no-input", summary: "Never ask; fail where a question would be asked")
  static let yes = Option(long: "yes", short: "y", summary: "Answer every question with yes")
}
