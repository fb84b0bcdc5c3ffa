/// `cygnet store`
enum StoreCommand {
  static let command = Command(
    name: "store",
    summary: "Look after the encrypted store of a profile",
    children: [
      StoreStatusCommand.command, StorePassphraseCommand.command, StoreCheckCommand.command,
      StoreRekeyCommand.command, StoreExportCommand.command,
    ])
}
