/// Lagrange interpolation through fixed points: p(x) as a sum of the values p(x_i), each times a
/// weight. The points are the indices of chunks, which are public.
struct Interpolation: Sendable {
  private let points: [GF65536]
  /// 1 / Π (x_i − x_j) over j ≠ i.
  private let inverseDenominators: [GF65536]

  /// - Precondition: the points are distinct.
  init(points: [GF65536]) {
    self.points = points
    var denominators: [GF65536] = []
    denominators.reserveCapacity(points.count)
    for (i, point) in points.enumerated() {
      var product = GF65536.one
      for (j, other) in points.enumerated() where j != i { product = product * (point + other) }
      denominators.append(product)
    }
    inverseDenominators = Self.inverses(of: denominators)
  }

  /// The interpolation through the points 0 to `count` − 1, where the data itself stands.
  static func systematic(count: Int) -> Interpolation {
    switch count {
    case BraidPayload.header.chunkCount: header
    case BraidPayload.encapsulationVector.chunkCount: vector
    case BraidPayload.firstCiphertext.chunkCount: firstCiphertext
    case BraidPayload.secondCiphertext.chunkCount: secondCiphertext
    default: Interpolation(first: count)
    }
  }

  private static let header = Interpolation(first: BraidPayload.header.chunkCount)
  private static let vector = Interpolation(first: BraidPayload.encapsulationVector.chunkCount)
  private static let firstCiphertext = Interpolation(
    first: BraidPayload.firstCiphertext.chunkCount)
  private static let secondCiphertext = Interpolation(
    first: BraidPayload.secondCiphertext.chunkCount)

  private init(first count: Int) {
    self.init(points: (0..<count).map { GF65536(UInt16(truncatingIfNeeded: $0)) })
  }

  /// What each value counts for at `x`.
  func weights(at x: GF65536) -> [GF65536] {
    // Products of (x − x_j) over all j before i, then times those after it.
    var weights: [GF65536] = []
    weights.reserveCapacity(points.count)
    var product = GF65536.one
    for point in points {
      weights.append(product)
      product = product * (x + point)
    }
    product = .one
    for i in points.indices.reversed() {
      weights[i] = weights[i] * product * inverseDenominators[i]
      product = product * (x + points[i])
    }
    return weights
  }

  /// Σ weight × value. Values that share a bit of their weights are added up first, so that a
  /// multiplication by x happens sixteen times in all and not for each value.
  static func combine(_ values: [ChunkData], _ weights: [GF65536]) -> ChunkData {
    var sums = [ChunkData](repeating: .zero, count: 16)
    for (value, weight) in zip(values, weights) {
      var rest = weight.rawValue
      while rest != 0 {
        sums[rest.trailingZeroBitCount] ^= value
        rest &= rest &- 1
      }
    }
    var result = ChunkData.zero
    for sum in sums.reversed() {
      result = result.timesX
      result ^= sum
    }
    return result
  }

  /// All inverses at the price of one: a product of all, inverted, then taken apart.
  private static func inverses(of elements: [GF65536]) -> [GF65536] {
    var before: [GF65536] = []
    before.reserveCapacity(elements.count)
    var product = GF65536.one
    for element in elements {
      before.append(product)
      product = product * element
    }
    var rest = product.inverse
    var inverses = before
    for i in elements.indices.reversed() {
      inverses[i] = before[i] * rest
      rest = rest * elements[i]
    }
    return inverses
  }
}
