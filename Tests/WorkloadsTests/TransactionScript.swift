import Primitives

@testable import Workloads

/// Literal histories with transactions: a producer, a group `g` of applications that make values of topic `in` for topic `out`, and readers.
struct TransactionScript {
  var history = History()
  var deletions = Deletions()
  let input: PartitionNumber, output: PartitionNumber, other: PartitionNumber
  var end = GroupFindings("g", on: [.exactlyOnce, .atLeastOnce, .atMostOnce, .committedOffsets, .oneOwner])
  private var time: Int64 = 0
  private var nextTransaction: Int32 = 0

  static let producer: ProcessNumber = 0, a: ProcessNumber = 1, b: ProcessNumber = 2, reader: ProcessNumber = 3, dirtyReader: ProcessNumber = 4, boss: ProcessNumber = 5
  static let auditor: ProcessNumber = 9

  init() {
    input = history.number(of: TopicPartition("in", 0))
    output = history.number(of: TopicPartition("out", 0))
    other = history.number(of: TopicPartition("out", 1))
    history.add(History.Member(Self.a, "a", of: "g", mayPassOver: false))
    history.add(History.Member(Self.b, "b", of: "g", mayPassOver: false))
    history.add(History.Member(Self.boss, "the cluster", of: "g", as: .operator))
    for process in [Self.a, Self.b, Self.reader, Self.auditor] { history.setIsolation(of: process, to: .readCommitted) }
  }

  mutating func tick() -> Instant {
    time += 1
    return Instant.zero + .seconds(time)
  }

  mutating func begin(by process: ProcessNumber) -> TransactionNumber {
    defer { nextTransaction += 1 }
    let transaction = TransactionNumber(nextTransaction)
    history.append(.ok, .begin, by: process, at: tick(), History.Entry(.unknown, .none, in: transaction))
    return transaction
  }

  /// A value that is sent, and acknowledged unless told otherwise.
  @discardableResult
  mutating func send(
    by process: ProcessNumber = producer, to partition: PartitionNumber, at offset: Offset = .unknown, _ kind: History.Operation.Kind? = .ok,
    in transaction: TransactionNumber = .none, from sources: [(PartitionNumber, Offset)] = []
  ) -> RecordValue {
    let value = history.newValue()
    history.addSources(sources.map { History.Source($0.0, at: $0.1) }, of: value)
    history.append(.invoke, .send, by: process, at: tick(), History.Entry(.unknown, value, in: transaction))
    if let kind { history.append(kind, .send, by: process, at: tick(), History.Entry(partition, value, at: offset)) }
    return value
  }

  mutating func end(_ transaction: TransactionNumber, by process: ProcessNumber, commits: Bool, _ kinds: History.Operation.Kind...) {
    for kind in kinds {
      history.append(kind, commits ? .commitTransaction : .abortTransaction, by: process, at: tick(), History.Entry(.unknown, .none, in: transaction))
    }
  }

  mutating func commit(_ transaction: TransactionNumber, by process: ProcessNumber) { end(transaction, by: process, commits: true, .invoke, .ok) }
  mutating func abort(_ transaction: TransactionNumber, by process: ProcessNumber) { end(transaction, by: process, commits: false, .invoke, .ok) }

  mutating func poll(_ partition: PartitionNumber, _ values: [(RecordValue, Offset)], by process: ProcessNumber = reader, in transaction: TransactionNumber = .none) {
    history.append(.ok, .poll, by: process, at: tick(), values.map { History.Entry(partition, $0, at: $1, in: transaction) })
  }

  mutating func assign(_ process: ProcessNumber) { history.append(.ok, .assign, by: process, at: tick()) }

  mutating func work(_ values: [(RecordValue, Offset)], in transaction: TransactionNumber = .none, by process: ProcessNumber) {
    history.append(.ok, .work, by: process, at: tick(), values.map { History.Entry(input, $0, at: $1, in: transaction) })
  }

  mutating func commitOffset(_ offset: Offset, in transaction: TransactionNumber = .none, by process: ProcessNumber, _ kind: History.Operation.Kind = .ok) {
    history.append(.invoke, .commit, by: process, at: tick(), History.Entry(input, .none, at: offset, in: transaction))
    history.append(kind, .commit, by: process, at: tick(), History.Entry(input, .none, at: offset, in: transaction))
  }

  mutating func change(_ function: History.Operation.Function, by process: ProcessNumber) {
    history.append(.ok, function, by: process, at: tick(), History.Entry(input, .none))
  }

  mutating func inspect(_ offset: Offset) { history.append(.ok, .inspect, by: Self.boss, at: tick(), History.Entry(input, .none, at: offset)) }

  mutating func reset(to offset: Offset) {
    history.append(.ok, .reset, by: Self.boss, at: tick(), [History.Entry(input, .none), History.Entry(input, .none, at: offset)])
  }

  // MARK: Judging

  /// The end: everything is read by somebody who is given what is committed.
  mutating func audit(_ partition: PartitionNumber, _ values: [(RecordValue, Offset)]) { poll(partition, values, by: Self.auditor) }

  func verdict(_ guarantee: Guarantee, isAudited: Bool = true, except unread: Set<PartitionNumber> = []) -> Verdict {
    let analysis = Analysis(of: history, deletions: deletions), committed = isAudited ? CommittedAudit(by: Self.auditor, except: unread) : nil
    let verdicts =
      Checkers.verdicts(on: analysis, isReadToTheEnd: isAudited, committed: committed)
      + Checkers.groupVerdicts(on: analysis, [end], isReadToTheEnd: isAudited, committed: committed)
    return verdicts.first { $0.guarantee == guarantee }!
  }

  func conclusion(_ guarantee: Guarantee, isAudited: Bool = true) -> Conclusion { verdict(guarantee, isAudited: isAudited).conclusion }
}
