internal import CygnetPrimitives

/// Key encapsulation. libsodium has no ML-KEM before 1.0.22, so nothing bare stands beside it.
struct KEMBenchmarks {
  func operations() throws -> [Operation] {
    try mlkem(MLKEM768.self, "mlkem768") + mlkem(MLKEM1024.self, "mlkem1024") + xwing()
  }

  private func mlkem<P: MLKEMParameters>(_: MLKEM<P>.Type, _ name: String) throws -> [Operation] {
    var random = SystemRandomSource()
    let key = MLKEM<P>.DecapsulationKey.generate(using: &random)
    let sent = key.encapsulationKey.encapsulate(using: &random)
    let header = key.encapsulationKey.header
    let vector = key.encapsulationKey.vector
    let pending = header.encapsulate(using: &random).pending
    return [
      .plain(Benchmarks.library, "\(name)_keygen") {
        var random = SystemRandomSource()
        _ = MLKEM<P>.DecapsulationKey.generate(using: &random)
      },
      .plain(Benchmarks.library, "\(name)_encapsulate") {
        var random = SystemRandomSource()
        _ = key.encapsulationKey.encapsulate(using: &random)
      },
      .plain(Benchmarks.library, "\(name)_decapsulate") { _ = key.decapsulate(sent.ciphertext) },
      .plain(Benchmarks.library, "\(name)_encapsulate_first") {
        var random = SystemRandomSource()
        _ = header.encapsulate(using: &random)
      },
      .plain(Benchmarks.library, "\(name)_encapsulate_second") {
        _ = try pending.finish(with: vector)
      },
    ]
  }

  private func xwing() throws -> [Operation] {
    var random = SystemRandomSource()
    let key = try XWing.DecapsulationKey.generate(using: &random)
    let sent = try key.encapsulationKey.encapsulate(using: &random)
    return [
      .plain(Benchmarks.library, "xwing_keygen") {
        var random = SystemRandomSource()
        _ = try XWing.DecapsulationKey.generate(using: &random)
      },
      .plain(Benchmarks.library, "xwing_encapsulate") {
        var random = SystemRandomSource()
        _ = try key.encapsulationKey.encapsulate(using: &random)
      },
      .plain(Benchmarks.library, "xwing_decapsulate") { _ = try key.decapsulate(sent.ciphertext) },
    ]
  }
}
