#if canImport(Glibc)
  import Glibc
#endif

/// Whether this process runs under an address or thread sanitizer: allocations are padded then,
/// times mean nothing, and terabytes of shadow memory are mapped.
package enum Sanitizer {
  package static let isActive =
    dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}
