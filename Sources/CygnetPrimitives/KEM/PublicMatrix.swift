/// Â of FIPS 203, which follows from ρ and is as public: kept by who has just made a key and will
/// decapsulate with it, since sampling it is a third of the work.
struct PublicMatrix: Sendable {
  private let k: Int
  /// k² elements, row by row.
  private var residues: [Residue] = []

  init(k: Int) {
    self.k = k
    residues.reserveCapacity(k * k * NTTElement.count)
  }

  mutating func append(_ element: borrowing NTTElement) {
    unsafe residues.append(
      contentsOf: UnsafeBufferPointer(start: element.values, count: NTTElement.count))
  }

  /// - Precondition: row and column are below k, and the matrix is whole.
  func copy(row: Int, column: Int, to element: inout NTTElement) {
    precondition(row < k && column < k, "the matrix has no such element")
    let (start, target) = unsafe ((row * k + column) * NTTElement.count, element.values)
    unsafe residues.withUnsafeBufferPointer { residues in
      unsafe target.update(from: residues.baseAddress! + start, count: NTTElement.count)
    }
  }
}
