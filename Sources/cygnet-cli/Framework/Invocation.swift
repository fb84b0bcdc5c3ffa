/// What a running command works with: its arguments, and where it prints.
struct Invocation: Sendable {
  let arguments: Arguments
  let output: Output
}
