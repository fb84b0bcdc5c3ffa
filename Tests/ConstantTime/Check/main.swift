import SecretMarks

// Runs what handles secrets under valgrind's memcheck with the secrets marked undefined. Memcheck then
// reports every branch and every address that depends on one. Of the library nothing may be reported;
// of a few twins that leak on purpose something must be, or the check would prove nothing.

guard secret_marks_are_watched() != 0 else {
  print("run this under valgrind: Tests/ConstantTime/run")
  exitNow(2)
}

var failures = 0
for item in Case.all {
  let before = secret_marks_error_count()
  try item.body()
  let found = secret_marks_error_count() - before
  let holds = item.leaks ? found > 0 : found == UInt64(item.outcomes)
  if !holds { failures += 1 }
  let verdict =
    switch found {
    case 0: "nothing depends on the secret"
    case UInt64(item.outcomes): "nothing but what verification says: \(found)"
    default: "\(found) places or times"
    }
  print(
    "\(holds ? "ok  " : "FAIL") \(item.leaks ? "leaks on purpose: " : "")\(item.name): \(verdict)")
}
print("constant time: \(Case.all.count - failures) of \(Case.all.count) hold")
exitNow(failures == 0 ? 0 : 1)
