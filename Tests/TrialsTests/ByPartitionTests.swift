import Primitives
import Testing

@testable import Trials

@Suite struct ByPartitionTests {
  @Test func `Each partition has what was set last, whatever the order in which they come`() {
    var table = ByPartition<Int>()
    let partitions: [TopicIDPartition] = (0..<60).map { (number: Int) in
      let topic = Uuid(high: UInt64(number * 7 % 5), low: UInt64(number * 11 % 3))
      return TopicIDPartition(topic, Int32(number * 13 % 17))
    }
    for (number, partition) in partitions.enumerated() { table[partition] = number }
    for partition in partitions { #expect(table[partition] == partitions.lastIndex(of: partition)) }
    table[partitions[3]] = nil
    #expect(table[partitions[3]] == nil && table[partitions[4]] != nil && table[TopicIDPartition(.zero, 99)] == nil)
    table[partitions[3]] = 7
    #expect(table[partitions[3]] == 7)
  }
}
