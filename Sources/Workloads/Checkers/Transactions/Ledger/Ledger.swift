import Primitives

/// The attempts of a group that makes values from records: which process processed which record, in which transaction, and what it made.
///
/// A *try* is a transaction that processed a record; outside of transactions it is one delivery of the record to a process. A value belongs to the tries on those of its sources
/// that are of the first source's topic and that its transaction processed; other sources, such as the other side of a join, have tries of their own.
struct Ledger {
  struct Try {
    let transaction: TransactionNumber
    let process: ProcessNumber
    /// The position of the first operation that mentions it.
    let position: Int32
    /// The number of values that it made.
    fileprivate(set) var made: Int32 = 0
    fileprivate var firstOutput: Int32 = -1
    /// The next try on the same record.
    fileprivate var next: Int32 = -1
  }

  private struct Output {
    let value: RecordValue
    /// The next output of the same try.
    let next: Int32
  }

  let group: GroupAnalysis
  /// By log: the number of its first record.
  private var bases: [Int] = []
  /// By record: its last try.
  private var lastTries: ContiguousArray<Int32> = []
  private var tries: ContiguousArray<Try> = []
  private var outputs: ContiguousArray<Output> = []
  /// By transaction: whether it reported which records it processed.
  private var hasWork: ContiguousArray<Bool>
  /// Outside of transactions: the last delivery of each record to each process.
  private var deliveries: [Delivery: Int32] = [:]
  /// Whether members made values from records, or committed offsets within a transaction.
  let isTransform: Bool

  private struct Delivery: Hashable {
    let record: Int32
    let process: ProcessNumber
  }

  init(_ group: GroupAnalysis) {
    self.group = group
    hasWork = ContiguousArray(repeating: false, count: group.analysis.transactions.count)
    var count = 0
    for log in group.analysis.logs {
      bases.append(count)
      count += log.versionOrder.count
    }
    isTransform =
      !group.places.isEmpty || group.history.origins.contains { group.analysis.sender(of: $0.value).flatMap(group.role(of:)) == .member }
    guard isTransform else { return }
    lastTries = ContiguousArray(repeating: -1, count: count)
    gatherWork()
    gatherOutputs()
  }

  // MARK: Gathering

  private func record(_ partition: PartitionNumber, _ offset: Offset) -> Int32? {
    guard partition != .unknown, let index = group.analysis.logs[Int(partition.number)].index(of: offset) else { return nil }
    return Int32(clamping: bases[Int(partition.number)] &+ index)
  }

  /// Collects the records that transactions report as processed.
  private mutating func gatherWork() {
    guard !hasWork.isEmpty else { return }
    for position in group.positions where group.history.operations[position].function == .work {
      let operation = group.history.operations[position]
      for entry in group.history.entries(of: operation) where entry.transaction != .none {
        hasWork[Int(entry.transaction.number)] = true
        guard let record = record(entry.partition, entry.offset), findTry(on: record, in: entry.transaction) == nil else { continue }
        append(Try(transaction: entry.transaction, process: operation.process, position: Int32(position)), on: record)
      }
    }
  }

  private mutating func gatherOutputs() {
    let history = group.history, firstOrigins = history.firstPlaces(in: history.origins, \.value)
    for position in group.positions {
      let operation = history.operations[position]
      switch (operation.function, operation.kind) {
      case (.poll, .ok):
        for entry in history.entries(of: operation) where entry.value != .none {
          if let record = record(entry.partition, entry.offset) { deliveries[Delivery(record: record, process: operation.process)] = Int32(position) }
        }
      case (.work, _):
        for entry in history.entries(of: operation) where entry.transaction == .none {
          if let record = record(entry.partition, entry.offset) { _ = tryOutsideOfTransactions(on: record, operation.process, Int32(position)) }
        }
      case (.send, .invoke):
        for entry in history.entries(of: operation) where firstOrigins[Int(entry.value.number)] >= 0 {
          addOutput(entry.value, Int(firstOrigins[Int(entry.value.number)]), operation.process, Int32(position))
        }
      default: break
      }
    }
    deliveries = [:]
  }

  private mutating func addOutput(_ value: RecordValue, _ firstOrigin: Int, _ process: ProcessNumber, _ position: Int32) {
    let origins = group.history.origins, transaction = group.analysis.values[Int(value.number)].transaction
    let topic = topic(of: origins[firstOrigin].source)
    for origin in origins[firstOrigin...].prefix(while: { $0.value == value }) where self.topic(of: origin.source) == topic {
      guard let record = record(origin.source.partition, origin.source.offset) else { continue }
      if transaction == .none {
        append(value, to: tryOutsideOfTransactions(on: record, process, position))
      } else if let known = findTry(on: record, in: transaction) {
        append(value, to: known)
      } else if !hasWork[Int(transaction.number)] {
        append(value, to: append(Try(transaction: transaction, process: process, position: position), on: record))
      }
    }
  }

  private func topic(of source: History.Source) -> String? {
    source.partition == .unknown ? nil : group.history.partitions[Int(source.partition.number)].topic
  }

  private mutating func tryOutsideOfTransactions(on record: Int32, _ process: ProcessNumber, _ position: Int32) -> Int32 {
    let delivered = deliveries[Delivery(record: record, process: process)] ?? position
    var number = lastTries[Int(record)]
    while number >= 0 {
      let former = tries[Int(number)]
      if former.transaction == .none, former.process == process, former.position == delivered { return number }
      number = former.next
    }
    return append(Try(transaction: .none, process: process, position: delivered), on: record)
  }

  private func findTry(on record: Int32, in transaction: TransactionNumber) -> Int32? {
    var number = lastTries[Int(record)]
    while number >= 0 {
      if tries[Int(number)].transaction == transaction { return number }
      number = tries[Int(number)].next
    }
    return nil
  }

  @discardableResult
  private mutating func append(_ new: Try, on record: Int32) -> Int32 {
    let number = Int32(tries.count)
    tries.append(new)
    tries[Int(number)].next = lastTries[Int(record)]
    lastTries[Int(record)] = number
    return number
  }

  private mutating func append(_ value: RecordValue, to number: Int32) {
    outputs.append(Output(value: value, next: tries[Int(number)].firstOutput))
    tries[Int(number)].firstOutput = Int32(clamping: outputs.count &- 1)
    tries[Int(number)].made += 1
  }

  // MARK: Queries

  /// The tries on a record, the first one first.
  func tries(onIndex index: Int, of log: Int) -> [Try] {
    var list: [Try] = []
    var number = lastTries[bases[log] + index]
    while number >= 0 {
      list.append(tries[Int(number)])
      number = tries[Int(number)].next
    }
    return list.reversed()
  }

  /// The outputs of a try, the last value first.
  func forEachOutput(of attempt: Try, _ body: (RecordValue) -> Void) {
    var number = attempt.firstOutput
    while number >= 0 {
      body(outputs[Int(number)].value)
      number = outputs[Int(number)].next
    }
  }
}
