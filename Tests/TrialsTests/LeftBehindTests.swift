import Primitives
import Testing
import Workloads

@testable import Trials

/// What leaders lack of what was acknowledged: literal histories of one partition.
@Suite struct LeftBehindTests {
  private struct Script {
    var history = History()
    var leftBehind = LeftBehind()
    let partition: PartitionNumber
    private var time: Int64 = 0

    init() { partition = history.number(of: TopicPartition("t", 0)) }

    mutating func acknowledge(_ count: Int, at offset: Offset, by broker: NodeID = 1, leader: NodeID = 1, acks: Int16 = 1) {
      time += 1
      let now = Instant.zero + .seconds(time), values = (0..<count).map { _ in history.newValue() }
      history.append(.ok, .send, by: 0, at: now, values.enumerated().map { History.Entry(partition, $1, at: offset + Int64($0)) })
      leftBehind.observe(
        AcknowledgedRecords(
          partition: TopicPartition("t", 0), topicID: .zero, broker: broker, baseOffset: offset, tokens: ContiguousArray(values.map { UInt64($0.number) }), acks: acks),
        partition, leader: leader, at: now)
    }

    mutating func led(from start: Offset) -> String? { leftBehind.led(partition, from: start, history, origin: .zero) }
    mutating func truncated(at broker: NodeID, to end: Offset) -> String? { leftBehind.truncated(partition, at: broker, to: end, origin: .zero) }
  }

  @Test func `A leader that has everything lacks nothing`() {
    var script = Script()
    script.acknowledge(3, at: 0)
    #expect(script.led(from: 3) == nil)
  }

  @Test func `Records that a leader lacks are reported with their offsets and times, once`() {
    var script = Script()
    script.acknowledge(3, at: 0)
    script.acknowledge(2, at: 3)
    script.acknowledge(1, at: 5)
    #expect(script.led(from: 2) == "4 records (offsets 2 to 5, acknowledged from 1.000 to 3.000 by broker 1 with acks=1)")
    #expect(script.led(from: 2) == nil)
    script.acknowledge(1, at: 2, by: 2, leader: 2, acks: -1)
    #expect(script.led(from: 2) == "1 record (offset 2, acknowledged at 4.000 by broker 2 with acks=all)")
  }

  @Test func `Records that a former leader acknowledged are removed when it truncates its log`() {
    var script = Script()
    script.acknowledge(2, at: 0, by: 1, leader: 2)
    script.acknowledge(2, at: 0, by: 2, leader: 2)
    #expect(script.truncated(at: 2, to: 0) == nil)
    #expect(script.truncated(at: 1, to: 0) == "2 records (offsets 0 to 1, acknowledged at 1.000)")
    #expect(script.truncated(at: 1, to: 0) == nil)
  }
}
