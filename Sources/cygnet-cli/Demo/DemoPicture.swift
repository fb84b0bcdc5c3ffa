/// A small picture for a demonstration without files: a Netpbm image, 320 × 200 in color.
enum DemoPicture {
  static let bytes: [UInt8] = {
    let (width, height) = (320, 200)
    var bytes = Array("P6\n\(width) \(height)\n255\n".utf8)
    bytes.reserveCapacity(bytes.count + 3 * width * height)
    for y in 0..<height {
      for x in 0..<width {
        let isMoon = (x - 240) * (x - 240) + (y - 50) * (y - 50) < 900
        let isLake = y > 130 && (x + 3 * y) % 23 > 2
        bytes += isMoon ? [250, 245, 220] : isLake ? [20, 60, UInt8(y)] : [10, UInt8(y / 4), 60]
      }
    }
    return bytes
  }()
}
