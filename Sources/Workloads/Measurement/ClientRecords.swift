import Primitives

/// What one client process recorded on its own: its history and its raw times.
///
/// Processes that run on threads of their own share nothing, so no process waits for another while a benchmark runs; their records are
/// merged afterwards. Until then their values have numbers from disjoint ranges.
///
/// Sendable because it belongs to one thread at a time: first that of the process, then the one that merges.
public final class ClientRecords: @unchecked Sendable {
  public let recorder: HistoryRecorder
  public let log: LoadLog
  private let values: Range<UInt32>

  /// - Parameters:
  ///   - index: the index of this process among the `count` that send.
  public convenience init(sender index: Int, of count: Int) {
    let span = RecordValue.none.number / UInt32(count)
    self.init(values: UInt32(index) * span..<UInt32(index + 1) * span)
  }

  /// Creates the records of a process that sends nothing.
  public convenience init() { self.init(values: 0..<0) }

  private init(values: Range<UInt32>) {
    self.values = values
    recorder = HistoryRecorder(firstValue: values.lowerBound)
    log = LoadLog(firstValue: values.lowerBound)
  }

  /// The number of records this process may send.
  public var capacity: Int { values.count }

  /// The number of lives of the process that wrote here: each is a process of the history.
  public var processCount: Int { Int(recorder.processCount) }

  /// Merges parts into one history and one log, as a single recorder would have written them: operations, records, batches and deliveries in the order of
  /// their times, and of the parts at equal times; values numbered in the order of their sends; processes and transactions numbered in the order of the parts.
  ///
  /// - Parameter earliest: the first offset of each partition that belongs to the run; nil leaves nothing out. Polls of earlier offsets,
  ///   which other clients wrote, are left out.
  public static func merged(_ parts: [ClientRecords], from earliest: @escaping (TopicPartition) -> Offset? = { _ in nil }) -> (history: History, log: LoadLog) {
    var merger = Merger(parts, earliest)
    return merger.run()
  }

  private struct Merger {
    private let parts: [ClientRecords]
    private let earliest: (TopicPartition) -> Offset?
    private var history = History()
    private var log = LoadLog()
    /// By part and place: the number of each value in the merged log.
    private var numbers: [ContiguousArray<UInt32>]
    /// By part and the part's own number: the partition's number in the merged history.
    private var partitions: [[PartitionNumber]] = []
    /// By merged number.
    private var firstOffsets: [Offset?] = []
    /// Parts that send, in the order of their ranges of values.
    private let senders: [Int]
    /// By part: the number that its first transaction gets.
    private let firstTransactions: [Int32]

    init(_ parts: [ClientRecords], _ earliest: @escaping (TopicPartition) -> Offset?) {
      self.parts = parts
      self.earliest = earliest
      numbers = parts.map { ContiguousArray(repeating: 0, count: $0.log.records.count) }
      senders = parts.indices.filter { !parts[$0].values.isEmpty }.sorted { parts[$0].values.lowerBound < parts[$1].values.lowerBound }
      var transactions: Int32 = 0
      firstTransactions = parts.map { part in
        defer { transactions += Int32(part.recorder.history.transactionCount) }
        return transactions
      }
    }

    mutating func run() -> (history: History, log: LoadLog) {
      namePartitions()
      mergeRecords()
      mergeBatches()
      mergeDeliveries()
      mergeOperations()
      return (history, log)
    }

    private mutating func namePartitions() {
      for part in parts { partitions.append(number(all: part.recorder.history)) }
      firstOffsets = history.partitions.map(earliest)
    }

    /// The numbers that a part's partitions get.
    private mutating func number(all part: History) -> [PartitionNumber] {
      zip(part.partitions, part.topicIDs).map { history.number(of: $0, topicID: $1) }
    }

    private func merged(_ partition: PartitionNumber, of part: Int) -> PartitionNumber {
      partition == .unknown ? .unknown : partitions[part][Int(partition.number)]
    }

    /// A value's merged number, from any part; `.none` if no part sent it.
    private func merged(_ value: RecordValue) -> RecordValue {
      guard value != .none else { return .none }
      for part in senders where parts[part].values.contains(value.number) {
        let place = Int(value.number - parts[part].values.lowerBound)
        return place < numbers[part].count ? RecordValue(numbers[part][place]) : .none
      }
      return .none
    }

    private func isOurs(_ partition: PartitionNumber, _ offset: Offset) -> Bool {
      guard partition != .unknown, let first = firstOffsets[Int(partition.number)] else { return true }
      return offset >= first
    }

    private mutating func mergeRecords() {
      Self.inOrder(parts.map(\.log.records.count), { parts[$0].log.records[$1].sent }) { part, place in
        let times = parts[part].log.records[place]
        let value = RecordValue(UInt32(log.records.count))
        numbers[part][place] = value.number
        log.addSend(of: value, intended: times.intended, sent: times.sent, bytes: Int(times.bytes))
        if times.refused < .distantFuture { log.markRefused(value, at: times.refused) }
      }
    }

    private mutating func mergeBatches() {
      // The values of each batch, collected from its records.
      var tokens = parts.map { ContiguousArray<ContiguousArray<UInt64>>(repeating: [], count: $0.log.batches.count) }
      for (part, records) in parts.map(\.log.records).enumerated() {
        for (place, times) in records.enumerated() where times.batch >= 0 {
          tokens[part][Int(times.batch)].append(UInt64(numbers[part][place]))
        }
      }
      Self.inOrder(parts.map(\.log.batches.count), { parts[$0].log.batches[$1].finished }) { part, place in
        var batch = parts[part].log.batches[place]
        batch.partition = merged(batch.partition, of: part)
        log.add(batch, tokens: tokens[part][place])
      }
    }

    private mutating func mergeDeliveries() {
      Self.inOrder(parts.map(\.log.deliveries.count), { parts[$0].log.deliveries[$1].at }) { part, place in
        let slice = parts[part].log.deliveries[place]
        let partition = merged(slice.partition, of: part)
        let values = parts[part].log.deliveredValues[slice.values].map(merged)
        guard isOurs(partition, slice.offsets.lowerBound) else { return }
        log.add(
          DeliveredSlice(partition: partition, offsets: slice.offsets, at: slice.at, group: slice.group, exchange: slice.exchange), values: values)
      }
    }

    private mutating func mergeOperations() {
      var firstProcess: [Int32] = [0]
      for part in parts {
        for var member in part.recorder.history.members {
          member.process.number += firstProcess.last!
          history.add(member)
        }
        for number in 0..<part.recorder.processCount {
          if let name = part.recorder.history.names[ProcessNumber(number)] { history.setName(of: ProcessNumber(firstProcess.last! + number), to: name) }
        }
        firstProcess.append(firstProcess.last! + part.recorder.processCount)
      }
      mergeValues()
      mergeCommittedReaders(firstProcess)
      var entries: ContiguousArray<History.Entry> = []
      Self.inOrder(parts.map(\.recorder.history.operations.count), { parts[$0].recorder.history.operations[$1].time }) { part, place in
        let source = parts[part].recorder.history
        let operation = source.operations[place]
        entries.removeAll(keepingCapacity: true)
        source.forEachEntry(of: operation) { entry in
          let partition = merged(entry.partition, of: part)
          let value = merged(entry.value)
          guard operation.function.namesNoValues || operation.function == .send || (value != .none && isOurs(partition, entry.offset)) else { return }
          let transaction = entry.transaction == .none ? .none : TransactionNumber(firstTransactions[part] + entry.transaction.number)
          entries.append(History.Entry(partition, value, at: entry.offset, key: entry.key, in: transaction))
        }
        history.append(
          operation.kind, operation.function, by: ProcessNumber(firstProcess[part] + operation.process.number), at: operation.time, entries)
      }
    }

    /// Merges what histories say about values besides their operations.
    private mutating func mergeValues() {
      for (index, part) in parts.map(\.recorder.history).enumerated() {
        for value in part.tombstones { history.addTombstone(merged(value)) }
        for origin in part.origins {
          history.addSources([History.Source(merged(origin.source.partition, of: index), at: origin.source.offset)], of: merged(origin.value))
        }
        for count in part.counts { history.add(History.Count(merged(count.value), of: count.key, in: merged(count.partition, of: index), count.number)) }
        for posting in part.postings { history.add(History.Posting(merged(posting.value), to: posting.account, posting.amount)) }
      }
    }

    private mutating func mergeCommittedReaders(_ firstProcess: [Int32]) {
      for (part, first) in zip(parts, firstProcess) {
        for process in part.recorder.history.committedReaders { history.setIsolation(of: ProcessNumber(first + process.number), to: .readCommitted) }
      }
    }

    /// Visits the elements of several lists, each in ascending order of time, in ascending order of all times.
    private static func inOrder(_ counts: [Int], _ time: (Int, Int) -> Instant, _ visit: (Int, Int) -> Void) {
      var next = counts.map { _ in 0 }
      var heads = counts.indices.map { counts[$0] > 0 ? time($0, 0) : .distantFuture }
      for _ in 0..<counts.reduce(0, +) {
        // A list may also contain an instant of the distant future, so compare only lists that are not at their end.
        var part = -1
        for candidate in heads.indices where next[candidate] < counts[candidate] && (part < 0 || heads[candidate] < heads[part]) { part = candidate }
        visit(part, next[part])
        next[part] += 1
        if next[part] < counts[part] { heads[part] = time(part, next[part]) }
      }
    }
  }
}

extension History.Operation.Function {
  /// Whether entries name partitions and offsets, or a transaction, but no values.
  fileprivate var namesNoValues: Bool {
    switch self {
    case .assign, .gain, .giveUp, .lose, .commit, .reset, .inspect, .begin, .commitTransaction, .abortTransaction: true
    case .send, .poll, .work, .end: false
    }
  }
}
