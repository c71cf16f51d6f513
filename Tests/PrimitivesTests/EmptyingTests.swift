import Primitives
import Testing

@Suite struct EmptyingTests {
  @Test func `An emptied array keeps its capacity`() {
    var array = [1, 2, 3]
    array.reserveCapacity(100)
    let room = array.capacity
    array.empty()
    #expect(array.isEmpty && array.capacity == room)
    array.empty()
    #expect(array.isEmpty)
  }

  @Test(arguments: [[], [1], [2], [1, 2], [2, 1], [2, 4], [1, 3], [1, 2, 3, 4, 5, 6], [2, 2, 1, 4, 3, 6]])
  func `Chosen elements are removed, and the others keep their order`(given: [Int]) {
    var array = given
    array.removeEach { $0.isMultiple(of: 2) }
    #expect(array == given.filter { !$0.isMultiple(of: 2) })
  }

  @Test func `Each element is checked once, in order`() {
    var asked: [Int] = []
    var array = [5, 3, 4, 1]
    array.removeEach { element in
      asked.append(element)
      return element > 3
    }
    #expect(asked == [5, 3, 4, 1] && array == [3, 1])
  }
}
