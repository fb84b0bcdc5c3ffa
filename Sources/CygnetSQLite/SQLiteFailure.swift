internal import CSQLite
internal import CygnetPrimitives

/// What SQLite answered, as the underlying error of a `CygnetError`. It holds no data of the store.
struct SQLiteFailure: Error, CustomStringConvertible {
  /// SQLite's extended result code.
  let code: Int32

  var description: String {
    guard let text = unsafe sqlite3_errstr(code) else { return "SQLite error \(code)" }
    return unsafe "SQLite error \(code): \(String(cString: text))"
  }
}

extension CygnetError {
  /// An answer of SQLite that is not success.
  static func sqlite(_ code: Int32) -> CygnetError {
    let failure = SQLiteFailure(code: code)
    // The low byte is the answer, the rest its finer shade.
    return switch code & 0xff {
    case SQLITE_CORRUPT:
      CygnetError(.storeDamaged, "the database file of the store is damaged", underlying: failure)
    case SQLITE_NOTADB:
      CygnetError(.malformed, "the file is not a database", underlying: failure)
    case SQLITE_BUSY, SQLITE_LOCKED:
      CygnetError(.storage, "another process holds the store", underlying: failure)
    case SQLITE_FULL:
      CygnetError(.storage, "the disk of the store is full", underlying: failure)
    case SQLITE_READONLY, SQLITE_PERM:
      CygnetError(.storage, "the store or its folder cannot be written to", underlying: failure)
    case SQLITE_CANTOPEN:
      CygnetError(.storage, "the files of the store cannot be opened", underlying: failure)
    case SQLITE_IOERR:
      CygnetError(.storage, "the store cannot be read or written", underlying: failure)
    case SQLITE_TOOBIG:
      CygnetError(.limitExceeded, "a row is longer than a store takes", underlying: failure)
    case SQLITE_NOMEM:
      CygnetError(.storage, "there is no memory left", underlying: failure)
    default:
      CygnetError(.storage, "SQLite refused", underlying: failure)
    }
  }
}
