import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import Testing

@Suite("The index of keys")
struct KeyIndexTests {
  @Test("after random insertions and removals it knows what a dictionary of lists knows")
  func random() {
    var random = SeededRandomSource(5)
    var index = KeyIndex()
    var naive: [[UInt8]: [UInt32]] = [:]
    var copy: (index: KeyIndex, naive: [[UInt8]: [UInt32]])?
    for step in 0..<20_000 {
      let draw = random.bytes(3)
      let key = [draw[0], draw[1] & 15]
      let place = UInt32(step)
      if draw[2] < 140 {
        index.insert(key, at: place)
        naive[key, default: []].append(place)
      } else if let last = naive[key]?.popLast() {
        index.remove(key, at: last)
        if naive[key]?.isEmpty == true { naive[key] = nil }
      }
      #expect(index.contains(key) == (naive[key] != nil))
      #expect(index.place(of: key) == (naive[key]?.count == 1 ? naive[key]?[0] : nil))
      if step % 1000 == 0 {
        #expect(index.surplus == naive.values.reduce(0) { $0 + $1.count - 1 })
        if let copy { Self.compare(copy.index, copy.naive) }
        copy = (index, naive)
      }
    }
    Self.compare(index, naive)
    for (key, places) in naive {
      for place in places { index.remove(key, at: place) }
    }
    #expect(!index.hasDuplicates && index.surplus == 0)
    for key in naive.keys { #expect(!index.contains(key)) }
  }

  private static func compare(_ index: KeyIndex, _ naive: [[UInt8]: [UInt32]]) {
    for first in UInt8.min...UInt8.max {
      for second in UInt8(0)..<16 {
        let places = naive[[first, second]] ?? []
        #expect(index.contains([first, second]) == !places.isEmpty)
        #expect(index.place(of: [first, second]) == (places.count == 1 ? places[0] : nil))
      }
    }
  }

  @Test("a key in very many places costs no more than one in one place")
  func oneKey() {
    var index = KeyIndex()
    let key = [UInt8](repeating: 1, count: 32)
    for place in 0..<UInt32(50_000) { index.insert(key, at: place) }
    #expect(index.surplus == 49_999)
    for place in 1..<UInt32(50_000) { index.remove(key, at: place) }
    #expect(index.place(of: key) == 0 && !index.hasDuplicates)
  }
}
