import Primitives
import Testing
import Workloads

@Suite struct ClientRecordsTests {
  private let partition = TopicPartition("t", 0)

  private func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

  /// Sends a record at each of the times; all are acknowledged together.
  private func sender(_ index: Int, _ times: [Int64], from offset: Offset, acknowledgedAt end: Int64) -> (records: ClientRecords, values: [RecordValue]) {
    let records = ClientRecords(sender: index, of: 2)
    let process = records.recorder.newProcess()
    var values: [RecordValue] = []
    for time in times {
      let value = records.recorder.invokeSend(by: process, at: at(time))
      records.log.addSend(of: value, intended: at(time), sent: at(time), bytes: 100)
      values.append(value)
    }
    let tokens = ContiguousArray(values.map { UInt64($0.number) })
    records.recorder.acknowledged(AcknowledgedRecords(partition: partition, topicID: .zero, broker: 1, baseOffset: offset, tokens: tokens, acks: -1), by: process, at: at(end))
    var batch = BatchTimes()
    batch.partition = records.recorder.number(of: partition)
    batch.baseOffset = offset
    batch.recordCount = Int32(values.count)
    batch.finished = at(end)
    records.log.add(batch, tokens: tokens)
    return (records, values)
  }

  private func reader(_ values: [(RecordValue, Offset)], at time: Int64) -> ClientRecords {
    let records = ClientRecords()
    let process = records.recorder.newProcess()
    // Another topic first: the numbers of partitions differ from one process to the next.
    _ = records.recorder.number(of: TopicPartition("other", 3))
    let number = records.recorder.number(of: partition)
    records.recorder.polled(values.map { History.Entry(number, $0.0, at: $0.1) }, by: process, at: at(time))
    records.log.add(
      DeliveredSlice(partition: number, offsets: values[0].1..<values[values.count - 1].1 + 1, at: at(time), group: 0, exchange: nil),
      values: values.map(\.0))
    return records
  }

  @Test func `Values are renumbered in the order of their sends, wherever they are named`() {
    let first = sender(0, [1, 5], from: 0, acknowledgedAt: 9), second = sender(1, [2, 3], from: 2, acknowledgedAt: 7)
    let reader = reader([(first.values[0], 0), (first.values[1], 1), (second.values[0], 2), (second.values[1], 3)], at: 12)
    let (history, log) = ClientRecords.merged([first.records, second.records, reader])
    #expect(log.records.map(\.sent) == [1, 2, 3, 5].map(at))
    #expect(history.valueCount == 4)
    #expect(log.batches.map(\.finished) == [7, 9].map(at))
    #expect(log.records.map(\.batch) == [1, 0, 0, 1])
    #expect(log.deliveredValues == [0, 3, 1, 2])
    #expect(history.partitions == [partition, TopicPartition("other", 3)])
    #expect(log.deliveries.map(\.partition) == [0])
    #expect(Checkers.verdicts(on: history, isReadToTheEnd: true).allSatisfy { $0.conclusion != .violated })
    #expect(history.operations.map(\.process) == [0, 1, 1, 0, 1, 0, 2])
  }

  @Test func `Keys and transactions stay with their values`() throws {
    let first = sender(0, [1], from: 0, acknowledgedAt: 9)
    let records = ClientRecords()
    let process = records.recorder.newProcess()
    let number = records.recorder.number(of: partition)
    records.recorder.polled([History.Entry(number, first.values[0], at: 0, key: 4, in: 2)], by: process, at: at(12))
    let (history, _) = ClientRecords.merged([first.records, records])
    let sent = try #require(history.entries.first), polled = try #require(history.entries.last)
    #expect(sent.key == .none && sent.transaction == .none)
    #expect(polled.offset == 0 && polled.key == 4 && polled.transaction == 2)
  }

  @Test func `Tombstones are identified by their merged numbers`() {
    let first = sender(0, [1], from: 0, acknowledgedAt: 9), second = ClientRecords(sender: 1, of: 2)
    let value = second.recorder.invokeSend(by: second.recorder.newProcess(), at: at(2), key: 3, isTombstone: true)
    second.log.addSend(of: value, intended: at(2), sent: at(2), bytes: 10)
    #expect(ClientRecords.merged([first.records, second]).history.tombstones == [1])
  }

  @Test func `Transactions, sources of values and readers of committed records are distinguished after merging`() {
    let parts = (0..<2).map { index in
      let records = ClientRecords(sender: index, of: 2), recorder = records.recorder
      // Another topic first in one of them: the numbers of partitions differ.
      if index == 1 { _ = recorder.number(of: TopicPartition("other", 3)) }
      let process = recorder.newProcess(named: "client-\(index)", isolation: index == 1 ? .readCommitted : .readUncommitted)
      let transaction = recorder.beginTransaction(by: process, at: at(1))
      let value = recorder.invokeSend(by: process, at: at(2), in: transaction, from: [History.Source(recorder.number(of: partition), at: Offset(Int64(index)))])
      recorder.posted(-7, to: Int32(index), with: value)
      records.log.addSend(of: value, intended: at(2), sent: at(2), bytes: 10)
      recorder.commit(.invoke, [(recorder.number(of: partition), 5)], in: transaction, by: process, at: at(3))
      recorder.endTransaction(.ok, transaction, commits: true, by: process, at: at(4))
      return records
    }
    let (history, _) = ClientRecords.merged(parts)
    #expect(history.transactionCount == 2)
    #expect(history.operations.map(\.function) == [.begin, .begin, .send, .send, .commit, .commit, .commitTransaction, .commitTransaction])
    #expect(history.entries.map(\.transaction) == [0, 1, 0, 1, 0, 1, 0, 1])
    #expect(history.origins.map(\.value) == [0, 1])
    #expect(history.origins.map(\.source) == [History.Source(0, at: 0), History.Source(0, at: 1)])
    #expect(history.postings == [History.Posting(0, to: 0, -7), History.Posting(1, to: 1, -7)])
    #expect(history.committedReaders == [1])
    #expect(!history.readsCommitted(0) && history.readsCommitted(1))
    #expect(history.name(of: 0) == "client-0" && history.name(of: 1) == "client-1" && history.name(of: 2) == nil)
  }

  @Test func `Records that others wrote earlier are left out`() {
    let first = sender(0, [1], from: 10, acknowledgedAt: 9)
    let reader = reader([(RecordValue(77), 9), (first.values[0], 10)], at: 12)
    let (history, _) = ClientRecords.merged([first.records, reader]) { _ in 10 }
    let polls = history.operations.filter { $0.function == .poll }
    #expect(polls.count == 1)
    var entries: [History.Entry] = []
    history.forEachEntry(of: polls[0]) { entries.append($0) }
    #expect(entries == [History.Entry(0, 0, at: 10)])
  }
}
