import Testing

@testable import Sim

@Suite struct UpcomingTests {
  private func all(_ upcoming: Upcoming<Int>) -> [Int] {
    var all: [Int] = []
    upcoming.forEach { all.append($0) }
    return all
  }

  @Test func `Elements come in ascending order, those that are alike in the order in which they were put in`() {
    var upcoming = Upcoming<(key: Int, name: String)>()
    for (key, name) in [(3, "a"), (1, "b"), (3, "c"), (2, "d"), (1, "e")] { upcoming.insert((key, name)) { $0.key > key } }
    var names: [String] = []
    upcoming.forEach { names.append($0.name) }
    #expect(names == ["b", "e", "d", "a", "c"])
  }

  @Test func `What is over is not seen again, and what is put in behind it is`() {
    var upcoming = Upcoming<Int>(), expected: [Int] = []
    for number in 0..<1_000 {
      let element = number % 7 == 0 ? max(0, number - 3) : number
      upcoming.insert(element) { $0 > element }
      expected.insert(element, at: expected.lastIndex { $0 <= element }.map { $0 + 1 } ?? 0)
      if number % 3 != 0 {
        #expect(upcoming.first == expected.removeFirst())
        upcoming.removeFirst()
      }
      #expect(all(upcoming) == expected)
    }
    while let first = upcoming.first {
      #expect(first == expected.removeFirst())
      upcoming.removeFirst()
    }
    #expect(expected.isEmpty)
  }

  @Test func `Elements can be changed where they stand`() {
    var upcoming = Upcoming<Int>()
    for element in [1, 5, 9] { upcoming.insert(element) { $0 > element } }
    upcoming.removeFirst()
    upcoming.change { $0 = min($0, 6) }
    #expect(all(upcoming) == [5, 6])
  }
}
