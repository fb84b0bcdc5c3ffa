import CygnetPrimitives
import CygnetSQLite
import CygnetStorage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A process that works in a store, for tests which need more than one process, another user, or one
// that dies. It says what happened on standard output.
//
//     StoreWorker count PATH N          adds 1 to a number, N times
//     StoreWorker churn PATH            writes the same number to eight records, again and again,
//                                       and says each number after its commit
//     StoreWorker write PATH BYTES      one transaction that writes so many bytes
//     StoreWorker create PATH           makes a store, and says what files there are then
//     StoreWorker hold PATH             keeps a transaction until standard input ends
//
// `as UID` in front runs the rest as that user, `within BYTES` lets no file grow beyond a length, and
// `mask BITS` sets the mask of new files.

var arguments = Array(CommandLine.arguments.dropFirst())

while arguments.count > 2, ["as", "within", "mask"].contains(arguments[0]) {
  guard let number = UInt32(arguments[1]) else { exit(2) }
  switch arguments[0] {
  case "as": guard setgid(number) == 0, setuid(number) == 0 else { exit(2) }
  case "mask": umask(mode_t(number))
  default:
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: rlim_t(number), rlim_max: rlim_t(number))
    guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
  }
  arguments.removeFirst(2)
}

guard arguments.count >= 2 else { exit(2) }
do {
  let store = try SQLiteStore(path: arguments[1], create: arguments[0] == "create")
  let secret = StoreSecret.keyFile(SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
  if arguments[0] == "create" { _ = try await StoreKey.create(in: store, secret: secret) }
  let key = try await StoreKey.open(store, secret: secret)
  let amount = arguments.count > 2 ? Int(arguments[2]) ?? 0 : 0
  switch arguments[0] {
  case "count": for _ in 0..<amount { try await Work.count(store, key) }
  case "create": Work.list(arguments[1])
  case "churn": try await Work.churn(store, key)
  case "write": try await Work.write(amount, store, key)
  case "hold": try await Work.hold(store)
  default: exit(2)
  }
  print("done")
} catch let error as CygnetError {
  print(error)
} catch {
  print("foreign: \(error)")
}
