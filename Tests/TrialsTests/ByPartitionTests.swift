import Primitives
import Testing

@testable import Trials

@Suite struct ByPartitionTests {
  @Test func `Each partition has what was set last, whatever the order in which they come`() {
    var table = ByPartition<Int>()
    let partitions = (0..<60).map { TopicIDPartition(Uuid(high: UInt64($0 * 7 % 5), low: UInt64($0 * 11 % 3)), Int32($0 * 13 % 17)) }
    for (number, partition) in partitions.enumerated() { table[partition] = number }
    for partition in partitions { #expect(table[partition] == partitions.lastIndex(of: partition)) }
    table[partitions[3]] = nil
    #expect(table[partitions[3]] == nil && table[partitions[4]] != nil && table[TopicIDPartition(.zero, 99)] == nil)
    table[partitions[3]] = 7
    #expect(table[partitions[3]] == 7)
  }
}
