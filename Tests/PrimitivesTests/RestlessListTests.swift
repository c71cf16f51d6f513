import Primitives
import Testing

@Suite struct RestlessListTests {
  private final class Member: TakesTurns {
    let number: Int
    var turn: Int
    var isResting = false

    init(_ number: Int) { (self.number, turn) = (number, number) }
  }

  /// Visits as owners do: who may rest is left out, the others come back.
  private func visit(_ list: inout RestlessList<Member>, _ mayRest: (Member, inout RestlessList<Member>) -> Bool) -> [Int] {
    var visited = list.take()
    let numbers = visited.map(\.number)
    for member in visited {
      member.isResting = mayRest(member, &list)
      if !member.isResting { list.append(member) }
    }
    list.giveBack(&visited)
    #expect(visited.isEmpty)
    return numbers
  }

  @Test func `Members are visited in the order of their turns, whatever the order in which they came`() {
    let members = (0..<5).map { Member($0) }
    var list = RestlessList(ContiguousArray(members.reversed()))
    #expect(visit(&list) { _, _ in false } == [0, 1, 2, 3, 4])
    members[0].turn = 9
    #expect(visit(&list) { _, _ in false } == [1, 2, 3, 4, 0])
  }

  @Test func `A member that may rest is not visited again before it is appended`() {
    let members = (0..<4).map { Member($0) }
    var list = RestlessList(ContiguousArray(members))
    #expect(visit(&list) { member, _ in member.number % 2 == 0 } == [0, 1, 2, 3])
    #expect(visit(&list) { _, _ in false } == [1, 3])
    list.append(members[2])
    #expect(visit(&list) { _, _ in true } == [1, 2, 3])
    #expect(list.count == 0 && visit(&list) { _, _ in true } == [])
  }

  @Test func `A member that is woken during a visit to another is visited the next time`() {
    let members = (0..<3).map { Member($0) }
    var list = RestlessList(ContiguousArray(members[1...]))
    let first = visit(&list) { member, list in
      if member.number == 1 { list.append(members[0]) }
      return member.number == 2
    }
    #expect(first == [1, 2])
    #expect(visit(&list) { _, _ in false } == [0, 1])
  }

  @Test func `A member that is put back after a visit is visited the next time, with those that came meanwhile`() {
    let members = (0..<4).map { Member($0) }
    var list = RestlessList(ContiguousArray(members[1...]))
    var visited = list.take()
    list.append(members[0])
    visited.removeEach { $0.number == 2 }
    list.putBack(&visited)
    #expect(visited.isEmpty && visit(&list) { _, _ in false } == [0, 1, 3])
    visited = list.take()
    list.putBack(&visited)
    #expect(visit(&list) { _, _ in true } == [0, 1, 3])
  }

  @Test func `A member that is removed is not visited any more, and the others keep their order`() {
    var list = RestlessList(ContiguousArray([3, 1, 2].map { Member($0) }))
    list.removeAll { $0.number == 1 }
    #expect(list.members.map(\.number) == [3, 2])
    list.sort()
    #expect(list.members.map(\.number) == [2, 3])
  }

  @Test func `Visits reuse the same memory`() {
    var list = RestlessList(ContiguousArray((0..<100).map { Member($0) }))
    var rooms: Set<UnsafePointer<Member>> = []
    for _ in 0..<20 {
      var visited = list.take()
      visited.withUnsafeBufferPointer { _ = rooms.insert($0.baseAddress!) }
      for member in visited { list.append(member) }
      list.giveBack(&visited)
    }
    // Two lists that take turns; the second may have grown to its size in steps, before it was taken.
    #expect(rooms.count <= 3)
  }

  @Test(arguments: UInt64(0)..<20) func `Each member that does not rest is in the list once, whatever happens`(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "restless")
    let members = (0..<12).map { Member($0) }
    var list = RestlessList(ContiguousArray(members))
    var nextTurn = members.count
    for _ in 0..<200 {
      let member = members[Int(random.below(12))]
      switch random.below(3) {
      case 0:
        if member.isResting {
          member.isResting = false
          list.append(member)
        }
      case 1: (member.turn, nextTurn) = (nextTurn, nextTurn + 1)
      default:
        let due = members.filter { !$0.isResting }.sorted { $0.turn < $1.turn }.map(\.number)
        #expect(visit(&list) { _, _ in random.below(2) == 0 } == due)
      }
      #expect(Set(list.members.map(\.number)) == Set(members.filter { !$0.isResting }.map(\.number)))
      #expect(list.count == members.count { !$0.isResting })
    }
  }
}
