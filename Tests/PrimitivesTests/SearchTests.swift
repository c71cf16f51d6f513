import Primitives
import Testing

struct SearchTests {
  @Test func `The search finds where a condition starts to hold, in an array and in a slice of it`() {
    let numbers = [1, 3, 3, 5, 8]
    for bound in 0...9 {
      #expect(numbers.partitioningIndex { $0 >= bound } == numbers.firstIndex { $0 >= bound } ?? 5)
      #expect(numbers[1..<4].partitioningIndex { $0 >= bound } == numbers[1..<4].firstIndex { $0 >= bound } ?? 4)
      #expect((2..<7).partitioningIndex { $0 >= bound } == min(max(bound, 2), 7))
    }
  }

  @Test func `In an empty array the search finds the end`() {
    #expect([Int]().partitioningIndex { _ in true } == 0)
    #expect((3..<3).partitioningIndex { _ in true } == 3)
  }
}
