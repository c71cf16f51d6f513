import Testing

@testable import Workloads

@Suite struct ChunkedListTests {
  private static func list(_ count: Int) -> ChunkedList<Int> {
    var list = ChunkedList<Int>()
    for number in 0..<count { list.append(number) }
    return list
  }

  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]) func `A list has what was appended, at its places and in order`(_ count: Int) {
    let list = Self.list(count)
    #expect(list.count == count && list.elementsEqual(0..<count) && list.indices.allSatisfy { list[$0] == $0 })
    #expect(list.last == (count > 0 ? count - 1 : nil) && list == Self.list(count) && list != Self.list(count + 1))
  }

  @Test(arguments: [0..<0, 5..<9, 65_530..<65_540, 0..<200_000, 131_072..<131_073]) func `Slices cover a range chunk by chunk`(_ places: Range<Int>) {
    var found: [Int] = []
    Self.list(200_000).forEachSlice(at: places) { found += $0 }
    #expect(found == Array(places))
  }
}
