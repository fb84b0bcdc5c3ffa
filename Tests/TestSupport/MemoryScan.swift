#if canImport(Glibc)
  import Glibc
  import Synchronization

  /// Looks for secrets in everything this process can write to. What is looked for lies in a mapping
  /// of its own, together with the buffer of the search, and that mapping is left out.
  package final class MemoryScan {
    private static let needleByteCount = 32
    private static let maxNeedles = 64
    private static let chunkByteCount = 1 << 20

    private let base: UnsafeMutableRawPointer
    private let byteCount = 1 << 21
    private var needles = 0

    package init?() {
      // Shared, so that the kernel does not join it with a neighbour that must be searched.
      let mapping = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
      guard let mapping, mapping != MAP_FAILED else { return nil }
      base = mapping
      rehearse()
    }

    /// The first call of a function goes through the dynamic linker, which spills the vector
    /// registers to the stack, and with them what was copied last. So every function of a search
    /// is called once before there is a secret.
    private func rehearse() {
      memset(needle(0), 0xa5, Self.needleByteCount)
      needles = 1
      _ = occurrences()
      memset(needle(0), 0, Self.needleByteCount)
      needles = 0
    }

    deinit { munmap(base, byteCount) }

    /// Adds 32 bytes to look for.
    package func add(_ secret: UnsafeRawBufferPointer) {
      guard secret.count == Self.needleByteCount, needles < Self.maxNeedles else {
        fatalError("a scan takes up to 64 secrets of 32 bytes")
      }
      needle(needles).copyMemory(from: secret.baseAddress!, byteCount: secret.count)
      needles += 1
    }

    // The buffer of a search holds what it last read, another test's secrets among it, and another
    // scan searches it too: so one runs at a time and wipes its buffer at the end.
    private static let turn = Mutex(())

    /// How often either half of each secret stands in memory: 2 for one whole copy.
    ///
    /// The stack below this call is overwritten first: what libsodium's functions leave there is
    /// not promised to be wiped.
    package func occurrences() -> [Int] {
      Self.turn.withLock { _ in
        defer { memset(buffer, 0, Self.chunkByteCount) }
        Self.overwriteStack(64)
        return search()
      }
    }

    /// Overwrites 4 KiB a level, by a call that no optimiser leaves out.
    @inline(never)
    private static func overwriteStack(_ levels: Int) {
      var block = InlineArray<4096, UInt8>(repeating: 0)
      withUnsafeMutableBytes(of: &block) { bytes in
        explicit_bzero(bytes.baseAddress!, bytes.count)
        if levels > 0 { overwriteStack(levels - 1) }
        explicit_bzero(bytes.baseAddress!, bytes.count)
      }
    }

    private func search() -> [Int] {
      var counts = [Int](repeating: 0, count: needles)
      let memory = open("/proc/self/mem", O_RDONLY)
      guard memory >= 0 else { fatalError("/proc/self/mem does not open") }
      defer { close(memory) }
      for region in Self.writableRegions() where !region.contains(UInt(bitPattern: base)) {
        scan(region, of: memory, into: &counts)
      }
      return counts
    }

    private func needle(_ index: Int) -> UnsafeMutableRawPointer {
      base + index * Self.needleByteCount
    }

    private var buffer: UnsafeMutableRawPointer {
      base + Self.maxNeedles * Self.needleByteCount
    }

    /// Chunks overlap by less than a half, so that none is missed or counted twice.
    private func scan(_ region: Range<UInt>, of memory: CInt, into counts: inout [Int]) {
      let half = Self.needleByteCount / 2
      var address = region.lowerBound
      while address < region.upperBound {
        let wanted = min(Self.chunkByteCount, Int(region.upperBound - address))
        let count = pread(memory, buffer, wanted, off_t(address))
        guard count >= half else { return }
        for index in counts.indices {
          counts[index] += occurrences(of: needle(index), half, in: count)
          counts[index] += occurrences(of: needle(index) + half, half, in: count)
        }
        if count < wanted || address + UInt(count) >= region.upperBound { return }
        address += UInt(count - (half - 1))
      }
    }

    private func occurrences(
      of needle: UnsafeMutableRawPointer, _ needleCount: Int, in count: Int
    ) -> Int {
      let first = CInt(needle.load(as: UInt8.self))
      let end = buffer + count
      var found = 0
      var start = buffer
      while end - start >= needleCount, let hit = memchr(start, first, end - start) {
        if end - hit >= needleCount && memcmp(hit, needle, needleCount) == 0 { found += 1 }
        start = hit + 1
      }
      return found
    }

    private static func writableRegions() -> [Range<UInt>] {
      var regions: [Range<UInt>] = []
      guard let maps = fopen("/proc/self/maps", "r") else { fatalError("no list of mappings") }
      defer { fclose(maps) }
      var line = [CChar](repeating: 0, count: 4096)
      while fgets(&line, CInt(line.count), maps) != nil {
        let text = String(
          decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        guard fields.count >= 2, fields[1].hasPrefix("rw") else { continue }
        let bounds = fields[0].split(separator: "-")
        if bounds.count == 2, let low = UInt(bounds[0], radix: 16),
          let high = UInt(bounds[1], radix: 16), !text.contains("[vvar")
        {
          regions.append(low..<high)
        }
      }
      return regions
    }
  }
#endif
