import CygnetVectors

/// What parses must be written and parsed back to the same value, in both forms.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let value = try? JSON(parsing: bytes) else { return 0 }
  for text in [value.compact, value.pretty] {
    guard let again = try? JSON(parsing: text), again == value else {
      fatalError("another value comes back")
    }
  }
  _ = (value.int, value.uint64, value.hexBytes, value["a"], value[0])
  return 0
}
