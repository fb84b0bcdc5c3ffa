internal import CygnetPrimitives

/// Notes what is drawn.
struct RecordingRandomSource: RandomSource {
  var source: SeededRandomSource
  private(set) var drawn: [UInt8] = []

  init(source: SeededRandomSource) { self.source = source }

  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    unsafe source.fill(buffer)
    unsafe drawn += buffer
  }
}
