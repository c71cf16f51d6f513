import Primitives
import Testing

@testable import Workloads

@Suite struct GroupOwnersTests {
  @Test func `Lives of one node are one owner, and an owner at the end has no end`() {
    var history = History()
    let first = history.number(of: TopicPartition("t", 1)), second = history.number(of: TopicPartition("t", 0)), other = history.number(of: TopicPartition("u", 0))
    history.add(History.Member(0, "b", of: "g"))
    history.add(History.Member(1, "a", of: "g"))
    history.add(History.Member(2, "b", of: "g"))
    history.add(History.Member(3, "c", of: "h"))
    history.add(History.Member(4, "operator", of: "g", as: .operator))
    func change(_ function: History.Operation.Function, at seconds: Int64, by process: ProcessNumber, _ partitions: PartitionNumber...) {
      history.append(.ok, function, by: process, at: .zero + .seconds(seconds), partitions.map { History.Entry($0, .none) })
    }
    change(.gain, at: 1, by: 0, first, second)
    change(.gain, at: 2, by: 3, other)
    change(.giveUp, at: 5, by: 0, first)
    change(.gain, at: 7, by: 1, first)
    change(.end, at: 8, by: 0)
    change(.gain, at: 9, by: 2, second)
    let owners = GroupOwners(GroupAnalysis(of: "g", in: Analysis(of: history)))
    #expect(owners.members == ["b", "a"])
    #expect(owners.partitions.map(\.partition.description) == ["t-0", "t-1"])
    #expect(owners.partitions.map { $0.tenures.map(\.member) } == [[0, 0], [0, 1]])
    #expect(owners.partitions.map { $0.tenures.map { ($0.from - .zero).seconds } } == [[1, 9], [1, 7]])
    #expect(owners.partitions.map { $0.tenures.map { $0.to.map { ($0 - .zero).seconds } } } == [[8, nil], [5, nil]])
  }
}
