import CygnetPairwise
import CygnetPrimitives
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc

  @Suite("Memory and time")
  struct FootprintTests {
    /// Resident pages are counted, so what the allocator adds to each block is in the figure.
    @Test(
      "an established session holds at most 1 KiB of heap",
      .enabled(if: !Sanitizer.isActive, "a sanitizer's allocator pads every block"))
    func heap() async {
      await #expect(processExitsWith: .success) {
        var pair = try TestPair.established()
        try pair.aliceToBob()
        try pair.bobToAlice()
        let state = try pair.bobSession.state()
        let count = 10_000
        var warmUp: [PairwiseSession] = []
        for _ in 0..<100 { warmUp.append(try PairwiseSession(restoring: state)) }
        var sessions = [PairwiseSession](repeating: pair.bobSession, count: count)
        let before = try #require(Footprint.residentBytes())
        for index in 0..<count { sessions[index] = try PairwiseSession(restoring: state) }
        let each = (try #require(Footprint.residentBytes()) - before) / count
        #expect(each > 8 * 32, "eight keys at least, but \(each) bytes")
        #expect(each <= 1_024, "\(each) bytes")
        withExtendedLifetime((sessions, warmUp)) {}
      }
    }

    @Test(
      "a forged message costs less than one key agreement, whatever keys are waiting",
      .enabled(if: !Sanitizer.isActive, "times mean nothing under a sanitizer"))
    func forged() throws {
      var pair = try TestPair.established()
      for _ in 0..<Limits.maxSkippedChains {
        _ = try pair.aliceSession.encrypt([0])
        try pair.aliceToBob()
        try pair.bobToAlice()
      }
      _ = try pair.aliceSession.encrypt([0])
      try pair.aliceToBob()
      let forged = PairwiseMessage.ratchet(
        RatchetMessage(
          sealedHeader: [UInt8](repeating: 1, count: HeaderKey.sealedByteCount),
          ciphertext: [UInt8](repeating: 2, count: 1_000)))
      let state = try pair.bobSession.state()
      let own = try X25519.KeyPair(
        X25519.PrivateKey(SecretBytes(copying: [UInt8](repeating: 5, count: 32))))
      var refusal = UInt64.max
      var agreement = UInt64.max
      for _ in 0..<1_000 {
        refusal = min(refusal, Footprint.threadTime { _ = failureCode { try decrypt() } })
        agreement = min(
          agreement,
          Footprint.threadTime { _ = try? X25519.agreement(own.privateKey, own.publicKey) })
      }
      func decrypt() throws { _ = try pair.bobSession.decrypt(forged) }
      #expect(refusal < agreement, "\(refusal) ns against \(agreement) ns")
      #expect(try pair.bobSession.state() == state)
    }
  }

  enum Footprint {
    static func residentBytes() -> Int? {
      guard let file = fopen("/proc/self/statm", "r") else { return nil }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 128)
      guard fgets(&line, CInt(line.count), file) != nil else { return nil }
      let text = String(
        decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let fields = text.split(separator: " ")
      guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
      return pages * sysconf(CInt(_SC_PAGESIZE))
    }

    /// Nanoseconds of this thread's processor time.
    static func threadTime(_ body: () -> Void) -> UInt64 {
      let start = now()
      body()
      return now() - start
    }

    private static func now() -> UInt64 {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
  }
#endif
